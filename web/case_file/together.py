"""Which cases belong together: what follows this one, what it looks like, and joining, telling and taking out many at once.

What is asked here goes on by itself, a turn per case; the page says how far it is and can be left.
"""

from typing import Any

from fastapi import APIRouter, Request
from fastapi.responses import Response

from cases.models import Case
from cases.related import JOINED
from forms.incoming import raw_answers
from forms.rendering import render as render_fields
from problems import Conflict, Invalid, Problem
from tasks import form_values, inbox, sight
from tasks.forms_in_use import choices_of, form_in_use
from tasks.joined import alike, together
from tasks.studio.definition_words import Words
from web.case_file.case_tab import Command, done, show
from web.context import Act, Body, FormBody, Look
from web.text import AfterKey

router = APIRouter(default_response_class=Response)


class NotSureYet(Conflict):
    """Er is nog niets verstuurd: bevestig eerst."""


@router.get("/dossiers/{number}/samen")
def together_tab(request: Request, number: str, zoek: str = "", na: AfterKey = 0) -> Response:
    """What belongs with this case, and what might."""
    return _tab(request, number, words=zoek[:200], after=na)


def _tab(
    request: Request,
    number: str,
    refused: Problem | None = None,
    *,
    body: FormBody | None = None,
    words: str = "",
    after: int = 0,
    is_asked: bool = False,
) -> Response:
    given = body or FormBody()

    def load(look: Look, case: Case, said: Words, _names: dict[str, str]) -> dict[str, Any]:
        found = together.of(look.reading, look.actor, case, after)
        may = sight.permits(look.actor, case)
        may_join = may("case.join") and not found.leading and case.closed_at is None
        expected = inbox.expected(look.reading, case) if case.instance_id else []
        return {
            "together": found,
            "may_join": may_join,
            "may_merge": may("case.join") and "complaint_merged" in expected,
            "doubles": alike.duplicates(look.reading, look.actor, case),
            "kindred": alike.kindred(look.reading, look.actor, case) if may_join else [],
            "words": words,
            "count": together.count_found(look.reading, look.actor, case, words) if words and may_join else 0,
            "chosen": given.fields.get("number", []),
            "given": given,
            "form_name": said.form,
            "fields": _fields(look, given, refused) if may_join and found.waiting else "",
            "is_joined": found.kind == JOINED,
            "is_asked": is_asked,
        }

    return show(request, number, "samen", load, refused)


def _fields(look: Look, given: FormBody, refused: Problem | None) -> str:
    """The form of a message to all who follow, as it was filled in."""
    form, _ = form_in_use(look.reading, together.TELL)
    values = form_values.shown(look.office, form, raw_answers(form, given.pairs)) if given.fields else {}
    errors = {each["field"]: each["message"] for each in refused.errors} if isinstance(refused, Invalid) else {}
    return render_fields(form, values, errors, codelists=choices_of(look.office))


def _done(request: Request, number: str, body: FormBody, command: Command) -> Response:
    def again(refused: Problem) -> Response:
        if isinstance(refused, NotSureYet):
            return _tab(request, number, body=body, is_asked=True)
        return _tab(request, number, refused, body=body, words=body.text("words")[:200])

    return done(request, number, "samen", body, command, again)


@router.post("/dossiers/{number}/samen/voegen")
def join(request: Request, number: str, body: Body) -> Response:
    """Join the chosen cases to this one, those of the numbers that were typed, or all that were found."""

    def command(act: Act, case: Case) -> object:
        reason = body.text("reason")
        if body.text("all"):
            return together.join_found(act.office, act.work, act.actor, case, body.text("words")[:200], reason)
        return together.join(act.office, act.work, act.actor, case, _numbers(body), reason)

    return _done(request, number, body, command)


@router.post("/dossiers/{number}/samen/bericht")
def tell(request: Request, number: str, body: Body) -> Response:
    """Write to everybody whose case follows this one. The first press says how many these are, the second sends."""

    def command(act: Act, case: Case) -> object:
        form, _ = form_in_use(act.work, together.TELL)
        begun = together.tell(act.office, act.work, act.actor, case, raw_answers(form, body.pairs))
        if not body.text("sure"):
            raise NotSureYet(number=number)
        return begun

    return _done(request, number, body, command)


@router.post("/dossiers/{number}/samen/apart")
def take_out(request: Request, number: str, body: Body) -> Response:
    """Treat the chosen followers apart, with the reason."""
    return _done(
        request,
        number,
        body,
        lambda act, case: together.take_out(
            act.office, act.work, act.actor, case, _numbers(body), body.text("apart_reason")
        ),
    )


@router.post("/dossiers/{number}/samen/dubbel")
def merge(request: Request, number: str, body: Body) -> Response:
    """This is the same complaint as another: that number leads, this one closes."""

    def command(act: Act, case: Case) -> object:
        sight.require(act.actor, "case.join", case)
        answers = {"merged_into": body.text("into")}
        return inbox.deliver(act.office, act.work, act.actor, case.id, "complaint_merged", answers)

    return _done(request, number, body, command)


def _numbers(body: FormBody) -> list[str]:
    return [*body.fields.get("number", []), body.text("numbers")]
