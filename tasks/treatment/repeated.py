"""A user task that is done several times: which one this is, in words for whoever does it.

In: the occurrence the engine tells. Out: `3 van 5: De Lijn`. The item is looked up where the office has a name for it. Only the
office's own people read it: what is asked of an authority goes through its form alone.
"""

from collections.abc import Mapping

from engine.occurrences import Occurrence
from tasks.case_file.spoken import spoken, which_time
from tasks.office import Office

LONGEST = 200
# Where an item of several fields keeps what people call it.
NAMES = ("name", "naam", "label", "title", "titel", "subject", "onderwerp")


def about(office: Office, occurrence: Occurrence | None) -> str | None:
    """None for what is done once, and for a first time of who knows how many."""
    if occurrence is None:
        return None
    time = which_time(occurrence.number, occurrence.total)
    return ": ".join(filter(None, (time, _name_of(office, occurrence.item)))) or None


def _name_of(office: Office, item: object) -> str:
    """What people call an item; empty for one that has no name of its own."""
    if isinstance(item, Mapping):
        item = next((item[name] for name in NAMES if isinstance(item.get(name), str)), None)
    if item is None or isinstance(item, list | tuple | Mapping):
        return ""
    known = office.register.get(item) if isinstance(item, str) else None
    text = known.name if known else spoken(office, item)
    return " ".join(text.split())[:LONGEST]
