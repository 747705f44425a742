"""A complaint against several services: each grievance has a state and a date of its own, and the case ends when all are done."""

import pytest

from tasks.office import Office
from tasks.treatment import grievance_states
from tasks.treatment.grievance_states import GrievanceState, PartsStillOpen
from tests.stories.stage import Story
from tests.stories.test_life import FOUNDED
from tests.tasks.test_annual_report import made, numbers


def states(office: Office, story: Story) -> list[GrievanceState]:
    with office.database.reading() as reading:
        return grievance_states.of(office, reading, story.case)


def test_a_case_ends_when_every_part_is_done(office: Office) -> None:
    story = Story(office).given_an_opened_file(services="AWV; De Lijn; RVA")
    story.receives("grievance_split", split_action="forward", split_authority="De Lijn", split_text="Nog niet gemeld.")
    story.receives("grievance_split", split_action="refer", split_authority="RVA", split_body="FED")
    [told] = [letter.body for letter in story.letters() if letter.template == "L05G"]
    assert "een andere ombudsdienst: Federale Ombudsman." in told, "not the key by which staff chose it"
    main, forwarded, referred = states(office, story)
    assert (main.where, main.is_open) == ("wordt met het dossier behandeld", False)
    assert (forwarded.where, forwarded.is_open) == ("bij de dienst zelf (eerste lijn)", True)
    assert forwarded.until == story.due("first_line_ack_by")
    assert (referred.where, referred.until, referred.is_over) == (
        "doorverwezen naar Federale Ombudsman",
        None,
        True,
    )
    story.goes_straight_to_assessment().completes("assess", **FOUNDED)
    with pytest.raises(PartsStillOpen) as refused:
        story.completes("close_case")
    assert "Grief 2 (De Lijn) is nog bij de dienst" in str(refused.value.fields["errors"])
    story.completes("answer_part", first_line_outcome="solved", first_line_text="Halte verschoven.")
    story.completes("close_case").is_closed("afgehandeld")
    assert [each.where for each in states(office, story)] == [
        "beoordeeld: gegrond",
        "door de dienst beantwoord (eerste lijn)",
        "doorverwezen naar Federale Ombudsman",
    ]
    assert numbers(made(office), "terms")["first_line_ack_by"] == (1, 0, 0, 0, 0)


def test_a_part_whose_term_went_by_in_silence_holds_up_nothing(sqlite_office: Office) -> None:
    story = Story(sqlite_office).given_an_opened_file(services="AWV; De Lijn")
    story.receives("grievance_split", split_action="forward", split_authority="De Lijn").after(46)
    _, part = states(sqlite_office, story)
    assert (part.where, part.is_open) == ("de dienst antwoordde niet binnen de termijn", False)
    story.goes_straight_to_assessment().completes("assess", **FOUNDED).completes("close_case").is_closed("afgehandeld")


def test_a_part_that_went_apart_stays_when_the_front_office_names_another_authority(sqlite_office: Office) -> None:
    story = Story(sqlite_office).given_a_complaint(services="AWV")
    story.receives("grievance_split", split_action="forward", split_authority="De Lijn", split_text="Nog niet gemeld.")
    story.completes("assess_intake", matter="complaint", judged_urgent="nee", authority_correction="VDAB; De Lijn")
    assert [(row.number, row.authority_key, row.is_main) for row in story.grievances()] == [
        (1, "vdab", True),
        (2, "de_lijn", False),
    ]
    story.completes("answer_part", first_line_outcome="solved", first_line_text="Halte verschoven.")
    assert [row.remedy for row in story.grievances()] == [None, "hersteld"]
