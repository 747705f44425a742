"""Accounts and tokens: who holds which name, what is stored of a secret, and what closes an account."""

from contextlib import ExitStack
from datetime import timedelta

import pytest
from sqlalchemy import select

from identity import people, sessions
from identity.models import ApiToken, Person, SessionRow
from identity.people import LoginsBusy, LoginTaken, TooManyLogins, UnknownRole, WeakPassword, actor_of, system
from identity.sessions import TokenNotFound
from storage.unit_of_work import Database, UnitOfWork
from tasks.background.clock_source import TravellingClock
from tasks.office import Office
from tests.conftest import OFFICE_HASHER

PASSWORD = "een heel lang wachtwoord"


def hire(work: UnitOfWork, clock: TravellingClock, login: str = "ann", **given: object) -> Person:
    return people.add(
        work,
        login=login,
        name=str(given.get("name", "Ann")),
        password=str(given.get("password", PASSWORD)),
        roles=given.get("roles", ["auditor"]),  # type: ignore[arg-type]
        at=clock.now(),
    )


def test_a_password_is_stored_as_argon2id_and_checked_whatever_the_case_of_the_name(
    database: Database, clock: TravellingClock
) -> None:
    with database.work() as work:
        person = hire(work, clock, "Ann ")
        assert person.login == "ann"
        assert person.password_hash.startswith("$argon2id$")
    with database.reading() as reading:
        assert people.recognise(reading, " ANN", PASSWORD, clock.now()) is not None
        assert people.recognise(reading, "ann", PASSWORD + "x", clock.now()) is None
        assert people.recognise(reading, "nobody", PASSWORD, clock.now()) is None


def test_a_taken_name_a_short_password_and_a_role_that_is_none_are_refused(
    database: Database, clock: TravellingClock
) -> None:
    with database.work() as work:
        hire(work, clock)
        with pytest.raises(LoginTaken):
            hire(work, clock, "ANN")
        with pytest.raises(WeakPassword):
            hire(work, clock, "bo", password="kort")
        for role in ("complainant", "authority", "baas"):
            with pytest.raises(UnknownRole):
                hire(work, clock, "bo", roles=[role])


def test_after_five_failures_the_next_try_waits_a_quarter_of_an_hour(
    database: Database, clock: TravellingClock
) -> None:
    with database.work() as work:
        hire(work, clock)
        for _ in range(5):
            people.note_failure(work, "ANN", clock.now())
    with database.reading() as reading:
        with pytest.raises(TooManyLogins):
            people.recognise(reading, "ann", PASSWORD, clock.now())
        assert people.recognise(reading, "ann", PASSWORD, clock.now() + timedelta(minutes=16)) is not None
    with database.work() as work:
        people.forget_failures(work, "ann")
        assert people.recognise(work, "ann", PASSWORD, clock.now()) is not None


def test_only_so_many_passwords_are_checked_at_once_and_whoever_waits_too_long_is_told(
    sqlite_office: Office, clock: TravellingClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(people, "LONGEST_WAIT", 0.01)
    with sqlite_office.database.reading() as reading:
        with ExitStack() as others:
            while people._CHECKS.acquire(blocking=False):
                others.callback(people._CHECKS.release)
            with pytest.raises(LoginsBusy):
                people.recognise(reading, "ann", PASSWORD, clock.now())
        assert people.recognise(reading, "ann", PASSWORD, clock.now()) is None


def test_a_session_ends_by_time_by_closing_and_with_the_account(database: Database, clock: TravellingClock) -> None:
    with database.work() as work:
        person = hire(work, clock)
        secret = sessions.open_for(work, person, clock.now())
        assert work.session.scalars(select(SessionRow)).one().token_hash != secret
        found = sessions.find(work, secret, clock.now())
        assert found is not None
        assert found.actor == actor_of(person)
        assert sessions.find(work, secret, clock.now() + sessions.LIFETIME) is None
        people.set_active(work, person.id, False)
        assert sessions.find(work, secret, clock.now()) is None
        assert people.recognise(work, "ann", PASSWORD, clock.now()) is None
        people.set_active(work, person.id, True)
        sessions.close_all(work, person.id)
        assert sessions.find(work, secret, clock.now()) is None


def test_a_token_acts_in_its_roles_until_it_is_revoked(database: Database, clock: TravellingClock) -> None:
    with database.work() as work:
        secret = sessions.issue_token(
            work, name="koppeling", roles=["auditor", "auditor"], by=system("console"), at=clock.now()
        )
        row = work.session.scalars(select(ApiToken)).one()
        assert secret not in (row.token_hash, row.name)
        actor = sessions.token_actor(work, secret)
        assert actor is not None
        assert (actor.id, actor.name, actor.roles) == (f"token:{row.id}", "koppeling", frozenset({"auditor"}))
        assert sessions.token_actor(work, secret + "x") is None
        sessions.revoke_token(work, row.id, clock.now())
        assert sessions.token_actor(work, secret) is None
        with pytest.raises(TokenNotFound):
            sessions.revoke_token(work, row.id, clock.now())


def test_a_timeline_knows_people_and_programs_by_name(database: Database, clock: TravellingClock) -> None:
    with database.work() as work:
        person = hire(work, clock)
        sessions.issue_token(work, name="koppeling", roles=["auditor"], by=system("console"), at=clock.now())
        token_id = work.session.scalars(select(ApiToken)).one().id
        assert people.names(work) == {f"person:{person.id}": "Ann", f"token:{token_id}": "koppeling"}


def test_the_office_hashes_with_argon2id_at_a_cost_that_slows_guessing() -> None:
    """RFC 9106, second recommended option: 64 MiB, three passes, four lanes."""
    assert OFFICE_HASHER.hash("een heel lang wachtwoord").startswith("$argon2id$v=19$m=65536,t=3,p=4$")
