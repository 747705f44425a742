"""Letters on paper: tagged PDF in the reader's language, the same bytes twice, and nothing in it that its reader may not know."""

import io
import re
from typing import Any

import pytest
from pypdf import PdfReader

from cases.models import Case, Letter
from tasks.letters import letter_pdf, printing
from tasks.letters.letter_pdf import Sheet
from tasks.office import Office
from tests.conftest import START
from tests.stories.stage import NOT_CONTACTED, Story


def text_of(pdf: bytes) -> str:
    """Every word of a PDF, with single spaces."""
    pages = (page.extract_text() for page in PdfReader(io.BytesIO(pdf)).pages)
    return " ".join(" ".join(pages).split())


def first_sheet(office: Office, **answers: str | None) -> Sheet:
    story = Story(office).given_a_complaint(**answers)
    with office.database.reading() as reading:
        case = reading.session.get_one(Case, story.case_id)
        letter = reading.session.get_one(Letter, story.letters()[0].id)
        return letter_pdf.sheet(reading, case, letter)


def test_a_letter_is_a_tagged_document_in_its_own_language_and_the_same_bytes_each_time(sqlite_office: Office) -> None:
    sheet = first_sheet(sqlite_office, complaint_language="fr", **NOT_CONTACTED)
    pdf = letter_pdf.pdf(sqlite_office, [sheet])
    assert pdf == letter_pdf.pdf(sqlite_office, [sheet])
    document = PdfReader(io.BytesIO(pdf))
    root: Any = document.trailer["/Root"]
    assert root["/Lang"] == "fr"
    assert root["/MarkInfo"]["/Marked"]
    assert root["/ViewerPreferences"]["/DisplayDocTitle"]
    assert document.metadata is not None
    assert document.metadata.title == sheet.subject
    assert b"pdfuaid:part" in pdf or "pdfuaid" in str(root["/Metadata"].get_data())
    assert "Mies Vandevoorde" in text_of(pdf)
    assert "Nous avons bien reçu votre plainte" in text_of(pdf)


@pytest.mark.parametrize(
    "written",
    ['#panic("x")', '#read("/etc/passwd")', "*vet* _schuin_ $1+1$ `code` <label> @ref \\ #sys.inputs", "[[[#{{{"],
)
def test_what_anybody_writes_is_printed_and_never_read_as_markup(sqlite_office: Office, written: str) -> None:
    sheet = first_sheet(sqlite_office, complainant_name=written, **NOT_CONTACTED)
    printed = text_of(letter_pdf.pdf(sqlite_office, [sheet]))
    assert re.sub(r"\s", "", f"Beste {written}") in re.sub(r"\s", "", printed)


def test_a_script_that_no_font_has_is_still_printed(sqlite_office: Office) -> None:
    sheet = first_sheet(sqlite_office, complainant_name="ميس 漢字", **NOT_CONTACTED)
    assert letter_pdf.pdf(sqlite_office, [sheet]).startswith(b"%PDF-")


def test_several_letters_each_begin_a_page(sqlite_office: Office) -> None:
    sheet = first_sheet(sqlite_office, **NOT_CONTACTED)
    document = PdfReader(io.BytesIO(letter_pdf.pdf(sqlite_office, [sheet] * 3, "Post")))
    assert len(document.pages) == 3
    assert all(sheet.number in page.extract_text() for page in document.pages)


def test_a_long_letter_is_printed_to_its_end_and_no_greeting_stands_alone() -> None:
    """Of so many lengths that the greeting of one of them would come first on a page."""
    told: dict[str, Any] = {"title": "Lang", "office": "Ombudsdienst", "address": [], "contact": [], "letters": []}
    for many in range(80, 110):
        paragraphs = [[f"Alinea {number}: de app hing."] for number in range(many)]
        letter = {"language": "nl", "to": ["Mies"], "date": "5 januari 2026", "number": f"2026-{many:04}"}
        told["letters"].append({**letter, "subject": "Lang", "paragraphs": [*paragraphs, ["Groeten", "Ons"]]})
    pages = [page.extract_text() for page in PdfReader(io.BytesIO(printing.pdf("letter", told, START))).pages]
    ends = [page for page in pages if "Groeten" in page]
    assert len(ends) == 30 and len(pages) > 90
    assert [page for page in ends if "Alinea" not in page] == []
    for letter, page in zip(told["letters"], ends, strict=True):
        assert f"Alinea {len(letter['paragraphs']) - 2}:" in page
        assert f"Ombudsdienst · {letter['number']} · " in page, "a loose sheet says whose it is"
