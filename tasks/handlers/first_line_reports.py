"""The job of the yearly report of a service: what the system knows of its first line goes on the file, for the service to complete."""

from collections.abc import Mapping
from typing import Any

from cases import facts
from cases.models import Case
from engine.step import JobContext
from tasks.at_services import first_line_counts
from tasks.handlers.case_file import event
from tasks.office import Office
from tasks.turn import note


def count(office: Office, context: JobContext) -> Mapping[str, Any]:
    """Count the first-line cases of the file's authority received in the year of input `report_year`."""
    case = context.work.session.get_one(Case, context.case_id)
    found = first_line_counts.of(context.work, case.authority_key or "", int(context.variables["report_year"]))
    facts.remember(context.work, case.id, first_line_counts.as_facts(found), at=context.now)
    note(context.work, event(context, "first_line_report", "changed", **found))
    return {}
