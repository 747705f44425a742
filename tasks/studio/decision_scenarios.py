"""The scenario tests of a decision: kept beside its versions, run before publishing and by publishing itself.

In: who, and the scenarios. Out: what each gave. Promise: a decision whose scenarios do not hold is not published; who changed
them, and when, stands in the office's own history.
Refuses with NotAllowed, ScenariosRefused, ScenariosChanged.
"""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select

from engine import decision_imports
from engine.decisions import DecisionModel
from engine.dmn import scenarios
from engine.dmn.scenarios import Outcome, ScenarioFile, ScenariosRefused
from engine.errors import XmlRefused
from engine.findings import ERROR, Finding
from engine.parsing import dmn, xml
from history.log import Event
from identity.people import Actor
from identity.permissions import require
from problems import Conflict
from storage.one_at_a_time import alone
from storage.unit_of_work import Reading, UnitOfWork
from tasks.accounts import STREAM
from tasks.models import DecisionScenarios
from tasks.office import Office
from tasks.turn import role_of

RULE = "scenarios"


class ScenariosChanged(Conflict):
    """Iemand veranderde intussen de proefgevallen. Bekijk ze opnieuw voor u verdergaat."""


@dataclass(frozen=True)
class Kept:
    """The scenarios of a decision; `revision` 0 means that nobody kept any yet."""

    file: ScenarioFile
    revision: int = 0
    changed_by: str = ""
    changed_at: datetime | None = None


def of(reading: Reading, key: str) -> Kept:
    """The scenarios of a decision."""
    row = _row(reading, key)
    if row is None:
        return Kept(ScenarioFile(key))
    return Kept(scenarios.read(row.content), row.revision, row.changed_by, row.changed_at)


def keep(office: Office, work: UnitOfWork, actor: Actor, file: ScenarioFile, revision: int) -> None:
    """Keep the scenarios; `revision` is the one they were changed from. They need not hold yet. Raises ScenariosChanged."""
    require(actor, "studio.edit")
    content = scenarios.read(file.as_bytes()).as_bytes()  # what is kept can be read back
    alone(work, f"scenarios of {file.decision}")  # the first to be kept have no row yet that could be locked
    row = _row(work, file.decision)
    if (row.revision if row else 0) != revision:
        raise ScenariosChanged(key=file.decision)
    if row is None:
        row = DecisionScenarios(key=file.decision, content=content, revision=0)
        work.session.add(row)
    row.content, row.revision = content, row.revision + 1
    row.changed_by, row.changed_at = actor.id, office.clock.now()
    work.session.flush()
    data = {"key": file.decision, "revision": row.revision, "scenarios": len(file.scenarios)}
    office.log.append(work, STREAM, [Event("scenarios", "changed", row.changed_at, actor.id, role_of(actor), data)])


def run(office: Office, reading: Reading, key: str, model: DecisionModel) -> list[Outcome]:
    """What each scenario of the decision gives in this model."""
    return scenarios.run(model, of(reading, key).file, office.clock.now())


def findings(office: Office, reading: Reading, content: bytes) -> list[Finding]:
    """A finding for each scenario that does not hold, on every decision the file is about. A file with errors is not run."""
    try:
        model = dmn.load(content, decision_imports.in_use(reading))
    except (dmn.DecisionRefused, XmlRefused):
        return []
    found = []
    for each in dmn.top_decisions(xml.parse(content)):
        key = each.get("id") or ""
        for outcome in run(office, reading, key, model):
            if outcome.why:
                sentence = f"Proefgeval '{outcome.scenario.name}' klopt niet: {outcome.why}."
                found.append(Finding(key, RULE, ERROR, sentence.replace("..", ".")))
    return found


def install(office: Office, work: UnitOfWork, actor_id: str) -> None:
    """Keep the shipped scenarios of decisions that have none yet; those of a process manager are never replaced."""
    for path in sorted((office.house.workflows / "tests").glob("*.json")):
        file = scenarios.read(path.read_bytes())
        if _row(work, file.decision) is None:
            row = DecisionScenarios(
                key=file.decision,
                content=file.as_bytes(),
                revision=1,
                changed_by=actor_id,
                changed_at=office.clock.now(),
            )
            work.session.add(row)
    work.session.flush()


def read_typed(content: bytes, key: str) -> ScenarioFile:
    """An uploaded file of this decision. Raises ScenariosRefused."""
    file = scenarios.read(content)
    if file.decision != key:
        sentence = f"Deze proefgevallen zijn van '{file.decision}', niet van '{key}'."
        raise ScenariosRefused(errors=[{"field": "content", "message": sentence}])
    return file


def _row(reading: Reading, key: str) -> DecisionScenarios | None:
    """As it is now, whatever was read before."""
    query = select(DecisionScenarios).where(DecisionScenarios.key == key)
    return reading.session.scalar(query.execution_options(populate_existing=True))
