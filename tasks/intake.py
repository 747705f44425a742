"""Receiving a complaint: the start form becomes a case, and the diagram starts.

In: who sends it, raw answers, files. Out: the case's number and the secret of its page. Promise: case, file, token, history
and letters together or not at all. Refuses with FormNotAccepted, naming every field.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from cases import facts
from cases.deadlines import local_day
from cases.documents import Stored, Upload
from cases.models import Case, Party
from cases.numbering import next_number
from cases.parties import postal_address
from cases.register import Authority
from cases.searching import search_words
from forms.schema import split
from forms.validation import validate
from history.log import Event
from history.reports import goes_with_key
from identity.people import Actor
from identity.permissions import require
from identity.roles import COMPLAINANT
from storage.unit_of_work import UnitOfWork
from tasks import turn
from tasks.citizens import external
from tasks.errors import FormNotAccepted
from tasks.forms_in_use import choices_of, form_in_use, plain
from tasks.office import Office

WEB_FORM, PHONE_FORM = "complaint_received", "complaint_by_phone"


@dataclass(frozen=True)
class Way:
    """By which way something comes in: what whoever brings it must be allowed, and what becomes of it.

    Without a process it is the one of the house; `authority` is whom it is about, where that is known from the start.
    """

    action: str = "complaint.receive"
    matter: str = "complaint"
    process: str | None = None
    authority: Authority | None = None


COMPLAINT = Way()


@dataclass(frozen=True)
class Received:
    """The new case. `secret` opens its page; it is shown once and stored as a hash."""

    case_id: int
    instance_id: int
    number: str
    secret: str


def receive(
    office: Office,
    work: UnitOfWork,
    actor: Actor,
    answers: Mapping[str, Any],
    files: Sequence[Upload | Stored] = (),
    *,
    form_key: str | None = None,
    received_at: datetime | None = None,
    secret: str | None = None,
    way: Way = COMPLAINT,
) -> Received:
    """Accept what comes in and run its diagram to the first wait. `secret` opens the case's page; a new one when not given.

    Without a form it is the one of the house for who writes themselves.
    """
    require(actor, way.action)
    form_key = form_key or office.house.own_form
    form, _ = form_in_use(work, form_key)
    checked = validate(form, answers, codelists=choices_of(office))
    if checked.errors:
        raise FormNotAccepted(errors=checked.problems, form=form_key)
    now = office.clock.now()
    at = received_at or now
    parts = split(form, checked.values)
    told = {name: plain(value) for name, value in parts.facts.items()}
    secret = secret or turn.new_secret()[0]
    work.session.info[external.CASE_LINK] = external.case_link(office, secret)
    case = _case(work, told, at, turn.hash_of(secret), way)
    if actor.roles == {COMPLAINANT}:
        actor = replace(actor, id=f"complainant:{case.id}")  # nobody until now; from here on this case's complainant
    facts.remember(work, case.id, told, personal=parts.personal, at=now)
    _complainant(work, case, told)
    for upload in files:
        office.documents.add(work, case.id, upload, source=actor.id, by=actor.id, at=now)
    variables = {**parts.token, "received_on": local_day(at), "language": case.language, "channel": case.channel}
    step = office.engine.start(work, way.process or office.house.process, variables, case.id)
    case.instance_id = step.instance_id
    turn.apply(office, work, actor, step, first=[_received(case, actor, at, told, parts.personal)])
    return Received(case.id, step.instance_id, case.number, secret)


def _case(work: UnitOfWork, told: Mapping[str, Any], at: datetime, secret_hash: str, way: Way) -> Case:
    name = str(told.get("complainant.name") or "")
    case = Case(
        number=next_number(work, local_day(at).year),
        matter=way.matter,
        channel=str(told.get("complaint.channel") or "web"),
        language=str(told.get("complaint.language") or "nl"),
        subject=str(told.get("complaint.subject") or "Klacht"),
        received_at=at,
        secret_hash=secret_hash,
        complainant_name=name,
        name_withheld=told.get("complaint.name_withheld") in (True, "ja"),
        authority_key=way.authority.key if way.authority else None,
        authority_name=way.authority.name if way.authority else "",
    )
    case.search_text = search_words(case, told)
    work.session.add(case)
    work.session.flush()
    return case


def _complainant(work: UnitOfWork, case: Case, told: Mapping[str, Any]) -> None:
    def text(part: str) -> str | None:
        return str(told[f"complainant.{part}"]) if told.get(f"complainant.{part}") else None

    work.session.add(
        Party(
            case_id=case.id,
            role="complainant",
            name=case.complainant_name,
            email=text("email"),
            phone=text("phone"),
            address=postal_address(told),
        )
    )


def _received(case: Case, actor: Actor, at: datetime, told: Mapping[str, Any], personal: frozenset[str]) -> Event:
    data = {"number": case.number, "channel": case.channel, "received_at": at.isoformat(), "matter": case.matter}
    sealed = {name: value for name, value in told.items() if name in personal or goes_with_key(name)}
    data["facts"] = {name: value for name, value in told.items() if name not in sealed}  # type: ignore[assignment]
    return Event("case", "received", at, actor.id, turn.role_of(actor), data, sealed)
