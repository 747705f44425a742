"""Who must stay out of a case: the conflicts of interest that stand. Declaring and lifting one is `tasks.treatment.conflicts`."""

from sqlalchemy import Select, select

from cases.treatment_models import ConflictOfInterest
from storage.unit_of_work import Reading


def barred(person: str) -> Select[int]:
    """The cases this person must stay out of. `person` is an actor id."""
    return select(ConflictOfInterest.case_id).where(
        ConflictOfInterest.person == person, ConflictOfInterest.lifted_at.is_(None)
    )


def kept_out(reading: Reading, case_id: int) -> frozenset[str]:
    """The actor ids that must stay out of a case now."""
    standing = select(ConflictOfInterest.person).where(
        ConflictOfInterest.case_id == case_id, ConflictOfInterest.lifted_at.is_(None)
    )
    return frozenset(reading.session.scalars(standing))
