"""Working copies: a process manager changes a diagram, decision, form or letter without anybody noticing until it is published.

In: who, what they typed or uploaded. Out: their own copy, kept by the server; at the end a published draft version.
Promise: no copy overwrites another: two windows of one person, or a version published meanwhile, are told and nothing is lost.
Refuses with WorkingCopyChanged, WorkingCopyExists, AlreadyThere, NewerVersionExists, KeyChanged, FileUnusable, NotAllowed.
"""

import json
import re
from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import func, select

from engine import definitions
from engine.definitions import Published
from engine.models import Definition
from engine.parsing.xml import SIZE_LIMIT
from engine.publishing import WRITTEN, keys_of
from identity.people import Actor
from identity.permissions import require
from problems import Conflict, Invalid, NotFound
from storage.one_at_a_time import alone
from storage.unit_of_work import Reading, UnitOfWork
from tasks.models import WorkingCopy
from tasks.office import Office
from tasks.studio import publishing

_KEY = re.compile(r"[A-Za-z_][A-Za-z0-9_.-]{0,199}")


class WorkingCopyChanged(Conflict):
    """Uw werkkopie is intussen in een ander venster bewaard, gepubliceerd of weggegooid. Wat u hier hebt, staat hieronder nog."""


class WorkingCopyExists(Conflict):
    """U hebt hiervan al een werkkopie met wijzigingen. Publiceer die, of gooi ze weg, en probeer dan opnieuw."""


class WorkingCopyMissing(NotFound):
    """U hebt hiervan geen werkkopie."""


class NewerVersionExists(Conflict):
    """Iemand publiceerde intussen een nieuwere versie. Bekijk de verschillen; kies daarna of uw werk die versie moet vervangen."""


class AlreadyThere(Conflict):
    """Er bestaat al iets met deze id. Kies een andere id, of bewerk wat er is."""


class KeyChanged(Invalid):
    """De id in dit bestand is veranderd. Zet ze terug, of laad het bestand op als iets nieuws."""


class FileUnusable(Invalid):
    """Dit bestand kan niet gelezen worden. Kies een .bpmn-, .dmn-, .form- of .letter-bestand en bewaar het zo nodig opnieuw."""


def find(reading: Reading, actor: Actor, kind: str, key: str, *, lock: bool = False) -> WorkingCopy | None:
    """The actor's own copy, if there is one; locked for whoever is about to change it."""
    query = select(WorkingCopy).where(WorkingCopy.person == actor.id, WorkingCopy.kind == kind, WorkingCopy.key == key)
    if lock:
        query = query.with_for_update().execution_options(populate_existing=True)
    return reading.session.scalar(query)


def mine(reading: Reading, actor: Actor) -> Sequence[WorkingCopy]:
    """Everything the actor is changing, the newest first."""
    query = select(WorkingCopy).where(WorkingCopy.person == actor.id).order_by(WorkingCopy.saved_at.desc())
    return list(reading.session.scalars(query))


def others(reading: Reading, actor: Actor, kind: str, key: str) -> Sequence[tuple[str, datetime]]:
    """Who else is changing this, and when they last saved it; not what they wrote."""
    query = select(WorkingCopy.person, WorkingCopy.saved_at).where(WorkingCopy.kind == kind, WorkingCopy.key == key)
    rows = reading.session.execute(query.where(WorkingCopy.person != actor.id).order_by(WorkingCopy.saved_at.desc()))
    return [(person, saved_at) for person, saved_at in rows]


def newest_version(reading: Reading, kind: str, key: str) -> int:
    """The number of the newest version, 0 when nothing was published yet."""
    query = select(func.max(Definition.version)).where(Definition.kind == kind, Definition.key == key)
    return reading.session.scalar(query) or 0


def save(
    office: Office, work: UnitOfWork, actor: Actor, *, kind: str, key: str, content: bytes, revision: int
) -> WorkingCopy:
    """Keep what was typed; `revision` is the one it was typed on, 0 for a new copy. What is kept need not be right yet."""
    require(actor, "studio.edit")
    _limit(content)
    # Of a first one there is no row yet that could be locked.
    alone(work, f"working copy of {kind} {key} by {actor.id}")
    found = find(work, actor, kind, key, lock=True)
    if (found.revision if found else 0) != revision:
        raise WorkingCopyChanged(kind=kind, key=key, revision=found.revision if found else 0)
    if found is None:
        based_on = newest_version(work, kind, key)
        found = WorkingCopy(kind=kind, key=key, person=actor.id, based_on=based_on, content=content)
        work.session.add(found)
    elif found.content != content:
        found.content, found.revision = content, found.revision + 1
    found.saved_at = office.clock.now()
    work.session.flush()
    return found


def upload(office: Office, work: UnitOfWork, actor: Actor, name: str, content: bytes) -> WorkingCopy:
    """Keep a file as a working copy; its own id says of what. Raises WorkingCopyExists, FileUnusable."""
    _limit(content)
    kind, key = what_is(name, content)
    return begin(office, work, actor, kind=kind, key=key, content=content)


def begin(office: Office, work: UnitOfWork, actor: Actor, *, kind: str, key: str, content: bytes) -> WorkingCopy:
    """A fresh working copy of this content; the same content again is no conflict."""
    require(actor, "studio.edit")
    found = find(work, actor, kind, key)
    if found is not None and found.content != content:
        raise WorkingCopyExists(kind=kind, key=key)
    revision = found.revision if found else 0
    return save(office, work, actor, kind=kind, key=key, content=content, revision=revision)


def begin_new(office: Office, work: UnitOfWork, actor: Actor, *, kind: str, key: str, content: bytes) -> WorkingCopy:
    """A working copy of something that does not exist yet. Raises AlreadyThere."""
    if newest_version(work, kind, key) or find(work, actor, kind, key):
        raise AlreadyThere(kind=kind, key=key)
    return begin(office, work, actor, kind=kind, key=key, content=content)


def discard(work: UnitOfWork, actor: Actor, kind: str, key: str) -> None:
    """Throw one's own copy away. Raises WorkingCopyMissing."""
    require(actor, "studio.edit")
    work.session.delete(_own(work, actor, kind, key))
    work.session.flush()


def publish(office: Office, work: UnitOfWork, actor: Actor, *, kind: str, key: str, replaces: int) -> Published:
    """Publish the copy as the next draft version and let go of it.

    `replaces` is the version the person knows they replace. Raises NewerVersionExists, KeyChanged, DiagramRefused.
    """
    require(actor, "studio.publish")
    copy = _own(work, actor, kind, key)
    alone(work, definitions.CHANGING)  # what is the newest now, stays so until this is published
    newest = newest_version(work, kind, key)
    if newest not in (copy.based_on, replaces):
        raise NewerVersionExists(kind=kind, key=key, version=newest)
    made = publishing.publish(office, work, actor, kind, copy.content)
    if made.definition.key != key:
        raise KeyChanged(errors=[{"field": made.definition.key, "message": KeyChanged().sentence}])
    work.session.delete(copy)
    work.session.flush()
    return made


def what_is(name: str, content: bytes) -> tuple[str, str]:
    """Kind by the file's suffix and key by its content. Raises FileUnusable, XmlRefused."""
    suffix = name.rsplit(".", 1)[-1].lower()
    kind = {
        "bpmn": "process",
        "xml": "process",
        "dmn": "decision",
        "form": "form",
        "json": "form",
        "letter": "letter",
    }.get(suffix)
    if kind is None:
        raise _unusable(
            name, "Alleen bestanden die eindigen op .bpmn, .dmn, .form of .letter kunnen hier opgeladen worden."
        )
    key = _written_key(content) if kind in WRITTEN else _xml_key(kind, content)
    if not _KEY.fullmatch(key):
        raise _unusable(name, "Het bestand heeft geen bruikbare id, dus we weten niet wat het vervangt.")
    return kind, key


def _xml_key(kind: str, content: bytes) -> str:
    try:
        return keys_of(kind, content)[0][0]
    except IndexError:
        return ""


def _written_key(content: bytes) -> str:
    try:
        schema = json.loads(content)
    except (ValueError, RecursionError):
        return ""
    return str(schema.get("id") or "") if isinstance(schema, dict) else ""


def _limit(content: bytes) -> None:
    if len(content) > SIZE_LIMIT:
        raise _unusable("content", f"Het bestand is groter dan {SIZE_LIMIT // 1024 // 1024} MB.")


def _unusable(name: str, sentence: str) -> FileUnusable:
    return FileUnusable(errors=[{"field": name, "message": sentence}])


def _own(work: UnitOfWork, actor: Actor, kind: str, key: str) -> WorkingCopy:
    found = find(work, actor, kind, key, lock=True)
    if found is None:
        raise WorkingCopyMissing(kind=kind, key=key)
    return found
