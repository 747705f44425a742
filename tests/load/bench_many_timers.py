"""A hundred thousand timers due at one moment, drained by the real server in two processes while four clients go on working.

One case is made by the engine as any other; the rest are that case again, row by row, each with numbers, a history and a key of its
own, whose chains hold (`history.whole_chain`): made one by one they would take longer than the drain. What is measured is the
server. At the end each timer has fired exactly once, and chains picked at random hold.
"""

import json
import sys
from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from random import Random
from statistics import quantiles
from tempfile import TemporaryDirectory
from time import perf_counter
from typing import Any

from sqlalchemy import distinct, func, select

from engine.models import Subscription
from history import log
from history.models import EventRow
from history.sealing import keyring_at
from history.whole_chain import EVENT_COLUMNS, HEAD_COLUMNS, Told, chain
from storage import bulk
from storage.base import Base
from tasks import turn
from tasks.office import Office, Settings
from tests.load.bench_drain import CLIENTS, TIMER, begin, completed_by, office_of, publish, still_due
from tests.load.client import Client
from tests.load.server import database_of, prepare, serving

MANY, PORTION, CHAINS = 100_000, 5_000, 200
AT_LEAST = MANY / (15 * 60)  # timers a second: a hundred thousand in a quarter of an hour
TOLD_EVERY = 15.0  # seconds
OF_CASE = {"case": "id", "process_instance": "case_id", "user_task": "case_id", "subscription": "instance_id"}
Row = dict[str, Any]


class Pattern:
    """A case that waits for its day, as its rows have it."""

    def __init__(self, office: Office) -> None:
        begin(office, TIMER, 1)
        with office.database.reading() as reading:
            self.case = self._rows(reading, "case", 0)[-1]["id"]
            self.instance = self._rows(reading, "process_instance", self.case)[0]["id"]
            self.rows = {
                name: self._rows(reading, name, self.instance if by == "instance_id" else self.case)
                for name, by in OF_CASE.items()
            }
            self.told = [self._told(row) for row in log.rows(reading, turn.stream_of(self.case))]
            self.last = {name: max(row["id"] for row in self._rows(reading, name, 0)) for name in OF_CASE}

    def _rows(self, reading: Any, name: str, of: int) -> list[Row]:
        """The rows of a table that belong to something; all of them without."""
        table = Base.metadata.tables[name]
        columns = [column for column in table.c if column.computed is None]
        query = select(*columns).where(table.c[OF_CASE[name]] == of) if of else select(*columns)
        return [dict(row._mapping) for row in reading.session.execute(query.order_by(table.c.id))]

    def _told(self, row: log.Stored) -> Told:
        at = row.at.astimezone(UTC).replace(tzinfo=None).isoformat(" ", "microseconds")
        return Told(at, row.activity, row.transition, row.resource, row.role, row.data, None)

    def again(self, number: int) -> Iterator[tuple[str, Row]]:
        """The rows of one more, so many after the last."""
        own = {name: last + number for name, last in self.last.items()}
        for name, rows in self.rows.items():
            for row in rows:
                yield name, self._own({**row, "id": own[name]}, own, number)

    def _own(self, row: Row, own: dict[str, int], number: int) -> Row:
        if "case_id" in row:
            row["case_id"] = own["case"]
        if "instance_id" in row:
            row["instance_id"] = own["process_instance"]
        if "state" in row:
            state = json.loads(row["state"])
            state["top"]["variables"]["case_id"] = own["case"]
            row["state"] = json.dumps(state, ensure_ascii=False, separators=(",", ":"))
        if "secret_hash" in row:
            row |= {"number": f"{row['number']}-{number}", "secret_hash": f"{number:064d}"}
        return row

    def history(self, number: int) -> tuple[str, list[Told]]:
        """The stream of one more, and what happened in it."""
        instance = self.last["process_instance"] + number
        told = [each._replace(data=self._of(instance, each.data)) for each in self.told]
        return turn.stream_of(self.last["case"] + number), told

    def _of(self, instance: int, data: str) -> str:
        told = json.loads(data)
        return json.dumps({**told, **({"instance": instance} if "instance" in told else {})}, ensure_ascii=False)


def multiply(office: Office, count: int) -> None:
    """So many more cases that wait, in portions."""
    pattern, keyring = Pattern(office), keyring_at(office.settings.master_key_file)
    for first in range(1, count + 1, PORTION):
        numbers = range(first, min(first + PORTION, count + 1))
        written: dict[str, list[Row]] = {name: [] for name in OF_CASE}
        for number in numbers:
            for name, row in pattern.again(number):
                written[name].append(row)
        chains = [chain(keyring, *pattern.history(number)) for number in numbers]
        with office.database.work() as work:
            bulk.begin(work, office.database.is_sqlite)
            for name, rows in written.items():
                table = Base.metadata.tables[name]
                bulk.write(work, name, list(rows[0]), ([_kept(table, *cell) for cell in row.items()] for row in rows))
            bulk.write(work, "stream_head", HEAD_COLUMNS, (head for _, head in chains))
            bulk.write(work, "event", EVENT_COLUMNS, (row for rows, _ in chains for row in rows))
    bulk.finish(office.database, [*OF_CASE, "event"])


def _kept(table: Any, name: str, value: Any) -> Any:
    """A value as the database keeps it."""
    return json.dumps(value, ensure_ascii=False) if isinstance(value, dict | list) else value


def fall_due_at_once(office: Office, count: int) -> None:
    """The day of all has come, the same for each."""
    due = datetime.now(UTC) - timedelta(hours=1)
    with office.database.work() as work:
        table = Base.metadata.tables["subscription"]
        waiting = (table.c.kind == "timer", table.c.element_id == "late")
        done = work.session.execute(table.update().where(*waiting).values(due_at=due))
        if done.rowcount != count:  # type: ignore[attr-defined]
            raise SystemExit(f"{done.rowcount} timers wait, not {count}")  # type: ignore[attr-defined]


def drained(office: Office, address: str, token: str, count: int) -> dict[str, float]:
    """Timers a second until none is left, and the p95 of what four clients complete meanwhile."""
    clients, times = [Client(address, token) for _ in range(CLIENTS)], list[float]()
    started, left_at_start = perf_counter(), still_due(office)
    ended, left, told = started, left_at_start, started
    while left:
        times += [answer.milliseconds for answer in completed_by(clients)]
        ended, left = perf_counter(), still_due(office)
        if ended - told > TOLD_EVERY:
            told = ended
            _tell(left_at_start - left, left, ended - started)
    for client in clients:
        client.close()
    return {
        "timers": count,
        "drain_timers_per_s": left_at_start / (ended - started),
        "p95_complete_ms": quantiles(times, n=20)[-1],
        "completions_meanwhile": len(times),
    }


def _tell(fired: int, left: int, seconds: float) -> None:
    """How far it is, and how long it will take at this pace."""
    rate = fired / seconds
    still = f"{left / rate / 60:.1f} minutes to go" if rate else "none fired yet"
    sys.stderr.write(f"{fired} fired in {seconds:.0f} s, {rate:.0f} a second; {left} left, {still}\n")


def troubles(office: Office, count: int) -> list[str]:
    """Timers that did not fire exactly once, and chains that do not hold."""
    fired = (EventRow.activity == "timer", EventRow.transition == "received")
    columns = func.count(), func.count(distinct(EventRow.stream))
    with office.database.reading() as reading:
        times, streams = reading.session.execute(select(*columns).where(*fired)).one()
        names = list(reading.session.scalars(select(EventRow.stream).distinct().where(*fired).limit(CHAINS * 5)))
        picked = Random(7).sample(names, min(CHAINS, len(names)))
        bad = [name for name in picked if not office.log.verify(reading, name).ok]
        waiting = reading.session.scalar(select(func.count()).where(Subscription.element_id == "late"))
    wrong = [] if (times, streams, waiting) == (count, count, 0) else [f"{times} fired, in {streams} of {count} cases"]
    return wrong + [f"the chain of {name} does not hold" for name in bad]


def measure(count: int = MANY) -> dict[str, Any]:
    """All of it, on a throw-away office on PostgreSQL."""
    with TemporaryDirectory(prefix="ombudsflow-timers-") as folder, database_of("postgresql", Path(folder)) as url:
        settings = replace(Settings(), database_url=url, data_dir=Path(folder))
        token = prepare(settings)
        with office_of(settings) as office:
            publish(office)
            multiply(office, count - 1)
            fall_due_at_once(office, count)
            with serving(settings, 2) as address, closing(office.database):
                found = drained(office, address, token, count)
                wrong = troubles(office, count)
    rounded = {name: round(value, 2) for name, value in found.items()}
    return {**rounded, "each_fired_once": not wrong, **({"troubles": wrong} if wrong else {})}


def missed(figures: dict[str, Any]) -> list[str]:
    """What did not hold."""
    slow = figures["drain_timers_per_s"] < AT_LEAST
    return [
        *figures.get("troubles", []),
        *([f"{figures['drain_timers_per_s']} timers a second < {AT_LEAST:.0f}"] if slow else []),
    ]


if __name__ == "__main__":
    sys.stdout.write(json.dumps(measure(*(int(word) for word in sys.argv[1:2])), indent=2) + "\n")
