"""Definitions and their versions: immutable content; draft, then active by a second person, then retired.

Same content, no new version. Running instances stay on the version they started with.
"""

import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cache

from sqlalchemy import BindParameter, ScalarSelect, Select, bindparam, func, select, update
from sqlalchemy.orm import defer

from engine import bindings, decision_imports, starts
from engine.calls import refuse_circle
from engine.errors import DefinitionNotFound, DiagramRefused, NotADraft, SecondPersonNeeded
from engine.findings import Finding
from engine.models import Definition
from engine.parsing.parser import parsed
from engine.publishing import WRITTEN, FormCheck, check, has_errors, keys_of, version_tag_of
from engine.vocabulary import Vocabulary
from storage.one_at_a_time import alone
from storage.unit_of_work import Reading, UnitOfWork

# Of two who publish or activate at once the second goes on from what the first made: one number, one version in use.
CHANGING = "definitions"
# Built once: every completion asks for its form.
_OF_KEY = select(Definition).where(Definition.kind == bindparam("kind"), Definition.key == bindparam("key"))
_IN_USE = _OF_KEY.where(Definition.state == "active")
_NUMBERED = _OF_KEY.where(Definition.version == bindparam("number"))


@dataclass(frozen=True)
class Published:
    """The version that was made (or that already held this content), with its warnings; `also` the file's other processes."""

    definition: Definition
    findings: list[Finding]
    also: tuple[Definition, ...] = ()


def publish(
    work: UnitOfWork,
    kind: str,
    content: bytes,
    *,
    actor_id: str,
    at: datetime,
    vocabulary: Vocabulary,
    form_check: FormCheck | None = None,
) -> Published:
    """Check, and keep as the next draft version. Raises DiagramRefused with all findings."""
    findings = check(kind, content, vocabulary, form_check, decision_imports.in_use(work))
    if has_errors(findings):
        errors = [
            {"field": f.element_id, "message": f.sentence, "docs": f.docs} for f in findings if f.severity == "error"
        ]
        raise DiagramRefused(errors=errors, findings=findings)
    found = [_written_keys(content)] if kind in WRITTEN else keys_of(kind, content)
    alone(work, CHANGING)
    first, *others = [_kept(work, kind, key, name, content, actor_id, at) for key, name in found]
    return Published(first, findings, tuple(others))


def _kept(work: UnitOfWork, kind: str, key: str, name: str, content: bytes, actor_id: str, at: datetime) -> Definition:
    """The next version, or the newest when it holds exactly this."""
    digest = hashlib.sha256(content).hexdigest()
    newest = work.session.scalar(
        select(Definition)
        .where(Definition.kind == kind, Definition.key == key)
        .order_by(Definition.version.desc())
        .limit(1)
    )
    if newest is not None and newest.digest == digest:
        return newest
    row = Definition(
        kind=kind,
        key=key,
        version=(newest.version if newest else 0) + 1,
        digest=digest,
        name=name,
        content=content,
        version_tag=None if kind in WRITTEN else version_tag_of(kind, content, key),
        created_by=actor_id,
        created_at=at,
    )
    work.session.add(row)
    work.session.flush()
    return row


def _written_keys(content: bytes) -> tuple[str, str]:
    schema = json.loads(content)
    return schema["id"], schema.get("name") or schema["id"]


def activate(
    work: UnitOfWork, definition_id: int, *, actor_id: str, at: datetime, second_person: bool = True
) -> Definition:
    """Take a draft into use; the version in use before is retired. Raises SecondPersonNeeded, NotADraft."""
    alone(work, CHANGING)
    row = work.session.get(Definition, definition_id, populate_existing=True)
    if row is None:
        raise DefinitionNotFound(definition_id=definition_id)
    if row.state != "draft":
        raise NotADraft(definition_id=definition_id, state=row.state)
    if second_person and row.created_by == actor_id:
        raise SecondPersonNeeded(definition_id=definition_id)
    if row.kind == "process":
        refuse_circle(work, row.key, row.content)
        spec, _ = parsed(row.content, row.key)
        starts.sync(work, row, starts.of(spec), at)
        row.bindings = bindings.at_activation(work, row)
    elif row.kind == "decision":
        row.bindings = decision_imports.at_activation(work, row)
    work.session.execute(
        update(Definition)
        .where(Definition.kind == row.kind, Definition.key == row.key, Definition.state == "active")
        .values(state="retired")
    )
    row.state, row.activated_by, row.activated_at = "active", actor_id, at
    work.session.flush()
    return row


def get(reading: Reading, definition_id: int) -> Definition:
    """One version. Raises DefinitionNotFound."""
    row = reading.session.get(Definition, definition_id)
    if row is None:
        raise DefinitionNotFound(definition_id=definition_id)
    return row


def version(reading: Reading, kind: str, key: str, number: int) -> Definition:
    """One version by its number. Raises DefinitionNotFound."""
    row = reading.session.scalar(_NUMBERED, {"kind": kind, "key": key, "number": number})
    if row is None:
        raise DefinitionNotFound(kind=kind, key=key, version=number)
    return row


def versions(reading: Reading, kind: str, key: str) -> Sequence[Definition]:
    """All versions, newest first."""
    return list(reading.session.scalars(_newest_first(kind, key)))


def listed(reading: Reading, kind: str, key: str) -> Sequence[Definition]:
    """The same for a list: content is fetched only where it is asked for. There may be hundreds."""
    return list(reading.session.scalars(_newest_first(kind, key).options(defer(Definition.content))))


def _newest_first(kind: str, key: str) -> Select[Definition]:
    query = select(Definition).where(Definition.kind == kind, Definition.key == key)
    return query.order_by(Definition.version.desc())


def latest(reading: Reading, kind: str, key: str) -> Definition | None:
    """The version in use, if any."""
    return reading.session.scalar(_IN_USE, {"kind": kind, "key": key})


@cache
def version_now(kind: str, key: BindParameter[str | None]) -> ScalarSelect[int]:
    """The version in use as part of another statement: the database fills it in, without asking it first. None has none."""
    query = select(Definition.version).where(Definition.kind == kind, Definition.key == key)
    return query.where(Definition.state == "active").scalar_subquery()


def in_use(reading: Reading, kind: str | None = None) -> Sequence[Definition]:
    """Every active version, by kind and name."""
    query = select(Definition).where(Definition.state == "active").order_by(Definition.kind, Definition.name)
    return list(reading.session.scalars(query if kind is None else query.where(Definition.kind == kind)))


def newest(reading: Reading) -> Sequence[Definition]:
    """The newest version of each definition, whatever its state."""
    top = (
        select(Definition.kind, Definition.key, func.max(Definition.version).label("v"))
        .group_by(Definition.kind, Definition.key)
        .subquery()
    )
    query = select(Definition).join(
        top, (Definition.kind == top.c.kind) & (Definition.key == top.c.key) & (Definition.version == top.c.v)
    )
    return list(reading.session.scalars(query.order_by(Definition.kind, Definition.name)))


def everything(reading: Reading) -> Sequence[Definition]:
    """Every version of every definition, by key, newest first, without its content: for lists."""
    query = select(Definition).options(defer(Definition.content, raiseload=True))
    return list(reading.session.scalars(query.order_by(Definition.kind, Definition.key, Definition.version.desc())))


def keys(reading: Reading, kind: str) -> frozenset[str]:
    """The keys with a version in use: what a diagram may refer to."""
    return frozenset(
        reading.session.scalars(select(Definition.key).where(Definition.kind == kind, Definition.state == "active"))
    )


def is_from(reading: Reading, row: Definition, author: str) -> bool:
    """True when what is in use of this definition is by the same author, or nothing is in use yet."""
    in_use = latest(reading, row.kind, row.key)
    return in_use is None or in_use.created_by == author


def has_content(reading: Reading, kind: str, content: bytes) -> bool:
    """True when some version holds exactly this content."""
    digest = hashlib.sha256(content).hexdigest()
    return (
        reading.session.scalar(
            select(Definition.id).where(Definition.kind == kind, Definition.digest == digest).limit(1)
        )
        is not None
    )
