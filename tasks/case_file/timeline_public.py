"""Lines of the timeline for what is made public of a case, and for what was noted beside a case that is like it."""

from collections.abc import Callable, Mapping

from history.log import Event
from tasks.studio.definition_words import Words

Line = tuple[str, tuple[str, ...]]


def line(words: Words, event: Event) -> Line | None:
    """Title and details; None for an event of another kind."""
    writer = _WRITERS.get((event.activity, event.transition))
    return writer(words, event) if writer else None


def _checked(_words: Words, event: Event) -> Line:
    traces = str(event.personal.get("summary.traces") or "")
    return "Nagekeken of de samenvatting iemand aanwijst", tuple(traces.splitlines())


def _published(_words: Words, event: Event) -> Line:
    return f"Samenvatting {event.data.get('number')} openbaar gemaakt", ()


def _withdrawn(_words: Words, event: Event) -> Line:
    return f"Samenvatting {event.data.get('number')} niet langer openbaar", ()


def _compared(_words: Words, event: Event) -> Line:
    why = str(event.personal.get("why") or "")
    return f"Vergeleken met dossier {event.data.get('with')}", (f"Uitleg: {why}",) if why else ()


_WRITERS: Mapping[tuple[str, str], Callable[[Words, Event], Line]] = {
    ("summary", "checked"): _checked,
    ("summary", "published"): _published,
    ("summary", "withdrawn"): _withdrawn,
    ("consistency", "noted"): _compared,
}
