"""The shapes of jobs for workers outside."""

from datetime import datetime
from typing import Any

from pydantic import Field

from web.api.shapes import Shape


class JobShape(Shape):
    """A job in the hands of the worker that asked. `variables` are the inputs its element maps, and nothing else of the case."""

    id: int
    type: str
    key: str = Field(description="Stays the same however often the job is handed out: for doing it only once.")
    process: str
    process_version: int
    element_id: str
    variables: dict[str, Any]
    headers: dict[str, str]
    attempts_left: int
    lock: str = Field(description="Goes with every answer about this job.")
    lock_until: datetime = Field(description="From then on another worker may get the job.")


class JobList(Shape):
    """The jobs that were handed out; an empty list when there are none."""

    items: list[JobShape]


class JobAnswered(Shape):
    """What became of a job."""

    id: int
    state: str = Field(description="ready (it is tried again), done, or dead (no attempt is left).")
    outcome: str = Field(
        description="Of its process: active, completed, terminated or incident; empty when it did not move."
    )
    is_repeated: bool = Field(description="True when this was said before: nothing happened now.")
    again_at: datetime | None


class JobExtended(Shape):
    """The new end of the lock."""

    id: int
    lock_until: datetime
