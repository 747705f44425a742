"""The pages of a treatment: evidence, mediation, conflicts of interest, stepping in by hand."""

import re

from playwright.sync_api import expect
from sqlalchemy import select

from tasks.models import Mail
from tests.browser.conftest import Open, Site, looks_right
from tests.stories.stage import Story
from tests.stories.test_investigation import HEARING, MENDED, VISIT, chooses
from tests.stories.test_mediation import BOND


def test_the_pages_of_a_treatment_are_accessible_on_every_screen(open_page: Open, site: Site) -> None:
    story = Story(site.office).given_an_opened_file().completes("choose_approach", approach="investigation")
    story.completes("request_information", has_questions="nee").completes("review_answer", investigation_next="inquiry")
    chooses(story, "visit_site", "hold_hearing", "visit_site").completes("visit_site", **VISIT)
    story.completes("hold_hearing", **HEARING).completes("confirm_minutes", minutes=MENDED, minutes_read=True)
    case = f"/dossiers/{story.case.number}"
    looks_right(open_page, f"{case}/bewijs", "case-evidence", "ombudsman")
    for tab in ("bemiddeling", "belangenconflict", "ingrijpen"):
        looks_right(open_page, f"{case}/{tab}", f"case-{tab}", login="ombudsman")
    page = open_page(f"{case}/bewijs", login="ombudsman")
    page.locator(".more-tabs summary").press("Enter")
    expect(page.locator(".more-tabs").get_by_role("link", name="Overdracht")).to_be_visible()
    page.keyboard.press("Escape")
    expect(page.locator(".more-tabs").get_by_role("link", name="Overdracht")).to_be_hidden()
    again = Story(site.office).given_a_complaint().open("assess_intake")
    looks_right(open_page, f"/taken/{again.id}/naast/{story.case.number}", "case-beside", login="ombudsman")


def test_who_makes_another_proposal_by_their_link_gets_its_questions_and_keeps_the_files(
    open_page: Open, site: Site
) -> None:
    story = Story(site.office).given_an_opened_file().completes("choose_approach", approach="mediation")
    page = open_page(link_of(site, story, "de-lijn", "uw voorstel voor een oplossing"), width="390")
    page.get_by_label("Stukken toevoegen").set_input_files([__file__])
    page.get_by_label("Nee", exact=True).check()
    expect(page.get_by_label("Wat stelt u voor?")).to_have_count(0)
    page.get_by_label("Ja", exact=True).check()
    page.get_by_label("Wat stelt u voor?").fill("Een bon van 50 euro.")
    page.get_by_label("Binnen hoeveel dagen na het akkoord doet u dit?").fill("30")
    assert page.get_by_label("Stukken toevoegen").evaluate("each => each.files.length") == 1
    story.completes("propose_settlement", **BOND)
    page.goto(link_of(site, story, "mies", "uw antwoord op een voorstel"))
    page.get_by_label("Ik doe een ander voorstel").check()
    page.get_by_label("Wat stelt u in de plaats voor?").fill("De boete vervalt.")
    page.get_by_label("Binnen hoeveel dagen na het akkoord moet dat gebeuren?").fill("14")
    page.get_by_role("button", name="Antwoord versturen").click()
    expect(page.get_by_role("heading", name="Uw antwoord is verstuurd")).to_be_visible()
    story.waits_at("answer_authority")


def link_of(site: Site, story: Story, to: str, subject: str) -> str:
    """The last link that was mailed to them under this subject in this case."""
    with site.office.database.reading() as reading:
        mails = (
            select(Mail.body)
            .where(Mail.case_id == story.case_id, Mail.to_address.contains(to), Mail.subject.endswith(f": {subject}"))
            .order_by(Mail.id)
        )
        return str(re.findall(r"/vraag/[\w-]{43}", reading.session.scalars(mails).all()[-1])[0])
