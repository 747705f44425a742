"""Timers: when one is due, and what repeats.

A cycle is `R3/PT1H` (three times), `R/P1D` (for ever), with a first moment as in `R3/2026-01-01T09:00/P1M`, or a cron text. Its due
moments lie on a grid, the first moment and whole intervals from there, so nothing drifts. What passed unheard, while the server slept
or the case was suspended, is one firing and counts as one; the next due moment is again on the grid.
"""

import re
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from engine import cron
from engine.lengths import OFFICE_ZONE, BadTimer, Length
from engine.moments import instant

SHORTEST = timedelta(seconds=1)
_REPEATED = re.compile(r"R(?P<times>-1|\d{0,9})/(?:(?P<start>[^/P][^/]*)/)?(?P<interval>[^/]+)")


@dataclass(frozen=True)
class Armed:
    """When a timer is due, and the text from which its next due moment follows; None when this is the last."""

    due_at: datetime
    rest: str | None = None


@dataclass(frozen=True)
class Interval:
    """So many times (None is for ever), at whole intervals from an anchor."""

    times: int | None
    anchor: datetime | None
    length: Length

    def first(self, now: datetime) -> Armed:
        """Without an anchor one interval from now; with one that passed already, the next on its grid."""
        if self.anchor is not None and self.anchor >= now:
            return Armed(self.anchor, self._rest(self.anchor))
        return self.next(now, now)

    def next(self, previous_due: datetime, now: datetime) -> Armed:
        """The next due moment after a firing: on the grid, and later than now."""
        anchor = self.anchor or previous_due
        return Armed(_on_grid(anchor, self.length, max(previous_due, now)), self._rest(anchor))

    def _rest(self, anchor: datetime) -> str | None:
        left = "" if self.times is None else self.times - 1
        return None if left == 0 else f"R{left}/{anchor.isoformat()}/{self.length}"


@dataclass(frozen=True)
class Schedule:
    """A cron text: for ever."""

    text: str

    def first(self, now: datetime) -> Armed:
        """The first moment after now."""
        return self.next(now, now)

    def next(self, previous_due: datetime, now: datetime) -> Armed:
        """The first moment after a firing and after now. Raises BadTimer when there never is one."""
        try:
            due = cron.next_after(self.text, max(previous_due, now), OFFICE_ZONE)
        except cron.BadCron as problem:
            raise BadTimer(f"{problem}.") from problem
        if due is None:
            raise BadTimer(f"'{self.text}' komt nooit voor.")
        return Armed(due, self.text)


def is_cycle(value: Any) -> bool:
    """Whether a timer value repeats."""
    return isinstance(value, str) and (value.strip().startswith("R") or cron.is_cron(value.strip()))


def parse(text: str) -> Interval | Schedule:
    """A cycle from its text. Raises BadTimer, which says what is wrong."""
    text = text.strip()
    if cron.is_cron(text):
        return Schedule(text)
    match = _REPEATED.fullmatch(text)
    if match is None:
        raise BadTimer(f"'{text}' is geen herhaling. Schrijf bijvoorbeeld R3/PT1H, R/P1D of 0 9 * * 1.")
    times = None if match["times"] in ("", "-1") else int(match["times"])
    if times == 0:
        raise BadTimer(f"'{text}' herhaalt nul keer.")
    length = Length.parse(match["interval"])
    anchor = instant(match["start"], datetime.min.replace(tzinfo=UTC)) if match["start"] else None
    if length.rough < SHORTEST:
        raise BadTimer(f"'{text}' herhaalt te snel: er is minstens een seconde tussen twee keren.")
    return Interval(times, anchor, length)


def arm(value: Any, now: datetime) -> Armed:
    """The first due moment of a timer's value: date, duration or cycle. Raises BadTimer."""
    return parse(value).first(now) if is_cycle(value) else Armed(instant(value, now))


def rearm(rest: str | None, previous_due: datetime, now: datetime) -> Armed | None:
    """What follows the firing of a timer with this rest; None when it was the last. Raises BadTimer."""
    return None if rest is None else parse(rest).next(previous_due, now)


def _on_grid(anchor: datetime, length: Length, moment: datetime) -> datetime:
    """The first of anchor, anchor + length, anchor + 2 * length… that is later than the moment."""
    count = max(0, int((moment - anchor) / length.rough) - 2)  # from below: months and days differ in length
    while (due := length.after(anchor, count)) <= moment:
        count += 1
    return due
