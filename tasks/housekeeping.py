"""What the office clears away by itself, a few times a day: drafts nobody finished, and files no row knows.

Reads first, and writes only when there is something to remove.
"""

from tasks import drafts
from tasks.office import Office


def run(office: Office) -> int:
    """Remove what has had its time; returns how much was removed."""
    removed = 0
    while (expired := drafts.expire(office)) > 0:
        removed += expired
    with office.database.reading() as reading:
        return removed + office.documents.sweep(reading)
