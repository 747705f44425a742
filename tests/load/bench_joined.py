"""Two thousand complaints about the same: joined to one that leads, told at once, and closed each by itself when it is decided.

`joined_2000_s` is the first of these: each case ends what it was doing, is linked, gets its letter in its own language and a mail in the
outbox, in a turn of its own. `told_2000_s` is one more letter to each, `decided_2000_s` the outcome, its letter and the end. One process,
nobody else there.
"""

import json
import sys
import time
from collections.abc import Callable, Mapping
from contextlib import closing
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from identity.people import Actor
from service import open_office
from tasks import intake
from tasks.joined import bulk
from tasks.office import Office, Settings
from tasks.studio import shipped
from tests.load.server import database_of

FOLLOWERS, MOST_SECONDS = 2_000, 60
NAMES = ("joined", "told", "decided")
HANDLER = Actor("person:1", "Bench", frozenset({"case_handler"}))
SENDER = Actor("complainant:new", "", frozenset({"complainant"}))
LANGUAGES = ("nl", "fr", "de", "en")
NEWS = {f"told_{language}": "Er is nieuws." for language in LANGUAGES}
OUTCOME = {"grievances": [{"finding": "gegrond", "remedy": "hersteld", "norms": ["11"]}], "assessment_text": "Gegrond."}


def complaints(office: Office, count: int) -> list[intake.Received]:
    """So many complaints about the same, in four languages."""
    found = []
    for number in range(count):
        told = {
            "services": "de lijn", "subject": "Boete terwijl de app niet werkte", "narrative": "De app hing.",
            "desired_outcome": "De boete moet weg.", "facts_on": "2025-11-04", "first_line_contacted": "nee",
            "court_pending": "nee", "filer_kind": "person", "complainant_name": f"Buur {number}",
            "email": f"buur{number}@example.org", "name_withheld": "nee", "complaint_language": LANGUAGES[number % 4],
        }  # fmt: skip
        with office.database.work() as work:
            found.append(intake.receive(office, work, SENDER, told))
    return found


def sent_round(office: Office, leading: int, message: str, answers: Mapping[str, Any], cases: list[int]) -> float:
    """Seconds until every case has the message."""
    with office.database.work() as work:
        bulk.begin(work, leading, message, answers, cases, HANDLER, office.clock.now())
    return _seconds(lambda: bulk.advance(office), len(cases))


def _seconds(work: Callable[[], int], expected: int) -> float:
    started = time.perf_counter()
    done = work()
    took = time.perf_counter() - started
    if done != expected:
        raise SystemExit(f"{done} were done of {expected}")
    return took


def run(office: Office, followers: int = FOLLOWERS) -> dict[str, float]:
    """The three rounds; every case must have taken all of them."""
    leading, *others = complaints(office, followers + 1)
    cases = [each.case_id for each in others]
    rounds: tuple[tuple[str, Mapping[str, Any]], ...] = (
        ("complaint_joined", {"joined_to": leading.number}),
        ("follower_told", NEWS),
        ("joined_decided", OUTCOME),
    )
    found = {
        f"{name}_{followers}_s": sent_round(office, leading.case_id, message, answers, cases)
        for name, (message, answers) in zip(NAMES, rounds, strict=True)
    }
    with office.database.reading() as reading:
        stayed = [each.stayed for each in bulk.progress(reading, leading.case_id) if each.stayed]
    if stayed:
        raise SystemExit(f"not every case could take it: {stayed}")
    return found


def measure(kind: str, followers: int = FOLLOWERS) -> dict[str, float]:
    """The figures of `sqlite` or `postgresql`, on a throw-away office."""
    with TemporaryDirectory(prefix="ombudsflow-joined-") as folder, database_of(kind, Path(folder)) as url:
        office = open_office(Settings(database_url=url, data_dir=Path(folder)))
        with closing(office.database):
            office.database.upgrade()
            with office.database.work() as work:
                shipped.install(office, work)
            return {name: round(value, 1) for name, value in run(office, followers).items()}


def missed(figures: Mapping[str, float]) -> list[str]:
    """What does not reach the mark."""
    names = [f"{name}_{FOLLOWERS}_s" for name in NAMES]
    return [f"{name} {figures[name]} > {MOST_SECONDS}" for name in names if figures[name] > MOST_SECONDS]


if __name__ == "__main__":
    sys.stdout.write(json.dumps({kind: measure(kind) for kind in sys.argv[1:]}, indent=2) + "\n")
