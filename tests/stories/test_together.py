"""Complaints that belong together: joined to one that leads, with one outcome for all, or merged into one; and apart again."""

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from typing import Any

import pytest
from sqlalchemy import event, select

from cases import related
from cases.models import Case
from history.log import verify
from problems import Problem
from tasks.errors import MessageNotExpected
from tasks.joined import bulk
from tasks.joined.bulk_models import BulkRecipient
from tasks.office import Office
from tests.stories.stage import Story, person
from tests.stories.test_life import FOUNDED

LANGUAGES = ("nl", "fr", "de", "en")
NEWS = {f"told_{language}": f"Nieuws ({language})." for language in LANGUAGES}


def leading_with(office: Office, count: int) -> tuple[Story, list[Story]]:
    """A case in which the choice of an approach is open, and others about the same, each in a language of its own."""
    leading = Story(office).given_an_opened_file(complainant_name="Lieselot Zandvoorde", email="lieselot@example.be")
    others = [
        Story(office).given_a_complaint(
            complainant_name=f"Buur {number}",
            email=f"buur{number}@example.be",
            complaint_language=LANGUAGES[number % len(LANGUAGES)],
        )
        for number in range(count)
    ]
    return leading, others


def sent_round(office: Office, leading: Story, message: str, followers: list[Story], **answers: object) -> None:
    with office.database.work() as work:
        cases, now = [each.case_id for each in followers], office.clock.now()
        bulk.begin(work, leading.case_id, message, answers, cases, person("case_handler"), now)
    bulk.advance(office)


def test_joined_complaints_are_investigated_once_told_together_and_closed_each_by_itself(office: Office) -> None:
    leading, followers = leading_with(office, 30 if office.database.is_sqlite else 8)
    sent_round(office, leading, "complaint_joined", followers, joined_to=leading.case.number)
    for each in followers:
        each.sent("L01", "L25J").waits_at()
    sent_round(office, leading, "follower_told", followers, **NEWS)
    assert [each.letters()[-1].language for each in followers[:4]] == list(LANGUAGES)
    assert "Nieuws (fr)." in followers[1].letters()[-1].body

    followers[4].receives("treated_apart", apart_reason="Zijn dossier is anders.").sent("L25A").waits_at(
        "request_information"
    )
    followers[5].receives(
        "joined_decided", grievances=[{"finding": "ongegrond", "remedy": "geen"}], assessment_text="Nee."
    )
    leading.goes_straight_to_assessment().completes("assess", **FOUNDED).completes("close_case")
    assert bulk.advance(office) == len(followers) - 2, (
        "all but the one that was treated apart and the one that had its own outcome"
    )

    for each in followers[:4] + followers[6:]:
        each.is_closed("afgehandeld").sent("L25J", "L25B", "L25E").waits_at()
        assert [row.finding for row in each.grievances()] == ["gegrond"]
    assert followers[5].is_closed("afgehandeld").grievances()[0].finding == "ongegrond"
    assert followers[4].case.closed_at is None
    assert bulk.advance(office) == 0, "what was done is not done again"
    followers[0].receives("review_requested", role="complainant", review_ground="Nieuw feit.").sent("L26").completes(
        "accept_joined_review", review_accepted="ja"
    ).waits_at("request_information")


def test_a_message_that_was_cut_off_goes_on_where_it_was_and_reaches_everybody_once(sqlite_office: Office) -> None:
    leading, followers = leading_with(sqlite_office, 3)
    followers[1].receives("complaint_withdrawn", role="complainant")
    office, seen = sqlite_office, []

    def killed(*_: object) -> None:
        seen.append(1)
        if len(seen) == 2:
            raise KeyboardInterrupt

    event.listen(office.database.engine, "commit", killed)
    with pytest.raises(KeyboardInterrupt):
        sent_round(office, leading, "complaint_joined", followers, joined_to=leading.case.number)
    event.remove(office.database.engine, "commit", killed)
    assert bulk.advance(office) == 3
    assert [[letter.template for letter in each.letters()].count("L25J") for each in followers] == [1, 0, 1]
    with office.database.reading() as reading:
        [told] = bulk.progress(reading, leading.case_id)
    assert (told.total, told.done, [case_id for case_id, _ in told.stayed]) == (3, 2, [followers[1].case_id])
    assert told.ended_at is not None


def test_each_case_that_is_joined_costs_as_many_statements_as_the_one_before(office: Office) -> None:
    leading, followers = leading_with(office, 6)
    asked: list[int] = []
    counting = [0]
    event.listen(office.database.engine, "before_cursor_execute", lambda *_: counting.__setitem__(0, counting[0] + 1))
    for each in followers:
        before = counting[0]
        each.receives("complaint_joined", joined_to=leading.case.number)
        asked.append(counting[0] - before)
    assert len(set(asked[2:])) == 1, asked


def test_who_waits_long_is_looked_at_by_a_person_while_the_wait_goes_on(sqlite_office: Office) -> None:
    leading, [first, second] = leading_with(sqlite_office, 2)
    for each in (first, second):
        each.receives("complaint_joined", joined_to=leading.case.number)
    first.after(91).waits_at("check_joined").completes("check_joined", still_joined="ja").waits_at().after(91)
    first.completes("check_joined", still_joined="nee").sent("L25A").waits_at("request_information")
    outcome: dict[str, Any] = {"grievances": [{"finding": "gegrond", "remedy": "geen"}], "assessment_text": "Ja."}
    second.receives("joined_decided", **outcome).is_closed("afgehandeld").waits_at()


@pytest.mark.parametrize("how", ["unknown", "itself", "closed", "follows", "leads"])
def test_a_case_that_cannot_lead_is_refused_with_the_reason(sqlite_office: Office, how: str) -> None:
    leading, [first, second] = leading_with(sqlite_office, 2)
    number = {"unknown": "1999-0001", "itself": second.case.number}.get(how, first.case.number)
    if how == "closed":
        first.receives("complaint_withdrawn", role="complainant")
    if how in ("follows", "leads"):
        first.receives("complaint_joined", joined_to=(leading if how == "follows" else second).case.number)
        number = (first if how == "follows" else leading).case.number
    refusals = {
        "unknown": related.LeadingCaseUnknown,
        "itself": related.CannotLeadItself,
        "closed": related.LeadingCaseClosed,
        "follows": related.FollowsAlready,
        "leads": related.LeadsAlready,
    }
    for message, answer in (("complaint_joined", "joined_to"), ("complaint_merged", "merged_into")):
        with pytest.raises(Problem) as refused:
            second.receives(message, **{answer: number})
        assert type(refused.value) is refusals[how]


@pytest.mark.parametrize("office", ["postgresql"], indirect=True)
def test_of_two_cases_that_would_follow_each_other_at_once_one_does(office: Office) -> None:
    leading, [other] = leading_with(office, 1)
    line = Barrier(2)

    def follows(case: Story, number: str) -> str:
        line.wait()
        try:
            case.receives("complaint_joined", joined_to=number)
        except related.FollowsAlready:
            return "refused"
        return "follows"

    with ThreadPoolExecutor(2) as pool:
        each = (leading, other), (leading.case.number, other.case.number)[::-1]
        assert sorted(pool.map(follows, *each)) == ["follows", "refused"]


def test_a_duplicate_is_closed_under_the_other_number_and_opened_again_when_it_was_none(office: Office) -> None:
    leading, [double] = leading_with(office, 1)
    double.receives("complaint_merged", merged_into=leading.case.number).is_closed("samengevoegd").sent(
        "L25"
    ).waits_at()
    assert leading.case.number in double.letters()[-1].body
    with office.database.reading() as reading:
        found = reading.session.execute(related.following(leading.case_id, related.MERGED)).all()
        assert [case.number for _, case in found] == [double.case.number]
    double.receives("merge_undone", undone_reason="Het gaat over een andere boete.").waits_at("request_information")
    assert (double.case.closed_at, double.case.closure_reason) == (None, None)
    with office.database.reading() as reading:
        told = office.log.read(reading, f"case:{leading.case_id}")
        assert verify(reading, f"case:{leading.case_id}").ok
    mine = [(e.transition, e.data) for e in told if e.activity == "duplicate"]
    assert mine == [(each, {"number": double.case.number}) for each in ("merged", "parted")], (
        "the case that stays tells it too"
    )
    with office.database.reading() as reading:
        assert related.leading_of(reading, double.case_id) is None
        other = reading.session.scalars(select(BulkRecipient)).all()
    assert other == []


def test_after_a_year_a_merge_stays(sqlite_office: Office) -> None:
    leading, [double] = leading_with(sqlite_office, 1)
    double.receives("complaint_merged", merged_into=leading.case.number).after(366)
    with pytest.raises(MessageNotExpected):
        double.receives("merge_undone", undone_reason="Te laat.")
    with sqlite_office.database.reading() as reading:
        assert reading.session.get_one(Case, double.case_id).closure_reason == "samengevoegd"
