"""Expectation against result: one sentence per difference. Only this file and `signposting` read what a record expects.

A part that the record itself marks as uncertain is shown, and not counted.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from cases.register import Register
from tasks.scenarios.records import Record
from tasks.scenarios.result import Result

FIELDS = (
    "type",
    "competent_body",
    "transfer",
    "first_line_gate",
    "gate_reason",
    "admissible",
    "ground",
    "urgent",
    "stages",
    "finding",
    "remedy",
    "norms",
    "closure_reason",
    "deadlines",
    "duplicate_of",
    "joined_with",
)
GRIEVANCE_FIELDS = (
    "type",
    "competent_body",
    "transfer",
    "first_line_gate",
    "gate_reason",
    "finding",
    "remedy",
    "norms",
    "deadlines",
)
# What a remark about uncertainty may be about, by the words in it.
UNCERTAIN_WORDS: Mapping[str, tuple[str, ...]] = {
    r"admissib|refus|ground|mandate|repeat": ("admissible", "ground"),
    r"45|first.line|gate": ("first_line_gate", "gate_reason", "deadlines"),
    r"term\b|deadline|date|rvs_appeal|suspen": ("deadlines",),
    r"transfer|forward|refer": ("transfer",),
    r"competen|body|route": ("competent_body", "transfer"),
    r"finding|assess": ("finding",),
    r"remedy": ("remedy",),
    r"norm": ("norms",),
    r"stage": ("stages",),
    r"clos": ("closure_reason",),
    r"urgen": ("urgent",),
}
FIRM = re.compile(r"only (?:the )?(.+?) (?:is|are) firm")


@dataclass(frozen=True)
class Difference:
    """One field that came out otherwise."""

    field: str
    expected: object
    found: object
    is_uncertain: bool = False

    def __str__(self) -> str:
        note = " (onzeker, telt niet)" if self.is_uncertain else ""
        return f"{self.field}: verwacht {_words(self.expected)}, kwam uit op {_words(self.found)}{note}"


def differences(record: Record, result: Result, register: Register) -> list[Difference]:
    """Every difference; what is uncertain is among them, marked."""
    uncertain = _uncertain(record.expected)
    found = [
        *_fields(record.expected, result.fields, FIELDS, ""),
        *_fields(record.expected.get("after_script") or {}, result.after, tuple(result.after), "na het script, "),
        *_grievances(record.expected, result, register),
    ]
    return [
        Difference(d.field, d.expected, d.found, d.field.rpartition(", ")[2].partition(".")[0] in uncertain)
        for d in found
    ]


def _fields(
    expected: Mapping[str, Any], found: Mapping[str, Any], names: tuple[str, ...], place: str
) -> Iterator[Difference]:
    for name in names:
        if name not in expected:
            continue
        wanted, got = expected[name], found.get(name)
        if name == "deadlines":
            yield from _deadlines(wanted or {}, got or {}, place)
        elif _plain(wanted) != _plain(got):
            yield Difference(place + name, wanted, got)


def _deadlines(wanted: Mapping[str, str], got: Mapping[str, str], place: str) -> Iterator[Difference]:
    for name in sorted({*wanted, *got}):
        if wanted.get(name) != got.get(name):
            yield Difference(f"{place}deadlines.{name}", wanted.get(name), got.get(name))


def _grievances(expected: Mapping[str, Any], result: Result, register: Register) -> Iterator[Difference]:
    """Each expected grievance against ours: about the same authority, else for the same body, else of the same number."""
    free = list(range(len(result.grievances)))
    for number, wanted in enumerate(expected.get("grievances") or [], start=1):
        match = register.find(str(wanted.get("service") or ""), limit=1)
        key = match[0].authority.key if match else None
        same = [at for at in free if key is not None and result.authorities[at] == key]
        same += [at for at in free if result.grievances[at]["competent_body"] == wanted.get("competent_body")]
        same += [at for at in free if at == number - 1]
        place = f"grief {number}, "
        if not same:
            yield Difference(f"{place}service", wanted.get("service"), None)
            continue
        free.remove(same[0])
        yield from _fields(wanted, result.grievances[same[0]], GRIEVANCE_FIELDS, place)


def _uncertain(expected: Mapping[str, Any]) -> frozenset[str]:
    """The fields that the record calls uncertain; all of them when it does not say which."""
    if not expected.get("uncertain"):
        return frozenset()
    about = str(expected.get("uncertain_about") or "").lower()
    firm = FIRM.search(about)
    if firm is not None:
        return frozenset(FIELDS) - _named(firm[1])
    return _named(about) or frozenset(FIELDS)


def _named(about: str) -> frozenset[str]:
    return frozenset(name for words, names in UNCERTAIN_WORDS.items() if re.search(words, about) for name in names)


def _plain(value: object) -> object:
    return sorted(value) if isinstance(value, list) and all(isinstance(v, int) for v in value) else value


def _words(value: object) -> str:
    if value is None:
        return "niets"
    if isinstance(value, bool):
        return "ja" if value else "nee"
    if isinstance(value, list):
        return ", ".join(str(item) for item in value) or "niets"
    return str(value)
