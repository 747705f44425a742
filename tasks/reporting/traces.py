"""What in a text without names may still point at somebody: numbers, addresses, days, places, amounts, an age.

In: the text and the words of the file that are somebody's own. Out: each trace with its kind and the words around it. Only points; a
decision table and a second person say what must go. Longer and surer kinds are looked for first; no letter counts twice.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from cases.parties import named_in

AROUND = 25
NOTHING = "Niets gevonden."
# An identifier points at one person by itself; the other kinds do so together.
IDENTIFIERS = frozenset({"e-mailadres", "nummer", "nummerplaat", "adres", "kenmerk", "naam"})
# Two words with a capital that no file knows: only a person can say, so it is told and counts for nothing.
DOUBTFUL = "misschien een naam"
_MONTHS = (
    "januari|februari|maart|april|mei|juni|juli|augustus|september|oktober|november|december"
    "|janvier|février|mars|avril|mai|juin|juillet|août|septembre|octobre|novembre|décembre"
    "|Januar|Februar|März|Mai|Juni|Juli|Oktober|Dezember|January|February|March|June|July|August|October"
)
_STREET = r"(?:[A-ZÀ-Þ][\w'’-]*(?:straat|laan|weg|plein|lei|dreef|kaai|straße|platz)|(?:[Rr]ue|[Aa]venue|[Cc]haussée)(?:\s+[\w'’-]+){1,4}?)"
_YEARS = r"\b(?:19|20)\d\d\s?[-–/ ]\s?(?:19|20)\d\d\b"
PATTERNS: Sequence[tuple[str, re.Pattern[str]]] = tuple(
    (kind, re.compile(pattern))
    for kind, pattern in (
        ("e-mailadres", r"[\w.+-]+@[\w-]+(?:\.[\w-]+)+"),
        (
            "nummer",
            r"\b\d{2}[.\s]?\d{2}[.\s]?\d{2}[-.\s]\d{3}[.\s]?\d{2}\b",
        ),  # of the national register, which begins as a day
        ("nummerplaat", r"\b\d-[A-Z]{3}-\d{3}\b"),
        ("adres", rf"\b{_STREET},?\s+\d+\w?\b"),
        ("dag", r"\b\d{1,2}[-/.]\d{1,2}[-/.](?:\d{4}|\d{2})\b"),
        ("dag", rf"\b\d{{1,2}}(?:er|\.|st|nd|rd|th)?\s+(?:{_MONTHS})\b(?:\s+\d{{4}})?"),
        ("bedrag", r"(?:€|\bEUR)\s?\d[\d.,]*\d|(?:€|\bEUR)\s?\d|\b\d[\d.,]*\s?(?:€|(?:euro|EUR)\b)"),
        # Of this office, or of seven digits and more; two years beside each other are no number.
        ("nummer", rf"(?!{_YEARS})(?:\b\d{{4}}-\d{{4,}}\b|(?:\+|\b(?:BE)?)\d(?:[\s./-]?\d){{6,}}\b)"),
        ("leeftijd", r"\b\d{1,3}[- ]?(?:jaar oud|jarige|ans\b|Jahre alt|years old)"),
        ("plaats", rf"\b{_STREET}\b"),
    )
)


@dataclass(frozen=True)
class Trace:
    """One thing that may point at somebody."""

    kind: str
    words: str
    around: str

    @property
    def is_identifier(self) -> bool:
        """True for what points at one person without anything else."""
        return self.kind in IDENTIFIERS


def found(text: str, own: Mapping[str, Sequence[str]]) -> list[Trace]:
    """The traces in a text, in its order. `own` gives per kind (naam, kenmerk, plaats, DOUBTFUL) the words of this file."""
    left, traces = text, list[tuple[int, Trace]]()
    for kind, start, end in _places(text, own):
        if "\0" in left[start:end]:
            continue
        left = left[:start] + "\0" * (end - start) + left[end:]
        around = " ".join(text[max(0, start - AROUND) : end + AROUND].split())
        traces.append((start, Trace(kind, text[start:end], around)))
    return [trace for _, trace in sorted(traces, key=lambda each: each[0])]


def _places(text: str, own: Mapping[str, Sequence[str]]) -> Iterator[tuple[str, int, int]]:
    for kind, pattern in PATTERNS:
        for match in pattern.finditer(text):
            yield kind, match.start(), match.end()
    for kind in ("naam", "kenmerk", "plaats", DOUBTFUL):
        yield from _standing(text, kind, own.get(kind, ()))


def _standing(text: str, kind: str, words: Sequence[str]) -> Iterator[tuple[str, int, int]]:
    for each in {named.name for named in named_in(text, words)}:
        for match in re.finditer(re.escape(each), text):
            yield kind, match.start(), match.end()


def told(traces: Sequence[Trace]) -> str:
    """The traces as lines that a person reads."""
    return "\n".join(f"{each.kind}: {each.words} (“… {each.around} …”)" for each in traces) or NOTHING
