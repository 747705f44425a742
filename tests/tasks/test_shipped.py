"""What comes with the program, beside what an office made of it."""

from sqlalchemy import update

from engine import definitions
from engine.models import Definition
from identity.people import Actor
from identity.roles import PROCESS_MANAGER
from storage.unit_of_work import Reading
from tasks.office import Office
from tasks.studio import publishing, shipped

PETRA, POL = (Actor(f"person:{n}", name, frozenset({PROCESS_MANAGER})) for n, name in ((1, "Petra"), (2, "Pol")))


def versions(reading: Reading, kind: str, key: str) -> list[tuple[int, str]]:
    return [(row.version, row.state) for row in definitions.listed(reading, kind, key)]


def test_a_newer_program_leaves_in_use_what_the_office_changed_and_lays_its_own_beside_it(
    sqlite_office: Office,
) -> None:
    changed = (("process", "mediation", b"Mislukking noteren"), ("letter", "L06", b"Beste {complainant}"))
    with sqlite_office.database.work() as work:
        for kind, key, words in changed:
            row = definitions.latest(work, kind, key)
            assert row is not None and words in row.content
            made = publishing.publish(sqlite_office, work, PETRA, kind, row.content.replace(words, words + b" Dag"))
            publishing.activate(sqlite_office, work, POL, made.definition.id)
        # As if the program before had shipped something else.
        keys = [*(key for _, key, _ in changed), "urgency"]
        work.session.execute(
            update(Definition).where(Definition.key.in_(keys), Definition.version == 1).values(digest="other")
        )
    with sqlite_office.database.work() as work:
        assert shipped.install(sqlite_office, work) == 1
    with sqlite_office.database.reading() as reading:
        for kind, key, _ in changed:
            assert versions(reading, kind, key) == [(3, "draft"), (2, "active"), (1, "retired")]
        assert versions(reading, "decision", "urgency") == [(2, "active"), (1, "retired")]
    with sqlite_office.database.work() as work:
        assert shipped.install(sqlite_office, work) == 0
        publishing.activate(sqlite_office, work, PETRA, definitions.version(work, "letter", "L06", 3).id)
