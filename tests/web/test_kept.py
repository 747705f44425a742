"""What was typed comes back in the words of the form it was typed in, also where nothing can be looked up."""

from collections.abc import Callable

from tasks.forms_in_use import remembered
from tasks.office import Office
from tests.stories.stage import Story
from tests.web.conftest import Visitor, token_of
from web import labels
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


def test_a_reason_on_a_page_of_its_own_has_its_question_and_what_was_ticked_is_no_row_of_codes(
    visit: Callable[..., Visitor],
) -> None:
    page, oscar = "/overdracht", visit("ombudsman")
    form = oscar.get(page).text
    sent = {"_csrf": token_of(form), "_page": "transfers/offices.html", "name": "De stad", "public_key": "a1b2"}
    assert f'name="_page" value="{sent["_page"]}"' in form
    oscar.cookies.delete(SESSION_COOKIE)
    told = oscar.post("/overdracht/kantoren", data=sent).text.partition("<h2>Wat u invulde</h2>")[2]
    for words in ("<dt>Naam van het kantoor</dt><dd>De stad", "<dt>Openbare sleutel</dt><dd>a1b2"):
        assert words in told
    ticked = {"_csrf": sent["_csrf"], "_page": "keeping/due.html", "number": ["2026-0001", "2026-0002"], "sure": "1"}
    told = oscar.post("/bewaring/vernietigen", data=ticked).text.partition("<h2>Wat u invulde</h2>")[2]
    assert "Wat u koos of aanvinkte, gaat ook mee." in told
    assert "2026-0001" not in told


def test_every_field_that_people_type_in_has_a_label_that_is_found_again() -> None:
    pages = [str(each.relative_to(labels.TEMPLATES)) for each in labels.TEMPLATES.rglob("*.html")]
    of_pages = {page: labels.fields_of([page]) for page in pages}
    typed = [each for fields in of_pages.values() for each in fields if each.is_typed]
    assert {"Waarom moet dit dossier blijven?", "Functie", "Onderwerp"} <= {each.label for each in typed}
    nameless = {
        (page, each.name.pattern)
        for page, fields in of_pages.items()
        for each in fields
        if each.is_typed and not each.label
    }
    assert nameless == {("operations/incident.html", r"value\..+")}, "there the name itself is the label"
    assert labels.fields_of(["../kept.py", "nergens.html", "keeping"]) == []
