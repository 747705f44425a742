"""A user task needs somebody: a role of its own, or the lane it stands in."""

from collections.abc import Iterator

from engine.findings import ERROR, WARNING, Finding
from engine.lint.diagram import Diagram
from engine.lint.place import place

RULE = "task_role"


def check(diagram: Diagram) -> Iterator[Finding]:
    """One finding per user task for which no role is named; only a warning while a diagram is tried outside the office."""
    known = diagram.known
    for node in diagram.user_tasks:
        if diagram.extensions(node).candidate_groups:
            continue
        lane = diagram.lanes.get(node.get("id") or "")
        role = "" if lane is None else (lane.get("id") or "").removeprefix("lane_")
        if role in known.roles:
            continue
        severity = WARNING if known.is_foreign else ERROR
        sentence = (
            "Deze taak heeft geen rol. Vul bij 'Rollen' de rol in die ze moet doen, of zet ze in de baan van die rol."
        )
        yield Finding(place(node), RULE, severity, sentence)
