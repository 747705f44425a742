"""A case as the office's own people see it: the file in parts, each a frozen dataclass of plain values (`tasks.case_file.case_parts`), for pages and the API.

Shape: `find(reading, actor, number) -> Case` is the door (CaseNotFound for who may not look; existence is not revealed).
`of(office, reading, actor, number) -> CaseView` gives everything at once; a page that shows one tab calls only the part it
needs: `parties`, `grievances`, `letters`, `documents`, `deadlines`, `messages`, `open_tasks`, `file_facts`, `incidents`.
Labels are Dutch and come from the code lists, rules, diagrams and forms. Only reads; recording the look is `tasks.case_file.looks`.
"""

from collections.abc import Mapping

from sqlalchemy import select

from cases import deadlines as clocks
from cases import own_initiative
from cases.models import Case, ClockPause, Document, Fact, Grievance, Letter, Message, Party
from engine.models import Incident
from identity.people import Actor
from identity.permissions import allows
from storage.unit_of_work import Reading
from tasks import sight, worklist
from tasks.case_file.case_parts import (
    CaseView,
    DeadlineView,
    DocumentView,
    FactView,
    GrievanceView,
    IncidentView,
    LetterView,
    MessageView,
    OpenTaskView,
    PartyView,
    PauseView,
    Summary,
)
from tasks.case_file.spoken import OUTCOMES, label, names_in, spoken, who
from tasks.errors import CaseNotFound
from tasks.models import Mail, UserTask
from tasks.office import Office
from tasks.studio.definition_words import Words
from tasks.studio.definition_words import load as load_words
from tasks.treatment import conflicts


def find(reading: Reading, actor: Actor, number: str) -> Case:
    """The case with this number. Raises CaseNotFound, also for who may not see cases, or not this one."""
    query = select(Case).where(Case.number == number, *sight.limits(actor))
    case = reading.session.scalar(query) if allows(actor, "case.read") else None
    if case is None:
        raise CaseNotFound(number=number)
    return case


def of(office: Office, reading: Reading, actor: Actor, number: str) -> CaseView:
    """Everything on the file. Raises CaseNotFound."""
    case = find(reading, actor, number)
    words, names = load_words(reading), names_in(office, reading)
    return CaseView(
        summary=summary(office, case),
        facts=file_facts(office, reading, case.id, words),
        parties=parties(reading, case.id),
        grievances=grievances(office, reading, case.id),
        letters=letters(reading, case.id),
        documents=documents(reading, case.id, names),
        deadlines=deadlines(office, reading, case.id),
        pauses=pauses(reading, case.id),
        messages=messages(reading, case.id, names),
        open_tasks=open_tasks(reading, case.id, names),
        incidents=incidents(reading, case.id),
    )


def summary(office: Office, case: Case) -> Summary:
    """The head of the file; no statement."""
    outcome = [
        ("Ontvankelijkheid", OUTCOMES.get(case.admissibility or "", case.admissibility or "")),
        ("Weigeringsgrond", label(office, "refusal_grounds", case.refusal_ground)),
        ("Reden van afsluiting", label(office, "closure_reasons", case.closure_reason)),
    ]
    return Summary(
        id=case.id,
        number=case.number,
        subject=case.subject,
        matter=own_initiative.LABEL if case.matter == own_initiative.MATTER else _matter(office, case),
        is_about_the_office=case.matter == conflicts.ABOUT_THE_OFFICE,
        channel=case.channel,
        language=case.language,
        complainant=case.complainant_name,
        is_name_withheld=case.name_withheld,
        authority_key=case.authority_key,
        authority=case.authority_name,
        is_urgent=case.is_urgent,
        received_at=case.received_at,
        closed_at=case.closed_at,
        erased_at=case.erased_at,
        outcome=[(name, words) for name, words in outcome if words],
    )


def _matter(office: Office, case: Case) -> str:
    if case.matter == sight.FIRST_LINE_MATTER:  # no kind that somebody chooses: it is how the case came about
        return "Klacht bij de dienst zelf"
    return office.codelists["matters"].label(case.matter) if "matters" in office.codelists else case.matter


def file_facts(office: Office, reading: Reading, case_id: int, words: Words) -> list[FactView]:
    """What the file knows now, in the order in which it was told."""
    query = select(Fact).where(Fact.case_id == case_id, Fact.replaced_at.is_(None)).order_by(Fact.id)
    found = []
    for row in reading.session.scalars(query):
        about = words.fact(row.name)
        said = spoken(office, row.value, about.choices, about.codelist)
        if said:
            found.append(FactView(row.name, about.label, row.value, said, row.is_personal, row.known_at))
    return found


def parties(reading: Reading, case_id: int) -> list[PartyView]:
    rows = reading.session.scalars(select(Party).where(Party.case_id == case_id).order_by(Party.id))
    return [PartyView(row.role, row.name, row.email, row.phone, row.address) for row in rows]


def grievances(office: Office, reading: Reading, case_id: int) -> list[GrievanceView]:
    rows = reading.session.scalars(select(Grievance).where(Grievance.case_id == case_id).order_by(Grievance.number))
    return [
        GrievanceView(
            number=row.number,
            authority=row.authority_name,
            summary=row.summary,
            finding=row.finding,
            finding_words=label(office, "findings", row.finding),
            remedy=row.remedy,
            remedy_words=label(office, "remedies", row.remedy),
            norms=[(str(norm), label(office, "norms", norm)) for norm in row.norms],
            reasoning=row.reasoning,
            codelist_version=row.codelist_version,
        )
        for row in rows
    ]


def letters(reading: Reading, case_id: int) -> list[LetterView]:
    """The letters, the newest first, each with what became of its mail."""
    query = (
        select(Letter, Mail.state, Mail.last_error, Mail.to_address)
        .outerjoin(Mail, Mail.letter_id == Letter.id)
        .where(Letter.case_id == case_id)
        .order_by(Letter.id.desc())
    )
    return [
        LetterView(
            id=row.id,
            template=row.template,
            subject=row.subject,
            body=row.body,
            to_role=row.to_role,
            to_name=row.to_name,
            to_address=sent_to or row.to_address,
            written_at=row.written_at,
            mail=state or "",
            mail_error=error if state != "sent" else None,
        )
        for row, state, error, sent_to in reading.session.execute(query)
    ]


def documents(reading: Reading, case_id: int, names: Mapping[str, str]) -> list[DocumentView]:
    query = select(Document).where(Document.case_id == case_id).order_by(Document.id.desc())
    return [
        DocumentView(row.id, row.name, row.media_type, row.size, who(row.added_by, names), row.added_at)
        for row in reading.session.scalars(query)
    ]


def deadlines(office: Office, reading: Reading, case_id: int) -> list[DeadlineView]:
    """The open ones by date first, then those that were met."""
    today = clocks.local_day(office.clock.now())
    held = clocks.held_kinds(reading, case_id)
    rules = office.deadline_rules.rules
    return [
        DeadlineView(
            name=row.name,
            label=rules[row.rule].label if row.rule in rules else row.rule,
            from_on=row.from_on,
            due_on=row.due_on,
            explanation=row.explanation,
            legal_source=row.legal_source,
            met_at=row.met_at,
            pauses_for=row.pauses_for,
            state="met"
            if row.met_at
            else "paused"
            if clocks.is_held(row, held)
            else "late"
            if row.due_on < today
            else "open",
        )
        for row in clocks.of_case(reading, case_id)
    ]


def pauses(reading: Reading, case_id: int) -> list[PauseView]:
    rows = reading.session.scalars(select(ClockPause).where(ClockPause.case_id == case_id).order_by(ClockPause.id))
    return [PauseView(row.kind, row.reason, row.from_on, row.to_on) for row in rows]


def messages(reading: Reading, case_id: int, names: Mapping[str, str]) -> list[MessageView]:
    rows = reading.session.scalars(select(Message).where(Message.case_id == case_id).order_by(Message.id.desc()))
    return [MessageView(who(row.sender, names), row.about, row.text, row.sent_at) for row in rows]


def open_tasks(reading: Reading, case_id: int, names: Mapping[str, str]) -> list[OpenTaskView]:
    return [open_task(row, names) for row in worklist.open_of_case(reading, case_id)]


def open_task(row: UserTask, names: Mapping[str, str]) -> OpenTaskView:
    """A user task as the file shows it; no statement."""
    return OpenTaskView(
        id=row.id,
        name=row.name,
        about=row.about or "",
        element_id=row.element_id,
        role=row.role,
        assignee=row.assignee,
        assignee_name=who(row.assignee, names) if row.assignee else "",
        due_at=row.due_at,
        opened_at=row.opened_at,
        has_draft=row.has_staff_draft,
        version=row.version,
    )


def incidents(reading: Reading, case_id: int) -> list[IncidentView]:
    """What is not mended yet."""
    query = select(Incident).where(Incident.case_id == case_id, Incident.resolved_at.is_(None)).order_by(Incident.id)
    return [IncidentView(row.id, row.element_id, row.reason, row.opened_at) for row in reading.session.scalars(query)]
