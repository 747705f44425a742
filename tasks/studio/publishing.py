"""Publishing as a command of a person: permission, check, version, and a note in the office's own history.

In: who, and the bytes of a diagram, decision, form or letter. Out: the draft with its warnings, or the version now in use.
Refuses with NotAllowed, DiagramRefused (all findings), SecondPersonNeeded, NotADraft.
"""

from engine import decision_imports, definitions
from engine import publishing as gate
from engine.definitions import Published
from engine.errors import DiagramRefused
from engine.findings import Finding
from engine.models import Definition
from engine.publishing import FormCheck
from engine.vocabulary import Vocabulary
from history.log import Event
from identity.people import Actor
from identity.permissions import require
from storage.unit_of_work import Reading, UnitOfWork
from tasks import forms_in_use
from tasks.accounts import STREAM
from tasks.letters import letter_places, letter_texts
from tasks.office import Office
from tasks.studio import decision_scenarios, form_decisions, form_readers
from tasks.studio.shipped import form_check, vocabulary
from tasks.turn import role_of


def _names(office: Office, reading: Reading) -> Vocabulary:
    settings = office.settings
    return vocabulary(reading, settings.external_job_types, frozenset(settings.webhooks), settings.house)


def _content_check(office: Office, reading: Reading, kind: str) -> FormCheck:
    """What is checked of a form, against the code lists there are, or of a letter, against the places there are now."""
    if kind != letter_texts.KIND:
        lists = frozenset(office.codelists)
        return lambda content: [*form_check(content), *forms_in_use.unknown_lists(content, lists)]
    known = frozenset(letter_places.known(reading))
    return lambda content: letter_texts.check(content, known)


def check(office: Office, reading: Reading, kind: str, content: bytes) -> list[Finding]:
    """What publishing would say, against the names in use now. Changes nothing."""
    names, find = _names(office, reading), decision_imports.in_use(reading)
    findings = gate.check(kind, content, names, _content_check(office, reading, kind), find)
    if kind == "decision":
        findings = [*decision_scenarios.findings(office, reading, content), *findings]
    if kind == "form":
        findings = [*_of_form(reading, content), *findings]
    return findings


def _of_form(reading: Reading, content: bytes) -> list[Finding]:
    """What is wrong with a form beside the other definitions there are."""
    return [*form_decisions.findings(reading, content), *form_readers.findings(reading, content)]


def publish(office: Office, work: UnitOfWork, actor: Actor, kind: str, content: bytes) -> Published:
    """The next version, as a draft; the same content as the newest version makes no new one.

    A decision is only published when its scenario tests hold, a form when the decisions it asks exist and nothing misses its answers.
    """
    require(actor, "studio.publish")
    if kind == "decision":
        _refuse_broken(decision_scenarios.findings(office, work, content))
    if kind == "form":
        _refuse_broken(_of_form(work, content))
    now = office.clock.now()
    before = {row.id for row in definitions.newest(work)}
    names = _names(office, work)
    checked = _content_check(office, work, kind)
    made = definitions.publish(work, kind, content, actor_id=actor.id, at=now, vocabulary=names, form_check=checked)
    for row in (made.definition, *made.also):
        if row.id not in before:
            _note(office, work, actor, row)
    return made


def _refuse_broken(findings: list[Finding]) -> None:
    if findings:
        errors = [{"field": f.element_id, "message": f.sentence, "docs": f.docs} for f in findings]
        raise DiagramRefused(errors=errors, findings=findings)


def activate(office: Office, work: UnitOfWork, actor: Actor, definition_id: int) -> Definition:
    """Take a draft into use for new cases; running cases stay on their version. Needs somebody else than its author."""
    require(actor, "studio.activate")
    row = definitions.activate(work, definition_id, actor_id=actor.id, at=office.clock.now())
    _note(office, work, actor, row)
    return row


def _note(office: Office, work: UnitOfWork, actor: Actor, row: Definition) -> None:
    data = {"kind": row.kind, "key": row.key, "version": row.version, "digest": row.digest, "state": row.state}
    office.log.append(
        work, STREAM, [Event("definition", "changed", office.clock.now(), actor.id, role_of(actor), data)]
    )
