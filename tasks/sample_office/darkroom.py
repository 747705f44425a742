"""From scripts to films: each script is played in a scratch office of its own that runs the diagrams of the real one."""

import json
import shutil
import sqlite3
import tempfile
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from dataclasses import replace
from pathlib import Path

from sqlalchemy import Table, insert, select

from cases.deadlines import local_day
from history.log import Recorded
from history.whole_chain import Told
from storage.base import Base
from storage.unit_of_work import Database
from tasks.background.clock_source import Clock, TravellingClock
from tasks.office import Office, Settings
from tasks.sample_office.negatives import TABLES, Camera, Film, first_number, mark_ids
from tasks.sample_office.patterns import FIRST_ID
from tasks.sample_office.playing import Script, stops

OpenAt = Callable[[Settings, Database, Clock], Office]
# What grows with the cases; everything else (definitions, people, rules, calendars) is what a case leans on.
GROWS = {*TABLES, "event", "stream_head", "case_number"}


def develop(office: Office, open_at: OpenAt, played: list[Script], say: Callable[[str], None]) -> list[Film]:
    """The film of each script. `open_at` opens an office with other settings, database and clock."""
    with tempfile.TemporaryDirectory(prefix="ombudsflow-sample-") as folder:
        template = Path(folder) / "template.db"
        _empty(office, template)
        films = []
        for number, script in enumerate(played, start=1):
            films.append(_film(open_at, script, template, Path(folder)))
            if number % 20 == 0 or number == len(played):
                say(f"{number} of {len(played)} example cases played")
        return films


def _empty(office: Office, file: Path) -> None:
    """An office without cases, for the rest as the real one with the ids it has there; what is new is counted from marked ids."""
    database = Database(f"sqlite:///{file}")
    database.upgrade()
    with office.database.reading() as reading, database.work() as work:
        for table in _leant_on():
            rows = [dict(row) for row in reading.session.execute(select(table)).mappings()]
            if rows:
                work.session.execute(insert(table), rows)
    database.close()
    with closing(sqlite3.connect(file, isolation_level=None)) as connection:
        mark_ids(connection)


def _leant_on() -> list[Table]:
    """Tables a case leans on, those that others refer to first."""
    return [
        table
        for table in Base.metadata.sorted_tables
        if table.name not in GROWS and not {"case_id", "instance_id"} & set(table.columns.keys())
    ]


def _film(open_at: OpenAt, script: Script, template: Path, folder: Path) -> Film:
    received_at = script.record.received_at
    with _scratch(open_at, script, template, folder) as (office, connection):
        camera = Camera(connection, script.kind, received_at)
        for at in stops(office, script):
            camera.shoot(at)
        with office.database.reading() as reading:
            return camera.film([_told(event) for event in office.log.read(reading, f"case:{FIRST_ID + 1}")])


@contextmanager
def _scratch(
    open_at: OpenAt, script: Script, template: Path, folder: Path
) -> Iterator[tuple[Office, sqlite3.Connection]]:
    place = folder / "scratch"
    place.mkdir()
    file = place / "scratch.db"
    shutil.copy(template, file)
    database = Database(f"sqlite:///{file}")
    settings = replace(Settings(), database_url=database.url, data_dir=place)
    try:
        with closing(sqlite3.connect(file, isolation_level=None)) as connection:
            first_number(connection, local_day(script.record.received_at).year)
            yield open_at(settings, database, TravellingClock(script.record.received_at)), connection
    finally:
        database.close()
        shutil.rmtree(place)


def _told(event: Recorded) -> Told:
    """The event as text, so that its holes can be found."""
    at = event.at.replace(tzinfo=None).isoformat(sep=" ", timespec="microseconds")
    personal = json.dumps(event.personal, ensure_ascii=False, separators=(",", ":")) if event.personal else None
    data = json.dumps(event.data, ensure_ascii=False, separators=(",", ":"))
    return Told(at, event.activity, event.transition, event.resource, event.role, data, personal)
