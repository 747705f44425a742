"""The page of a case for its complainant: where it is, what comes next, what they can do, their letters and documents.

The secret in the address is the key; nobody logs in. A wrong one is 404 and a sentence.
"""

from collections.abc import Mapping
from typing import Any

from fastapi import APIRouter, Request
from fastapi.responses import RedirectResponse, Response

from cases.models import Case
from forms.incoming import raw_answers
from forms.limits import is_email
from forms.rendering import render as render_fields
from identity.people import Actor
from problems import Conflict, Forbidden, Invalid, Problem, TooOften, Unavailable
from storage.unit_of_work import Reading
from tasks import inbox, worklist
from tasks.case_file import looks, public_status
from tasks.citizens import complainant, external
from tasks.deadlines import appeals
from tasks.errors import MessageNotExpected
from tasks.forms_in_use import choices_of, form_in_use
from tasks.models import UserTask
from tasks.retention import erasing
from web.citizens import per_address, question
from web.context import Body, FormBody, RequestNotOurs, office_of, posting, visiting
from web.kept import kept_page
from web.papers import attachment
from web.problems import HTTP_SENTENCES, error_page, headers_of, status_of
from web.rendering import language_of, render, translator

router = APIRouter(default_response_class=Response)
NO_NUMBER = "Vul uw dossiernummer in. Het staat in elke mail en brief van ons."
NO_ADDRESS = "Vul een e-mailadres in, bijvoorbeeld naam@voorbeeld.be."
# What a complainant may send of their own accord: the word in the address, and the message of the diagram.
WORDS = {
    "informatie": "information_added",
    "intrekken": "complaint_withdrawn",
    "rechtbank": "court_case_started",
    "herziening": "review_requested",
    "antwoord": "first_line_answered",
    "naam": "identity_disclosed",
}


@router.get("/volg")
def door(request: Request, gestuurd: int = 0) -> Response:
    """How to get to one's case; and a new link for who lost theirs."""
    with visiting(request):
        return render(request, "citizen/lost_link.html", is_sent=bool(gestuurd), told={}, errors={})


@router.post("/volg")
def new_link(request: Request, body: Body) -> Response:
    """Mail a new link when number and address belong together; the answer is the same when they do not. Raises TooMuchFromHere."""
    told = {name: body.text(name) for name in ("number", "email")}
    errors = {} if told["number"] else {"number": NO_NUMBER}
    if not is_email(told["email"]):
        errors["email"] = NO_ADDRESS
    if errors:
        with visiting(request):
            return render(request, "citizen/lost_link.html", status=422, is_sent=False, told=told, errors=errors)
    with posting(request, body) as act:
        per_address.asks(request)
        complainant.renew_link(act.office, act.work, told["number"], told["email"])
    return RedirectResponse("/volg?gestuurd=1", 303)


def _found(request: Request, reading: Reading, secret: str) -> tuple[Case, Actor]:
    """The case of a link and its complainant; from here on the page speaks their language, also to say that it is gone."""
    try:
        case, holder = complainant.find(reading, secret)
    except complainant.CasePageGone as gone:
        request.state.language = gone.fields["language"]
        raise
    request.state.language = case.language
    return case, holder


@router.get("/volg/{secret}")
def case_page(request: Request, secret: str, nieuw: int = 0, gedaan: str = "") -> Response:
    """The case. `nieuw` right after sending, `gedaan` right after sending a message."""
    with visiting(request) as look:
        case, holder = _found(request, look.reading, secret)
        if erasing.is_elsewhere(look.reading, case.id):
            return render(request, "citizen/elsewhere.html", number=case.number)
        looks.keep(look.office, look.reading, holder, case.id)
        page = complainant.page(look.office, look.reading, case)
        appeal = appeals.warning(look.office, look.reading, case, case.language, look.office.clock.now())
    can = {word for word, message in WORDS.items() if message in page.status.may}
    return render(
        request,
        "citizen/case.html",
        page=page,
        appeal=appeal,
        can=can,
        here=f"/volg/{secret}",
        link=external.case_link(look.office, secret),
        is_new=bool(nieuw),
        done=gedaan if gedaan in WORDS else "",
    )


@router.get("/volg/{secret}/brief/{letter_id}")
def letter(request: Request, secret: str, letter_id: int) -> Response:
    """One letter, to read and to print."""
    with visiting(request) as look:
        case, holder = _found(request, look.reading, secret)
        row = complainant.letter(look.reading, case, letter_id)
        looks.keep(look.office, look.reading, holder, case.id, f"letter:{row.id}")
    return render(request, "citizen/letter.html", letter=row, number=case.number, here=f"/volg/{secret}")


@router.get("/volg/{secret}/stuk/{document_id}")
def document(request: Request, secret: str, document_id: int) -> Response:
    """A document the complainant sent, as an attachment: what a stranger sent must not run in a page of ours."""
    with visiting(request) as look:
        case, holder = _found(request, look.reading, secret)
        row = complainant.document(look.reading, case, document_id)
        looks.keep(look.office, look.reading, holder, case.id, f"document:{row.id}")
    return attachment(look.office.documents, row)


@router.get("/volg/{secret}/vraag/{user_task_id}")
def question_page(request: Request, secret: str, user_task_id: int) -> Response:
    """An open question, answered without leaving the case."""
    return question.show(request, _asked(request, secret, user_task_id), back=f"/volg/{secret}")


@router.post("/volg/{secret}/vraag/{user_task_id}")
def answer(request: Request, secret: str, user_task_id: int, body: Body) -> Response:
    return question.submit(request, _asked(request, secret, user_task_id), body, back=f"/volg/{secret}")


def _asked(request: Request, secret: str, user_task_id: int) -> question.Find:
    def find(reading: Reading) -> tuple[UserTask, Actor]:
        _, holder = _found(request, reading, secret)
        return worklist.get(reading, holder, user_task_id), holder

    return find


@router.get("/volg/{secret}/{word}")
def message_page(request: Request, secret: str, word: str) -> Response:
    """A message to the office: what happens when it is sent, and its form."""
    return _message_page(request, secret, word)


@router.post("/volg/{secret}/{word}")
def send_message(request: Request, secret: str, word: str, body: Body) -> Response:
    """Deliver the message; one the diagram does not wait for any more is refused, and what was typed stays."""
    message = WORDS.get(word)
    if message is None:
        return error_page(request, 404, HTTP_SENTENCES[404])
    try:
        with posting(request, body) as act:
            case, holder = _found(request, act.work, secret)
            form, _ = form_in_use(act.work, message)
            answers = raw_answers(form, body.pairs)
            inbox.deliver(act.office, act.work, holder, case.id, message, answers, files=body.files)
    except TooOften as refused:
        return _message_page(request, secret, word, body, refused)
    except (Unavailable, RequestNotOurs) as refused:
        return kept_page(request, body, refused)
    except (Invalid, Conflict, Forbidden) as refused:
        return _message_page(request, secret, word, body, refused)
    return RedirectResponse(f"/volg/{secret}?gedaan={word}", 303)


def _message_page(
    request: Request, secret: str, word: str, body: FormBody | None = None, refused: Problem | None = None
) -> Response:
    message = WORDS.get(word)
    if message is None:
        return error_page(request, 404, HTTP_SENTENCES[404])
    with visiting(request) as look:
        case, _ = _found(request, look.reading, secret)
        is_awaited = message in public_status.of(look.office, look.reading, case).may
        form, _ = form_in_use(look.reading, message)
    if not is_awaited and refused is None:
        refused = MessageNotExpected(message=message)
    values: Mapping[str, Any] = raw_answers(form, body.pairs) if body else {}
    errors = {each["field"]: each["message"] for each in refused.errors} if isinstance(refused, Invalid) else {}
    fields = render_fields(
        form, values, errors, codelists=choices_of(office_of(request)), translate=translator(language_of(request))
    )
    return render(
        request,
        "citizen/message.html",
        status=status_of(refused) if refused else 200,
        headers=headers_of(refused) if refused else None,
        word=word,
        fields=fields,
        number=case.number,
        here=f"/volg/{secret}",
        refused=refused.sentence if refused and not errors else "",
        is_awaited=is_awaited,
        lost_files=bool(body and body.files),
    )
