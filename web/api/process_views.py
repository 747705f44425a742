"""The shapes of running processes, for programs that mend them."""

from datetime import datetime
from typing import Any

from pydantic import Field

from web.api.shapes import Shape


class ProcessLine(Shape):
    """A process. `state` is running, stuck, suspended or ended."""

    id: int
    case_number: str = Field(description="Empty for a process without a case.")
    key: str
    version: int
    name: str
    state: str
    outcome: str
    started_at: datetime
    ended_at: datetime | None


class ProcessPage(Shape):
    """Processes, the newest first; `next` is the `before` of the following page."""

    items: list[ProcessLine]
    next: int | None


class PlaceShape(Shape):
    """Where the process is: a token at a step."""

    token_id: str
    element_id: str
    name: str
    kind: str
    within: str = Field(description="The subprocesses around it, by name.")
    incident_id: int | None
    reason: str = Field(description="Why it cannot go on; empty when it waits as it should.")


class VariableShape(Shape):
    """A variable. `scope` is the token that holds it, empty for the process itself."""

    scope: str
    within: str
    name: str
    literal: str = Field(description='Its value as a FEEL literal: 3, "tekst", date("2026-01-05").')


class TargetShape(Shape):
    """A step that could be begun."""

    element_id: str
    name: str
    within: str


class ProcessShape(Shape):
    """A process with what is needed to mend it."""

    process: ProcessLine
    places: list[PlaceShape]
    variables: list[VariableShape]
    targets: list[TargetShape]


class Mended(Shape):
    """What mending brought about. `outcome` is active, completed, terminated or incident."""

    id: int
    is_suspended: bool
    outcome: str


class IncidentVariable(Shape):
    """A variable at the place of an incident. `literal` is empty for a token whose roles may not see values."""

    name: str
    kind: str
    literal: str
    is_own: bool = Field(
        description="True for the step's own; the others are of the process or a subprocess around it."
    )
    is_answer: bool = Field(description="True for what came from outside and could not be taken yet.")


class IncidentDetail(Shape):
    """A step that cannot go on: who can mend it, how, and the variables of that place."""

    id: int
    case_number: str
    step: str
    reason: str
    opened_at: datetime
    instance_id: int
    process: str
    process_version: int
    who: str
    advice: str
    variables: list[IncidentVariable]


class Corrections(Shape):
    """What was corrected, with the values before."""

    id: int
    old: dict[str, Any]
