"""What repeats: how often, on which grid, on whose clock; and what happens with what passed unheard."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine import cycles
from engine.moments import BadTimer

BRUSSELS = ZoneInfo("Europe/Brussels")
MONDAY = datetime(2026, 1, 5, 9, 0, tzinfo=UTC)


def here(text: str) -> datetime:
    """A moment on the office's clock."""
    return datetime.fromisoformat(text).replace(tzinfo=BRUSSELS)


def firings(text: str, start: datetime, most: int = 6) -> list[str]:
    """The local moments at which a punctual office fires."""
    armed: cycles.Armed | None = cycles.arm(text, start)
    found: list[str] = []
    while armed is not None and len(found) < most:
        found.append(armed.due_at.astimezone(BRUSSELS).strftime("%Y-%m-%d %H:%M"))
        armed = cycles.rearm(armed.rest, armed.due_at, armed.due_at)
    return found


@pytest.mark.parametrize(
    ("text", "start", "expected"),
    [
        ("R3/PT1H", "2026-01-05T10:00", ["2026-01-05 11:00", "2026-01-05 12:00", "2026-01-05 13:00"]),
        ("R1/PT1H", "2026-01-05T10:00", ["2026-01-05 11:00"]),
        ("R2/2026-01-06T08:00/P1D", "2026-01-05T10:00", ["2026-01-06 08:00", "2026-01-07 08:00"]),
        ("R2/2026-01-06/P1W", "2026-01-05T10:00", ["2026-01-06 00:00", "2026-01-13 00:00"]),
        ("R2/P1M15DT12H", "2026-01-30T10:00", ["2026-03-15 22:00", "2026-04-30 10:00"]),
        ("R2/2026-01-01T08:00/P1D", "2026-01-05T10:00", ["2026-01-06 08:00", "2026-01-07 08:00"]),
        ("R4/P1M", "2026-01-31T10:00", ["2026-02-28 10:00", "2026-03-31 10:00", "2026-04-30 10:00", "2026-05-31 10:00"]),
        ("R2/P1Y", "2024-02-29T10:00", ["2025-02-28 10:00", "2026-02-28 10:00"]),
        ("R4/2024-02-29T10:00/P1Y", "2026-12-01T10:00", ["2027-02-28 10:00", "2028-02-29 10:00", "2029-02-28 10:00", "2030-02-28 10:00"]),
        ("R3/P1D", "2026-03-27T02:30", ["2026-03-28 02:30", "2026-03-29 03:30", "2026-03-30 02:30"]),
        ("R3/P1D", "2026-10-23T02:30", ["2026-10-24 02:30", "2026-10-25 02:30", "2026-10-26 02:30"]),
        ("R3/PT1H", "2026-03-29T00:00", ["2026-03-29 01:00", "2026-03-29 03:00", "2026-03-29 04:00"]),
        ("R4/PT1H", "2026-10-25T00:00", ["2026-10-25 01:00", "2026-10-25 02:00", "2026-10-25 02:00", "2026-10-25 03:00"]),
        ("R2/P1DT12H", "2026-01-05T10:00", ["2026-01-06 22:00", "2026-01-08 10:00"]),
    ],
)  # fmt: skip
def test_intervals_on_the_office_clock(text: str, start: str, expected: list[str]) -> None:
    assert firings(text, here(start)) == expected


@pytest.mark.parametrize(
    ("text", "start", "expected"),
    [
        ("0 9 * * 1", "2026-01-05T10:00", ["2026-01-12 09:00", "2026-01-19 09:00"]),
        ("0 9 * * 0", "2026-01-05T10:00", ["2026-01-11 09:00", "2026-01-18 09:00"]),
        ("0 9 * * 7", "2026-01-05T10:00", ["2026-01-11 09:00", "2026-01-18 09:00"]),
        ("0 9 * * 1-5", "2026-01-08T10:00", ["2026-01-09 09:00", "2026-01-12 09:00"]),
        ("0 9 * * 0-2", "2026-01-06T10:00", ["2026-01-11 09:00", "2026-01-12 09:00"]),
        ("0 9 * * SAT-SUN", "2026-01-06T10:00", ["2026-01-10 09:00", "2026-01-11 09:00"]),
        ("0 9 * * */3", "2026-01-05T10:00", ["2026-01-07 09:00", "2026-01-10 09:00", "2026-01-11 09:00"]),
        ("0 9 L * ?", "2026-01-05T10:00", ["2026-01-31 09:00", "2026-02-28 09:00"]),
        ("0 9 * * 5L", "2026-01-05T10:00", ["2026-01-30 09:00", "2026-02-27 09:00"]),
        ("0 9 * * MON#1", "2026-01-05T10:00", ["2026-02-02 09:00", "2026-03-02 09:00"]),
        ("0 9 29 2 *", "2026-01-05T10:00", ["2028-02-29 09:00", "2032-02-29 09:00"]),
        ("0 9 13 * 5", "2026-01-05T10:00", ["2026-02-13 09:00", "2026-03-13 09:00"]),
        ("0 0/20 10 * JAN *", "2026-01-05T10:30", ["2026-01-05 10:40", "2026-01-06 10:00"]),
        ("@daily", "2026-01-05T10:00", ["2026-01-06 00:00", "2026-01-07 00:00"]),
        ("@hourly", "2026-01-05T10:00", ["2026-01-05 11:00", "2026-01-05 12:00"]),
        ("@weekly", "2026-01-05T10:00", ["2026-01-11 00:00", "2026-01-18 00:00"]),
        ("@yearly", "2026-01-05T10:00", ["2027-01-01 00:00", "2028-01-01 00:00"]),
        ("30 2 * * *", "2026-03-28T10:00", ["2026-03-29 03:30", "2026-03-30 02:30"]),
        ("30 2 * * *", "2026-10-24T10:00", ["2026-10-25 02:30", "2026-10-26 02:30"]),
        ("0 * * * *", "2026-10-25T01:30", ["2026-10-25 02:00", "2026-10-25 02:00", "2026-10-25 03:00"]),
    ],
)
def test_cron_counts_its_weekdays_from_sunday_and_each_hour_once(text: str, start: str, expected: list[str]) -> None:
    assert firings(text, here(start), most=len(expected)) == expected


@pytest.mark.parametrize(
    "text",
    ["R0/PT1H", "R/PT0S", "R/PT0.1S", "R/-P1D", "R3/P", "R3", "Rx/PT1H", "R3/PT1H/2026-01-01",
     "R3/P2D1Y", "PT", "-P1D", "P99999Y", "P1M-3D", "0 9 * *", "0 9 * * 1 2 3", "61 9 * * *", "0 9 * * 8", "0 9 * * 5-2", "0 9 * * 1/0", "0 9 1 * MON#1",
     "0 9 15W * *", "@never", "0 0 30 2 *"],
)  # fmt: skip
def test_what_never_comes_or_cannot_be_read_is_refused_with_its_text(text: str) -> None:
    with pytest.raises(BadTimer) as refused:
        cycles.arm(text, MONDAY)
    assert text.rsplit("/", 1)[-1] in str(refused.value)
    assert str(refused.value).endswith(".")


def test_a_first_moment_that_is_no_date_is_named() -> None:
    with pytest.raises(BadTimer, match="2026-13-01T00:00"):
        cycles.arm("R/2026-13-01T00:00/P1D", MONDAY)


def test_beyond_the_calendar_is_refused() -> None:
    with pytest.raises(BadTimer, match="9999"):
        cycles.arm("P9998Y", MONDAY)


def test_a_date_and_a_duration_are_due_once() -> None:
    assert cycles.arm("PT2H", MONDAY) == cycles.Armed(MONDAY + timedelta(hours=2))
    assert cycles.arm("2026-02-01", MONDAY) == cycles.Armed(here("2026-02-01T00:00").astimezone(UTC))
    assert cycles.rearm(None, MONDAY, MONDAY) is None


def test_what_passed_unheard_is_one_firing_and_the_next_is_on_the_grid() -> None:
    first = cycles.arm("R3/PT1H", MONDAY)
    second = cycles.rearm(first.rest, first.due_at, MONDAY + timedelta(hours=5, minutes=20))
    assert second is not None
    assert second.due_at == MONDAY + timedelta(hours=6)
    third = cycles.rearm(second.rest, second.due_at, second.due_at)
    assert third is not None
    assert (third.due_at, third.rest) == (MONDAY + timedelta(hours=7), None)


def test_a_clock_set_back_never_brings_a_due_moment_back() -> None:
    first = cycles.arm("R/PT1H", MONDAY)
    again = cycles.rearm(first.rest, first.due_at, MONDAY - timedelta(days=3))
    assert again is not None
    assert again.due_at == MONDAY + timedelta(hours=2)


LENGTHS = st.one_of(
    st.integers(1, 40).map(lambda n: f"P{n}D"),
    st.integers(1, 30).map(lambda n: f"P{n}M"),
    st.integers(1, 200).map(lambda n: f"PT{n}H"),
    st.integers(1, 90000).map(lambda n: f"PT{n}S"),
    st.tuples(st.integers(0, 5), st.integers(1, 40), st.integers(1, 23)).map(lambda n: f"P{n[0]}M{n[1]}DT{n[2]}H"),
)
MOMENTS = st.datetimes(datetime(2000, 1, 1), datetime(2060, 1, 1), timezones=st.just(UTC))


@given(LENGTHS, MOMENTS, st.timedeltas(timedelta(0), timedelta(days=4000)))
def test_after_any_sleep_the_next_is_the_first_of_the_grid_that_is_later(
    length: str, start: datetime, sleep: timedelta
) -> None:
    armed = cycles.arm(f"R/{length}", start)
    woken = armed.due_at + sleep
    following = cycles.rearm(armed.rest, armed.due_at, woken)
    assert following is not None
    assert following.due_at > woken
    assert following.rest == armed.rest
    punctual = cycles.rearm(armed.rest, armed.due_at, armed.due_at)
    steps = 0
    while punctual is not None and punctual.due_at <= woken and steps < 300:
        punctual, steps = cycles.rearm(armed.rest, punctual.due_at, punctual.due_at), steps + 1
    assert punctual is not None
    assert steps == 300 or punctual.due_at == following.due_at
