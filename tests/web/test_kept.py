"""What was typed comes back in the words of the form it was typed in, also where nothing can be looked up."""

from collections.abc import Callable

from tasks.forms_in_use import remembered
from tasks.office import Office
from tests.stories.stage import Story
from tests.web.conftest import Visitor, token_of
from web.context import SESSION_COOKIE

TYPED = {"matter": "complaint", "judged_urgent": "nee", "intake_note": "Belt liever na vijf uur."}


def test_whoever_was_logged_out_meanwhile_reads_back_questions_and_answers_not_codes(
    visit: Callable[..., Visitor], sqlite_office: Office
) -> None:
    page, ann = f"/taken/{Story(sqlite_office).given_a_complaint().open('assess_intake').id}", visit("intake_officer")
    form = ann.get(page).text
    assert '<input type="hidden" name="_form" value="assess_intake">' in form
    ann.cookies.delete(SESSION_COOKIE)
    kept = ann.post(page, data={"_csrf": token_of(form), "_form": "assess_intake", **TYPED, "elsewhere": "En dit ook."})
    assert "U bent ondertussen afgemeld" in kept.text
    told = kept.text.partition("<h2>Wat u invulde</h2>")[2]
    for words in ("<dt>Wat voor melding is dit?</dt><dd>Klacht", "<dt>Is het dringend?</dt><dd>Nee", "na vijf uur"):
        assert words in told
    assert '<p class="letter">En dit ook.</p>' in told, "what belongs to no form has no name, and is not lost"
    assert "matter" not in told and "judged" not in told


def test_a_form_nobody_met_since_the_start_is_the_shipped_one_and_a_name_is_no_way_out(sqlite_office: Office) -> None:
    shipped = remembered(sqlite_office, "survey_complainant")
    assert shipped is not None and shipped.id == "survey_complainant"
    for name in ("../workflows/reports/forms/report_received", "nergens", ""):
        assert remembered(sqlite_office, name) is None
