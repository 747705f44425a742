"""Tables of who may do what with what, as docs/permissions.md has them: read, written, and what a page answers as it stands in a cell."""

import os
import re
from collections import deque
from collections.abc import Container, Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple

from tests.identity.matters import Matter
from tests.web.conftest import Visitor, token_of

PAGE = Path(__file__).parents[2] / "docs" / "permissions.md"
YES, NO, NOTHING = "yes", "–", ""
EVERY_CELL = bool(os.environ.get("OMBUDSFLOW_EVERY_CELL"))
HIDDEN = (401, 403, 404, 410)  # 410: that it was destroyed is all a page still says


class Cell(NamedTuple):
    """One question to a house."""

    matter: str
    action: str
    who: str


Matrix = dict[Cell, str]


def names_in(path: str) -> list[str]:
    """The places of an address."""
    return re.findall(r"{(\w+)}", path)


def asked(visitor: Visitor, route: str, places: Mapping[str, str], csrf: str = "", no: Container[int] = HIDDEN) -> str:
    """What somebody is answered who does this. A form is sent empty: whoever may is told what is missing."""
    method, _, path = route.partition(" ")
    address, _, query = path.format(**places).partition("?")
    data: dict[str, Any] = {"_csrf": csrf, **dict(each.split("=") for each in query.split("&") if each)}
    sent = {"json": {"answers": {}}} if method == "PUT" else {"data": data} if method == "POST" else {}
    answer = visitor.request(method, address, **sent)  # type: ignore[arg-type]
    assert answer.status_code < 500, f"{route}: {answer.text}"
    is_sent_away = answer.headers.get("location", "").startswith("/aanmelden")
    return NO if answer.status_code in no or is_sent_away else YES


def somebody(
    visitor: Visitor,
    matters: Iterable[Matter],
    lists: Mapping[str, str],
    actions: Mapping[str, str],
    who: str,
    turn: int,
    *,
    each_tries: int = 1,
) -> Matrix:
    """What somebody who is logged in, or not, is answered. Of the actions after the first they try so many on each kind of matter, not the same
    on the next; `turn` tells where they begin.
    """
    found: Matrix = {}
    csrf = token_of(visitor.get("/aanmelden").text)
    shown = {action: visitor.get(address).text for action, address in lists.items()}
    see, *others = actions
    begin = 3 * turn % len(others)
    waiting = deque(others[begin:] + others[:begin])
    for matter in matters:
        for action, text in shown.items():
            found[Cell(matter.name, action, who)] = YES if matter.number in text else NO
        there = [action for action in waiting if all(name in matter.places for name in names_in(actions[action]))]
        tried = there if EVERY_CELL else there[:each_tries]
        for action in (see, *tried):
            found[Cell(matter.name, action, who)] = asked(visitor, actions[action], matter.places, csrf)
        for action in tried:
            waiting.remove(action)
            waiting.append(action)
    return found


def written(part: str) -> Matrix:
    """The tables of a part of the page, by its heading: a table holds for every matter in the heading above it."""
    [text] = [each for each in re.split(r"^# ", PAGE.read_text(), flags=re.MULTILINE) if each.startswith(f"{part}\n")]
    cells: Matrix = {}
    for table in text.split("\n## ")[1:]:
        heading, *lines = table.splitlines()
        rows = [[cell.strip() for cell in line.strip("|").split("|")] for line in lines if line.startswith("|")]
        columns = rows[0][1:]
        for action, *answers in rows[2:]:
            for who, answer in zip(columns, answers, strict=True):
                cells.update({Cell(matter, action, who): answer for matter in heading.split("; ")})
    return cells


def page_of(matters: Iterable[str], actions: Sequence[str], columns: Sequence[str], cells: Matrix) -> str:
    """The tables for these answers, matters with the same answers together."""
    tables: dict[str, list[str]] = {}
    for matter in matters:
        head = f"| | {' | '.join(columns)} |\n|{'---|' * (len(columns) + 1)}\n"
        rows = [
            f"| {action} | {' | '.join(cells.get(Cell(matter, action, who), NO) for who in columns)} |"
            for action in actions
        ]
        tables.setdefault(head + "\n".join(rows), []).append(matter)
    return "\n\n".join(f"## {'; '.join(names)}\n\n{table}" for table, names in tables.items())


def compare(
    part: str, matters: Sequence[str], actions: Sequence[str], columns: Sequence[str], *answers: Matrix
) -> None:
    """The part of the page says what the rules say and what the pages answered; else it prints the part as it should be."""
    page = written(part)
    wrong = {cell: (said, page.get(cell)) for each in answers for cell, said in each.items() if page.get(cell) != said}
    right = dict(page)
    for each in answers:
        right.update(each)
    tables = page_of(matters, actions, columns, right)
    assert not wrong, f"docs/permissions.md says otherwise; if the house is right, this is '{part}':\n{tables}"
    assert {cell.matter for cell in page} == set(matters)
    assert {cell.who for cell in page} == set(columns) and {cell.action for cell in page} == set(actions)
