"""Playing one complaint through a real office of its own, from receipt until long after its end, and stopping wherever it moved.

The engine, the forms and the letters do the work here; what is printed later is what they wrote. Open work of the staff is claimed
in part, files get documents, and a script may end early: then the case waits, its reminders come and its dates pass.
"""

import io
import random
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from cases.documents import Upload
from cases.models import Case
from identity.roles import CASE_STAFF, HANDLER
from problems import Conflict
from tasks import completion
from tasks.background import clock
from tasks.background.clock_source import TravellingClock
from tasks.case_file import case_documents
from tasks.office import Office
from tasks.sample_office.patterns import EMAIL, FAMILY, GIVEN, MARK, PLACE
from tasks.scenarios.player import Player
from tasks.scenarios.records import Record
from tasks.scenarios.schedule import next_due
from tasks.scenarios.stage import Stage, staff
from tasks.scenarios.verbs import deed_of

INTAKE_TAKES = timedelta(hours=20)
CLAIMED = 0.6
# A year after closing comes the last thing that happens by itself.
FOLLOWED = timedelta(days=800)
MOST_STOPS = 120
PAPERS = tuple(f"Stuk {number} bij het dossier.\n" for number in range(1, 9))


@dataclass(frozen=True)
class Script:
    """A complaint to play: `name` is its own; `kind` is file, question or stalled (a file whose script ends early)."""

    name: str
    kind: str
    record: Record


class _SlowPlayer(Player):
    """The front office looks at a complaint the next day."""

    def _judges_intake(self, stage: Stage) -> None:
        self.waiting: Stage | None = stage

    def judges(self) -> None:
        """The judgement that was put off."""
        stage, self.waiting = self.waiting, None
        if stage is not None:
            super()._judges_intake(stage)


def marked(record: Record) -> Record:
    """The same complaint with a complainant, a place and a reference that are recognised wherever they come back."""
    told: dict[str, Any] = dict(record.told)
    filer = {**told["filer"], "name": f"{GIVEN} {FAMILY}", "municipality": PLACE}
    if filer.get("email"):
        filer["email"] = EMAIL
    told |= {
        "filer": filer,
        "subject": f"{told['subject']}, {PLACE}",
        "body": f"{told['body']} Het gaat over {PLACE}, kenmerk {MARK}.",
    }
    return replace(record, told=told)


def stops(office: Office, script: Script) -> Iterator[datetime]:
    """Play it; gives the moment each time something may have changed."""
    chance = random.Random(script.name)  # noqa: S311  # the same sample each time
    record = script.record
    player = _SlowPlayer(office, record, {})
    player.receives()
    if player.stage is None:
        raise ScriptNotPlayable(script=script.name, troubles=player.troubles)
    _paper(office, script, player.scene.case_id, chance)
    yield _claims(office, player.scene, chance)
    judged_at = min([record.received_at + INTAKE_TAKES, *(act.at for act in record.script)])
    yield from _until(office, judged_at)
    player.judges()
    yield _claims(office, player.scene, chance)
    for act in record.script:
        yield from _until(office, act.at)
        player.acts(act, deed_of(act))
        _paper(office, script, player.scene.case_id, chance)
        yield _claims(office, player.scene, chance)
    yield from _until(office, record.received_at + FOLLOWED)


class ScriptNotPlayable(Conflict):
    """Een van de voorbeeldklachten kan niet gespeeld worden met de diagrammen die in gebruik zijn."""


def _until(office: Office, to: datetime) -> Iterator[datetime]:
    """Let time run, stopping at whatever falls due on the way."""
    travelling = office.clock
    if not isinstance(travelling, TravellingClock):
        raise TypeError("a played case needs a clock that travels")
    tried: set[datetime] = set()
    while (due := next_due(office)) is not None and due <= to and due not in tried and len(tried) < MOST_STOPS:
        tried.add(due)
        travelling.travel_to(due)
        clock.tick(office)
        yield travelling.now()
    travelling.travel_to(to)


def _claims(office: Office, stage: Stage, chance: random.Random) -> datetime:
    """Somebody of the office takes some of what is open; gives the moment."""
    for row in stage.open().values():
        if row.role in CASE_STAFF and row.assignee is None and chance.random() < CLAIMED:
            taker = staff(office, row.role, row)
            if taker.id.startswith("person:"):  # nobody is left for what everybody of the role did before
                with office.database.work() as work:
                    completion.claim(office, work, taker, row.id)
    return office.clock.now()


def _paper(office: Office, script: Script, case_id: int, chance: random.Random) -> None:
    """A file gathers about ten documents, a question hardly any."""
    many = chance.choice((0, 1, 2, 2)) if script.kind != "question" else chance.choice((0, 0, 0, 1))
    chosen = chance.sample(PAPERS, many)
    if not chosen:
        return
    uploads = [paper(text) for text in chosen]
    with office.database.work() as work:
        case = work.session.get_one(Case, case_id)
        case_documents.add(office, work, staff(office, HANDLER), case, uploads)


def paper(text: str) -> Upload:
    """One of the papers as somebody sends it."""
    return Upload(f"stuk-{PAPERS.index(text) + 1}.txt", io.BytesIO(text.encode()))


def scripts(files: list[Record], questions: list[Record], *, stalled: bool = True) -> list[Script]:
    """What is played: each file, the same file given up half-way, each question. What needs another case beside it is left out."""
    alone = [record for record in files if not _names_another(record)]
    played = [Script(record.id, "file", marked(record)) for record in alone]
    for record in alone if stalled else []:
        cut = random.Random(record.id).randrange(len(record.script)) if record.script else 0  # noqa: S311  # see above
        played.append(Script(f"{record.id}-cut", "stalled", marked(replace(record, script=record.script[:cut]))))
    return played + [Script(record.id, "question", marked(record)) for record in questions]


def _names_another(record: Record) -> bool:
    return any(act.does in ("merge_duplicate", "join_cases") for act in record.script)
