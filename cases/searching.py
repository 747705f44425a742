"""What a case is found by: the words of its subject, names, authority and story, in any script, and its number (`cases.folding`).

A word asked for is the beginning of a word that stands there, so that an index finds it among a million cases: a GIN index of text
search on PostgreSQL, one over all cases and a small one over the open ones. On SQLite the texts themselves are looked through.
"""

import re
from collections.abc import Mapping
from typing import Any

from sqlalchemy import Boolean, ColumnElement, and_, false, literal, select
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.functions import FunctionElement

from cases.folding import normal
from cases.models import Case
from storage.private import is_sealed
from storage.unit_of_work import Reading

# A number as it is written, whole or its beginning.
NUMBER = re.compile(r"\d{4}-\d*")
# So many words are looked for; more make nothing clearer.
MOST_WORDS = 8
# Of these the index is asked first.
LONGEST_WORDS = 2
# Long enough for the longest story the form takes, short enough to search in thousands of cases.
LONGEST = 25_000
TOLD = ("complaint.services", "complaint.narrative", "complaint.desired_outcome")


def search_words(case: Case, facts: Mapping[str, object]) -> str:
    """The text the search looks in; made again whenever a name or an authority changes."""
    told = " ".join(str(facts.get(name) or "") for name in TOLD)
    words = normal(f"{case.subject} {case.complainant_name} {case.authority_name} {told}")
    return f"{number_words(case.number)} {words}"[:LONGEST].rstrip()


def number_words(number: str) -> str:
    """The number within its year, as it is written and without its noughts: it is asked for either way."""
    _, _, within = number.partition("-")
    short = within.lstrip("0")
    return within if short in ("", within) else f"{within} {short}"


def mentions(query: str) -> list[ColumnElement[bool]]:
    """The conditions on a case that it mentions every word asked for; none when nothing is asked.

    Where nothing of it can be looked for, such as a sign, no case is found rather than every one.
    """
    numbers, words = _asked(query)
    found: list[ColumnElement[bool]] = [Case.number.startswith(number, autoescape=True) for number in numbers]
    if words:
        found.append(_mentioning(words))
    return found or ([false()] if query.strip() else [])


def apart(query: str) -> tuple[ColumnElement[bool], ColumnElement[bool]] | None:
    """The two longest words asked for, and the others, to be read in the texts of the cases that those find; None when there are no others.

    An index costs what each word finds, however little all of them find together, and a short word begins many: at a million cases
    three words took 9 ms of the database, the longest two of them take 2.
    """
    numbers, words = _asked(query)
    if numbers or len(words) <= LONGEST_WORDS:
        return None
    words.sort(key=len, reverse=True)
    text = literal(" ").concat(Case.search_text)
    others = and_(*(text.contains(f" {word}") for word in words[LONGEST_WORDS:]))
    return _mentioning(words[:LONGEST_WORDS]), others


def _mentioning(words: list[str]) -> ColumnElement[bool]:
    return _Mentions(Case.search_text, Case.search_words, *(literal(word) for word in words))


def _asked(query: str) -> tuple[list[str], list[str]]:
    """The numbers and the words in what somebody asks for."""
    numbers: list[str] = []
    words: list[str] = []
    for text in query.replace("\x00", "").split()[:MOST_WORDS]:
        if NUMBER.fullmatch(text):
            numbers.append(text)
        else:
            words += normal(text).split()
    return numbers, words


def conditions(reading: Reading, query: str) -> list[ColumnElement[bool]]:
    """The same; in a sealed house, whose database cannot read its own texts, the cases that are found here, one by one."""
    if not query.strip() or not is_sealed(reading.session):
        return mentions(query)
    words = normal(query.replace("\x00", "")).split()[:MOST_WORDS]
    if not words:
        return [false()]
    rows = reading.session.execute(select(Case.id, Case.number, Case.search_text))
    told = [(case_id, f" {normal(number)} {text}") for case_id, number, text in rows]
    return [Case.id.in_([case_id for case_id, text in told if all(f" {word}" in text for word in words)])]


class _Mentions(FunctionElement[bool]):
    """Each of these words begins a word of the text. The words are letters and digits only (`normal`)."""

    name = "mentions"
    type = Boolean()
    inherit_cache = True


@compiles(_Mentions)
def _look_through(element: _Mentions, compiler: Any, **options: Any) -> str:
    text, _, *words = (compiler.process(part, **options) for part in element.clauses)
    return " AND ".join(f"(' ' || {text}) LIKE ('% ' || {word} || '%')" for word in words)


@compiles(_Mentions, "postgresql")
def _search(element: _Mentions, compiler: Any, **options: Any) -> str:
    _, kept, *words = (compiler.process(part, **options) for part in element.clauses)
    query = " || ' & ' || ".join(f"{word} || ':*'" for word in words)
    return f"{kept} @@ to_tsquery('simple', {query})"
