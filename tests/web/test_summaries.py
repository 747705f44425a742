"""Cases told for anybody: found by words, theme, service and norm, followed in a feed, fetched again only when something changed."""

from collections.abc import Callable

from lxml import etree

from tasks.office import Office
from tests.stories.test_summaries import TEXT, published
from tests.web.conftest import Visitor
from web.reporting.feeds import ATOM

PUBLIC = "/samenvattingen"


def test_what_was_approved_is_found_by_anybody_and_gone_once_it_is_taken_back(
    sqlite_office: Office, visit: Callable[..., Visitor]
) -> None:
    anybody = visit()
    assert "Er staat hier nog geen samenvatting." in anybody.get(PUBLIC).text
    story = published(sqlite_office)
    for asked in ("", "?q=app+werkte", "?dienst=de_lijn", "?norm=11"):
        assert "Boete door een app die niet werkt" in anybody.get(PUBLIC + asked).text, asked
    for asked in ("?q=trein", "?dienst=vrt", "?norm=1", "?thema=wonen"):
        assert "Geen samenvatting past hierbij." in anybody.get(PUBLIC + asked).text, asked
    one = anybody.get(f"{PUBLIC}/1").text
    assert TEXT in one
    assert story.case.number not in one + anybody.get(PUBLIC).text
    assert f'href="/dossiers/{story.case.number}"' in visit("case_handler").get(f"{PUBLIC}/1").text
    (told,) = anybody.get(f"{PUBLIC}.json").json()["summaries"]
    assert (told["number"], told["norms"], told["finding"]) == ("S2026-1", [11, 12], "gegrond")
    assert "S2026-1;2026;" in anybody.get(f"{PUBLIC}.csv").text
    story.receives("summary_withdrawn", summary_withdrawn_why="De klager vraagt het.")
    gone = anybody.get(f"{PUBLIC}/1")
    assert (gone.status_code, "Deze samenvatting is ingetrokken." in gone.text) == (410, True)
    assert anybody.get(f"{PUBLIC}/2").status_code == 404
    assert anybody.get(f"{PUBLIC}.json").json() == {"summaries": []}


def test_a_feed_is_sent_again_only_when_something_changed(sqlite_office: Office, visit: Callable[..., Visitor]) -> None:
    anybody = visit()
    empty = anybody.get(f"{PUBLIC}.atom")
    assert anybody.get(f"{PUBLIC}.atom", headers={"If-None-Match": empty.headers["ETag"]}).status_code == 304
    published(sqlite_office)
    again = anybody.get(f"{PUBLIC}.atom", headers={"If-None-Match": empty.headers["ETag"]})
    (entry,) = etree.fromstring(again.content).iter(f"{{{ATOM}}}entry")
    assert entry.findtext(f"{{{ATOM}}}content") == TEXT
    assert entry.findtext(f"{{{ATOM}}}id", "").endswith(f"{PUBLIC}/1")
    assert again.headers["Content-Type"].startswith("application/atom+xml")
    assert "set-cookie" not in again.headers
    assert again.headers["Cache-Control"] == "public, no-cache", "what may be taken back is asked after each time"
