"""The worklist: mine, my roles', all; what is late and due today; pages by key; search."""

import base64
from datetime import timedelta

from identity import people
from identity.people import Actor
from storage.unit_of_work import UnitOfWork
from tasks import completion, page_keys, worklist
from tasks.background.clock_source import TravellingClock
from tasks.office import Office
from tasks.worklist import ALL, LATE, MINE, ROLES, TODAY, Filters
from tests.stories.stage import NOT_CONTACTED, Story

PASSWORD = "een heel lang wachtwoord"
# Places no database can look for: before all time, past all numbers, in what is no text.
NOWHERE = (
    ("due", ("0001-01-01T00:00:00+14:00", 1)),
    ("due", ("2026-01-05T09:00:00+00:00", 10**30)),
    ("name", ("a\x00", 1)),
    ("name", ("\ud800", 1)),
    ("number", (10**30, 1)),
)


def somebody(work: UnitOfWork, office: Office, login: str, *roles: str) -> Actor:
    person = people.add(work, login=login, name=login, password=PASSWORD, roles=roles, at=office.clock.now())
    return people.actor_of(person)


def numbers(office: Office, actor: Actor, view: str, **filters: str) -> list[str]:
    with office.database.reading() as reading:
        found = worklist.page(reading, actor, view, now=office.clock.now(), filters=Filters(**filters))
        return [item.case_number for item in found.items]


def test_a_claimed_task_is_mine_and_leaves_the_role_of_my_colleagues(office: Office) -> None:
    story = Story(office).given_a_complaint()
    with office.database.work() as work:
        ann, bob = (somebody(work, office, login, "intake_officer") for login in ("ann", "bob"))
        completion.claim(office, work, ann, story.open("assess_intake").id)
    assert numbers(office, ann, MINE) == [story.case.number]
    assert numbers(office, ann, ROLES) == [story.case.number]
    assert numbers(office, bob, ROLES) == []
    assert numbers(office, bob, ALL) == [story.case.number]


def test_what_is_due_today_is_late_only_tomorrow(office: Office, clock: TravellingClock) -> None:
    Story(office).given_a_complaint()  # due after three days, at the first moment of the day
    with office.database.work() as work:
        ann = somebody(work, office, "ann", "intake_officer")
    clock.advance(timedelta(days=3))
    assert (numbers(office, ann, ROLES, due=TODAY), numbers(office, ann, ROLES, due=LATE)) == (["2026-0001"], [])
    clock.advance(timedelta(days=1))
    assert (numbers(office, ann, ROLES, due=TODAY), numbers(office, ann, ROLES, due=LATE)) == ([], ["2026-0001"])


def test_a_case_is_found_by_number_name_authority_and_subject_without_accents(office: Office) -> None:
    Story(office).given_a_complaint(complainant_name="Zoë Ångström", subject="Het 100%-tarief")
    Story(office).given_a_complaint(complainant_name="Jan Peeters")
    with office.database.work() as work:
        ann = somebody(work, office, "ann", "intake_officer")
    assert numbers(office, ann, ALL, query="2026-0001") == ["2026-0001"]
    assert numbers(office, ann, ALL, query="zoe angstrom") == ["2026-0001"]
    assert numbers(office, ann, ALL, query="TARIEF") == ["2026-0001"]
    assert numbers(office, ann, ALL, query="de lijn peeters") == ["2026-0002"]
    assert numbers(office, ann, ALL, query="boete 107 tarief") == ["2026-0001"], "what was told is searched too"
    assert numbers(office, ann, ALL, query="2026_0001") == []
    for query in ("%", "🏠", "محمد"):
        assert numbers(office, ann, ALL, query=query) == [], "what cannot be looked for finds nothing, not everything"
    assert len(numbers(office, ann, ALL, query="  ")) == 2


def test_every_line_comes_once_when_pages_follow_each_other(office: Office, clock: TravellingClock) -> None:
    for _ in range(5):
        Story(office).given_a_complaint()
        clock.advance(timedelta(hours=9))
    Story(office).given_a_complaint(**NOT_CONTACTED)
    with office.database.work() as work:
        ann = somebody(work, office, "ann", "intake_officer")
    for sort in ("due", "-due", "number", "-number", "name", "authority", "-opened"):
        seen: list[str] = []
        after: str | None = None
        with office.database.reading() as reading:
            while True:
                page = worklist.page(
                    reading, ann, ROLES, now=office.clock.now(), sort=sort, after=after, limit=2, filters=Filters()
                )
                seen += [item.case_number for item in page.items]
                after = page.next
                if after is None:
                    break
        assert sorted(seen) == [f"2026-{n:04}" for n in range(1, 7)], sort
        assert page.total == 6
        if sort.endswith("number"):
            assert seen == sorted(seen, reverse=sort.startswith("-"))


def test_a_key_of_another_order_or_a_broken_one_shows_the_first_page(office: Office) -> None:
    Story(office).given_a_complaint()
    with office.database.work() as work:
        ann = somebody(work, office, "ann", "intake_officer")
    with office.database.reading() as reading:
        deep = base64.urlsafe_b64encode(b"[" * 50_000).decode()
        keys = [("due", key) for key in ("%%%", "bm9uc2Vuc2U", "WyJudW1iZXIiLCAiMjAyNi0wMDAxIiwgMV0", deep)]
        keys += [(sort, page_keys.encoded(sort, *place)) for sort, place in NOWHERE]
        for sort, key in keys:
            page = worklist.page(reading, ann, ALL, now=office.clock.now(), sort=sort, after=key)
            assert [item.case_number for item in page.items] == ["2026-0001"], key[:200]


def test_a_task_of_a_complainant_or_authority_is_in_all_only(office: Office) -> None:
    story = Story(office).given_a_complaint(**NOT_CONTACTED)
    story.completes("assess_intake", matter="complaint", judged_urgent="nee").waits_at("answer_first_line")
    with office.database.work() as work:
        ann = somebody(work, office, "ann", "intake_officer", "case_handler")
    assert numbers(office, ann, ROLES) == []
    assert numbers(office, ann, ALL) == [story.case.number]
