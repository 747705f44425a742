"""What became of a case, in the vocabulary of the example files: read from the file and its history, after the last act.

"At intake" is the first answer of each decision on the data as received; a person who decides admissibility before it is
looked at again (a return, a new fact) decides over the table.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import select

from cases import deadlines, facts
from cases.deadlines import local_day
from cases.models import Case, ClockPause, Deadline, Grievance
from history.log import Recorded
from storage.unit_of_work import Reading
from tasks.case_file.stages import stages_of
from tasks.office import Office
from tasks.scenarios.records import Record
from tasks.turn import stream_of

ADMISSIBLE: Mapping[str, object] = {"admitted": True, "refused": False, "suspended": "suspended"}
CHECKED, DECIDED = "check_admissibility", "decide_admissibility"


@dataclass(frozen=True)
class Result:
    """The fields of an expectation, as they came out. `ids` of other cases are record ids where they are known."""

    fields: Mapping[str, Any]
    after: Mapping[str, Any]
    grievances: Sequence[Mapping[str, Any]]
    authorities: Sequence[str | None]


def of(office: Office, reading: Reading, case_id: int, record: Record, ids: Mapping[str, str]) -> Result:
    """Read the result of a case. `ids` gives the record id of a case number."""
    case = reading.session.get_one(Case, case_id)
    rows = list(
        reading.session.scalars(select(Grievance).where(Grievance.case_id == case_id).order_by(Grievance.number))
    )
    main = next((row for row in rows if row.is_main), rows[0])
    events = office.log.read(reading, stream_of(case_id))
    known = facts.known(reading, case_id)
    due = deadlines.of_case(reading, case_id)
    merged = known.get("case.merged_into")
    fields = {
        "type": case.matter,
        **_at_intake(events),
        "urgent": case.is_urgent,
        "stages": stages_of(reading, case),
        "finding": main.finding,
        "remedy": main.remedy,
        "norms": list(main.norms),
        "closure_reason": case.closure_reason,
        "deadlines": _deadlines(due, None),
        "duplicate_of": ids.get(str(merged), str(merged)) if merged else None,
        "joined_with": _joined(reading, case, known, ids),
    }
    after = {
        "first_line_gate": main.first_line_gate,
        "gate_reason": main.gate_reason,
        **_last_admissibility(events),
        "suspended_between": _pause(reading, case_id, record),
    }
    return Result(fields, after, [_grievance(row, due) for row in rows], [row.authority_key for row in rows])


def _answers(events: Sequence[Recorded], element_id: str) -> list[tuple[int, Any]]:
    return [(e.seq, e.data["value"]) for e in events if e.activity == element_id and e.transition == "decided"]


def _at_intake(events: Sequence[Recorded]) -> dict[str, Any]:
    competence = _answers(events, "determine_competence")[0][1]
    gates = _answers(events, "check_first_line")
    if not gates:
        gate = {"gate": "bypassed", "reason": competence["gate_reason"], "transfer": competence["transfer"]}
    else:
        gate = gates[0][1]
    return {
        "competent_body": competence["body"],
        "transfer": gate["transfer"],
        "first_line_gate": gate["gate"],
        "gate_reason": gate["reason"],
        **_first_admissibility(events),
    }


def _first_admissibility(events: Sequence[Recorded]) -> dict[str, Any]:
    checks = _answers(events, CHECKED)
    if not checks:
        return _of_competence(events)
    again = checks[1][0] if len(checks) > 1 else None
    by_people = [e for e in events if e.activity == DECIDED and e.transition == "completed"]
    if by_people and (again is None or by_people[0].seq < again):
        return _of_people(by_people[0])
    return _of_table(checks[0][1])


def _last_admissibility(events: Sequence[Recorded]) -> dict[str, Any]:
    checks = _answers(events, CHECKED)
    by_people = [e for e in events if e.activity == DECIDED and e.transition == "completed"]
    if by_people and (not checks or by_people[-1].seq > checks[-1][0]):
        return _of_people(by_people[-1])
    return _of_table(checks[-1][1]) if checks else _of_competence(events)


def _of_competence(events: Sequence[Recorded]) -> dict[str, Any]:
    """Somebody else is competent: the table that says who also says what becomes of it here."""
    competence = _answers(events, "determine_competence")[-1][1]
    return {"admissible": ADMISSIBLE.get(competence["admissibility"]), "ground": competence["ground"]}


def _of_people(event: Recorded) -> dict[str, Any]:
    answers = event.data["answers"]
    if not isinstance(answers, Mapping):
        return {}
    return {"admissible": ADMISSIBLE.get(str(answers["decision"])), "ground": answers.get("ground")}


def _of_table(value: Any) -> dict[str, Any]:
    return {"admissible": ADMISSIBLE.get(value["admissible"]), "ground": value["ground"]}


def _deadlines(rows: Sequence[Deadline], grievance: int | None) -> dict[str, str]:
    return {row.name: row.due_on.isoformat() for row in rows if row.grievance == grievance}


def _grievance(row: Grievance, due: Sequence[Deadline]) -> dict[str, Any]:
    return {
        "competent_body": row.body,
        "transfer": row.transfer,
        "first_line_gate": row.first_line_gate,
        "gate_reason": row.gate_reason,
        "type": row.matter,
        "finding": row.finding,
        "remedy": row.remedy,
        "norms": list(row.norms),
        "deadlines": _deadlines(due, row.number),
    }


def _pause(reading: Reading, case_id: int, record: Record) -> list[int | None] | None:
    """Days from the receipt between which the clocks stood still."""
    row = reading.session.scalar(select(ClockPause).where(ClockPause.case_id == case_id).order_by(ClockPause.id))
    if row is None:
        return None
    start = local_day(record.received_at)
    return [(row.from_on - start).days, (row.to_on - start).days if row.to_on else None]


def _joined(reading: Reading, case: Case, known: Mapping[str, object], ids: Mapping[str, str]) -> list[str]:
    """The other records of the group: everything joined to the same case, and that case."""
    root = known.get("case.joined_to") or case.number
    members = {
        other.number
        for other in reading.session.scalars(select(Case))
        if facts.known(reading, other.id).get("case.joined_to") == root
    }
    return sorted(ids.get(number, number) for number in {*members, str(root)} - {case.number})
