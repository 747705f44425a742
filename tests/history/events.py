"""Events made by hand, for what a real case would need a long story to reach."""

from datetime import UTC, datetime, timedelta

from history.log import Recorded


def at(seq: int) -> datetime:
    """An instant for each number, a minute apart."""
    return datetime(2026, 1, 5, 9, 0, tzinfo=UTC) + timedelta(minutes=seq)


def moved(seq: int, element: str, transition: str, *, token: str, flow: str | None = None) -> Recorded:
    """A token of instance 1 of diagram `p` moved at an element."""
    data = {"instance": 1, "token": token, "definition": ["p", 1], "flow": flow, "type": "service_task"}
    return Recorded(element, transition, at(seq), "system:engine", "", data, seq=seq)
