"""Every look into a case is kept, in the chain like everything else."""

from datetime import timedelta

import pytest

from history import looks as history_looks
from history.log import verify
from identity.people import Actor
from storage.unit_of_work import Database
from tasks.background.clock_source import TravellingClock
from tasks.case_file import looks
from tasks.office import Office

HANDLER = Actor("person:1", "Noor", frozenset({"case_handler"}))
AUDITOR = Actor("person:2", "Ines", frozenset({"auditor"}))


def _seen(office: Office) -> list[tuple[str, str, str]]:
    with office.database.reading() as reading:
        assert verify(reading, "case:1").ok
        return [(look.resource, look.role, look.what) for look in history_looks.of(reading, "case:1")]


def _look(office: Office, actor: Actor, what: str) -> None:
    with office.database.reading() as reading:
        looks.keep(office, reading, actor, 1, what)


def test_a_look_is_recorded_with_who_in_which_role_and_at_what(office: Office) -> None:
    _look(office, HANDLER, "case")
    _look(office, AUDITOR, "replay")
    assert _seen(office) == [("person:2", "auditor", "replay"), ("person:1", "case_handler", "case")]
    with office.database.reading() as reading:
        [newest] = history_looks.of(reading, "case:1", limit=1)
        [before] = history_looks.of(reading, "case:1", before=newest.seq, limit=5)
    assert (newest.what, before.what) == ("replay", "case")


def test_the_same_look_within_ten_minutes_is_one_and_later_another(office: Office, clock: TravellingClock) -> None:
    _look(office, HANDLER, "case")
    clock.advance(timedelta(minutes=9))
    _look(office, HANDLER, "case")
    assert len(_seen(office)) == 1
    clock.advance(timedelta(minutes=2))
    _look(office, HANDLER, "case")
    assert len(_seen(office)) == 2


@pytest.mark.parametrize("actor", [HANDLER, AUDITOR])
def test_another_letter_or_another_person_is_another_look(office: Office, actor: Actor) -> None:
    _look(office, HANDLER, "letter:1")
    _look(office, actor, "letter:2")
    assert len(_seen(office)) == 2


def test_a_look_in_an_open_transaction_goes_with_it_or_not_at_all(office: Office) -> None:
    with pytest.raises(RuntimeError, match="afgebroken"), office.database.work() as work:
        looks.record(office, work, HANDLER, 1)
        raise RuntimeError("afgebroken")
    assert _seen(office) == []


def test_looks_of_a_case_nobody_opened_are_none(database: Database) -> None:
    with database.reading() as reading:
        assert history_looks.of(reading, "case:1") == []
