"""Letters as PDF for whoever may read them, and for nobody else; and the post of a day in one file."""

import io
from collections.abc import Callable

from pypdf import PdfReader

from tasks.office import Office
from tests.stories.stage import NOT_CONTACTED
from tests.tasks.test_printing import text_of
from tests.web.conftest import Visitor
from tests.web.test_links import SECRETS, WITHHELD, Received

Visit = Callable[..., Visitor]


def test_each_reader_gets_their_own_letter_on_paper_and_no_other(visit: Visit, sqlite_office: Office) -> None:
    story = Received(sqlite_office).given_a_sent_complaint(**NOT_CONTACTED, **WITHHELD)
    story.completes("assess_intake", matter="complaint", judged_urgent="nee")
    ids = {letter.template: letter.id for letter in story.letters()}
    stranger, link = visit(), story.link()

    own = stranger.get(f"/volg/{story.secret}/brief/{ids['L01']}/pdf")
    assert own.headers["content-type"] == "application/pdf"
    assert f'filename="{story.case.number}-L01-' in own.headers["content-disposition"]
    assert "Abeele" in text_of(own.content)
    page = stranger.get(f"/volg/{story.secret}/brief/{ids['L01']}").text
    assert f'href="/volg/{story.secret}/brief/{ids["L01"]}/pdf"' in page

    theirs = [letter for letter in story.letters() if letter.to_role == "authority" and letter.template != "vraag"]
    for letter in theirs:
        got = stranger.get(f"{link}/brief/{letter.id}/pdf")
        assert got.status_code == 200
        assert SECRETS.search(text_of(got.content)) is None
        assert f'href="{link}/brief/{letter.id}/pdf"' in stranger.get(link).text
        assert stranger.get(f"/volg/{story.secret}/brief/{letter.id}/pdf").status_code == 404
    assert theirs
    assert stranger.get(f"{link}/brief/{ids['L01']}/pdf").status_code == 404
    assert stranger.get(f"/dossiers/{story.case.number}/brieven/{ids['L01']}/pdf").url.path == "/aanmelden"


def test_what_goes_by_post_is_one_file_of_the_day(visit: Visit, sqlite_office: Office) -> None:
    stories = [
        Received(sqlite_office).given_a_sent_complaint(email=None, phone="0470 12 34 56", address="Kerkstraat 12, Gent")
        for _ in range(2)
    ]
    stories[0].receives("information_requested", missing="Welke halte was het?", term_days="14")
    handler = visit("case_handler")
    page = handler.get("/post").text
    assert all(f"/dossiers/{story.case.number}/brieven/" in page for story in stories)
    printed = PdfReader(io.BytesIO(handler.get("/post/pdf").content))
    texts = [" ".join(page.extract_text().split()) for page in printed.pages]
    assert all("Kerkstraat 12, Gent" in text for text in texts)
    assert len(texts) == 4, "received, twice; what is missing; and the question itself"
    assert "U kunt met een brief antwoorden, ons bellen of langskomen." in " ".join(texts)
    assert "persoonlijke link" not in " ".join(texts), "no link is ever on paper"
    assert "geen brieven voor de post" in handler.get("/post?dag=2025-01-01").text
    assert handler.get("/post/pdf?dag=2025-01-01").status_code == 404
    assert visit("process_manager").get("/post").status_code == 403
