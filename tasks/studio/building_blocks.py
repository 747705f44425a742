"""The building blocks of a diagram, as element templates that bpmn-js and Camunda Modeler know.

Job types come from workflows/templates, one file each, and only those that have a handler or a worker outside are offered; forms,
roles, decisions and diagrams are lists to choose from, made of what is in use now. A job type without a file still gets a bare
block, so nothing a diagram may use is missing from the editor.
"""

import json
from collections.abc import Iterable, Mapping
from functools import lru_cache
from pathlib import Path
from typing import Any

from engine import definitions
from identity.roles import EXTERNAL_ROLES, WORKS_ON_CASES
from storage.unit_of_work import Reading
from tasks.handlers import JOB_TYPES
from tasks.letters import letter_readers
from tasks.office import WORKFLOWS, Office

TEMPLATES = WORKFLOWS / "templates"
SCHEMA = "@camunda/zeebe-element-templates-json-schema"
Block = dict[str, Any]


def all_of(office: Office, reading: Reading) -> list[Block]:
    """Every block the editor offers; lists to choose from are those of this office now."""
    written, lists = shipped(TEMPLATES), _lists(office, reading)
    jobs = [
        _filled(written.get(job_type) or _bare(job_type), lists)
        for job_type in sorted({*JOB_TYPES, *office.settings.external_job_types})
    ]
    return [*jobs, _user_task(reading), _decision(reading), _call(reading)]


@lru_cache(maxsize=4)
def shipped(folder: Path) -> Mapping[str, Block]:
    """The written blocks by job type."""
    found = {}
    for file in sorted(folder.glob("*.json")):
        block: Block = json.loads(file.read_text())
        found[job_type_of(block)] = block
    return found


def _lists(office: Office, reading: Reading) -> dict[str, list[Block]]:
    """What the headers of job types choose from: letters by name, deadlines, code lists."""
    letters = dict(sorted(_named(reading, "letter")))
    readers = letter_readers.of_letters(reading)
    deadlines = _options((rule.label, name) for name, rule in office.deadline_rules.rules.items())
    codes = {key: _options((c.label, c.value) for c in office.codelists[key].codes) for key in office.codelists}
    return {
        "template": _options((f"{key} · {name}{_to(readers, key)}", key) for key, name in letters.items()),
        "rule": deadlines,
        "meets": deadlines,
        "closure_reason": codes["closure_reasons"],
        "remedy": codes["remedies"],
        "webhook": _options((name, name) for name in sorted(office.settings.webhooks)),
    }


def _to(readers: Mapping[str, str], key: str) -> str:
    """Who gets a letter, since several may have one subject; nothing when no diagram sends it yet."""
    return f" (aan {readers[key]})" if key in readers else ""


def _filled(block: Block, lists: Mapping[str, list[Block]]) -> Block:
    """The block with today's lists; the file has those of the day it was written, for editors elsewhere."""

    def filled(each: Block) -> Block:
        key = each["binding"].get("key", "")
        return {**each, "choices": lists[key]} if "choices" in each and key in lists else each

    return {**block, "properties": [filled(each) for each in block["properties"]]}


def _options(pairs: Iterable[tuple[str, str]]) -> list[Block]:
    return [{"name": name, "value": value} for name, value in pairs]


def job_type_of(block: Block) -> str:
    """The job type a block sets; empty when it sets none."""
    bindings = [(each["binding"], each.get("value", "")) for each in block["properties"]]
    return next((str(value) for binding, value in bindings if binding["type"] == "zeebe:taskDefinition"), "")


def _block(name: str, block_id: str, applies_to: str, properties: list[Block], description: str = "") -> Block:
    return {
        "$schema": SCHEMA,
        "name": name,
        "id": f"ombudsflow.{block_id}",
        "description": description,
        "appliesTo": ["bpmn:Task", applies_to],
        "elementType": {"value": applies_to},
        "properties": properties,
    }


def _hidden(value: str, binding: Block) -> Block:
    return {"type": "Hidden", "value": value, "binding": binding}


def _choice(label: str, options: Iterable[tuple[str, str]], binding: Block) -> Block:
    return {
        "type": "Dropdown",
        "label": label,
        "choices": [{"name": name, "value": value} for value, name in options],
        "constraints": {"notEmpty": True},
        "binding": binding,
    }


def _bare(job_type: str) -> Block:
    binding = {"type": "zeebe:taskDefinition", "property": "type"}
    return _block(job_type, job_type, "bpmn:ServiceTask", [_hidden(job_type, binding)])


def _named(reading: Reading, kind: str) -> list[tuple[str, str]]:
    return [(row.key, row.name or row.key) for row in definitions.in_use(reading, kind)]


def _user_task(reading: Reading) -> Block:
    roles = [(role, role) for role in sorted(WORKS_ON_CASES | EXTERNAL_ROLES)]
    due: Block = {
        "type": "String",
        "label": "Uiterste datum",
        "feel": "required",
        "value": '=today() + duration("P7D")',
        "binding": {"type": "zeebe:taskSchedule", "property": "dueDate"},
    }
    properties = [
        {"type": "Hidden", "binding": {"type": "zeebe:userTask"}},
        _choice("Formulier", _named(reading, "form"), {"type": "zeebe:formDefinition", "property": "formId"}),
        _choice("Rol", roles, {"type": "zeebe:assignmentDefinition", "property": "candidateGroups"}),
        due,
    ]
    return _block(
        "Taak met formulier", "user_task", "bpmn:UserTask", properties, "Iemand van een rol vult een formulier in."
    )


def _decision(reading: Reading) -> Block:
    result: Block = {
        "type": "String",
        "label": "Uitkomst in variabele",
        "constraints": {"notEmpty": True},
        "binding": {"type": "zeebe:calledDecision", "property": "resultVariable"},
    }
    binding = {"type": "zeebe:calledDecision", "property": "decisionId"}
    properties = [_choice("Beslissingstabel", _named(reading, "decision"), binding), result]
    return _block(
        "Beslissing", "decision", "bpmn:BusinessRuleTask", properties, "Een beslissingstabel geeft de uitkomst."
    )


def _call(reading: Reading) -> Block:
    binding = {"type": "zeebe:calledElement", "property": "processId"}
    properties = [_choice("Diagram", _named(reading, "process"), binding)]
    return _block(
        "Ander diagram",
        "call_activity",
        "bpmn:CallActivity",
        properties,
        "Loopt een ander diagram af, en gaat dan verder.",
    )
