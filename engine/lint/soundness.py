"""Soundness: no run gets stuck at a join that something never reaches, and none does twice what stands there once.

The token game of each scope is searched, every choice both ways, to a limit. What gets stuck whatever the data say is refused;
where two decisions on data would have to fall together, it is a warning.
"""

from collections import deque
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from heapq import heappop, heappush
from itertools import count

from engine.findings import ERROR, WARNING, Finding
from engine.lint.diagram import Diagram, Node, Scope, is_activity, named
from engine.lint.place import place
from engine.lint.token_game import BEGIN, Marking, Move, TokenGame, after
from engine.vocabulary import Vocabulary

RULE = "soundness"
MOST_WORK = 150_000  # flows looked at per scope: under a second, whatever was drawn
MOST_TOKENS = 3  # on one flow: more says nothing new
LONGEST_PATH = 10
SURE = 1  # what one decision on data brings about can happen; two may exclude each other
NEVER = 3


@dataclass
class Search:
    """What was seen on the way: each marking with the one before it and the move between them, and where each leads."""

    came_from: dict[Marking, tuple[Marking | None, Move | None]] = field(default_factory=dict)
    leads_to: dict[Marking, list[tuple[Marking, int]]] = field(default_factory=dict)
    work: int = 0
    stuck: list[Marking] = field(default_factory=list)
    doubled: tuple[Marking, str] | None = None

    @property
    def gave_up(self) -> bool:
        return self.work > MOST_WORK

    def path(self, at: Marking | None) -> list[str]:
        """The elements that moved on the way here, in order."""
        found = []
        while at is not None:
            at, move = self.came_from[at]
            if move is not None:
                found.append(move.node)
        return found[::-1]

    def decisions(self, begin: Marking) -> int:
        """How many decisions on data must fall a certain way before a run from here gets stuck; one where all ways do, is none."""
        costs = dict.fromkeys(self.stuck, 0)
        before: dict[Marking, list[Marking]] = {}
        for at, ways in self.leads_to.items():
            for to, _ in ways:
                before.setdefault(to, []).append(at)
        todo = deque(self.stuck)
        while todo:
            for at in before.get(todo.popleft(), ()):
                ways = self.leads_to[at]
                each = [costs.get(to, NEVER) + doubt for to, doubt in ways]
                cost = min(*each, max(costs.get(to, NEVER) for to, _ in ways))
                if cost < costs.get(at, NEVER):
                    costs[at] = cost
                    todo.append(at)
        return costs.get(begin, NEVER)


def check(diagram: Diagram) -> Iterator[Finding]:
    """At most one finding per scope on getting stuck and one on doing things twice, with a path that shows it."""
    for scope in diagram.scopes:
        if scope.nodes and not scope.is_ad_hoc and not any(_counts(node) for node in scope.nodes.values()):
            yield from of_scope(scope, diagram.known)


def _counts(node: Node) -> bool:
    """The drawer counts tokens here, and then several on one flow are meant."""
    return is_activity(node) and (node.get("startQuantity", "1") != "1" or node.get("completionQuantity", "1") != "1")


def of_scope(scope: Scope, known: Vocabulary) -> Iterator[Finding]:
    """The findings on one scope whose nodes and flows hang together."""
    game = TokenGame(scope)
    rank = _ranks(scope)
    # The token furthest on first: few markings, and all that gets stuck is found.
    search = _search(game, lambda name: (game.stops_all(name), -rank[name]))
    if search.stuck:
        yield _stuck(known, scope, search, game)
        return
    # The token furthest back first: two tokens that can meet on a flow do meet there.
    again = _search(game, lambda name: (game.stops_all(name), rank[name]))
    if again.doubled is not None:
        yield _doubled(scope, again, game)
    elif search.gave_up:
        sentence = "Dit (deel)proces heeft te veel mogelijke standen om na te gaan of het kan vastlopen. Splits het op."
        yield Finding(place(scope.element), RULE, WARNING, sentence)


def _search(game: TokenGame, order: Callable[[str], tuple[bool, int]]) -> Search:
    """All markings to the limit, those with the fewest decisions on data first; of the nodes that can move, the first in order."""
    found, ties = Search(), count()
    waiting: list[tuple[int, int, Marking]] = []
    for begin in game.beginnings():
        found.came_from.setdefault(begin, (None, None))
        heappush(waiting, (0, next(ties), begin))
    while waiting and not found.gave_up:
        doubt, _, at = heappop(waiting)
        able = list(game.moves(at))
        found.work += len(at) + 1 + game.looked
        game.looked = 0
        if able:
            _, moves = min(able, key=lambda each: order(each[0]))
            for move, to in _moved(found, at, moves):
                heappush(waiting, (doubt + move.doubt, next(ties), to))
        elif at:
            found.stuck.append(at)
    return found


def _moved(found: Search, at: Marking, moves: list[Move]) -> Iterator[tuple[Move, Marking]]:
    """The new markings the moves of one node lead to; all of them are kept as ways on."""
    ways = found.leads_to[at] = []
    for move in moves:
        to = after(at, move)
        found.work += len(move.puts) + 1
        ways.append((to, move.doubt))
        twice = next((flow for flow, tokens in to if tokens > 1), None)
        if to in found.came_from or any(tokens > MOST_TOKENS for _, tokens in to):
            continue
        found.came_from[to] = (at, move)
        if twice is not None and found.doubled is None:
            found.doubled = (to, twice)
        yield move, to


def _ranks(scope: Scope) -> dict[str, int]:
    """How far on a node stands: behind all that leads to it, loops back apart."""
    order: list[str] = []
    seen: set[str] = set()
    for begin in [*(str(node.get("id")) for node in scope.begins), *scope.nodes]:
        todo: list[tuple[str, bool]] = [(begin, False)]
        while todo:
            name, is_done = todo.pop()
            if is_done:
                order.append(name)
            elif name not in seen:
                seen.add(name)
                todo.append((name, True))
                todo += [(str(flow.get("targetRef")), False) for flow in scope.outgoing.get(name, [])]
                todo += [(str(event.get("id")), False) for event in scope.boundaries.get(name, [])]
    return {name: rank for rank, name in enumerate(reversed(order))}


def _stuck(known: Vocabulary, scope: Scope, search: Search, game: TokenGame) -> Finding:
    at = search.stuck[0]
    standing = dict(at)
    name = min(game.target[flow] for flow in standing)
    missing = [flow for flow in scope.incoming.get(name, []) if flow.get("id") not in standing]
    from_where = " en ".join(named(scope.nodes[str(flow.get("sourceRef"))]) for flow in missing)
    sentence = f"Hier kan het dossier vastlopen: langs {_path(scope, search.path(at))} komt er nooit iets aan van {from_where}. "
    sentence += "Voeg samen met dezelfde soort poort als waarmee gesplitst werd."
    is_sure = not known.is_foreign and min(map(search.decisions, game.beginnings())) <= SURE
    return Finding(name, RULE, ERROR if is_sure else WARNING, sentence)


def _doubled(scope: Scope, search: Search, game: TokenGame) -> Finding:
    at, flow = search.doubled or (frozenset(), "")
    sentence = (
        f"Wat hierna komt, kan twee keer gebeuren: langs {_path(scope, search.path(at))} komen twee takken apart aan. "
    )
    sentence += "Voeg takken die tegelijk lopen, eerst samen met een parallelle of inclusieve poort."
    source = next((str(f.get("sourceRef")) for f in scope.flows if f.get("id") == flow), flow.removeprefix(BEGIN))
    return Finding(source, RULE, WARNING, sentence)


def _path(scope: Scope, names: list[str]) -> str:
    shown = [named(scope.nodes[name]) for name in names[-LONGEST_PATH:]]
    return ("… → " if len(names) > LONGEST_PATH else "") + " → ".join(shown)
