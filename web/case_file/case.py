"""A case for the office's own people: the file in tabs, each with its address, printable, and every look recorded first.

Who may not see cases is told there is no such case (404). Files leave as attachments only: what a stranger sent must not run
in a colleague's browser.
"""

from typing import Any

from fastapi import APIRouter, Request
from fastapi.responses import RedirectResponse, Response

from cases.models import Case
from engine import definitions
from engine.errors import DefinitionNotFound
from forms.incoming import ROW_BUTTONS, raw_answers, with_row_buttons
from forms.rendering import render as render_fields
from problems import Conflict, Forbidden, Invalid, Problem, Unavailable
from tasks import form_values, inbox, sight
from tasks.case_file import case_course, case_documents, case_list, case_view, looks, timeline
from tasks.case_file.case_list import CaseFilters
from tasks.deadlines import appeals
from tasks.errors import CaseNotFound, MessageNotExpected
from tasks.forms_in_use import choices_of, form_in_use
from tasks.reports_house import report_minutes
from tasks.studio.definition_words import Words
from tasks.studio.definition_words import load as load_words
from tasks.treatment import choosing, grievance_states
from tasks.treatment.minutes_versions import Minutes
from web import papers
from web.case_file.case_tab import show as _tab
from web.context import Body, FormBody, Look, NotLoggedIn, RequestNotOurs, acting, looking
from web.dates import as_day
from web.kept import kept_page
from web.rendering import render
from web.tables import as_csv
from web.text import number_of

router = APIRouter(default_response_class=Response)

STATES = {"open": case_list.OPEN, "afgesloten": case_list.CLOSED}
MOST_EXPORTED = 10_000


@router.get("/dossiers")
def cases(
    request: Request,
    zoek: str = "",
    stand: str = "",
    dienst: str = "",
    dringend: str = "",
    sorteer: str = case_list.NEWEST,
    na: str = "",
    gemeld: str = "",
) -> Response:
    """The list of cases: search, filters, column sort, pages by key. `gemeld`: just now a conflict of interest was declared here."""
    filters = CaseFilters(zoek[:200], STATES.get(stand, ""), dienst, bool(dringend))
    with looking(request) as look:
        page = case_list.page(look.reading, look.actor, filters, sort=sorteer, key=na or None)
        authorities = case_list.authorities(look.reading, look.actor)
    asked = {"zoek": zoek, "stand": stand, "dienst": dienst, "dringend": dringend, "na": na, "sorteer": sorteer}
    is_told = bool(gemeld) and len(request.query_params) == 1  # further links on the page carry it along
    return render(request, "case/list.html", page=page, asked=asked, authorities=authorities, is_told=is_told)


@router.get("/dossiers.csv")
def cases_file(request: Request, zoek: str = "", stand: str = "", dienst: str = "", dringend: str = "") -> Response:
    """The same list for a spreadsheet."""
    filters = CaseFilters(zoek[:200], STATES.get(stand, ""), dienst, bool(dringend))
    with looking(request) as look:
        page = case_list.page(look.reading, look.actor, filters, limit=MOST_EXPORTED)
        reasons = look.office.codelists["closure_reasons"]
    rows = [
        (
            each.number,
            each.subject,
            each.authority,
            "(naam afgeschermd)" if each.is_name_withheld else each.complainant,
            as_day(each.received_at),
            as_day(each.closed_at) if each.closed_at else "",
            reasons.label(each.closure_reason) if each.closure_reason else "",
        )
        for each in page.items
    ]
    head = "Dossier,Onderwerp,Dienst,Klager,Ontvangen,Afgesloten,Reden".split(",")
    return as_csv("dossiers", head, rows)


@router.get("/dossiers/{number}")
def case_page(request: Request, number: str) -> Response:
    """The first tab: what the file knows, and what one may report to it."""
    return _tab(request, number, "", _file)


@router.get("/dossiers/{number}/partijen")
def parties_tab(request: Request, number: str) -> Response:
    return _tab(
        request, number, "partijen", lambda look, case, *_: {"parties": case_view.parties(look.reading, case.id)}
    )


@router.get("/dossiers/{number}/grieven")
def grievances_tab(request: Request, number: str) -> Response:
    return _tab(
        request,
        number,
        "grieven",
        lambda look, case, *_: {
            "grievances": case_view.grievances(look.office, look.reading, case.id),
            "states": grievance_states.of(look.office, look.reading, case),
        },
    )


@router.get("/dossiers/{number}/brieven")
def letters_tab(request: Request, number: str) -> Response:
    return _tab(
        request, number, "brieven", lambda look, case, *_: {"letters": case_view.letters(look.reading, case.id)}
    )


@router.get("/dossiers/{number}/stukken")
def documents_tab(request: Request, number: str) -> Response:
    return _documents(request, number, None)


def _appeal(look: Look, case: Case) -> str:
    """What to say of terms to appeal; nothing in the reports house, where nobody complains of a decision."""
    if look.office.house.is_sealed:
        return ""
    return appeals.warning(look.office, look.reading, case, "nl", look.office.clock.now())


@router.get("/dossiers/{number}/termijnen")
def deadlines_tab(request: Request, number: str) -> Response:
    def load(look: Look, case: Case, *_: object) -> dict[str, Any]:
        return {
            "deadlines": case_view.deadlines(look.office, look.reading, case.id),
            "pauses": case_view.pauses(look.reading, case.id),
            "appeal": _appeal(look, case),
        }

    return _tab(request, number, "termijnen", load)


@router.get("/dossiers/{number}/tijdlijn")
def timeline_tab(request: Request, number: str) -> Response:
    def load(look: Look, case: Case, words: Words, names: dict[str, str]) -> dict[str, Any]:
        return {"entries": timeline.of(look.office, look.reading, case.id, words, names)}

    return _tab(request, number, "tijdlijn", load)


@router.get("/dossiers/{number}/verloop")
def course_tab(request: Request, number: str, diagram: str = "") -> Response:
    """The diagram with where the case is; without a script the same steps as a list."""

    def load(look: Look, case: Case, words: Words, names: dict[str, str]) -> dict[str, Any]:
        courses = case_course.of(look.office, look.reading, case.id, words, names)
        return {
            "courses": courses,
            "shown": next((c for c in courses if c.key == diagram), courses[0] if courses else None),
        }

    return _tab(request, number, "verloop", load)


@router.get("/dossiers/{number}/diagram/{key}/{version}")
def course_diagram(request: Request, number: str, key: str, version: int) -> Response:
    """The file of a diagram this case has run on, in that version."""
    with looking(request) as look:
        case = case_view.find(look.reading, look.actor, number)
        courses = case_course.of(look.office, look.reading, case.id, load_words(look.reading), {})
        if not any((each.key, each.version) == (key, version) for each in courses):
            raise DefinitionNotFound(key=key, version=version)
        content = definitions.version(look.reading, "process", key, version).content
    headers = {"Cache-Control": "private, max-age=86400"}
    return Response(content, media_type="application/xml; charset=utf-8", headers=headers)


def _file(look: Look, case: Case, words: Words, names: dict[str, str]) -> dict[str, Any]:
    expected = inbox.expected(look.reading, case)
    return {
        "facts": case_view.file_facts(look.office, look.reading, case.id, words),
        "minutes": _minutes(look, case, names),
        "messages": case_view.messages(look.reading, case.id, names),
        "about": words.form,
        "reports": [(name, words.form(name)) for name in expected if words.has_form(name)],
    }


def _minutes(look: Look, case: Case, names: dict[str, str]) -> Minutes | None:
    """Of a report told by voice, in the reports house; those of the office stand with the evidence."""
    return report_minutes.of_case(look.office, look.reading, case.id, names) if look.office.house.is_sealed else None


@router.get("/dossiers/{number}/brieven/{letter_id}")
def letter_page(request: Request, number: str, letter_id: int) -> Response:
    """One letter, to read and to print."""
    with looking(request) as look:
        case = case_view.find(look.reading, look.actor, number)
        letter = next((each for each in case_view.letters(look.reading, case.id) if each.id == letter_id), None)
        if letter is None:
            raise CaseNotFound(number=number, letter_id=letter_id)
        looks.keep(look.office, look.reading, look.actor, case.id, f"letter:{letter.id}")
        summary = case_view.summary(look.office, case)
    return render(request, "case/letter.html", letter=letter, summary=summary)


def _documents(request: Request, number: str, refused: Problem | None) -> Response:
    return _tab(
        request,
        number,
        "stukken",
        lambda look, case, _words, names: {"documents": case_view.documents(look.reading, case.id, names)},
        refused,
    )


@router.post("/dossiers/{number}/stukken")
def add_documents(request: Request, number: str, body: Body) -> Response:
    """Put files on the case."""
    try:
        with acting(request, body) as act:
            case = case_view.find(act.work, act.actor, number)
            case_documents.add(act.office, act.work, act.actor, case, body.files)
    except (Invalid, Unavailable) as refused:
        return _documents(request, number, refused)
    return RedirectResponse(f"/dossiers/{number}/stukken", 303)


@router.get("/dossiers/{number}/stukken/{document_id}")
def document_file(request: Request, number: str, document_id: int) -> Response:
    """The bytes, as an attachment; the look is recorded before the first of them leaves."""
    with looking(request) as look:
        case = case_view.find(look.reading, look.actor, number)
        row, _ = case_documents.find(look.office, look.reading, look.actor, case, document_id)
        looks.keep(look.office, look.reading, look.actor, case.id, f"document:{row.id}")
        return papers.attachment(look.office.documents, row)


@router.post("/dossiers/{number}/kiezen/{choice_id}")
def choose_step(request: Request, number: str, choice_id: int, body: Body) -> Response:
    """Begin the chosen steps; refused, the page comes again as the case stands now."""
    steps, version = body.fields.get("step", []), number_of(body.text("version"))
    try:
        with acting(request, body) as act:
            case = case_view.find(act.work, act.actor, number)
            choosing.choose(act.office, act.work, act.actor, case.id, choice_id, steps, version=version)
    except (Unavailable, NotLoggedIn, RequestNotOurs) as refused:
        return kept_page(request, body, refused)
    except (Invalid, Conflict) as refused:
        return _tab(request, number, "", lambda *given: {**_file(*given), "chosen": steps}, refused)
    return RedirectResponse(f"/dossiers/{number}", 303)


@router.get("/dossiers/{number}/melding/{message}")
def message_page(request: Request, number: str, message: str) -> Response:
    """The form of a message the case can take now."""
    return _message(request, number, message, FormBody(), None)


@router.post("/dossiers/{number}/melding/{message}")
def send_message(request: Request, number: str, message: str, body: Body) -> Response:
    """Deliver it; the diagram moves when it waits for this. The buttons inside the form (another row) deliver nothing."""
    if not ROW_BUTTONS.isdisjoint(body.fields):
        return _message(request, number, message, body, None)
    try:
        with acting(request, body) as act:
            case = case_view.find(act.work, act.actor, number)
            form, _ = _form_of(act.work, message)
            answers = raw_answers(form, body.pairs)
            inbox.deliver(act.office, act.work, act.actor, case.id, message, answers, files=body.files)
    except (Unavailable, NotLoggedIn, RequestNotOurs) as refused:
        return kept_page(request, body, refused)
    except (Invalid, Conflict, Forbidden) as refused:
        return _message(request, number, message, body, refused)
    return RedirectResponse(f"/dossiers/{number}/tijdlijn", 303)


def _form_of(reading: Any, message: str) -> Any:
    if definitions.latest(reading, "form", message) is None:
        raise MessageNotExpected(message=message)
    return form_in_use(reading, message)


def _message(request: Request, number: str, message: str, body: FormBody, refused: Problem | None) -> Response:
    def load(look: Look, case: Case, words: Words, _names: dict[str, str]) -> dict[str, Any]:
        sight.require(look.actor, "case.act", case)
        if refused is None and message not in inbox.expected(look.reading, case):
            raise MessageNotExpected(message=message)
        form, _ = _form_of(look.reading, message)
        values = form_values.of_message(form, look.reading, case)
        known = inbox.known(look.office, look.reading, case.id, message)
        if body.fields:
            raw = raw_answers(form, body.pairs)
            values = form_values.shown(look.office, form, with_row_buttons(form, raw, body.pairs) or raw, known)
        errors = {each["field"]: each["message"] for each in refused.errors} if isinstance(refused, Invalid) else {}
        fields = render_fields(form, values, errors, codelists=choices_of(look.office), context=known)
        return {"message": message, "name": words.form(message), "fields": fields}

    return _tab(request, number, "melding", load, refused)
