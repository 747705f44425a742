"""Running the office: steps that cannot go on, mail that waits, and trying again. It shows nothing of what is in a file."""

from typing import Annotated, Literal

from fastapi import APIRouter, Query, Request
from fastapi.responses import Response

from problems import Conflict, NotFound
from tasks.models import Mail
from tasks.operating import incidents, operations, skipping
from tasks.studio import definition_words
from web.api import office_views as views
from web.api import process_views
from web.api.asked import ROW_LIMIT, Mending, Nothing, RowId
from web.api.described import READS, WRITES, refusals, takes
from web.api.frame import PREFIX, answer, change, reading
from web.api.processes import Reason
from web.api.sent import Call
from web.context import Act

router = APIRouter(prefix=PREFIX, tags=["operations"])


class MailNotFound(NotFound):
    """Er is geen mail met dit nummer."""


class MailNotWaiting(Conflict):
    """Deze mail is al verstuurd of opgegeven, of wordt net verstuurd."""


After = Annotated[int, Query(ge=0, le=ROW_LIMIT, description="`next` of the page before.")]
MailState = Literal["waiting", "dead", "given_up", "sent"]


@router.get("/incidents", response_model=views.IncidentPage, responses=refusals(READS))
def list_incidents(request: Request, after: After = 0) -> Response:
    """Steps that cannot go on, with the reason."""
    with reading(request, "operations.read") as look:
        words = definition_words.load(look.reading)
        lines, following = incidents.page(look.reading, look.actor, words, after)
    return answer(views.IncidentPage(items=[views.IncidentLine.model_validate(line) for line in lines], next=following))


@router.get("/incidents/{incident_id}", response_model=process_views.IncidentDetail, responses=refusals(READS))
def read_incident(request: Request, incident_id: RowId) -> Response:
    """One step that cannot go on: who can mend it, how, and the variables of that place; their values for `process.read` only."""
    with reading(request, "operations.read") as look:
        words = definition_words.load(look.reading)
        found = incidents.find(look.office, look.reading, look.actor, words, incident_id)
    variables = [process_views.IncidentVariable.model_validate(each) for each in found.variables]
    named = ("instance_id", "process", "process_version", "who", "advice")
    about = {**vars(found.line), **{name: getattr(found, name) for name in named}}
    return answer(process_views.IncidentDetail(**about, variables=variables))


@router.post(
    "/incidents/{incident_id}/retry",
    response_model=views.Retried,
    responses=refusals(WRITES),
    openapi_extra=takes(Mending),
)
def retry_incident(request: Request, sent: Call, incident_id: RowId) -> Response:
    """Try the step again, perhaps with one variable mended. The history keeps its old and new value, sealed."""

    def turn(act: Act) -> views.Retried:
        asked = sent.as_a(Mending)
        mended = {asked.variable: asked.value} if asked.variable else {}
        step = incidents.retry(act.office, act.work, act.actor, incident_id, mended)
        return views.Retried(outcome=step.outcome)

    return change(request, sent, "incident.resolve", turn)


@router.post(
    "/incidents/{incident_id}/skip",
    response_model=views.Retried,
    responses=refusals(WRITES),
    openapi_extra=takes(Reason),
)
def skip_incident(request: Request, sent: Call, incident_id: RowId) -> Response:
    """The job of a step that cannot go on will not be done: the step counts as done without its effect, and the case goes on."""

    def turn(act: Act) -> views.Retried:
        step = skipping.skip(act.office, act.work, act.actor, incident_id, sent.as_a(Reason).reason)
        return views.Retried(outcome=step.outcome)

    return change(request, sent, "incident.skip", turn)


@router.get("/mails", response_model=views.MailPage, responses=refusals(READS))
def list_mails(request: Request, state: MailState = "waiting", after: After = 0) -> Response:
    """The outbox: what waits, what failed for good, what people gave up, what left."""
    with reading(request, "operations.read") as look:
        lines, following = operations.mails(look.reading, look.actor, state, after)
    return answer(views.MailPage(items=[views.MailLine.model_validate(line) for line in lines], next=following))


@router.post(
    "/mails/{mail_id}/retry", response_model=views.MailAgain, responses=refusals(WRITES), openapi_extra=takes(Nothing)
)
def retry_mail(request: Request, sent: Call, mail_id: RowId) -> Response:
    """Try a mail again."""

    def turn(act: Act) -> views.MailAgain:
        sent.as_a(Nothing)
        if act.work.session.get(Mail, mail_id) is None:
            raise MailNotFound(mail_id=mail_id)
        operations.send_again(act.office, act.work, act.actor, [mail_id])
        return views.MailAgain(id=mail_id)

    return change(request, sent, "incident.resolve", turn)


@router.post(
    "/mails/{mail_id}/give-up",
    response_model=views.MailGivenUp,
    responses=refusals(WRITES),
    openapi_extra=takes(Reason),
)
def give_up_mail(request: Request, sent: Call, mail_id: RowId) -> Response:
    """This mail will not be sent. What left meanwhile, or is just being sent, is a conflict."""

    def turn(act: Act) -> views.MailGivenUp:
        reason = sent.as_a(Reason).reason
        if act.work.session.get(Mail, mail_id) is None:
            raise MailNotFound(mail_id=mail_id)
        if not skipping.give_up(act.office, act.work, act.actor, [mail_id], reason):
            raise MailNotWaiting(mail_id=mail_id)
        return views.MailGivenUp(id=mail_id)

    return change(request, sent, "mail.give_up", turn)
