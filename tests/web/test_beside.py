"""Whoever takes in a complaint sees in the task what looks like it, and loses nothing by looking or putting them together."""

from collections.abc import Callable

from tasks.office import Office
from tests.stories.stage import Story
from tests.web.conftest import Visitor

Visit = Callable[..., Visitor]
TYPED = {"matter": "complaint", "intake_note": "Belt liever na vijf uur."}


def test_a_complaint_sent_twice_is_told_at_the_task_compared_and_merged_with_one_click(
    visit: Visit, sqlite_office: Office
) -> None:
    first, other = Story(sqlite_office).given_an_opened_file(), Story(sqlite_office)
    lies = visit("intake_officer")
    other.given_a_complaint(
        complainant_name="Iemand Anders", email="anders@example.org", services="VDAB", subject="Cursus"
    )
    task = f"/taken/{other.open('assess_intake').id}"
    assert "Kwam deze klacht al eens binnen?" not in lies.get(task).text, "nothing alike, nothing shown"

    again = Story(sqlite_office).given_a_complaint()
    task, number = f"/taken/{again.open('assess_intake').id}", first.case.number
    page = lies.get(task).text
    assert "Kwam deze klacht al eens binnen?" in page and number in page
    assert "zelfde e-mailadres, zelfde dienst, " in page
    compared = lies.form(task, {**TYPED, "_beside": number})
    assert str(compared.url).endswith(f"/naast/{number}")
    assert compared.text.count("De app hing. Ik kreeg een boete van 107 euro.") == 2
    assert TYPED["intake_note"] in lies.get(task).text, "what was typed is kept"

    closed = lies.form(f"{task}/naast/{number}", {"way": "join"})
    assert str(closed.url).endswith(f"/dossiers/{number}/samen")
    again.waits_at()
    assert again.case.closed_at is None, "it waits for the outcome of the other"
    assert again.case.number in closed.text
    assert lies.get(f"{task}/naast/{number}").status_code == 404, "the task is over"


def test_the_same_complaint_is_merged_and_its_own_number_is_refused(visit: Visit, sqlite_office: Office) -> None:
    first, again = Story(sqlite_office).given_an_opened_file(), Story(sqlite_office).given_a_complaint()
    lies, task = visit("intake_officer"), f"/taken/{again.open('assess_intake').id}"
    refused = lies.form(f"{task}/naast/{again.case.number}", {"way": "merge"})
    assert refused.status_code == 409
    lies.form(f"{task}/naast/{first.case.number}", {"way": "merge"})
    again.is_closed("samengevoegd")
    assert visit("auditor").get(f"{task}/naast/{first.case.number}").status_code == 403
