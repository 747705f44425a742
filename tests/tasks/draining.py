"""A process that does nothing but fire timers. With `step` it says when it is about to commit, and waits to be told."""

import sys
from pathlib import Path

from sqlalchemy import event

from service import open_office
from tasks.background import timers
from tasks.office import Office, Settings


def ask_before_each_commit(office: Office) -> None:
    """A line on standard output before each commit, then a line from standard input."""

    @event.listens_for(office.database.engine, "commit")
    def _ask(_connection: object) -> None:
        sys.stdout.write("commit?\n")
        sys.stdout.flush()
        sys.stdin.readline()


if __name__ == "__main__":
    url, folder, *how = sys.argv[1:]
    opened = open_office(Settings(database_url=url, data_dir=Path(folder)))
    if "step" in how:
        ask_before_each_commit(opened)
    sys.stdout.write(f"fired {timers.fire_due(opened)}\n")
    opened.database.close()
