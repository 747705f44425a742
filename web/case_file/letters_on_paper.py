"""Letters as PDF: for the office, for the complainant, for the service behind its link; and what must be printed for the post.

Read in a transaction, made after it. A PDF leaves as an attachment with a name that says which letter it is.
"""

from collections.abc import Sequence
from datetime import date

from fastapi import APIRouter, Request
from fastapi.responses import Response

from cases.models import Letter
from identity.permissions import require
from problems import NotFound
from tasks import turn, worklist
from tasks.case_file import case_view, looks
from tasks.citizens import complainant, question
from tasks.errors import CaseNotFound
from tasks.letters import letter_pdf, post
from tasks.letters.letter_pdf import Sheet
from tasks.retention import erasure_letter
from web.context import Look, looking, office_of, visiting
from web.dates import as_day
from web.rendering import render

router = APIRouter(default_response_class=Response)
PDF = "application/pdf"


class NothingToPrint(NotFound):
    """Op deze dag zijn er geen brieven voor de post."""


@router.get("/dossiers/{number}/brieven/{letter_id}/pdf")
def for_the_office(request: Request, number: str, letter_id: int) -> Response:
    with looking(request) as look:
        require(look.actor, "letter.read")
        case = case_view.find(look.reading, look.actor, number)
        letter = look.reading.session.get(Letter, letter_id)
        if letter is None or letter.case_id != case.id:
            raise CaseNotFound(number=number, letter_id=letter_id)
        looks.keep(look.office, look.reading, look.actor, case.id, f"letter:{letter.id}")
        sheet, name = letter_pdf.sheet(look.reading, case, letter), letter_pdf.name(case.number, letter)
    return _made(request, [sheet], name)


@router.get("/volg/{secret}/brief/{letter_id}/pdf")
def for_the_complainant(request: Request, secret: str, letter_id: int) -> Response:
    with visiting(request) as look:
        case, holder = complainant.find(look.reading, secret)
        letter = complainant.letter(look.reading, case, letter_id)
        looks.keep(look.office, look.reading, holder, case.id, f"letter:{letter_id}")
        sheet, name = letter_pdf.sheet(look.reading, case, letter), letter_pdf.name(case.number, letter)
    return _made(request, [sheet], name)


@router.get("/vraag/{secret}/brief/{letter_id}/pdf")
def for_the_holder_of_a_link(request: Request, secret: str, letter_id: int) -> Response:
    """The letters that stand on the page of the question, and no others."""
    with visiting(request) as look:
        row, holder = worklist.by_link(look.reading, turn.hash_of(secret), look.office.clock.now())
        sheet = question.sheet(look.office, look.reading, row, letter_id)
        looks.keep(look.office, look.reading, holder, row.case_id, f"letter:{letter_id}")
    return _made(request, [sheet], f"{sheet.number}-{letter_id}.pdf")


@router.get("/post")
def for_the_post(request: Request, dag: str = "") -> Response:
    """The letters of a day that no mail carries. Today when no day is asked."""
    with looking(request) as look:
        day = _day(look, dag)
        found = post.of_day(look.reading, look.actor, day)
        for each in {row.case_id: row for row in found}.values():
            looks.keep(look.office, look.reading, look.actor, each.case_id, "post")
        latest = as_day(look.office.clock.now())
    return render(request, "case/post.html", letters=found, day=day, latest=latest)


@router.get("/post/pdf")
def printed_for_the_post(request: Request, dag: str = "") -> Response:
    """The same letters in one file, each on pages of its own."""
    with looking(request) as look:
        day = _day(look, dag)
        for row in post.of_day(look.reading, look.actor, day):
            looks.keep(look.office, look.reading, look.actor, row.case_id, f"letter:{row.letter_id}")
        sheets = post.sheets(look.reading, look.actor, day)
    if not sheets:
        raise NothingToPrint
    return _made(request, sheets, f"post-{day.isoformat()}.pdf", f"Post {day:%d/%m/%Y}")


@router.get("/bewaring/bewijzen/{number}/brief")
def about_what_was_destroyed(request: Request, number: str) -> Response:
    """For whoever's data they were, made from the proof: it names nobody, so there is no look at a case to record."""
    with looking(request) as look:
        sheet = erasure_letter.sheet(look.office, look.reading, look.actor, number)
    return _made(request, [sheet], f"{number}-vernietigd.pdf")


def _day(look: Look, asked: str) -> date:
    try:
        return date.fromisoformat(asked)
    except ValueError:
        return as_day(look.office.clock.now())


def _made(request: Request, sheets: Sequence[Sheet], name: str, title: str = "") -> Response:
    content = letter_pdf.pdf(office_of(request), sheets, title)
    return Response(content, media_type=PDF, headers={"Content-Disposition": f'attachment; filename="{name}"'})
