"""The pages of a treatment: evidence, mediation, conflicts of interest, stepping in by hand."""

from tests.browser.conftest import Open, Site, looks_right
from tests.stories.stage import Story
from tests.stories.test_investigation import HEARING, VISIT, chooses


def test_the_pages_of_a_treatment_are_accessible_on_every_screen(open_page: Open, site: Site) -> None:
    story = Story(site.office).given_an_opened_file().completes("choose_approach", approach="investigation")
    story.completes("request_information", has_questions="nee").completes("review_answer", investigation_next="inquiry")
    chooses(story, "visit_site", "hold_hearing", "visit_site").completes("visit_site", **VISIT)
    story.completes("hold_hearing", **HEARING)
    case = f"/dossiers/{story.case.number}"
    looks_right(open_page, f"{case}/bewijs", "case-evidence", "ombudsman")
    for page in ("bemiddeling", "belangenconflict", "ingrijpen"):
        looks_right(open_page, f"{case}/{page}", f"case-{page}", login="ombudsman")
