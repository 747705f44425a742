"""Random block-structured models, each twice: as a diagram, and as a plain machine that says which tasks must be open."""

from collections import Counter
from dataclasses import dataclass, field
from itertools import pairwise
from typing import Protocol

from hypothesis import strategies as st

from tests.engine.office import flows, script, user


class Block(Protocol):
    """A part of a model with one way in and one way out."""

    def open(self) -> Counter[str]:
        """The user tasks that must be open now; none when the block is over."""
        ...

    def complete(self, name: str) -> bool:
        """Complete a task in here; False when it is not open here."""
        ...

    def reset(self) -> None: ...


@dataclass
class Single:
    name: str
    done: bool = False

    def open(self) -> Counter[str]:
        return Counter() if self.done else Counter([self.name])

    def complete(self, name: str) -> bool:
        if self.done or name != self.name:
            return False
        self.done = True
        return True

    def reset(self) -> None:
        self.done = False


@dataclass
class Sequence:
    parts: list[Block]

    def open(self) -> Counter[str]:
        return next((found for part in self.parts if (found := part.open())), Counter())

    def complete(self, name: str) -> bool:
        part = next((part for part in self.parts if part.open()), None)
        return part is not None and part.complete(name)

    def reset(self) -> None:
        for part in self.parts:
            part.reset()


@dataclass
class Parallel(Sequence):
    def open(self) -> Counter[str]:
        return sum((part.open() for part in self.parts), Counter())

    def complete(self, name: str) -> bool:
        return any(part.complete(name) for part in self.parts)


@dataclass
class Choice(Sequence):
    pick: int = 0

    def open(self) -> Counter[str]:
        return self.parts[self.pick].open()

    def complete(self, name: str) -> bool:
        return self.parts[self.pick].complete(name)


@dataclass
class Loop:
    body: Block
    rounds: int
    left: int = field(init=False)

    def __post_init__(self) -> None:
        self.left = self.rounds

    def open(self) -> Counter[str]:
        return self.body.open() if self.left else Counter()

    def complete(self, name: str) -> bool:
        if not self.left or not self.body.complete(name):
            return False
        if not self.body.open():
            self.left -= 1
            if self.left:
                self.body.reset()
        return True

    def reset(self) -> None:
        self.left = self.rounds
        self.body.reset()


@dataclass
class Scope:
    body: Block

    def open(self) -> Counter[str]:
        return self.body.open()

    def complete(self, name: str) -> bool:
        return self.body.complete(name)

    def reset(self) -> None:
        self.body.reset()


class Drawing:
    """Draws a block: elements and flows of the scope it stands in."""

    def __init__(self) -> None:
        self.count = 0

    def name(self, prefix: str) -> str:
        self.count += 1
        return f"{prefix}_{self.count}"

    def process(self, block: Block) -> str:
        """The inside of a process or subprocess."""
        start, end = self.name("start"), self.name("end")
        elements: list[str] = [f'<startEvent id="{start}"/>', f'<endEvent id="{end}"/>']
        links: list[str] = []
        first, last = self.draw(block, elements, links)
        links += [f"{start}>{first}", f"{last}>{end}"]
        return "".join(elements) + flows(";".join(links))

    def draw(self, block: Block, elements: list[str], links: list[str]) -> tuple[str, str]:
        """Adds the block; gives its first and last element."""
        if isinstance(block, Single):
            block.name = self.name("task")
            elements.append(user(block.name))
            return block.name, block.name
        if isinstance(block, Scope):
            scope = self.name("scope")
            elements.append(f'<subProcess id="{scope}" name="{scope}">{self.process(block.body)}</subProcess>')
            return scope, scope
        if isinstance(block, Loop):
            return self._loop(block, elements, links)
        assert isinstance(block, Sequence)
        drawn = [self.draw(part, elements, links) for part in block.parts]
        if isinstance(block, Parallel):
            return self._gateways("parallelGateway", drawn, elements, links, None)
        if isinstance(block, Choice):
            return self._gateways("exclusiveGateway", drawn, elements, links, block.pick)
        links += [f"{a[1]}>{b[0]}" for a, b in pairwise(drawn)]
        return drawn[0][0], drawn[-1][1]

    def _gateways(
        self, kind: str, drawn: list[tuple[str, str]], elements: list[str], links: list[str], pick: int | None
    ) -> tuple[str, str]:
        split, join = self.name("split"), self.name("join")
        elements += [f'<{kind} id="{split}"/>', f'<{kind} id="{join}"/>']
        for at, (first, last) in enumerate(drawn):
            condition = "" if pick is None else f"[{'true' if at == pick else 'false'}]"
            links += [f"{split}>{first}{condition}", f"{last}>{join}"]
        return split, join

    def _loop(self, block: Loop, elements: list[str], links: list[str]) -> tuple[str, str]:
        counter, into, add = self.name("round"), self.name("into"), self.name("add")
        merge, choice = self.name("merge"), self.name("choice")
        first, last = self.draw(block.body, elements, links)
        onward = self.name("onward")
        elements += [
            script(into, "0", counter),
            script(add, f"{counter} + 1", counter),
            script(onward, "null", counter),
        ]
        elements += [
            f'<exclusiveGateway id="{merge}"/>',
            f'<exclusiveGateway id="{choice}" default="f_{choice}_{onward}"/>',
        ]
        links += [f"{into}>{merge}", f"{merge}>{first}", f"{last}>{add}", f"{add}>{choice}"]
        links += [f"{choice}>{merge}[{counter} < {block.rounds}]", f"{choice}>{onward}"]
        return into, onward


def _of(inner: st.SearchStrategy[Block]) -> st.SearchStrategy[Block]:
    several = st.lists(inner, min_size=2, max_size=3)
    return st.one_of(
        several.map(Sequence),
        several.map(Parallel),
        several.flatmap(lambda parts: st.integers(0, len(parts) - 1).map(lambda pick: Choice(parts, pick))),
        st.builds(Loop, inner, st.integers(1, 3)),
        inner.map(Scope),
    )


def models() -> st.SearchStrategy[Block]:
    """Any nesting of the six kinds of block, up to eight tasks."""
    return st.recursive(st.builds(Single, st.just("")), _of, max_leaves=8)
