"""The public signpost: a story in, bodies with their reasons out, in four languages, and nothing kept."""

from collections.abc import Callable

from sqlalchemy import MetaData, func, select

from tasks.office import Office
from tests.web.conftest import Visitor

PAGE = "/wegwijzer"


def rows(office: Office) -> dict[str, int]:
    """How many rows every table holds."""
    tables = MetaData()
    with office.database.engine.connect() as connection:
        tables.reflect(connection)
        return {
            name: connection.scalar(select(func.count()).select_from(table)) or 0
            for name, table in tables.tables.items()
        }


def test_somebody_tells_a_story_and_reads_where_to_go_and_why(visit: Callable[..., Visitor]) -> None:
    browser = visit()
    assert f'href="{PAGE}"' in browser.get("/").text
    page = browser.form(PAGE, {"service": "mijn gasfactuur", "story": "Ze is drie keer zo hoog."})
    assert page.status_code == 200
    assert "Ombudsdienst voor Energie" in page.text
    assert "Dit gaat over Energieleverancier: u schreef “mijn gasfactuur”." in page.text
    assert "Ze is drie keer zo hoog.</textarea>" in page.text


def test_the_office_itself_has_a_button_to_go_on(visit: Callable[..., Visitor]) -> None:
    page = visit().form(PAGE, {"service": "De Lijn"}).text
    assert "Vlaamse Ombudsdienst" in page
    assert '<a class="button primary" href="/klacht">' in page


def test_staff_look_up_where_a_caller_can_go_and_stay_logged_in(visit: Callable[..., Visitor]) -> None:
    page = visit("intake_officer").form(PAGE, {"service": "mijn gasfactuur"})
    assert page.status_code == 200
    assert "Ombudsdienst voor Energie" in page.text
    assert "Afmelden" in page.text


def test_the_answer_is_in_the_language_of_who_asks(visit: Callable[..., Visitor]) -> None:
    browser = visit()
    browser.form("/taal", {"language": "de", "next": PAGE}, seen="/")
    page = browser.form(PAGE, {"service": "SNCB", "story": "Zug ausgefallen"}).text
    assert "Hier können Sie sich hinwenden" in page
    assert "Für Zugreisen." in page


def test_nothing_told_or_too_much_is_said_at_the_field_and_kept_on_the_page(visit: Callable[..., Visitor]) -> None:
    browser = visit()
    nothing = browser.form(PAGE, {"service": " "})
    assert (nothing.status_code, 'id="story-error"' in nothing.text) == (422, True)
    long = browser.form(PAGE, {"service": "De Lijn", "story": "a" * 5001})
    assert (long.status_code, "a" * 5001 in long.text) == (422, True)
    day = browser.form(PAGE, {"service": "De Lijn", "happened_on": "gisteren"})
    assert (day.status_code, 'id="happened_on-error"' in day.text) == (422, True)


def test_nothing_is_kept(sqlite_office: Office, visit: Callable[..., Visitor]) -> None:
    browser = visit()
    before = rows(sqlite_office)
    browser.form(PAGE, {"service": "De Lijn", "story": "Ik heet Zebedeus en ik werd gediscrimineerd."})
    assert rows(sqlite_office) == before
    for file in sqlite_office.settings.data_dir.parent.rglob("*"):
        assert not file.is_file() or b"Zebedeus" not in file.read_bytes(), file


def test_another_website_cannot_post_here(visit: Callable[..., Visitor]) -> None:
    assert visit().post(PAGE, data={"service": "De Lijn"}).status_code == 403
