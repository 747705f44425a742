"""How the lines of the log look: one JSON object a line, or words for a person at a terminal. To standard error, for whoever collects it.

What our own code says was filtered where it was said (`storage.watching`). A library's record is not trusted: of it remain the logger,
the place in its code, and for a few libraries their fixed sentence without what they would fill in. Of an exception remain its type
and the places it passed, never its message, which may quote what somebody typed.
"""

import json
import logging
import sys
from datetime import UTC, datetime
from types import TracebackType
from typing import Any, TextIO

from prometheus_client import Counter
from structlog.dev import ConsoleRenderer
from structlog.stdlib import ProcessorFormatter

from storage.watching import fitting
from tasks.office import Settings

RECORDS = Counter("ombudsflow_log_records_total", "Lines at warning or worse, by logger.", ["logger", "level"])
# Their sentences are fixed, with %s where a value goes; the values are left out.
TELLS_FIXED_SENTENCES = ("ombudsflow", "uvicorn", "apscheduler", "alembic")
MOST_FRAMES, MOST_CAUSES = 25, 5
TOLD_WHEN_SEALED = frozenset({"at", "level", "event", "logger", "where", "kind", "problem", "exception"})


def start(settings: Settings, stream: TextIO | None = None) -> logging.Handler:
    """Send every record of this process to a stream, standard error by default. Gives the handler, to take it away again."""
    out = stream or sys.stderr
    as_words = settings.log_format == "text" or (settings.log_format == "auto" and out.isatty())
    render = ConsoleRenderer(colors=False, event_key="event", pad_event_to=0) if as_words else _as_json
    handler = _Counting(out)
    handler.setFormatter(
        ProcessorFormatter(
            processors=[_whole, *([_sealed] if settings.house.is_sealed else []), render],
            foreign_pre_chain=[_of_a_library],
        )
    )
    root = logging.getLogger()
    root.addHandler(handler)
    root.setLevel(settings.log_level.upper())
    for quiet in ("apscheduler", "alembic", "procrastinate"):  # they tell of every tick
        logging.getLogger(quiet).setLevel(max(logging.WARNING, root.level))
    return handler


class _Counting(logging.StreamHandler[TextIO]):
    """Writes lines and counts those that should worry somebody."""

    def emit(self, record: logging.LogRecord) -> None:
        if record.levelno >= logging.WARNING:
            RECORDS.labels(
                record.name.partition(".")[0] if _is_foreign(record) else record.name, record.levelname
            ).inc()
        super().emit(record)


def _is_foreign(record: logging.LogRecord) -> bool:
    return not record.name.startswith("ombudsflow.")


def _of_a_library(_logger: object, _method: str, told: Any) -> Any:
    record: logging.LogRecord = told["_record"]
    name = record.name.partition(".")[0]
    fixed = isinstance(record.msg, str) and name in TELLS_FIXED_SENTENCES
    told["event"] = record.msg.strip() if fixed else "a library says something at this place of its code"
    return {**told, "where": f"{record.module}:{record.lineno}"}


def _whole(_logger: object, method: str, told: Any) -> Any:
    """Time, level and sentence first; then what it is about; then the exception, without its words."""
    record: logging.LogRecord = told.pop("_record")
    at = datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds")
    line = {"at": at, "level": record.levelname.lower(), "event": told["event"], "logger": record.name}
    problem = told.get("exc_info") or record.exc_info
    if problem is True:
        problem = sys.exc_info()
    if isinstance(problem, tuple):
        problem = problem[1]
    line |= fitting({name: value for name, value in told.items() if name != "logger"})
    return line | ({"exception": passed(problem)} if isinstance(problem, BaseException) else {})


def _sealed(_logger: object, _method: str, line: Any) -> Any:
    """The lines of a sealed house say what went wrong and where in the code, and nothing by which cases could be counted."""
    return {name: value for name, value in line.items() if name in TOLD_WHEN_SEALED}


def passed(problem: BaseException) -> list[str]:
    """Types and places of an exception and of what caused it, the innermost place last."""
    lines: list[str] = []
    cause: BaseException | None = problem
    for _ in range(MOST_CAUSES):
        if cause is None:
            break
        lines += [type(cause).__name__, *_places(cause.__traceback__)]
        cause = cause.__cause__ or (None if cause.__suppress_context__ else cause.__context__)
    return lines


def _places(traceback: TracebackType | None) -> list[str]:
    places = []
    while traceback is not None:
        code = traceback.tb_frame.f_code
        module = traceback.tb_frame.f_globals.get("__name__", "?")
        places.append(f"  {module}:{traceback.tb_lineno} {code.co_name}")
        traceback = traceback.tb_next
    return places[-MOST_FRAMES:]


def _as_json(_logger: object, _method: str, line: Any) -> str:
    return json.dumps(line, ensure_ascii=False)
