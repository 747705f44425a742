"""`ombudsflow scenarios FILE`: every complaint of a file through a real office of its own, and what came out otherwise.

The office is a fresh one in a temporary folder, with a clock that travels; the records play in it side by side, as they
came in, so that one case can be joined with another or be its duplicate.
"""

import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import select

from engine.models import Incident
from tasks.background.clock_source import Clock, TravellingClock
from tasks.office import Office
from tasks.scenarios import comparison, reporting, result, signposting
from tasks.scenarios.player import Player
from tasks.scenarios.records import Record, read
from tasks.scenarios.schedule import play_all

OpenOffice = Callable[[Path, Clock], Office]
Echo = Callable[[str], None]


@dataclass(frozen=True)
class Outcome:
    """How many of all records came out as expected, and the lines that were printed."""

    as_expected: int
    total: int
    lines: tuple[str, ...]

    @property
    def is_complete(self) -> bool:
        return self.as_expected == self.total


def run(open_office: OpenOffice, file: Path, echo: Echo, open_reports: OpenOffice | None = None) -> Outcome:
    """Play a file and compare. `open_office` gives an empty, migrated office with the shipped diagrams in use.

    Reports of breaches are played in a house of their own, which `open_reports` gives in the same way.
    """
    records = read(file)
    lines: list[str] = []

    def say(line: str) -> None:
        lines.append(line)
        echo(line)

    good = 0
    if records:
        reports = [each for each in records if open_reports and each.judged.matter == reporting.WHISTLEBLOWING]
        if open_reports and reports:
            with _scratch(open_reports, reports) as house:
                good += _play(house, reports, say)
        with _scratch(open_office, records) as office:
            good += _play(office, [each for each in records if each not in reports], say)
            with office.database.reading() as reading:
                pointed = signposting.point(office, reading, records, say)
        if pointed.total:
            say(str(pointed))
    say(f"{good} of {len(records)} as expected")
    return Outcome(good, len(records), tuple(lines))


@contextmanager
def _scratch(open_office: OpenOffice, records: list[Record]) -> Iterator[Office]:
    """A house in a temporary folder, on a clock that stands at the first of these records."""
    with tempfile.TemporaryDirectory(prefix="ombudsflow-") as folder:
        office = open_office(Path(folder), TravellingClock(min(record.received_at for record in records)))
        try:
            yield office
        finally:
            office.database.close()


def _play(office: Office, records: list[Record], say: Echo) -> int:
    """Play records and compare each; how many came out as expected."""
    players = {player.record.id: player for player in play_all(office, records)}
    return sum(_judge(office, record, players, say) for record in records)


def _judge(office: Office, record: Record, players: dict[str, Player], say: Echo) -> bool:
    """Print the differences of one record; True when there are none that count."""
    player = players[record.id]
    if player.stage is None:
        for trouble in player.troubles:
            say(f"{record.id} {trouble}")
        return False
    ids = {each.number: each.record.id for each in players.values()}
    with office.database.reading() as reading:
        found = result.of(office, reading, player.stage.case_id, record, ids)
        incidents = list(reading.session.scalars(select(Incident).where(Incident.case_id == player.stage.case_id)))
    differences = comparison.differences(record, found, office.register)
    stuck = [f"vastgelopen bij {incident.element_id}: {incident.reason}" for incident in incidents]
    for line in (*player.troubles, *stuck, *differences):
        say(f"{record.id} {line}")
    return not player.troubles and not stuck and all(difference.is_uncertain for difference in differences)
