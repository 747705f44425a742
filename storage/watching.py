"""What the program is doing and what it costs, for whoever keeps it running: the lowest room has it, so that every room can say so.

A request, a tick's timer, a job or a mail is one `Watched`: what it is about (numbers and names of the code, see FIELDS), its statements
and its commits. `logger` gives loggers whose lines carry that. Nothing else gets in: a field that is not in FIELDS, or a value that
does not look as it says, is dropped before anything is written, so no line can hold a name, an address, a secret link or a text.
`part` marks a stretch of it for tracing, and costs nothing while nobody traces.
"""

import re
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from contextvars import ContextVar
from dataclasses import dataclass, field
from typing import Any
from uuid import uuid4

import structlog
from prometheus_client import Counter
from sqlalchemy import Engine, event

Value = str | int | float
Fields = dict[str, Value]
# A name of the code, a diagram's element or a job type: never with a space, an @ or a slash.
NAME = re.compile(r"[A-Za-z][A-Za-z0-9_.:-]{0,99}")
ROUTE = re.compile(r"/[A-Za-z0-9_./{}:-]{0,199}")
# Hexadecimal, with or without dashes: what proxies make. No name and no secret link looks like it.
REQUEST = re.compile(r"[0-9A-Fa-f-]{16,64}")
WHERE = re.compile(r"[A-Za-z0-9_.<>]{1,100}:\d{1,6}")
FIELDS: dict[str, re.Pattern[str] | type] = {
    **dict.fromkeys(("case", "instance", "timer", "job", "mail", "message", "signal", "incident", "move", "plan"), int),
    **dict.fromkeys(("status", "statements", "commits", "count", "pid", "attempt"), int),
    **dict.fromkeys(("kind", "outcome", "problem", "method", "role", "job_type", "logger", "version"), NAME),
    "ms": float,
    "request": REQUEST,
    "route": ROUTE,
    "where": WHERE,
}
Tracer = Callable[[str, Fields], AbstractContextManager[None]]
Caller = Callable[[str], AbstractContextManager[None]]
CONTROL = ("PRAGMA", "BEGIN", "SET ", "SAVEPOINT", "RELEASE")  # no questions
COMMITS = Counter("ombudsflow_commits_total", "Transactions that were committed.")


@dataclass(slots=True)
class Watched:
    """One request or one piece of work in the background. Several threads may count on it; a count lost between them harms nobody."""

    about: Fields = field(default_factory=dict)
    statements: int = 0
    commits: int = 0
    began: float = field(default_factory=time.perf_counter)

    @property
    def cost(self) -> dict[str, float]:
        """What it took until now; the time in milliseconds."""
        ms = round((time.perf_counter() - self.began) * 1000, 1)
        return {"ms": ms, "statements": self.statements, "commits": self.commits}


_current: ContextVar[Watched | None] = ContextVar("what is watched here", default=None)


@dataclass
class _Tracing:
    """Who makes spans in this process; nobody, unless an installation asks for it."""

    tracer: Tracer | None = None
    caller: Caller | None = None


_tracing = _Tracing()


def fitting(fields: dict[str, Any]) -> Fields:
    """The fields that may be told, with values that look as they should. The others are gone."""
    return {name: value for name, value in fields.items() if _fits(FIELDS.get(name), value)}


def _fits(wanted: re.Pattern[str] | type | None, value: object) -> bool:
    if isinstance(wanted, re.Pattern):
        return isinstance(value, str) and wanted.fullmatch(value) is not None
    if wanted is float:
        return isinstance(value, int | float)
    return wanted is int and isinstance(value, int) and not isinstance(value, bool)


def current() -> Watched | None:
    """What is watched here; None outside every request and every piece of background work."""
    return _current.get()


def about(**fields: Value | None) -> None:
    """Say what this request or work is about. The first case wins: a page that touches others is about the one it is for."""
    watched = _current.get()
    if watched is not None:
        for name, value in fitting(fields).items():
            watched.about.setdefault(name, value)


@contextmanager
def watched(**fields: Value) -> Iterator[Watched]:
    """Everything inside counts for a new one. Gives it, to read its cost afterwards."""
    made = Watched(fitting(fields))
    token = _current.set(made)
    try:
        yield made
    finally:
        _current.reset(token)


@contextmanager
def background(log: Any, kind: str, **fields: Value) -> Iterator[Watched]:
    """A piece of work nobody asked for by hand, by its kind and its row: watched, traced, and told in one line when it is over."""
    with watched(request=new_id(), kind=kind, **fields) as made, part(kind, **fields):
        try:
            yield made
        except BaseException as problem:
            made.about.setdefault("problem", type(problem).__name__)
            raise
        finally:
            log.info("background work", **made.cost)


@contextmanager
def part(name: str, **fields: Value) -> Iterator[None]:
    """A stretch of the work for whoever traces. Usable on a function too."""
    tracer = _tracing.tracer
    if tracer is None:
        yield
    else:
        with tracer(name, fitting(dict(fields))):
            yield


def asked_by(traceparent: str) -> AbstractContextManager[None]:
    """The parts inside belong to the trace that whoever asks began, as W3C Trace Context names it; to their own when it names none."""
    return nullcontext() if _tracing.caller is None or not traceparent else _tracing.caller(traceparent)


def trace_with(tracer: Tracer | None, caller: Caller | None = None) -> None:
    """Hand every part to a tracer from now on, or to nobody."""
    _tracing.tracer, _tracing.caller = tracer, caller


def new_id() -> str:
    """An id for a request or a piece of work: 16 hexadecimal characters."""
    return uuid4().hex[:16]


def request_id(given: str) -> str:
    """The id a proxy gave, when it looks like one, else a new one."""
    return given if REQUEST.fullmatch(given) else new_id()


def count(engine: Engine) -> None:
    """Count the statements and the commits of a database, for what is watched where they happen."""

    @event.listens_for(engine, "before_cursor_execute")
    def _asked(_connection: object, _cursor: object, statement: str, *_: object) -> None:
        watched = _current.get()
        if watched is not None and not statement.startswith(CONTROL):
            watched.statements += 1

    @event.listens_for(engine, "commit")
    def _committed(_connection: object) -> None:
        COMMITS.inc()
        watched = _current.get()
        if watched is not None:
            watched.commits += 1


def logger(name: str) -> Any:
    """A logger of our own: `log.warning("a fixed sentence", case=12)`. What differs goes into fields, never into the sentence."""
    return structlog.stdlib.get_logger(name)


def _with_what_is_watched(_logger: object, _method: str, told: Any) -> Any:
    """The fields that may be told, with those of the request or work this line is part of."""
    kept = {name: told[name] for name in ("event", "exc_info") if name in told}
    watched = _current.get()
    return {**(watched.about if watched is not None else {}), **fitting(told), **kept}


structlog.configure(
    processors=[
        structlog.stdlib.filter_by_level,
        _with_what_is_watched,
        structlog.stdlib.ProcessorFormatter.wrap_for_formatter,
    ],
    wrapper_class=structlog.stdlib.BoundLogger,
    logger_factory=structlog.stdlib.LoggerFactory(),
    cache_logger_on_first_use=True,
)
