"""Private columns: shut in a database with a vault, each value under the key of its case; as ever in one without."""

from datetime import UTC, datetime
from pathlib import Path

from sqlalchemy import select, text, update

from cases import facts
from cases.models import Case, Fact, Message
from history.sealing import Keyring
from history.vault import FileVault
from storage.private import GONE, let_go
from storage.unit_of_work import Database
from tests.storage.test_parts_of_a_complaint import CASE, migrate

NOW = datetime(2026, 1, 5, tzinfo=UTC)
LONG = "🐘" * 300  # as long as a subject may be, in the characters that take most room


def a_case(number: str) -> Case:
    return Case(number=number, channel="web", subject=LONG, received_at=NOW, secret_hash=number * 4)


def stored(database: Database, table: str, column: str) -> list[str]:
    with database.engine.connect() as connection:
        return list(connection.scalars(text(f'SELECT "{column}" FROM "{table}" ORDER BY id')))


def test_values_lie_shut_under_the_key_of_their_case_until_it_is_destroyed(database: Database, tmp_path: Path) -> None:
    vault = FileVault(tmp_path / "keys", Keyring(b"k" * 32))
    database.seal(vault)
    with database.work() as work:
        rows = [a_case("2026-0001"), a_case("2026-0002")]
        work.session.add_all(rows)
        work.session.flush()
        ids = [row.id for row in rows]
        assert [row.subject for row in rows] == [LONG, LONG], "in memory it stays as it was said"
        for case_id in ids:
            facts.remember(work, case_id, {"told": {"what": "olifant"}, "seen": False}, at=NOW)
        work.session.add(Message(case_id=ids[0], sender="x", about="y", text="olifant", sent_at=NOW))
    with database.work() as work:
        message = work.session.scalars(select(Message)).one()
        message.text += " en muis"
    kept = stored(database, "case", "subject") + stored(database, "fact", "value") + stored(database, "message", "text")
    assert not any("🐘" in value or "olifant" in value or "false" in value for value in kept)
    assert all(f"case:{ids[0]}\x02" in value for value in [kept[0], kept[-1]])
    with database.reading() as reading:
        assert facts.known(reading, ids[1]) == {"told": {"what": "olifant"}, "seen": False}
        assert reading.session.scalars(select(Message.text)).all() == ["olifant en muis"]
    with database.work() as work:
        own = let_go(work.session, ids[0])
        work.session.execute(update(Case).where(Case.id == ids[0]).values(authority_name="kort"))
        work.after_commit(lambda: vault.destroy(own))
    with database.reading() as reading:
        found = reading.session.execute(select(Case.subject, Case.authority_name).order_by(Case.id)).all()
        assert [tuple(row) for row in found] == [(GONE, "kort"), (LONG, "")]
        assert reading.session.scalars(select(Fact.value).where(Fact.case_id == ids[0])).all() == [None, None]


def test_in_an_ordinary_database_they_are_text_and_nothing_is_done_to_them(database: Database) -> None:
    with database.work() as work:
        work.session.add(a_case("2026-0001"))
    assert stored(database, "case", "subject") == [LONG]
    for column in (Case.__table__.c.subject, Message.__table__.c.text):
        dialect = database.engine.dialect
        assert column.type.bind_processor(dialect) is None
        assert column.type.result_processor(dialect, None) is None


def test_a_row_of_before_is_carried_along_and_has_room_for_what_is_shut(database: Database) -> None:
    migrate(database, "0035", down=True)
    with database.engine.begin() as connection:
        connection.execute(text(CASE))
    before = stored(database, "case", "subject")
    migrate(database, "head")
    assert stored(database, "case", "subject") == before
    with database.engine.begin() as connection:
        connection.execute(text('UPDATE "case" SET subject = :shut'), {"shut": "x" * 2000})
