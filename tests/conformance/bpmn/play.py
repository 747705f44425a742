"""One case of a diagram in a sandbox, and what it did. After each call the history, folded, must equal the tokens."""

from collections import Counter
from datetime import timedelta
from typing import Any

from engine.sandbox import Sandbox, Waiting

KEY = "k"


class Play:
    """A sandbox with these files published and, if `start` is a process, one case started."""

    def __init__(self, *files: str, start: str | None = "p", **variables: Any) -> None:
        self.box = Sandbox()
        for file in files:
            self.box.publish(file)
        self.case = 0
        if start is not None:
            self.start(start, **variables)

    def start(self, process_id: str = "p", **variables: Any) -> int:
        """One more case; questions are about the last one."""
        self.case = self.box.start(process_id, {"key": KEY, **variables})
        self.check()
        return self.case

    # -- what happens -------------------------------------------------------------------------------------------------

    def complete(self, *element_ids: str, **variables: Any) -> "Play":
        for element_id in element_ids:
            self.box.complete(element_id, variables, instance=self.case)
            self.check()
        return self

    def message(self, name: str, key: str | None = KEY, /, **variables: Any) -> int | None:
        taken = self.box.message(name, key, variables)
        self.check()
        return taken

    def signal(self, name: str, **variables: Any) -> None:
        self.box.signal(name, variables)
        self.check()

    def throw(self, job: str, code: str) -> None:
        self.box.throw(job, code, instance=self.case)
        self.check()

    def wait(self, **time: float) -> "Play":
        self.box.advance(timedelta(**time))
        self.check()
        return self

    # -- what is seen -------------------------------------------------------------------------------------------------

    def check(self) -> None:
        """The tokens are what the history says: for every instance of the sandbox."""
        for instance in self.box.instances():
            folded: Counter[str] = Counter()
            for line in self.box.history(instance):
                folded[line.element_id] += {"activated": 1, "completed": -1, "cancelled": -1}.get(line.transition, 0)
            assert {name: count for name, count in folded.items() if count} == self.box.active(instance)

    def waiting(self, *kinds: str) -> list[Waiting]:
        return [wait for wait in self.box.waiting(self.case) if not kinds or wait.kind in kinds]

    @property
    def waits(self) -> list[str]:
        """The open work: user tasks and jobs, by name."""
        return sorted(wait.element_id for wait in self.waiting("user_task", "job"))

    @property
    def listens(self) -> list[str]:
        """The events that may happen, by name."""
        return sorted(wait.element_id for wait in self.waiting("timer", "message", "signal", "condition"))

    @property
    def done(self) -> list[str]:
        """The elements that completed, in order."""
        return [line.element_id for line in self.box.history(self.case) if line.transition == "completed"]

    def did(self, names: str) -> list[str]:
        """Those of these elements that completed, in order, as often as they did."""
        asked = names.split()
        return [element_id for element_id in self.done if element_id in asked]

    def cancelled(self, names: str) -> list[str]:
        lines = self.box.history(self.case)
        return [x.element_id for x in lines if x.transition == "cancelled" and x.element_id in names.split()]

    @property
    def outcome(self) -> str:
        return self.box.outcome(self.case)

    @property
    def variables(self) -> dict[str, Any]:
        return self.box.variables(self.case)

    def __getitem__(self, name: str) -> Any:
        return self.variables.get(name)
