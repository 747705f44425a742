"""What BPMN 2.0.2 says a drawn diagram may do: a game of tokens that knows nothing of the engine.

Where the standard leaves the order open, every order is played: a course is right when it is one of them.
"""

from __future__ import annotations

import copy
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from tests.properties.odd_drawing import (
    ACTIVITIES,
    AND,
    AUTO,
    BY_EVENT,
    CALL,
    CANCEL,
    CATCH,
    COMPENSATE,
    END,
    ERROR,
    ESCALATION,
    EVENT_SUB,
    HANDLER,
    LINK,
    LINKED,
    MESSAGE,
    OR,
    PARALLEL,
    START,
    TASK,
    TERMINATE,
    THROW,
    XOR,
    Drawn,
    Edge,
    Event,
    Node,
)
from tests.properties.odd_joins import something_comes

MOST_STATES, MOST_TOKENS = 1_500, 12
Done = str | tuple["Done", ...]  # a handler, or those of what was done inside


class TooMany(Exception):
    """More ways to go than are looked at."""


@dataclass(eq=False)
class Part:
    """One time an activity is done."""

    inside: Frame | None = None


@dataclass(eq=False)
class Token:
    node: str
    flow: str | None = None
    is_in: bool = False  # at work or waiting there; else it has just arrived
    is_stuck: bool = False
    parts: list[Part] = field(default_factory=list)
    left: int = 0  # times yet to begin
    undoing: list[str] = field(default_factory=list)  # handlers: the first is at work
    cancels: bool = False


@dataclass(eq=False)
class Frame:
    """An open scope. `at` is where it stands: the frame around it, the token there, and which part of it."""

    drawn: Drawn
    at: tuple[Frame, Token, Part] | None = None
    tokens: list[Token] = field(default_factory=list)
    armed: list[str] = field(default_factory=list)
    done: list[Done] = field(default_factory=list)

    def frames(self) -> Iterator[Frame]:
        """This one and all in it."""
        yield self
        for token in self.tokens:
            for part in token.parts:
                if part.inside is not None:
                    yield from part.inside.frames()

    def told(self) -> object:
        """All that tells it from another."""
        tokens = sorted(repr(_told(token)) for token in self.tokens)
        return (tokens, sorted(self.armed), self.done)


def _told(token: Token) -> object:
    inside = sorted(repr(part.inside.told()) if part.inside else "" for part in token.parts)
    return (token.node, token.flow, token.is_in, token.is_stuck, token.left, token.undoing, token.cancels, inside)


class Game:
    """One possible course."""

    def __init__(self, drawn: Drawn) -> None:
        self.root = Frame(drawn)
        self._open(self.root)

    # -- what is seen -------------------------------------------------------------------------------------------------

    def seen(self) -> tuple[Counter[str], Counter[str], str]:
        """The open tasks, the events that may happen, and the outcome."""
        tasks, events = Counter[str](), Counter[str]()
        for frame in self.root.frames():
            for token in frame.tokens:
                tasks.update(_tasks(frame, token))
                events.update(_events(frame, token))
            events.update(_begin(frame.drawn.nodes[name]) for name in frame.armed if _hears(frame, name))
        if not self.root.tokens:
            return tasks, Counter(), "completed"
        return tasks, events, "incident" if any(_is_dead(frame) for frame in self.root.frames()) else "active"

    # -- what happens from outside ------------------------------------------------------------------------------------

    def after(self, name: str) -> Iterator[Game]:
        """A task is completed or a message comes: one course for each token it may be about."""
        for number in range(len(list(self._places(name)))):
            other = copy.deepcopy(self)
            frame, token, what = list(other._places(name))[number]
            other._happens(frame, token, what)
            yield other

    def _places(self, name: str) -> Iterator[tuple[Frame, Token | None, Part | Edge | str]]:
        for frame in self.root.frames():
            for token in frame.tokens:
                node = frame.drawn.nodes[token.node]
                if name in _tasks(frame, token):
                    yield from ((frame, token, part) for part in token.parts or [Part()])
                elif name in _events(frame, token):
                    yield frame, token, next((edge for edge in node.edges if edge.id == name), name)
            yield from ((frame, None, each) for each in frame.armed if _begin(frame.drawn.nodes[each]) == name)

    def _happens(self, frame: Frame, token: Token | None, what: Part | Edge | str) -> None:
        if token is None:
            self._wake(frame, str(what))
        elif isinstance(what, Edge):
            self._leave_by(frame, token, what)
        elif isinstance(what, str):
            frame.tokens.remove(token)
            self._put(frame, what)
        elif token.undoing:
            token.undoing.pop(0)
            self._undo(frame, token)
        else:
            self._part_done(frame, token, what)

    # -- what goes by itself ------------------------------------------------------------------------------------------

    def moves(self) -> Iterator[Game]:
        """The courses one step on."""
        for number in range(len(list(self._able()))):
            other = copy.deepcopy(self)
            frame, token = list(other._able())[number]
            if token is None:
                other._close(frame)
            else:
                other._move(frame, token)
            yield other

    def _able(self) -> Iterator[tuple[Frame, Token | None]]:
        for frame in self.root.frames():
            if frame.at is not None and not frame.tokens:
                yield frame, None
            first: set[tuple[str, str | None]] = set()
            for token in frame.tokens:
                if token.is_in or token.is_stuck or (token.node, token.flow) in first:
                    continue
                first.add((token.node, token.flow))
                if self._may_move(frame, token):
                    yield frame, token

    def _may_move(self, frame: Frame, token: Token) -> bool:
        kind, into = frame.drawn.nodes[token.node].kind, [flow.id for flow in frame.drawn.into(token.node)]
        here = {each.flow for each in frame.tokens if each.node == token.node}
        if kind == AND:
            return here >= set(into)
        return (
            kind != OR
            or len(into) < 2
            or not something_comes(frame.drawn, [each.node for each in frame.tokens], token.node, here)
        )

    def _move(self, frame: Frame, token: Token) -> None:
        node = frame.drawn.nodes[token.node]
        if node.kind in (AND, OR):
            for flow in {each.flow for each in frame.tokens if each.node == node.id} - {token.flow}:
                frame.tokens.remove(next(t for t in frame.tokens if (t.node, t.flow) == (node.id, flow)))
            self._leave(frame, token)
        elif node.kind in ACTIVITIES - {AUTO}:
            self._begin_activity(frame, token, node)
        elif node.kind in (CATCH, BY_EVENT):
            token.is_in = True
        elif node.kind == LINK:
            frame.tokens.remove(token)
            frame.tokens += [Token(each.id) for each in frame.drawn.nodes.values() if each.event.code == node.id]
        elif node.kind in (THROW, END):
            self._throw(frame, token, node.event)
        else:
            self._leave(frame, token)

    # -- activities and scopes ----------------------------------------------------------------------------------------

    def _begin_activity(self, frame: Frame, token: Token, node: Node) -> None:
        token.is_in, at_once = True, node.times if node.repeats == PARALLEL else 1
        token.left = node.times - at_once
        for _ in range(at_once):
            self._begin_part(frame, token)

    def _begin_part(self, frame: Frame, token: Token) -> None:
        part, inside = Part(), frame.drawn.nodes[token.node].inside
        token.parts.append(part)
        if inside is not None:
            part.inside = Frame(inside, (frame, token, part))
            self._open(part.inside)

    def _open(self, frame: Frame) -> None:
        nodes = frame.drawn.nodes.values()
        frame.armed = [node.id for node in nodes if node.kind == EVENT_SUB]
        starts = [node for node in nodes if node.kind == START]
        firsts = [
            node for node in nodes if node.kind not in (EVENT_SUB, HANDLER, LINKED) and not frame.drawn.into(node.id)
        ]
        frame.tokens = [Token(node.id) for node in starts or firsts]

    def _close(self, frame: Frame) -> None:
        """No token is left: the scope is over, and what was done in it can be undone from around it."""
        assert frame.at is not None
        around, token, part = frame.at
        if frame.done and around.drawn.nodes[token.node].kind != CALL:
            around.done.append(tuple(frame.done))
        self._part_done(around, token, part)

    def _part_done(self, frame: Frame, token: Token, part: Part) -> None:
        if token.parts:
            token.parts.remove(part)
        if token.left:
            token.left -= 1
            self._begin_part(frame, token)
        elif not token.parts:
            self._leave(frame, token)

    def _leave(self, frame: Frame, token: Token) -> None:
        node = frame.drawn.nodes[token.node]
        out = frame.drawn.out(node.id)
        chosen = [flow for flow in out if flow.truth is not False and flow.id != node.default]
        chosen = chosen[:1] if node.kind == XOR else chosen
        chosen = chosen or [flow for flow in out if flow.id == node.default]
        if out and not chosen:
            token.is_stuck = True
            return
        frame.tokens.remove(token)
        frame.tokens += [Token(flow.target, flow.id) for flow in chosen]
        frame.done += [str(edge.event.code) for edge in node.edges if edge.event.kind == COMPENSATE]

    def _put(self, frame: Frame, event: str) -> None:
        """The ways on from an event that happened."""
        frame.tokens += [Token(flow.target, flow.id) for flow in frame.drawn.out(event)]

    # -- throwing and catching ----------------------------------------------------------------------------------------

    def _throw(self, frame: Frame, token: Token, event: Event) -> None:
        if event.kind == ERROR:
            token.is_stuck = not self._climb(frame, event)
            return
        if event.kind == ESCALATION:
            self._climb(frame, event)
        elif event.kind == TERMINATE:
            frame.tokens, frame.armed = [token], []
        elif event.kind == CANCEL:
            frame.tokens, frame.armed, token.cancels = [token], [], True
        if event.kind in (COMPENSATE, CANCEL):
            where = frame
            while where.at is not None and where.at[0].drawn.nodes[where.at[1].node].kind == EVENT_SUB:
                where = where.at[0]
            token.is_in, token.undoing, where.done = True, list(_handlers(where.done)), []
            self._undo(frame, token)
        elif _lives(frame, token):
            self._leave(frame, token)

    def _undo(self, frame: Frame, token: Token) -> None:
        """When all is undone the thrower goes on; a transaction that is cancelled is left by its cancel event."""
        if token.undoing:
            return
        if not token.cancels:
            self._leave(frame, token)
            return
        assert frame.at is not None
        around, host, _ = frame.at
        edge = next((each for each in around.drawn.nodes[host.node].edges if each.event.kind == CANCEL), None)
        token.is_stuck = edge is None
        if edge is not None:
            self._leave_by(around, host, edge)

    def _climb(self, frame: Frame, thrown: Event) -> bool:
        """The nearest that catches it, a code of its own before any; False when nobody does."""
        wanted = [thrown, Event(thrown.kind)]
        level, but = frame, ""
        while True:
            for event in wanted:
                for name in level.armed:
                    if name != but and level.drawn.nodes[name].event == event:
                        self._wake(level, name)
                        return True
            if level.at is None:
                return False
            around, host, _ = level.at
            node = around.drawn.nodes[host.node]
            for event in wanted:
                for edge in node.edges:
                    if edge.event == event:
                        self._leave_by(around, host, edge)
                        return True
            level, but = around, node.id if node.kind == EVENT_SUB else ""

    def _leave_by(self, frame: Frame, token: Token, edge: Edge) -> None:
        if edge.is_interrupting:
            frame.tokens.remove(token)
        self._put(frame, edge.id)

    def _wake(self, frame: Frame, name: str) -> None:
        """An event subprocess begins; one that interrupts stops all else in its scope."""
        if frame.drawn.nodes[name].is_interrupting:
            frame.tokens, frame.armed = [], []
        token = Token(name, is_in=True)
        frame.tokens.append(token)
        self._begin_part(frame, token)


def courses(games: Iterable[Game]) -> list[Game]:
    """Everything they can come to, until only people and messages can go on. Raises TooMany."""
    known, todo, still = set[str](), list(games), []
    while todo:
        game = todo.pop()
        told = repr(game.root.told())
        if told in known:
            continue
        known.add(told)
        if len(known) > MOST_STATES or sum(len(frame.tokens) for frame in game.root.frames()) > MOST_TOKENS:
            raise TooMany
        further = list(game.moves())
        todo += further
        still += [] if further else [game]
    return still


def _tasks(frame: Frame, token: Token) -> list[str]:
    if token.undoing:
        return token.undoing[:1]
    return [token.node] * len(token.parts) if frame.drawn.nodes[token.node].kind == TASK and not token.is_stuck else []


def _events(frame: Frame, token: Token) -> list[str]:
    node = frame.drawn.nodes[token.node]
    if not token.is_in:
        return []
    if node.kind == CATCH:
        return [node.id]
    if node.kind == BY_EVENT:
        return [flow.target for flow in frame.drawn.out(node.id)]
    return [edge.id for edge in node.edges if edge.event.kind == MESSAGE]


def _begin(node: Node) -> str:
    assert node.inside is not None
    return next(each.id for each in node.inside.nodes.values() if each.kind == START)


def _hears(frame: Frame, name: str) -> bool:
    return frame.drawn.nodes[name].event.kind == MESSAGE


def _is_dead(frame: Frame) -> bool:
    """Somebody must mend it: a token that can never go on, alone or with all others of its scope."""
    stands = [not token.is_in and frame.drawn.nodes[token.node].kind == AND for token in frame.tokens]
    return any(token.is_stuck for token in frame.tokens) or (bool(stands) and all(stands))


def _lives(frame: Frame, token: Token) -> bool:
    return token in frame.tokens and (frame.at is None or _lives(*frame.at[:2]))


def _handlers(done: Iterable[Done]) -> Iterator[str]:
    """The last done first."""
    for each in reversed(list(done)):
        if isinstance(each, str):
            yield each
        else:
            yield from _handlers(each)
