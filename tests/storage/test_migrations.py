"""The schema that migrations make is the schema the models say."""

from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory

from storage.migrations.rooms import metadata
from storage.migrations.run import config
from storage.unit_of_work import Database


def test_head_equals_the_models(database: Database) -> None:
    with database.engine.connect() as connection:
        context = MigrationContext.configure(connection)
        assert compare_metadata(context, metadata()) == []


def test_upgrading_twice_changes_nothing(database: Database) -> None:
    newest = ScriptDirectory.from_config(config()).get_current_head()
    database.upgrade()
    with database.engine.connect() as connection:
        assert MigrationContext.configure(connection).get_current_revision() == newest
