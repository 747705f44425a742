"""The schema that migrations make is the schema the models say."""

from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory

from storage.migrations.rooms import metadata
from storage.migrations.run import config
from storage.unit_of_work import Database
from tests.storage.test_parts_of_a_complaint import migrate


def test_head_equals_the_models(database: Database) -> None:
    with database.engine.connect() as connection:
        context = MigrationContext.configure(connection)
        assert compare_metadata(context, metadata()) == []


def test_upgrading_twice_changes_nothing(database: Database) -> None:
    newest = ScriptDirectory.from_config(config()).get_current_head()
    database.upgrade()
    with database.engine.connect() as connection:
        assert MigrationContext.configure(connection).get_current_revision() == newest


def test_each_step_is_told_before_it_begins_and_nothing_where_there_is_nothing_to_do(database: Database) -> None:
    said: list[str] = []
    database.upgrade(said.append)
    assert said == []
    migrate(database, "0038", down=True)
    database.upgrade(said.append)
    newest = ScriptDirectory.from_config(config()).get_current_head()
    assert [line.split(":")[0] for line in said[:2]] == [f"Migration 0039 of {newest}", f"Migration 0040 of {newest}"]
    assert said[1].partition(": ")[2].startswith("Words in every script")
    assert len(said) == int(newest or 0) - 38
