"""The handlers that run inside a turn, and how the one that fails is taken back.

Promise: what a failing handler wrote is gone, what the handlers before it wrote stays, and its problem reaches the element that asked.
A savepoint before each handler would cost two statements each. So there is one, before the first: when a handler fails, the turn
goes back to it and does again what had succeeded, with the same contexts. A handler is database work only, so it answers the same;
one that does not costs the whole turn, and nothing is half-done.
"""

from collections.abc import Mapping
from copy import copy
from typing import Any

from engine.errors import NotRepeatable
from engine.step import BpmnError, Handler, JobContext
from storage.unit_of_work import Savepoint, UnitOfWork

Answer = Mapping[str, Any] | BpmnError


class Handling:
    """The handlers of one turn. `is_lost` once taking back failed: then no element's trouble, the turn cannot go on."""

    def __init__(self, work: UnitOfWork) -> None:
        self._work, self._session = work, work.session
        self._savepoint: Savepoint | None = None
        self._noted: dict[Any, Any] = {}
        self._done: list[tuple[Handler, JobContext, Answer]] = []
        self.is_lost = False

    def call(self, handler: Handler, context: JobContext) -> Answer:
        """Run a handler and write at once what it left to write, so that a refusal of the database is its own.

        Raises what the handler raises, after taking back what it did. Raises NotRepeatable.
        """
        if self._savepoint is None:
            self._savepoint = self._work.savepoint()
            self._noted = {key: copy(value) for key, value in self._session.info.items()}
        try:
            answer = handler(context)
            self._session.flush()
        except Exception:
            self._take_back(self._savepoint)
            raise
        self._done.append((handler, context, answer))
        return answer

    def _take_back(self, savepoint: Savepoint) -> None:
        self.is_lost = True  # until all of it has succeeded
        savepoint.take_back()
        self._session.info.clear()
        self._session.info.update(self._noted)  # what rooms remember of a transaction is part of what is undone
        again, self._done, self._savepoint = self._done, [], None
        for handler, context, answer in again:
            if handler(context) != answer:
                raise NotRepeatable(element=context.element_id)
        self._session.flush()
        self.is_lost = False

    def close(self) -> None:
        """The handlers are done: what they wrote now belongs to the turn."""
        if self._savepoint is not None:
            self._savepoint.keep()
            self._savepoint = None
