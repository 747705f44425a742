"""What the studio's pages show: definitions with their versions, findings and differences, as plain values with words."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from engine import definitions, differences
from engine.differences import Difference
from engine.errors import DefinitionNotFound, XmlRefused
from engine.findings import ERROR, Finding
from engine.models import Definition
from identity import people
from identity.people import Actor
from problems import NotFound
from storage.unit_of_work import Reading
from tasks.letters import letter_readers, letter_texts
from tasks.models import WorkingCopy
from tasks.studio import definition_usage, working_copies


@dataclass(frozen=True)
class Kind:
    """One of the things the studio keeps; `plural` stands in the address, the rest is for people."""

    code: str
    plural: str
    singular: str
    heading: str
    suffix: str
    media_type: str

    @property
    def island(self) -> str:
        """The script that edits it; a letter is written in plain fields."""
        return {"process": "modeler", "decision": "decisions", "form": "forms"}.get(self.code, "")


KINDS = (
    Kind("process", "diagrammen", "diagram", "Diagrammen", "bpmn", "application/xml"),
    Kind("decision", "beslissingen", "beslissingstabel", "Beslissingstabellen", "dmn", "application/xml"),
    Kind("form", "formulieren", "formulier", "Formulieren", "form", "application/json"),
    Kind("letter", "brieven", "brief", "Brieven", "letter", "application/json"),
)
_BY_PLURAL = {kind.plural: kind for kind in KINDS}
_BY_CODE = {kind.code: kind for kind in KINDS}


class KindUnknown(NotFound):
    """Dit bestaat niet in de studio."""


@dataclass(frozen=True)
class VersionView:
    """One version in the list of a definition."""

    id: int
    number: int
    state: str
    created_by: str
    created_at: datetime
    activated_by: str
    activated_at: datetime | None
    open_cases: int
    is_own: bool


@dataclass(frozen=True)
class Listed:
    """One line of the overview. `about` tells letters apart that share a name: to whom each goes."""

    kind: Kind
    key: str
    name: str
    in_use: int | None
    newest: int
    waiting: bool
    versions: int
    open_cases: int
    is_mine: bool
    newest_by: str = ""
    newest_at: datetime | None = None
    about: str = ""


def kind_of(plural: str) -> Kind:
    """The kind an address names. Raises KindUnknown."""
    if plural not in _BY_PLURAL:
        raise KindUnknown
    return _BY_PLURAL[plural]


def kind_by_code(code: str) -> Kind:
    return _BY_CODE[code]


def address(kind: Kind, key: str, *more: object) -> str:
    """The page of a definition, or something under it."""
    return "/".join(["/studio", kind.plural, key, *(str(part) for part in more)])


def overview(reading: Reading, actor: Actor) -> dict[str, list[Listed]]:
    """Every definition by kind, what is in progress first; with the person's own new ones that were never published."""
    everything = definitions.everything(reading)
    counts = definition_usage.open_cases(reading, everything)
    copies = {(copy.kind, copy.key) for copy in working_copies.mine(reading, actor)}
    readers = letter_readers.of_letters(reading)
    by_definition: dict[tuple[str, str], list[Definition]] = {}
    for row in everything:
        by_definition.setdefault((row.kind, row.key), []).append(row)
    found: dict[str, list[Listed]] = {kind.code: [] for kind in KINDS}
    for (code, _), own in by_definition.items():
        about = readers.get(own[0].key, "") if code == letter_texts.KIND else ""
        found[code].append(_listed(own, counts, (code, own[0].key) in copies, about))
    for code, key in sorted(copies - set(by_definition)):
        found[code].append(Listed(kind_by_code(code), key, key, None, 0, False, 0, 0, True))
    return {code: sorted(listed, key=_in_progress_first) for code, listed in found.items()}


def _in_progress_first(each: Listed) -> tuple[bool, str]:
    return not (each.waiting or each.is_mine), each.name.casefold()


def asked_for(listed: Sequence[Listed], words: str) -> list[Listed]:
    """Those whose name or id holds every one of these words."""
    wanted = words.casefold().split()
    return [
        each for each in listed if all(word in f"{each.name} {each.key} {each.about}".casefold() for word in wanted)
    ]


def portion(listed: Sequence[Listed], after: str, size: int) -> tuple[Sequence[Listed], str]:
    """What comes after this key, and the key to go on from; empty at the end."""
    start = next((place for place, each in enumerate(listed, 1) if each.key == after), 0)
    items = listed[start : start + size]
    return items, items[-1].key if start + size < len(listed) else ""


def _listed(own: Sequence[Definition], counts: Mapping[int, int], is_mine: bool, about: str) -> Listed:
    newest = own[0]
    in_use = next((row for row in own if row.state == "active"), None)
    return Listed(
        kind=kind_by_code(newest.kind),
        key=newest.key,
        name=(in_use or newest).name or newest.key,
        in_use=in_use.version if in_use else None,
        newest=newest.version,
        waiting=newest.state == "draft",
        versions=len(own),
        open_cases=sum(counts.get(row.id, 0) for row in own),
        is_mine=is_mine,
        newest_by=newest.created_by,
        newest_at=newest.created_at,
        about=f"aan {about}" if about else "",
    )


def versions(reading: Reading, actor: Actor, kind: Kind, key: str) -> list[VersionView]:
    """The versions of a definition, newest first."""
    rows = definitions.listed(reading, kind.code, key)
    counts, names = definition_usage.open_cases(reading, rows), people.names(reading)
    return [
        VersionView(
            id=row.id,
            number=row.version,
            state=row.state,
            created_by=name_of(names, row.created_by),
            created_at=row.created_at,
            activated_by=name_of(names, row.activated_by),
            activated_at=row.activated_at,
            open_cases=counts.get(row.id, 0),
            is_own=row.created_by == actor.id,
        )
        for row in rows
    ]


def name_of(names: Mapping[str, str], actor_id: str | None) -> str:
    """A person's name; the system's own work is the installation's."""
    if actor_id is None:
        return ""
    return names.get(actor_id) or ("installatie" if actor_id.startswith("system:") else actor_id)


def definition_or_copy(reading: Reading, actor: Actor, kind: Kind, key: str) -> tuple[str, WorkingCopy | None]:
    """The name of a definition and one's own working copy of it. Raises DefinitionNotFound when there is neither."""
    copy = working_copies.find(reading, actor, kind.code, key)
    rows = definitions.listed(reading, kind.code, key)
    if not rows and copy is None:
        raise DefinitionNotFound(kind=kind.code, key=key)
    return (rows[0].name or key if rows else key), copy


def also_working(reading: Reading, actor: Actor, kind: Kind, key: str) -> list[tuple[str, datetime]]:
    """The names of colleagues who are changing this too, and when they last saved it."""
    found = working_copies.others(reading, actor, kind.code, key)
    names = people.names(reading) if found else {}
    return [(name_of(names, person), saved_at) for person, saved_at in found]


def told(kind: Kind, before: bytes, after: bytes) -> list[Difference] | None:
    """The differences in words; None when one of the two cannot be read."""
    try:
        return differences.between(kind.code, before, after)
    except XmlRefused:
        return None


def counted(findings: Sequence[Finding]) -> tuple[int, int]:
    """How many errors, how many warnings."""
    errors = sum(finding.severity == ERROR for finding in findings)
    return errors, len(findings) - errors
