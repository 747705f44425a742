"""A mediation as its parties live it: whoever proposes, both must accept the same version, each by their own link."""

from typing import Any

import pytest

from cases import proposals
from cases.proposals import NotAcceptedByBoth
from cases.treatment_models import MediationProposal
from tasks.office import Office
from tests.stories.stage import CLEAR, Story

BOND: dict[str, Any] = {"proposal": "U krijgt een bon van 50 euro.", "due_in_days": 30}
CANCELLED: dict[str, Any] = {
    "proposal_answer": "tegenvoorstel",
    "counter": "De boete vervalt, en de dienst schrijft waarom.",
    "counter_days": 14,
}


def in_mediation(office: Office, **answers: object) -> Story:
    return Story(office).given_an_opened_file(**answers).completes("choose_approach", approach="mediation")


def versions(story: Story) -> list[MediationProposal]:
    with story.office.database.reading() as reading:
        return proposals.of_case(reading, story.case_id)[::-1]


def states(story: Story) -> list[tuple[str, str]]:
    return [(each.proposed_by, each.state) for each in versions(story)]


def test_a_counter_proposal_is_a_version_and_the_agreement_is_the_one_both_accepted(sqlite_office: Office) -> None:
    story = in_mediation(sqlite_office).completes("propose_settlement", **BOND).waits_at("answer_complainant")
    story.completes("answer_complainant", **CANCELLED).waits_at("answer_authority").after(3)
    assert story.facts()["mediation.proposal"] == CANCELLED["counter"], "the service reads what it answers"
    asked = story.open("answer_authority").inputs
    assert (asked["proposed_version"], asked["proposed_days"]) == (2, CANCELLED["counter_days"])
    story.completes("answer_authority", proposal_answer="ja").waits_at("check_agreement")
    story.completes("check_agreement", **CLEAR).waits_at("check_promise")
    assert states(story) == [("authority", "countered"), ("complainant", "agreed")]
    agreed = versions(story)[1]
    assert agreed.complainant_accepted_at is not None
    assert agreed.authority_accepted_at is not None
    assert (agreed.authority_accepted_at - agreed.complainant_accepted_at).days == 3
    assert agreed.promise_due_on is not None
    assert (agreed.promise_due_on - story.today).days == 14
    letters = {each.to_role: each for each in story.letters() if each.template in ("L14A", "L14B")}
    assert letters.keys() == {"complainant", "authority"}, "both get the document"
    for letter in letters.values():
        assert CANCELLED["counter"] in letter.body
        assert "versie 2" in letter.body
    assert (story.facts()["mediation.promise"], story.open("check_promise").due_at is not None) == (
        CANCELLED["counter"],
        True,
    )


def test_what_the_mediator_proposes_both_must_accept_and_one_no_is_no_agreement(sqlite_office: Office) -> None:
    story = in_mediation(sqlite_office).receives("mediator_proposed", role="mediator", **BOND)
    story.waits_at("answer_complainant", "answer_authority").completes("answer_authority", proposal_answer="ja")
    story.waits_at("answer_complainant")
    with sqlite_office.database.work() as work, pytest.raises(NotAcceptedByBoth):
        proposals.agree(proposals.standing(work, story.case_id), sqlite_office.clock.now())
    story.completes("answer_complainant", proposal_answer="nee").waits_at("propose_settlement", "propose_own")
    assert states(story) == [("mediator", "refused")]
    assert not [each for each in story.letters() if each.template.startswith("L14")]
    story.completes("propose_own", proposal="Een brief met excuses.", due_in_days=7).waits_at("answer_authority")
    story.receives("mediator_proposed", role="mediator", **BOND).waits_at("answer_complainant", "answer_authority")
    story.completes("answer_complainant", proposal_answer="ja").completes("answer_authority", proposal_answer="ja")
    clearer = {"agreement_clear": "nee", "counter": "De dienst stort 50 euro terug.", "counter_days": 10}
    story.completes("check_agreement", **clearer).waits_at("answer_complainant", "answer_authority")
    assert states(story)[-1] == ("mediator", "open"), "what is made clearer both must accept anew"
    story.completes("answer_complainant", proposal_answer="ja").completes("answer_authority", proposal_answer="ja")
    story.completes("check_agreement", **CLEAR)
    assert [state for _, state in states(story)] == ["refused", "countered", "countered", "agreed"]


def test_a_proposal_stands_for_its_days_and_then_another_is_asked(sqlite_office: Office) -> None:
    story = in_mediation(sqlite_office).completes("propose_settlement", **BOND, proposal_days=10).after(9)
    story.waits_at("answer_complainant").after(2).waits_at("propose_settlement", "propose_own")
    story.completes("propose_settlement", **BOND).after(50).completes("answer_complainant", proposal_answer="ja")
    story.completes("check_agreement", **CLEAR)
    assert [state for _, state in states(story)] == ["lapsed", "agreed"], "without days it stands for sixty"


def test_a_withheld_name_stays_out_of_what_the_service_reads_of_the_agreement(sqlite_office: Office) -> None:
    story = in_mediation(sqlite_office, name_withheld="ja")
    story.completes("propose_own", proposal="Mies Vandevoorde betaalt de boete niet.", due_in_days=7)
    story.completes("answer_authority", proposal_answer="ja").completes("check_agreement", **CLEAR)
    told = next(each for each in story.letters() if each.template == "L14B")
    assert "Vandevoorde" not in told.body
    assert "betaalt de boete niet" in told.body
