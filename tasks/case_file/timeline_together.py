"""Lines of the timeline for cases that belong together, and for complaints that go to another office or come from one."""

from collections.abc import Callable

from history.log import Event
from tasks.studio.definition_words import Words

Line = tuple[str, tuple[str, ...]]


def line(words: Words, event: Event) -> Line | None:
    """Title and details; None for an event of another kind."""
    writer = _WRITERS.get((event.activity, event.transition))
    return writer(words, event) if writer else None


def _begun(words: Words, event: Event) -> Line:
    return f"Aan {_cases(event)} gevraagd: {_message(words, event)}", ()


def _done(words: Words, event: Event) -> Line:
    stayed = event.data.get("stayed")
    return f"{_message(words, event)}: {_cases(event)} klaar", (f"Niet gelukt bij {stayed}",) if stayed else ()


def _message(words: Words, event: Event) -> str:
    return words.form(str(event.data.get("message") or ""))


def _cases(event: Event) -> str:
    count = event.data.get("cases")
    return "1 dossier" if count == 1 else f"{count} dossiers"


def _sent(_words: Words, event: Event) -> Line:
    hidden = ("Zonder de naam, het adres en de stukken",) if event.data.get("hidden") else ()
    basis = str(event.personal.get("basis") or "")
    return f"Doorgegeven aan {event.data.get('to')}", (*((f"Grond: {basis}",) if basis else ()), *hidden)


def _came(_words: Words, event: Event) -> Line:
    return f"Gekomen van {event.data.get('from')}", (f"Daar dossier {event.data.get('number')}",)


def _acknowledged(_words: Words, event: Event) -> Line:
    return f"Ontvangen door {event.data.get('from')}", (f"Daar dossier {event.data.get('number')}",)


def _merged(_words: Words, event: Event) -> Line:
    return f"Dossier {event.data.get('number')} is dezelfde klacht: hier samengevoegd", ()


def _parted(_words: Words, event: Event) -> Line:
    return f"Dossier {event.data.get('number')} is toch een andere klacht: weer apart", ()


_WRITERS: dict[tuple[str, str], Callable[[Words, Event], Line]] = {
    ("bulk", "started"): _begun,
    ("bulk", "completed"): _done,
    ("duplicate", "merged"): _merged,
    ("duplicate", "parted"): _parted,
    ("transfer", "sent"): _sent,
    ("transfer", "received"): _came,
    ("transfer", "acknowledged"): _acknowledged,
}
