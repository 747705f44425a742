"""Draws a model of event_blocks: names its tasks and events on the way. And the strategy that thinks up models."""

from itertools import pairwise

from hypothesis import strategies as st

from tests.conformance.bpmn import drawing as bpmn
from tests.conformance.bpmn.drawing import flow, given, go, script
from tests.properties.event_blocks import (
    Block,
    Choice,
    Events,
    Guarded,
    Listener,
    Loop,
    Multi,
    Sequence,
    Subprocess,
    Task,
    Throws,
    Together,
    Trigger,
)

Ends = tuple[str, str]  # the first and last element of what was drawn


class Drawing:
    """Elements of the scope being drawn; `items` are the multi-instances around it, `counters` those of loops in it."""

    def __init__(self) -> None:
        self.count = 0
        self.keys: dict[str, str] = {}
        self.items: list[str] = []
        self.counters: list[list[str]] = [[]]
        self.parts: list[list[str]] = [[]]

    def file(self, block: Block) -> str:
        return bpmn.process(self.scope(block), keys=self.keys)

    # -- the scope being drawn ----------------------------------------------------------------------------------------

    def name(self, prefix: str) -> str:
        self.count += 1
        return f"{prefix}_{self.count}"

    def put(self, *pieces: str) -> None:
        self.parts[-1] += pieces

    def scope(self, block: Block, end: str = "", races: bool = False, listeners: list[Listener] | None = None) -> str:
        """The inside of a process or subprocess; `end` is the event definition its end has."""
        self.parts.append([])
        start = self.name("start")
        self.put(bpmn.start(start))
        if races and isinstance(block, Together):
            split = self.name("split")
            self.put(bpmn.parallel(split), go(f"{start} {split}"))
            for part in block.parts:
                first, last = self.draw(part)
                stop = self.name("stop")
                self.put(bpmn.end(stop, bpmn.TERMINATE), go(f"{split} {first}", f"{last} {stop}"))
        else:
            first, last = self.draw(block)
            over = self.name("end")
            self.put(bpmn.end(over, *([end] if end else [])), go(f"{start} {first}", f"{last} {over}"))
        for listener in listeners or []:
            self.listener(listener)
        return "".join(self.parts.pop())

    def listener(self, listener: Listener) -> None:
        holder, begin, over = self.name("listener"), self.name("heard"), self.name("end")
        event = bpmn.start(begin, self.trigger(listener.trigger, begin), interrupting=listener.is_interrupting)
        self.parts.append([])
        task, _ = self.draw(listener.task)
        inside = "".join([event, *self.parts.pop(), bpmn.end(over), go(f"{begin} {task} {over}")])
        self.put(bpmn.event_sub(holder, inside))

    def trigger(self, trigger: Trigger, element_id: str) -> str:
        """A message is named after its event; its key tells the instance."""
        trigger.name = element_id
        if trigger.seconds is not None:
            trigger.seconds += 101 * self.count  # no two timers that begin together are due together
            return bpmn.timer(f"PT{trigger.seconds}S")
        self.keys[element_id] = '="k"' + "".join(f' + "-" + string({item})' for item in self.items)
        return bpmn.message(element_id)

    # -- blocks -------------------------------------------------------------------------------------------------------

    def draw(self, block: Block) -> Ends:
        """Adds the block; gives its first and last element."""
        return getattr(self, f"_{type(block).__name__.lower()}")(block)  # type: ignore[no-any-return]

    def _task(self, block: Task) -> Ends:
        block.name = self.name("task")
        self.put(bpmn.user(block.name, given(f"=[{', '.join(self.items)}]", "path")))
        return block.name, block.name

    def _sequence(self, block: Sequence) -> Ends:
        drawn = [self.draw(part) for part in block.parts]
        self.put(go(*(f"{one[1]} {two[0]}" for one, two in pairwise(drawn))))
        return drawn[0][0], drawn[-1][1]

    def _together(self, block: Together) -> Ends:
        split, join = self.name("split"), self.name("join")
        gateway = bpmn.parallel if block.picks is None else bpmn.inclusive
        self.put(gateway(split), gateway(join))
        for at, part in enumerate(block.parts):
            first, last = self.draw(part)
            taken = None if block.picks is None else str(at in block.picks).lower()
            self.put(flow(split, first, taken), go(f"{last} {join}"))
        return split, join

    def _choice(self, block: Choice) -> Ends:
        split, join = self.name("split"), self.name("join")
        self.put(bpmn.xor(split), bpmn.xor(join))
        for at, part in enumerate(block.parts):
            first, last = self.draw(part)
            self.put(flow(split, first, str(at == block.pick).lower()), go(f"{last} {join}"))
        return split, join

    def _loop(self, block: Loop) -> Ends:
        block.counter = self.name("round")
        self.counters[-1].append(block.counter)
        into, add, onward = self.name("into"), self.name("add"), self.name("onward")
        merge, choice = self.name("merge"), self.name("choice")
        first, last = self.draw(block.body)
        self.put(
            script(into, "0", block.counter),
            script(add, f"{block.counter} + 1", block.counter),
            script(onward, "0", block.counter),
            bpmn.xor(merge),
            bpmn.xor(choice, default=onward),
            go(f"{into} {merge} {first}", f"{last} {add} {choice} {onward}"),
            flow(choice, merge, f"{block.counter} < {block.rounds}"),
        )
        return into, onward

    def _subprocess(self, block: Subprocess) -> Ends:
        holder = self.name("scope")
        inner = self.scope(block.body, races=block.races, listeners=block.listeners)
        again = [bpmn.loop(None, maximum=block.rounds)] if block.rounds > 1 else []
        self.put(bpmn.sub(holder, inner, *again))
        return holder, holder

    def _multi(self, block: Multi) -> Ends:
        holder, block.item = self.name("several"), self.name("item")
        self.items.append(block.item)
        self.counters.append([])
        inner = self.scope(block.body)
        own = self.counters.pop()
        self.items.pop()
        items = f"for i in 1..{block.count} return i"
        many = bpmn.each(items, block.item, sequential=block.is_sequential)
        self.put(bpmn.sub(holder, inner, many, *(given("=0", counter) for counter in own)))
        return holder, holder

    def _guarded(self, block: Guarded) -> Ends:
        event, join = self.name("event"), self.name("join")
        holder, _ = self.draw(block.host)
        trigger = self.trigger(block.trigger, event)
        self.put(bpmn.boundary(event, holder, trigger, interrupting=block.is_interrupting))
        first, last = self.draw(block.handler)
        self.put(go(f"{event} {first}"))
        return self._left(block.is_interrupting, holder, last, join)

    def _throws(self, block: Throws) -> Ends:
        holder, event, join = self.name("throwing"), self.name("caught"), self.name("join")
        thrown = bpmn.error("E") if block.is_error else bpmn.escalation("X")
        inner = self.scope(block.body, thrown)
        edge = bpmn.boundary(event, holder, thrown, interrupting=None if block.is_error else False)
        self.put(bpmn.sub(holder, inner), edge)
        first, last = self.draw(block.handler)
        self.put(go(f"{event} {first}"))
        return self._left(block.is_error, holder, last, join)

    def _left(self, is_interrupting: bool, holder: str, last: str, join: str) -> Ends:
        """An interrupting handler comes back to the course; the other ends apart."""
        if not is_interrupting:
            over = self.name("end")
            self.put(bpmn.end(over), go(f"{last} {over}"))
            return holder, holder
        self.put(bpmn.xor(join), go(f"{holder} {join}", f"{last} {join}"))
        return holder, join

    def _events(self, block: Events) -> Ends:
        split, join = self.name("which"), self.name("join")
        self.put(bpmn.by_event(split), bpmn.xor(join))
        for trigger, part in zip(block.triggers, block.parts, strict=True):
            event = self.name("event")
            self.put(bpmn.catch(event, self.trigger(trigger, event)))
            first, last = self.draw(part)
            self.put(go(f"{split} {event} {first}", f"{last} {join}"))
        return split, join


_seconds = st.integers(1, 4).map(lambda days: days * 101_000)


def triggers() -> st.SearchStrategy[Trigger]:
    return st.one_of(st.builds(Trigger, st.none()), st.builds(Trigger, _seconds))


def _of(inner: st.SearchStrategy[Block]) -> st.SearchStrategy[Block]:
    several = st.lists(inner, min_size=2, max_size=3)
    tasks = st.builds(Task)
    picked = several.flatmap(
        lambda parts: st.sets(st.integers(0, len(parts) - 1), min_size=1).map(lambda at: Together(parts, sorted(at)))
    )
    hosts: st.SearchStrategy[Block] = st.one_of(
        st.builds(Subprocess, inner, st.lists(st.builds(Listener, triggers(), st.booleans()), max_size=2)),
        st.builds(Subprocess, inner, rounds=st.integers(2, 3)),
        several.map(lambda parts: Subprocess(Together(parts), races=True)),
        st.builds(Multi, inner, st.integers(1, 3), st.booleans()),
    )
    return st.one_of(
        several.map(Sequence),
        several.map(Together),
        picked,
        several.flatmap(lambda parts: st.integers(0, len(parts) - 1).map(lambda pick: Choice(parts, pick))),
        st.builds(Loop, inner, st.integers(1, 3)),
        hosts,
        st.builds(Guarded, hosts, triggers(), st.just(True), inner),
        st.builds(Guarded, hosts, triggers(), st.just(False), tasks),
        st.builds(Throws, inner, st.just(True), inner),
        st.builds(Throws, inner, st.just(False), tasks),
        several.flatmap(
            lambda parts: st.lists(triggers(), min_size=len(parts), max_size=len(parts)).map(lambda t: Events(t, parts))
        ),
    )


def models() -> st.SearchStrategy[Block]:
    """Any nesting, up to eight tasks."""
    return st.recursive(st.builds(Task), _of, max_leaves=8)
