"""A complaint that goes to another office, or comes from one: what leaves, what is taken in, and the receipt that goes back.

In the file that leaves: what the complainant told and the documents a person chose, never notes of the office or letters to services. A name that is
withheld stays out, and so do documents, which may hold it; unless a law obliges us to send them. What comes in becomes a new case, once,
with where it came from. Refuses with NotAllowed, TransferIncomplete, UnknownSender, AlreadyTaken, ReceiptNotOurs, FormNotAccepted.
"""

import uuid
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, BinaryIO

from sqlalchemy import select

from cases import documents, facts
from cases.documents import Upload
from cases.models import Case
from cases.parties import names_of, without_name
from forms.schema import Form
from history.log import Event
from history.sealing import keyring_at
from history.signing import Signer, fingerprint, is_key
from identity.people import Actor
from identity.permissions import require
from problems import Conflict, Invalid
from storage.unit_of_work import Reading, UnitOfWork
from tasks import intake, sight, turn
from tasks.accounts import STREAM
from tasks.forms_in_use import form_in_use
from tasks.intake import Received
from tasks.joined import transfer_package as packages
from tasks.joined.transfer_models import PartnerOffice, Transfer
from tasks.joined.transfer_package import Package, Told
from tasks.office import Office

LEGAL_DUTY = "legal_duty"
IN, OUT = "in", "out"
SHORTEST_BASIS = 5
# These would tell who it is; the rest is read for the name.
IDENTIFYING = "complainant."
KEPT = frozenset({"complainant.kind", "complainant.special_needs"})


class TransferIncomplete(Invalid):
    """Zeg naar welk kantoor het gaat, op welke grond, en waar dat staat of wanneer de klager instemde."""


class UnknownSender(Invalid):
    """Dit kantoor kennen wij niet. De ombudsman kan zijn sleutel toevoegen, nadat hij hem telefonisch vergeleek. Er is niets bewaard."""


class AlreadyTaken(Conflict):
    """Dit pakket namen wij al aan."""


class ReceiptNotOurs(Invalid):
    """Dit ontvangstbewijs hoort niet bij een pakket van dit dossier."""


class KeyNotAccepted(Invalid):
    """Dit is geen sleutel van een kantoor, of wij kennen hem al. Kopieer hem opnieuw, in zijn geheel."""


@dataclass(frozen=True)
class Sent:
    """A package that leaves: what was signed, and the file of each document."""

    told: Told
    files: Mapping[str, Path]
    name: str


@dataclass(frozen=True)
class Preview:
    """What is in a package, before anything is kept. `partner` is the office as we know it; `missing` are fields our form lacks."""

    package: Package
    partner: str
    answers: list[tuple[str, str]]
    not_taken: list[str]


def signer(office: Office) -> Signer:
    """Who signs for this office."""
    return keyring_at(office.settings.master_key_file).signer


def send(
    office: Office,
    work: UnitOfWork,
    actor: Actor,
    case: Case,
    to: str,
    ground: str,
    basis: str,
    chosen: Collection[int] = (),
) -> Sent:
    """Sign a package of this case and note that it left; `chosen` are its documents. The caller writes the file, after the commit."""
    sight.require(actor, "transfer.send", case)
    if not to.strip() or ground not in packages.GROUNDS or len(basis.strip()) < SHORTEST_BASIS:
        raise TransferIncomplete(errors=[{"field": "to", "message": TransferIncomplete().sentence}])
    is_hidden = case.name_withheld and ground != LEGAL_DUTY
    now, package_id = office.clock.now(), str(uuid.uuid4())
    papers = [] if is_hidden else [each for each in documents.of_case(work, case.id) if each.id in chosen]
    told: dict[str, object] = {
        "id": package_id,
        "number": case.number,
        "office": office.settings.office_name,
        "sent_at": now.isoformat(),
        "received_at": case.received_at.isoformat(),
        "ground": ground,
        "language": case.language,
        "answers": _answers(work, case, is_hidden=is_hidden),
        "left_out": ["de naam en het adres van de klager", "de stukken"] if is_hidden else [],
    }
    signed = packages.tell(signer(office), told, papers)
    work.session.add(
        Transfer(
            direction=OUT,
            package_id=package_id,
            case_id=case.id,
            partner=to.strip()[:200],
            ground=ground,
            digest=signed.digest,
            person=actor.id,
            at=now,
        )
    )
    data = {
        "package": package_id,
        "to": to.strip()[:200],
        "ground": ground,
        "digest": signed.digest,
        "hidden": is_hidden,
    }
    happened = Event("transfer", "sent", now, actor.id, turn.role_of(actor), data, {"basis": basis.strip()})
    turn.finish(office, work, case.id, happened)
    files = {each.digest: office.documents.path(each.digest) for each in papers}
    return Sent(signed, files, f"overdracht-{case.number}.zip")


def _answers(reading: Reading, case: Case, *, is_hidden: bool) -> dict[str, object]:
    """What the complainant told, by the fields of the form: each field says which fact it fills."""
    form, _ = form_in_use(reading, intake.WEB_FORM)
    known = facts.known(reading, case.id)
    names = names_of(case, known) if is_hidden else []
    found: dict[str, object] = {}
    for key, fact in _facts_of(form).items():
        if known.get(fact) is None or (is_hidden and fact.startswith(IDENTIFYING) and fact not in KEPT):
            continue
        value = known[fact]
        found[key] = without_name(value, names) if isinstance(value, str) else value
    return found


def _facts_of(form: Form) -> dict[str, str]:
    return {field.key: field.fact for field in form.inputs() if field.key and field.fact}


def preview(office: Office, reading: Reading, actor: Actor, stream: BinaryIO) -> Preview:
    """What a package says; nothing is kept. Raises what `packages.read` raises, UnknownSender, AlreadyTaken."""
    require(actor, "transfer.receive")
    package = packages.read(stream)
    partner = _partner(reading, package.public_key)
    _not_before(reading, package)
    form, _ = form_in_use(reading, intake.PHONE_FORM)
    labels = {field.key: field.label for field in form.inputs()}
    shown = [(labels[name], str(value)) for name, value in package.answers.items() if name in labels and value]
    strange = [name for name, value in package.answers.items() if name not in labels and value]
    return Preview(package, partner.name, shown, strange)


def receive(office: Office, work: UnitOfWork, actor: Actor, stream: BinaryIO, digest: str) -> Received:
    """Open a case of the package that was shown (`digest`). Twice the same package opens one case."""
    require(actor, "transfer.receive")
    package = packages.read(stream)
    partner = _partner(work, package.public_key)
    if package.digest != digest:
        raise packages.NotAPackage(
            errors=[{"field": "package", "message": "Dit is niet het bestand dat u net bekeek."}]
        )
    _not_before(work, package)
    form, _ = form_in_use(work, intake.PHONE_FORM)
    taken = {name: value for name, value in package.answers.items() if name in {each.key for each in form.inputs()}}
    answers = {
        **taken,
        "complaint_channel": "forwarded",
        "is_anonymous": "nee" if taken.get("complainant_name") else "ja",
    }
    answers["complaint_language"] = package.language
    papers = [office.documents.store(Upload(name, file)) for name, file in packages.documents_of(stream, package)]
    received = intake.receive(office, work, actor, answers, papers, form_key=intake.PHONE_FORM)
    _note(office, work, actor, package, partner, received.case_id)
    return received


def _note(
    office: Office, work: UnitOfWork, actor: Actor, package: Package, partner: PartnerOffice, case_id: int
) -> None:
    """Where the case came from, on its file and in its history."""
    now = office.clock.now()
    came = {
        "transfer.office": partner.name,
        "transfer.number": package.number,
        "transfer.received_there_at": package.received_at.isoformat(),
    }
    facts.remember(work, case_id, came, at=now)
    work.session.add(
        Transfer(
            direction=IN,
            package_id=package.id,
            case_id=case_id,
            partner=partner.name,
            ground=package.ground,
            digest=package.digest,
            person=actor.id,
            at=now,
            their_number=package.number[:40],
        )
    )
    data = {"package": package.id, "from": partner.name, "ground": package.ground, "digest": package.digest}
    data |= {"number": package.number, "sent_at": package.sent_at.isoformat(), "key": fingerprint(package.public_key)}
    turn.finish(office, work, case_id, Event("transfer", "received", now, actor.id, turn.role_of(actor), data))


def _partner(reading: Reading, public_key: str) -> PartnerOffice:
    known = select(PartnerOffice).where(PartnerOffice.public_key == public_key, PartnerOffice.removed_at.is_(None))
    found = reading.session.scalar(known)
    if found is None:
        sentence = f"De vingerafdruk op dit bestand is {fingerprint(public_key)}."
        raise UnknownSender(errors=[{"field": "package", "message": sentence}])
    return found


def _not_before(reading: Reading, package: Package) -> None:
    before = select(Case.number).join(Transfer, Transfer.case_id == Case.id)
    number = reading.session.scalar(before.where(Transfer.direction == IN, Transfer.package_id == package.id))
    if number is not None:
        raise AlreadyTaken(errors=[{"field": "package", "message": f"Het is bij ons dossier {number}."}])


def of_case(reading: Reading, case_id: int) -> list[Transfer]:
    """What left or came with this case, the newest first."""
    query = select(Transfer).where(Transfer.case_id == case_id).order_by(Transfer.id.desc())
    return list(reading.session.scalars(query))


def receipt(office: Office, reading: Reading, case: Case) -> bytes | None:
    """The signed receipt of the package this case came in, for the office it came from; None when it came otherwise."""
    came = select(Transfer).where(Transfer.case_id == case.id, Transfer.direction == IN)
    row = reading.session.scalar(came)
    if row is None:
        return None
    return packages.receipt(
        signer(office), row.package_id, row.digest, office.settings.office_name, case.number, row.at
    )


def take_receipt(office: Office, work: UnitOfWork, actor: Actor, case: Case, content: bytes) -> None:
    """File the receipt of a package that left with this case; the same one twice is filed once."""
    sight.require(actor, "transfer.send", case)
    given = packages.read_receipt(content)
    sent = select(Transfer).where(
        Transfer.case_id == case.id, Transfer.direction == OUT, Transfer.package_id == given.package
    )
    row = work.session.scalar(sent)
    partner = _partner(work, given.public_key)
    if row is None or row.digest != given.digest:
        raise ReceiptNotOurs(errors=[{"field": "receipt", "message": ReceiptNotOurs().sentence}])
    if row.receipt_at is not None:
        return
    now = office.clock.now()
    row.receipt_at, row.their_number = now, given.number[:40]
    data = {"package": given.package, "from": partner.name, "number": given.number, "at": given.at.isoformat()}
    turn.finish(office, work, case.id, Event("transfer", "acknowledged", now, actor.id, turn.role_of(actor), data))


def partners(reading: Reading) -> list[PartnerOffice]:
    """The offices whose packages we take, by name."""
    known = select(PartnerOffice).where(PartnerOffice.removed_at.is_(None))
    return list(reading.session.scalars(known.order_by(PartnerOffice.name, PartnerOffice.id)))


def trust(office: Office, work: UnitOfWork, actor: Actor, name: str, public_key: str) -> None:
    """Take packages signed with this key from now on. Raises KeyNotAccepted."""
    require(actor, "transfer.trust")
    key, known = public_key.strip(), select(PartnerOffice).where(PartnerOffice.public_key == public_key.strip())
    row = work.session.scalar(known)
    if not name.strip() or not is_key(key) or (row is not None and row.removed_at is None):
        raise KeyNotAccepted(errors=[{"field": "public_key", "message": KeyNotAccepted().sentence}])
    now = office.clock.now()
    if row is None:
        row = PartnerOffice(name="", public_key=key, added_by=actor.id, added_at=now)
        work.session.add(row)
    row.name, row.removed_at = name.strip()[:200], None
    _tell(office, work, actor, "trusted", row)


def distrust(office: Office, work: UnitOfWork, actor: Actor, partner_id: int) -> None:
    """Take nothing more that is signed with this key; what came before stays."""
    require(actor, "transfer.trust")
    row = work.session.get(PartnerOffice, partner_id)
    if row is None or row.removed_at is not None:
        return
    row.removed_at = office.clock.now()
    _tell(office, work, actor, "distrusted", row)


def _tell(office: Office, work: UnitOfWork, actor: Actor, what: str, row: PartnerOffice) -> None:
    data: dict[str, Any] = {"name": row.name, "key": fingerprint(row.public_key)}
    event = Event("partner_office", what, office.clock.now(), actor.id, turn.role_of(actor), data)
    office.log.append(work, STREAM, [event])
