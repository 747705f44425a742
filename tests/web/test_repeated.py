"""A task that is done several times: every page tells which one it is."""

from collections.abc import Callable

from tasks.office import Office
from tests.tasks.filming import Film
from tests.tasks.test_repeated import ASKED
from tests.web.conftest import Visitor


def test_the_pages_tell_which_one_it_is(visit: Callable[..., Visitor], sqlite_office: Office) -> None:
    task = Film(sqlite_office, *ASKED).tasks()[1]
    handler = visit("case_handler")
    for path in ("/werklijst", f"/taken/{task.id}", "/dossiers/2026-0001", f"/taken/{task.id}/doorgeven"):
        assert "2 van 3: Dienst parkeren" in handler.get(path).text, path
    assert "ask (2 van 3: Dienst parkeren)" in handler.get("/werklijst.csv").text
    done = handler.form(f"/taken/{task.id}", {"approach": "mediation", "_version": "1"})
    assert "2 van 3: Dienst parkeren" in done.text
    assert "Nieuwe taak: ask (2 van 3)" in handler.get("/dossiers/2026-0001/tijdlijn").text
