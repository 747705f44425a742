"""Matching a text with a pattern: backtracking that never tries the same place twice, so its time is text times pattern.

Only a pattern that looks back (`(a)\\1`) may have to; there the evaluation's own limit ends it.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from feel.patterns import Instruction, Program
from feel.run import Run

_PER_STEP = 4  # instructions that cost what one step of an evaluation costs


@dataclass(frozen=True, slots=True)
class Match:
    """Where a pattern matched, and its groups: (start, end) each, (-1, -1) for one that took no part."""

    start: int
    end: int
    groups: tuple[tuple[int, int], ...]


def search(program: Program, text: str, begin: int, run: Run, seen: set[int] | None = None) -> Match | None:
    """The first match at or after a place. Raises FeelError when it takes too long."""
    failed: set[int] = set() if seen is None else seen
    for start in range(begin, len(text) + 1):
        slots = _match_at(program, text, start, failed, run)
        if slots is not None:
            groups = tuple((slots[2 * n], slots[2 * n + 1]) for n in range(1, program.groups + 1))
            return Match(slots[0], slots[1], groups)
    return None


def matches(program: Program, text: str, run: Run) -> Iterator[Match]:
    """All matches one after the other; an empty one moves on a sign. Raises FeelError when it takes too long."""
    begin = 0
    while begin <= len(text):
        found = search(program, text, begin, run)
        if found is None:
            return
        yield found
        begin = found.end if found.end > found.start else found.end + 1


def _match_at(program: Program, text: str, start: int, failed: set[int], run: Run) -> list[int] | None:
    """The slots of a match that begins here. `failed` are the places (instruction and sign) that led nowhere before."""
    code, width, remembers, spent = program.code, len(text) + 1, not program.looks_back, 0
    stack: list[tuple[int, int, list[int]]] = [(0, start, [-1] * program.slots)]
    while stack:
        at, here, slots = stack.pop()
        while at >= 0:
            spent += 1
            if spent % 1024 == 0:
                run.charge(1024 // _PER_STEP)
            place = at * width + here
            if remembers and place in failed:
                break
            if remembers:
                failed.add(place)
            step = code[at]
            if step.do == "sign":
                fits = here < len(text) and step.test is not None and step.test(text[here])
                at, here = (at + 1, here + 1) if fits else (-1, here)
            elif step.do == "split":
                stack.append((step.y, here, slots))
                at = step.x
            elif step.do == "jump":
                at = step.x
            elif step.do == "save":
                slots = [*slots[: step.x], here, *slots[step.x + 1 :]]
                at += 1
            elif step.do == "done":
                run.charge(spent % 1024 // _PER_STEP)
                return slots
            else:
                here = _TESTS[step.do](program, step, text, here, slots)
                at = at + 1 if here >= 0 else -1
    run.charge(spent % 1024 // _PER_STEP)
    return None


def _at_start(program: Program, _step: Instruction, text: str, here: int, _slots: list[int]) -> int:
    return here if here == 0 or (program.is_multiline and text[here - 1] == "\n") else -1


def _at_end(program: Program, _step: Instruction, text: str, here: int, _slots: list[int]) -> int:
    return here if here == len(text) or (program.is_multiline and text[here] == "\n") else -1


def _has_moved(_program: Program, step: Instruction, _text: str, here: int, slots: list[int]) -> int:
    return here if here > slots[step.x] else -1


def _again(program: Program, step: Instruction, text: str, here: int, slots: list[int]) -> int:
    """A group that took no part matches nothing."""
    start, end = slots[2 * step.x], slots[2 * step.x + 1]
    if start < 0 or end < 0:
        return here
    earlier, now = text[start:end], text[here : here + end - start]
    if program.ignores_case:
        earlier, now = earlier.casefold(), now.casefold()
    return here + end - start if earlier == now else -1


_TESTS: dict[str, Callable[[Program, Instruction, str, int, list[int]], int]] = {
    "start": _at_start,
    "end": _at_end,
    "moved": _has_moved,
    "back": _again,
}
