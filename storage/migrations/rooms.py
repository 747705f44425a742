"""The tables of all rooms, for Alembic only. Rooms above storage are named here as text and imported when a migration runs."""

from importlib import import_module

from sqlalchemy import MetaData

from storage.base import Base

ROOMS_WITH_TABLES = (
    "history.models",
    "identity.models",
    "engine.models",
    "cases.models",
    "cases.related",
    "cases.treatment_models",
    "cases.openings",
    "cases.recommendations",
    "cases.publications",
    "cases.signals",
    "cases.surveys",
    "tasks.models",
    "tasks.reporting.count_models",
    "tasks.joined.bulk_models",
    "tasks.joined.transfer_models",
)


def metadata() -> MetaData:
    """Every table there is."""
    for name in ROOMS_WITH_TABLES:
        import_module(name)
    return Base.metadata
