"""What one person prepared and a second must look at: versions to take into use, cases to take along, terms that change."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from engine import definitions
from identity import people
from tasks.deadlines import deadline_plans
from tasks.studio import migrating
from web.context import Look
from web.studio import studio_deadlines, studio_migration
from web.studio.studio_views import Listed, address, name_of


@dataclass(frozen=True)
class Waiting:
    """One thing that waits, and since when. `is_own`: the reader prepared it, so somebody else must look."""

    what: str
    address: str
    by: str
    since: datetime
    is_own: bool


def of(look: Look, found: Mapping[str, Sequence[Listed]]) -> list[Waiting]:
    """Everything that waits, the longest first. `found` is what the studio has, by kind."""
    names = people.names(look.reading)

    def waiting(what: str, there: str, by: str, since: datetime) -> Waiting:
        return Waiting(what, there, name_of(names, by), since, by == look.actor.id)

    called = {each.key: each.name for each in found["process"]}
    versions = [
        waiting(
            f"{each.name}, versie {each.newest}",
            address(each.kind, each.key, "versies", each.newest),
            each.newest_by,
            each.newest_at,
        )
        for listed in found.values()
        for each in listed
        if each.newest_at is not None and each.waiting
    ]
    moves = [
        waiting(
            f"Dossiers overzetten: {called.get(row.key, row.key)}, naar versie {target.version}",
            f"{studio_migration.PAGE}/{row.id}",
            row.created_by,
            row.created_at,
        )
        for row in migrating.drafts(look.reading)
        for target in [definitions.get(look.reading, row.target_id)]
    ]
    terms = [
        waiting(
            f"Termijnen: {studio_deadlines.title_of(row)}",
            f"{studio_deadlines.HERE}/wijzigingen/{row.id}",
            row.created_by,
            row.created_at,
        )
        for row in deadline_plans.drafts(look.reading)
    ]
    return sorted([*versions, *moves, *terms], key=lambda each: each.since)
