"""The record of a mediation: positions, contacts and notes, some of them in confidence.

In: who, the case, what they wrote. Out: the line, and for pages the record as this person may know it. Who reads what was noted in
confidence is the decision `mediation_secrecy`, which an office changes as it likes; whoever wrote a line always reads it. The text
stands in its row only, never in the history: no replay, export or timeline can tell it. Refuses with NotAllowed, NoteNotAccepted.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from sqlalchemy import select

from cases import proposals
from cases.calendars import day_typed
from cases.deadlines import local_day
from cases.models import Case
from cases.treatment_models import MediationNote, MediationProposal
from engine.moments import OFFICE_ZONE
from history.log import Event
from identity import people
from identity.people import Actor
from identity.permissions import require
from problems import Invalid
from storage.unit_of_work import Reading, UnitOfWork
from tasks import sight, turn
from tasks.office import Office

READ, KEEP = "mediation.read", "mediation.keep"
# The message by which a mediator puts a proposal to both parties.
PROPOSED = "mediator_proposed"
SECRECY = "mediation_secrecy"
LONGEST = 20_000
KINDS = {"position": "Standpunt", "contact": "Contact", "note": "Nota"}
PROPOSERS = {"complainant": "de klager", "authority": "de dienst", "mediator": "de bemiddelaar"}
STATES = {
    proposals.OPEN: "wacht op antwoord",
    proposals.AGREED: "akkoord van beide partijen",
    proposals.COUNTERED: "vervangen door een ander voorstel",
    proposals.REFUSED: "niet aanvaard",
    proposals.LAPSED: "vervallen",
}
PARTIES = {"": "geen van beide", "complainant": "de klager", "authority": "de dienst"}


class NoteNotAccepted(Invalid):
    """Niet alles is juist ingevuld. Verbeter de velden hieronder."""


@dataclass(frozen=True)
class NoteView:
    """A line of the record as somebody may read it."""

    kind: str
    party: str
    happened_on: date
    text: str
    is_confidential: bool
    noted_by: str


@dataclass(frozen=True)
class Record:
    """The record as somebody may know it; that more was noted in confidence is no secret, what it says is.

    `proposals` are the versions of what the parties may agree on, the newest first.
    """

    notes: list[NoteView]
    proposals: list[MediationProposal]
    hidden: int
    may_confide: bool


def of_case(office: Office, reading: Reading, actor: Actor, case_id: int) -> Record:
    """The record, the newest first."""
    require(actor, READ)
    names, sees = people.names(reading), sees_confidential(office, reading, actor)
    query = select(MediationNote).where(MediationNote.case_id == case_id)
    rows = list(reading.session.scalars(query.order_by(MediationNote.happened_on.desc(), MediationNote.id.desc())))
    shown = [row for row in rows if sees or not row.is_confidential or row.noted_by == actor.id]
    notes = [
        NoteView(
            KINDS[row.kind],
            PARTIES[row.party] if row.party else "",
            row.happened_on,
            row.text,
            row.is_confidential,
            names.get(row.noted_by, row.noted_by),
        )
        for row in shown
    ]
    return Record(notes, proposals.of_case(reading, case_id), len(rows) - len(shown), sees)


def sees_confidential(office: Office, reading: Reading, actor: Actor) -> bool:
    """What the office decided for the roles of this person; no when the decision gives no clear answer."""
    model, _ = office.engine.specs.decision_in_use(reading, SECRECY)
    now = office.clock.now().astimezone(OFFICE_ZONE)
    return model.evaluate(SECRECY, {"roles": sorted(actor.roles)}, now).value is True


def keep(office: Office, work: UnitOfWork, actor: Actor, case: Case, given: Mapping[str, str]) -> MediationNote:
    """Write a line: kind, party, happened_on (ISO), text, and `confidential` ja or nothing. Only who may read it notes in confidence."""
    sight.require(actor, KEEP, case)
    now = office.clock.now()
    on, is_confidential = day_typed(given.get("happened_on", "")), given.get("confidential") == "ja"
    may_confide = not is_confidential or sees_confidential(office, work, actor)
    checks = {
        "kind": (given.get("kind") in KINDS, "Kies wat u noteert."),
        "party": (given.get("party", "") in PARTIES, "Kies van wie het komt."),
        "happened_on": (on is not None and on <= local_day(now), "Schrijf de dag, ten laatste vandaag."),
        "text": (0 < len(given.get("text", "").strip()) <= LONGEST, "Schrijf wat er gezegd of afgesproken is."),
        "confidential": (may_confide, "Alleen een bemiddelaar noteert in vertrouwen."),
    }
    errors = [{"field": field, "message": message} for field, (is_right, message) in checks.items() if not is_right]
    if errors or on is None:
        raise NoteNotAccepted(errors=errors)
    row = MediationNote(
        case_id=case.id,
        kind=given["kind"],
        party=given.get("party", ""),
        happened_on=on,
        text=given["text"].strip(),
        is_confidential=is_confidential,
        noted_by=actor.id,
        noted_at=now,
    )
    work.session.add(row)
    work.session.flush()
    told = {"note": row.id, "kind": row.kind, "confidential": is_confidential}
    turn.finish(office, work, case.id, Event("mediation", "received", now, actor.id, turn.role_of(actor), told))
    return row
