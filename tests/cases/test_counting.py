"""Terms under pauses: no day is lost and none is won, in whatever order pauses began and ended, across summer time and new year."""

from datetime import date, timedelta

from hypothesis import given, settings
from hypothesis import strategies as st

from cases.calendars import Calendar, Closing, public_holidays
from cases.counting import CALENDAR_DAYS, MONTHS, UNITS, WORKING_DAYS, Reckoning, Stop, Term, days_between, reckon
from cases.explaining import explain
from web import catalogues

OFFICE = Calendar(
    frozenset({Closing(date(2020, 7, 11), "Vlaamse feestdag", True), Closing(date(2026, 10, 26), "Brug")})
)
DAYS = st.dates(date(2026, 1, 1), date(2027, 3, 31))
TERMS = st.builds(Term, st.integers(1, 60), st.sampled_from((CALENDAR_DAYS, WORKING_DAYS)), DAYS, st.integers(0, 15))
STOPS = st.lists(
    st.builds(lambda on, length: Stop(on, on + timedelta(days=length), ("x",)), DAYS, st.integers(0, 40)), max_size=5
)


def days_after(start: date, until: date) -> list[date]:
    return [start + timedelta(days=number) for number in range(1, (until - start).days + 1)]


def stood_still(day: date, stops: list[Stop]) -> bool:
    return any(stop.from_on < day <= stop.to_on for stop in stops)


def counts(day: date, term: Term) -> bool:
    if term.unit == CALENDAR_DAYS:
        return True
    return day.weekday() < 5 and day not in public_holidays(day.year) and OFFICE.closing_name(day) is None


@settings(max_examples=120)
@given(TERMS, STOPS)
def test_exactly_the_days_of_the_term_counted_while_the_clock_ran(term: Term, stops: list[Stop]) -> None:
    due, whole = reckon(term, OFFICE, stops).due_on, term.value + term.more
    ran = [day for day in days_after(term.from_on, due) if counts(day, term) and not stood_still(day, stops)]
    if ran and not stood_still(due, stops):
        # Either the last of its days, or its clock went on with none left and on a day off: then the next working day.
        assert len(ran) == whole or (len(ran) == whole + 1 and ran[-1] == due and is_after_rest(due, stops))
        assert counts(due, term)
    else:  # its last day was the one on which the clock stopped, or it was over in time: it ends as the clock goes on
        assert any(stop.to_on == due for stop in stops)
        assert len(ran) == whole


def is_after_rest(due: date, stops: list[Stop]) -> bool:
    """The days before it, back to where a clock went on, are days off."""
    day = due - timedelta(days=1)
    while not OFFICE.is_working(day) and not stood_still(day, stops):
        day -= timedelta(days=1)
    return stood_still(day, stops)


@given(TERMS, STOPS, st.randoms(use_true_random=False))
def test_the_order_in_which_pauses_are_known_does_not_matter(term: Term, stops: list[Stop], random: object) -> None:
    mixed = list(stops)
    random.shuffle(mixed)  # type: ignore[attr-defined]
    assert reckon(term, OFFICE, mixed).due_on == reckon(term, OFFICE, stops).due_on


@given(TERMS, DAYS, st.integers(1, 40), st.integers(0, 40), st.integers(0, 40))
def test_a_pause_within_a_pause_and_one_cut_in_two_change_nothing(
    term: Term, on: date, length: int, start: int, end: int
) -> None:
    whole = Stop(on, on + timedelta(days=length))
    first, last = sorted((min(start, length), min(end, length)))
    inner = Stop(on + timedelta(days=first), on + timedelta(days=last))
    halves = [Stop(on, inner.from_on), Stop(inner.from_on, whole.to_on)]
    expected = reckon(term, OFFICE, [whole]).due_on
    assert reckon(term, OFFICE, [whole, inner]).due_on == expected
    assert reckon(term, OFFICE, halves).due_on == expected


@given(st.integers(1, 60), DAYS, st.integers(0, 59), st.integers(0, 40))
def test_calendar_days_move_by_the_days_stood_still(value: int, from_on: date, passed: int, length: int) -> None:
    term, on = Term(value, CALENDAR_DAYS, from_on), from_on + timedelta(days=min(passed, value))
    stop = Stop(on, on + timedelta(days=length))
    assert reckon(term, OFFICE, [stop]).due_on == reckon(term, OFFICE).due_on + timedelta(days=length)


@given(TERMS, st.integers(0, 30), st.integers(1, 30))
def test_a_term_that_began_while_the_clock_stood_still_counts_from_where_it_went_on(
    term: Term, earlier: int, later: int
) -> None:
    goes_on = term.from_on + timedelta(days=later)
    paused = reckon(term, OFFICE, [Stop(term.from_on - timedelta(days=earlier), goes_on)])
    assert paused.due_on == reckon(Term(term.value, term.unit, goes_on, term.more), OFFICE).due_on


@given(st.sampled_from(UNITS), st.integers(1, 24), DAYS, st.integers(1, 40))
def test_days_given_on_top_end_a_term_on_the_day_that_was_chosen(
    unit: str, value: int, from_on: date, later: int
) -> None:
    due = reckon(Term(value, unit, from_on), OFFICE).due_on
    chosen = due + timedelta(days=later)
    term = Term(value, unit, from_on, days_between(unit, OFFICE, due, chosen))
    ends = reckon(term, OFFICE).due_on
    assert ends <= chosen and not [
        day for day in days_after(ends, chosen) if unit != WORKING_DAYS or OFFICE.is_working(day)
    ]
    assert ("erbij" in explain(reckon(term, OFFICE))) == (term.more > 0)


def test_months_keep_their_day_and_move_by_the_days_stood_still() -> None:
    term = Term(1, MONTHS, date(2026, 1, 31))
    assert reckon(term, OFFICE).due_on == date(2026, 2, 28)
    assert reckon(term, OFFICE, [Stop(date(2026, 2, 1), date(2026, 2, 11))]).due_on == date(2026, 3, 10)


def test_a_term_that_was_over_is_not_woken_by_a_later_pause() -> None:
    late = Stop(date(2026, 3, 20), date(2026, 4, 20))
    assert reckon(Term(5, CALENDAR_DAYS, date(2026, 3, 1)), OFFICE, [late]).due_on == date(2026, 3, 6)
    friday = Stop(date(2026, 3, 7), date(2026, 3, 9))  # the term ended on Friday, the clock stopped on Saturday
    assert reckon(Term(5, WORKING_DAYS, date(2026, 2, 27)), OFFICE, [friday]).due_on == date(2026, 3, 6)


def test_the_sentence_tells_days_off_and_pauses_in_four_languages() -> None:
    found = reckon(
        Term(10, WORKING_DAYS, date(2026, 4, 2)), OFFICE, [Stop(date(2026, 4, 9), date(2026, 4, 21), ("verhuis",))]
    )
    assert found.due_on == date(2026, 4, 29)
    assert explain(found) == (
        "10 werkdagen vanaf 2 april 2026; 6 april (Paasmaandag) telt niet mee; "
        "de klok stond 12 dagen stil (verhuis); dus uiterlijk 29 april 2026."
    )
    french, german, english = (explain(found, each, catalogues.of(each)) for each in ("fr", "de", "en"))
    assert french.startswith("10 jours ouvrables à partir du 2 avril 2026; le 6 avril (Lundi de Pâques)")
    assert "Ostermontag" in german and "29. April 2026" in german
    assert "(Easter Monday)" in english and english.endswith("so by 29 April 2026 at the latest.")


def test_the_sentence_names_closing_days_of_the_office_and_survives_being_kept() -> None:
    found = reckon(Term(3, WORKING_DAYS, date(2026, 10, 22)), OFFICE)
    assert Reckoning.from_data(found.as_data()) == found
    assert "26 oktober (Brug) telt niet mee" in explain(found)
    assert [explain(reckon(Term(1, unit, date(2026, 5, 4)), OFFICE)).split(";")[0] for unit in UNITS] == [
        "1 kalenderdag vanaf 4 mei 2026",
        "1 werkdag vanaf 4 mei 2026",
        "1 maand vanaf 4 mei 2026",
    ]
