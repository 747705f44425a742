"""How long a job may take and how long it rests after it failed: what the diagram says in the headers of its service task.

`retryBackoff`: one ISO 8601 duration, doubled after each failure (`PT30S`), or a list, one per failure (`PT1M,PT10M,PT1H`; the last one
goes on). `timeLimit`: one duration. How often it is tried is `retries` of `zeebe:taskDefinition`. Publishing checks them (lint job_headers).
"""

from collections.abc import Mapping
from datetime import timedelta

from engine.lengths import BadTimer, Length

BACKOFF, LIMIT = "retryBackoff", "timeLimit"
FIRST_PAUSE, MOST_DOUBLED = timedelta(seconds=30), timedelta(days=1)
LONGEST_PAUSE, LONGEST_LIMIT = (timedelta(days=31), "31 dagen"), (timedelta(hours=1), "een uur")


class BadPatience(Exception):
    """Een duur bij deze opdracht klopt niet."""


def pauses(text: str) -> list[timedelta]:
    """The pauses of a `retryBackoff`, at least one. Raises BadPatience."""
    return [_duration(each, BACKOFF, "PT30S of PT1M,PT10M,PT1H", LONGEST_PAUSE) for each in text.split(",")]


def limit(text: str) -> timedelta:
    """The duration of a `timeLimit`. Raises BadPatience."""
    found = _duration(text, LIMIT, "PT30S of PT5M", LONGEST_LIMIT)
    if not found:
        raise BadPatience(f"De header '{LIMIT}' laat geen tijd over. Schrijf bijvoorbeeld PT30S.")
    return found


def _duration(text: str, name: str, example: str, most: tuple[timedelta, str]) -> timedelta:
    given = f"De header '{name}' is '{text.strip()[:80]}'"
    try:
        length = Length.parse(text.strip())
    except BadTimer as problem:
        raise BadPatience(f"{given}, en dat is geen duur. Schrijf bijvoorbeeld {example}.") from problem
    if length.months or length.rough > most[0]:
        raise BadPatience(f"{given}. Kies een duur van hoogstens {most[1]}, bijvoorbeeld {example}.")
    return length.rough


def pause_after(headers: Mapping[str, str], failures: int) -> timedelta:
    """How long a job rests after its first, second, ... failure. Without a header 30 seconds, doubled, a day at most.

    So it does in a diagram from before these headers were checked, when what they say cannot be read.
    """
    try:
        return _pause_after(headers, failures)
    except BadPatience:
        return _pause_after({}, failures)


def _pause_after(headers: Mapping[str, str], failures: int) -> timedelta:
    given = headers.get(BACKOFF, "").strip()
    if "," in given:
        listed = pauses(given)
        return listed[min(failures, len(listed)) - 1]
    first = pauses(given)[0] if given else FIRST_PAUSE
    doubled: timedelta = first * 2 ** min(failures - 1, 20)
    return min(doubled, max(first, MOST_DOUBLED))


def limit_of(headers: Mapping[str, str], otherwise: timedelta) -> timedelta:
    """How long one attempt may take; `otherwise` when the diagram says nothing that can be read."""
    try:
        return limit(headers[LIMIT]) if headers.get(LIMIT, "").strip() else otherwise
    except BadPatience:
        return otherwise
