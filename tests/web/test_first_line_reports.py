"""The yearly figures of the services, as the ombudsman asks them and staff takes them in."""

import csv
import io
import re
from collections.abc import Callable

from tasks.office import Office
from tests.tasks.test_first_line_campaign import answers, asked, of
from tests.web.conftest import Visitor

ALL = "/jaarcijfers/2025"


def test_the_ombudsman_asks_services_and_reads_their_books(
    sqlite_office: Office, visit: Callable[..., Visitor]
) -> None:
    oscar = visit("ombudsman")
    assert "Voor dit jaar is nog niemand gevraagd." in oscar.get(ALL).text
    answered = oscar.form(ALL, {"service": ["de_lijn", "elderbeke"]})
    assert "2 diensten zijn gevraagd." in answered.text
    assert "2 diensten zijn gevraagd." not in oscar.form(ALL, {"service": ["de_lijn"]}).text
    answers(sqlite_office, "de_lijn")
    book = oscar.get(f"{ALL}/boek/vlaams").text
    assert "<td>100</td>" in book and "<td>21,5</td>" in book and "Wij bellen nu eerst." in book
    assert "Elderbeke." in oscar.get(f"{ALL}/boek/lokaal").text.partition("Nog niet ontvangen:")[2][:60]
    lines = oscar.get(f"{ALL}/boek/vlaams/csv").text
    assert "De Lijn;Gegrond;30" in lines and "De Lijn;Gemiddeld aantal dagen tot het antwoord;21,5" in lines
    oscar.form(ALL, {"service": ["vdab"]})
    answers(sqlite_office, "vdab")
    together = oscar.get(f"{ALL}/boek/vlaams").text.partition("<tfoot>")[2].partition("</tfoot>")[0]
    assert re.findall("<td>(.*?)</td>", together)[:4] == ["200", "20", "160", "20"]
    assert oscar.get(f"{ALL}/boek/vlaams/xlsx").content.startswith(b"PK")
    assert oscar.get(f"{ALL}/boek/ander").status_code == 404


def test_figures_in_a_file_are_taken_in_line_by_line_and_a_wrong_line_says_what_is_wrong(
    sqlite_office: Office, visit: Callable[..., Visitor]
) -> None:
    asked(sqlite_office, "de_lijn", "vdab")
    hamid = visit("case_handler")
    rows = list(csv.reader(io.StringIO(hamid.get(f"{ALL}/voorbeeld").content.decode("utf-8-sig")), delimiter=";"))
    head, lines = rows[0], {row[0]: row for row in rows[1:]}
    assert set(lines) == {"de_lijn", "vdab"}
    told = {"Ontvangen": "40", "Beantwoord binnen 45 dagen": "40", "Beantwoord na meer dan 45 dagen": "0"}
    told |= {"Behandelde klachten": "40", "Gegrond": "20", "Deels gegrond": "0", "Ongegrond": "20"}
    good = {**told, "Brief": "15"}
    wrong = {**told, "Gegrond": "veel"}
    text = ";".join(head) + "\n"
    for key, values in (("de_lijn", good), ("vdab", wrong)):
        text += ";".join([key, *(values.get(title.rpartition(": ")[2], "") for title in head[1:])]) + "\n"
    page = hamid.form(f"{ALL}/bestand", seen=ALL, files={"files": ("cijfers.csv", text.encode(), "text/csv")})
    assert page.status_code == 422
    assert "De cijfers van 1 dienst zijn overgenomen." in page.text
    assert "Lijn 3 (vdab): Wat eruit kwam: Gegrond:" in page.text
    assert of(sqlite_office, "de_lijn").numbers["carrier_letter"] == 15
    assert of(sqlite_office, "vdab").state == "asked"
    page = hamid.form(f"{ALL}/bestand", seen=ALL, files={"files": ("x.csv", b"Naam;Iets\nx;1\n", "text/csv")})
    assert "Kolommen: Naam, Iets." in page.text
    line = ";".join(["vdab", *(good.get(title.rpartition(": ")[2], "") for title in head[1:])])
    for text, is_taken in (
        (f"{';'.join(head)}\n{line}{'x' * 200_000}\n", False),
        (f"{';'.join(head)}\r{line}\r", True),
    ):
        page = hamid.form(f"{ALL}/bestand", seen=ALL, files={"files": ("x.csv", text.encode(), "text/csv")})
        assert ("Dit bestand kan niet gelezen worden." in page.text) is not is_taken
        assert (of(sqlite_office, "vdab").state == "asked") is not is_taken
