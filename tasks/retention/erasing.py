"""Destroying a case: everything personal goes, its key first of all; the chain, the figures and the proof stay.

In: a case that is closed and on which no hold stands, and the ground. One turn: all of it, or nothing. What was sealed in the history
can never be read again, by anyone, backups aside; what was not personal there still counts in every report.
Refuses with NotAllowed, CaseStillOpen, CaseOnHold, CaseAlreadyErased.
"""

import hashlib
import secrets
from dataclasses import dataclass

from sqlalchemy import delete, func, or_, select, update

from cases import retention
from cases.deadlines import local_day
from cases.models import Case, Document, Erasure, Fact, Grievance, LegalHold, Letter, Message, Party
from cases.openings import FileOpening
from cases.publications import CaseSummary, CaseSummaryNorm, ConsistencyNote
from cases.recommendations import Recommendation
from cases.retention import Retention, RetentionRule
from cases.surveys import SurveyInvitation
from cases.treatment_models import ConflictOfInterest, Disclosure, Evidence, MediationNote, MediationProposal
from engine import forgetting
from history import log
from history.log import Event
from identity.people import Actor
from identity.permissions import require
from problems import Conflict
from storage import private
from storage.unit_of_work import Reading, UnitOfWork
from tasks import sight, turn
from tasks.case_file import case_view
from tasks.errors import CaseNotFound
from tasks.models import CaseMigration, Mail, UserTask
from tasks.office import Office

ERASED = "(vernietigd)"
TERM, REQUEST, ELSEWHERE = "retention_term", "data_subject_request", "not_for_us"
GROUNDS = {
    TERM: "De bewaartermijn is om",
    REQUEST: "De klager vroeg om zijn gegevens te wissen",
    ELSEWHERE: "Het hoorde niet bij deze dienst",
}


class CaseStillOpen(Conflict):
    """Dit dossier is nog niet afgesloten. Sluit het eerst af."""


class CaseOnHold(Conflict):
    """Dit dossier moet bewaard blijven. Hef eerst de bewaring op."""


class CaseAlreadyErased(Conflict):
    """Dit dossier is al vernietigd."""


class TermNotOver(Conflict):
    """De bewaartermijn van dit dossier is nog niet om. Alleen de klager kan vragen om het vroeger te wissen."""


@dataclass(frozen=True)
class Erased:
    """What was done with one case."""

    number: str
    documents: int


def erase(office: Office, work: UnitOfWork, actor: Actor, number: str, ground: str) -> Erased:
    """Destroy one case on one of GROUNDS."""
    require(actor, "retention.erase")
    case = held(office, work, _require_known(work, actor, number, ground))
    rule = rules(office).of(case.matter)
    _check(office, work, case, ground, rule)
    end_processes(office, work, actor, case.id)  # a closed case may still wait for a request for review
    return _destroyed(office, work, actor, case, ground, rule)


def held(office: Office, work: UnitOfWork, case_id: int) -> Case:
    """The case, in which nothing happens meanwhile. Its processes are held first, as everywhere: a turn that has one may write the case."""
    for instance_id in forgetting.running(work, case_id):
        office.engine.hold(work, instance_id)
    return work.session.get_one(Case, case_id, with_for_update=True, populate_existing=True)


def erase_elsewhere(office: Office, work: UnitOfWork, actor: Actor, case: Case) -> None:
    """Destroy a case that went to a house that nobody here may look into (`tasks.reports_house.handing_over`, which knows who may). Its link then
    opens a page that says that it is over here.
    """
    rule = rules(office).of(case.matter)
    _check(office, work, case, ELSEWHERE, rule)
    _destroyed(office, work, actor, case, ELSEWHERE, rule)


def is_elsewhere(reading: Reading, case_id: int) -> bool:
    """True for a case that was destroyed because it did not belong here."""
    went = select(Erasure.id).where(Erasure.case_id == case_id, Erasure.ground == ELSEWHERE)
    return reading.session.scalar(went) is not None


def end_processes(office: Office, work: UnitOfWork, actor: Actor, case_id: int) -> None:
    """Nothing of this case goes on."""
    for instance_id in forgetting.running(work, case_id):
        turn.apply(office, work, actor, office.engine.terminate(work, instance_id))


def _destroyed(office: Office, work: UnitOfWork, actor: Actor, case: Case, ground: str, rule: RetentionRule) -> Erased:
    _let_go_of_key(office, work, case.id)
    documents = _empty(work, case)
    forgetting.forget(work, case.id)
    proof = _proof(office, work, actor, case, ground, documents, rule)
    work.session.add(proof)
    office.log.erase(work, turn.stream_of(case.id), office.clock.now())
    return Erased(case.number, documents)


def _require_known(work: UnitOfWork, actor: Actor, number: str, ground: str) -> int:
    """The id of the case. Not by who must stay out of it. When its time is over, a file is destroyed that nobody here needs to read, as those of services."""
    if ground != TERM:
        return case_view.find(work, actor, number).id
    found = work.session.scalar(select(Case.id).where(Case.number == number, *sight.known(actor)))
    if found is None:
        raise CaseNotFound(number=number)
    return found


def _let_go_of_key(office: Office, work: UnitOfWork, case_id: int) -> None:
    """In a sealed house the case has a key beside the database too: without it no copy of the database tells of this case any more."""
    vault = office.database.vault
    if vault is not None:
        own = private.let_go(work.session, case_id)
        work.after_commit(lambda: vault.destroy(own))


def destroy_left_keys(office: Office) -> int:
    """Destroy what a crash just after an erasure left; returns how many keys."""
    vault, left = office.database.vault, 0
    if vault is None:
        return 0
    with office.database.reading() as reading:
        erased = [private.owner_of(case_id) for case_id in reading.session.scalars(select(Erasure.case_id))]
    for own in filter(vault.has, erased):
        vault.destroy(own)
        left += 1
    return left


def forget_sent_mail(office: Office) -> int:
    """A last mail about a case that was destroyed goes once it was sent, with the address it went to; returns how many."""
    sent = (Mail.state.in_(("sent", "given_up")), Mail.case_id.in_(select(Erasure.case_id)))
    with office.database.reading() as reading:
        gone = reading.session.scalars(select(Mail.id).where(*sent)).all()
    if gone:
        with office.database.work() as work:
            work.session.execute(delete(Mail).where(Mail.id.in_(gone)))
    return len(gone)


def rules(office: Office) -> Retention:
    """How long this house keeps what, by the rules of today."""
    return retention.load(office.house.workflows / "retention", local_day(office.clock.now()))


def _check(office: Office, work: UnitOfWork, case: Case, ground: str, rule: RetentionRule) -> None:
    if work.session.scalar(select(Erasure.id).where(Erasure.case_id == case.id)) is not None:
        raise CaseAlreadyErased(number=case.number)
    if case.closed_at is None:
        raise CaseStillOpen(number=case.number)
    if any(hold.lifted_at is None for hold in retention.holds(work, case.id)):
        raise CaseOnHold(number=case.number)
    if ground == TERM and local_day(office.clock.now()) <= rule.until(case.closed_at):
        raise TermNotOver(number=case.number, kept_until=rule.until(case.closed_at).isoformat())


def _empty(work: UnitOfWork, case: Case) -> int:
    """Remove what is personal from every table; gives how many documents went. Their bytes go with the next sweep."""
    session = work.session
    documents = session.scalar(select(func.count()).where(Document.case_id == case.id)) or 0
    session.execute(delete(Mail).where(Mail.case_id == case.id))
    for table in (Letter, Document, Message, Fact, Party):
        session.execute(delete(table).where(table.case_id == case.id))
    known = select(Evidence.id).where(Evidence.case_id == case.id)
    session.execute(delete(Disclosure).where(Disclosure.evidence_id.in_(known)))
    for of_treatment in (Evidence, MediationNote, MediationProposal, ConflictOfInterest, FileOpening):
        session.execute(delete(of_treatment).where(of_treatment.case_id == case.id))
    session.execute(update(Grievance).where(Grievance.case_id == case.id).values(summary="", reasoning=""))
    # What was made public names nobody, and stays.
    kept = update(Recommendation).where(Recommendation.case_id == case.id)
    session.execute(kept.values(text="", answer_reason="", evidence=""))
    _unpublish(work, case.id)
    session.execute(delete(SurveyInvitation).where(SurveyInvitation.case_id == case.id))
    nothing: dict[str, object] = {"inputs": {}, "draft": None, "office_draft": None, "about": None, "link_hash": None}
    session.execute(update(UserTask).where(UserTask.case_id == case.id).values(**nothing))
    session.execute(update(LegalHold).where(LegalHold.case_id == case.id).values(reason=""))
    session.execute(update(CaseMigration).where(CaseMigration.case_id == case.id).values(former=None, why=None))
    case.subject, case.complainant_name, case.search_text = ERASED, "", case.number
    case.assessed_theme = None  # with its words gone, it is like no other
    if private.is_sealed(session):
        case.authority_name = ""
        case.secret_hash = secrets.token_hex(32)  # nothing tells that the code of its mailbox ever opened one
    session.flush()
    session.expire_all()
    return documents


def _unpublish(work: UnitOfWork, case_id: int) -> None:
    """A summary stays public where that was decided when it was approved; what was taken back, or goes with its case, goes."""
    mine = CaseSummary.case_id == case_id
    gone = select(CaseSummary.id).where(mine, or_(CaseSummary.goes_with_case, CaseSummary.withdrawn_at.is_not(None)))
    work.session.execute(delete(CaseSummaryNorm).where(CaseSummaryNorm.summary_id.in_(gone)))
    work.session.execute(delete(CaseSummary).where(CaseSummary.id.in_(gone)))
    pair = or_(ConsistencyNote.one_id == case_id, ConsistencyNote.other_id == case_id)
    work.session.execute(delete(ConsistencyNote).where(pair))


def _proof(
    office: Office, work: UnitOfWork, actor: Actor, case: Case, ground: str, documents: int, rule: RetentionRule
) -> Erasure:
    """The last event of the case, and beside it what shows that the key is gone."""
    now, stream = office.clock.now(), turn.stream_of(case.id)
    told = {"ground": ground, "rule": rule.source, "years": rule.years, "documents": documents}
    office.log.append(work, stream, [Event("case", "erased", now, actor.id, turn.role_of(actor), told)])
    head = log.head(work, stream)
    assert head is not None  # noqa: S101  # it was appended to just now
    key = hashlib.sha256(head.wrapped_key or b"").hexdigest()
    case.erased_at = now
    return Erasure(
        case_id=case.id,
        erased_at=now,
        erased_by=actor.id,
        ground=ground,
        rule=f"{rule.years} jaar: {rule.source}"[:300],
        documents=documents,
        seq=head.seq,
        hash=head.hash,
        key_digest=key,
    )
