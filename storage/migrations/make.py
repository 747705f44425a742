"""`python -m storage.migrations.make "what changes"`: writes the next migration from the difference with the models.

Read it before you commit it: Alembic sees columns, not intentions. It never sees triggers.
"""

import sys
import tempfile
from pathlib import Path

from alembic import command

from storage.migrations.run import config, upgrade
from storage.unit_of_work import Database


def main(message: str) -> None:
    with tempfile.TemporaryDirectory() as folder:
        database = Database(f"sqlite:///{Path(folder) / 'empty.db'}")
        upgrade(database)
        with database.engine.connect() as connection:
            settings = config()
            settings.attributes["connection"] = connection
            number = len(list((Path(__file__).parent / "versions").glob("[0-9]*.py"))) + 1
            command.revision(settings, message=message, autogenerate=True, rev_id=f"{number:04d}")
        database.close()


if __name__ == "__main__":
    main(sys.argv[1])
