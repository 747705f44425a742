"""The words of the diagrams: workflows/glossary.md names what the diagrams use, and nothing else."""

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from lxml import etree

import feel
from engine.parsing import dialect, xml
from tasks.case_file.stages import STAGES
from tasks.handlers import JOB_TYPES
from tasks.inbox import INFORMATION
from tasks.office import WORKFLOWS
from tasks.studio.shipped import FORMS

# What one diagram tells another: no person sends it, so it has no form.
BETWEEN_DIAGRAMS = {"first_line_requested", "second_line_requested"}
DIAGRAMS = [xml.parse(file.read_bytes()) for file in sorted(WORKFLOWS.glob("*.bpmn"))]


def section(title: str) -> list[list[str]]:
    """The rows of a table of the glossary, cell by cell."""
    text = (WORKFLOWS / "glossary.md").read_text(encoding="utf-8")
    part = text.partition(f"## {title}")[2].partition("\n## ")[0]
    rows = [line for line in part.splitlines() if line.startswith("| `")]
    return [[cell.strip() for cell in row.strip("|").split("|")] for row in rows]


def words(title: str) -> list[str]:
    return [row[0].strip("`") for row in section(title)]


def elements(name: str) -> Iterator[etree._Element]:
    for diagram in DIAGRAMS:
        yield from diagram.iter(xml.bpmn(name))


def test_lanes() -> None:
    used = {(lane.get("id") or "").removeprefix("lane_") for lane in elements("lane")}
    assert set(words("Lanes")) == used
    for user_task in elements("userTask"):
        assert dialect.read(user_task).candidate_groups in used


def test_forms() -> None:
    assert words("Forms") == sorted(file.stem for file in FORMS.glob("*.form"))


def test_messages() -> None:
    used = {message.get("name") for message in elements("message")}
    assert set(words("Messages")) == used | {INFORMATION}
    of_people = {name for name in used if name not in BETWEEN_DIAGRAMS}
    assert of_people <= {file.stem for file in FORMS.glob("*.form")}, "what people send has a form of its own name"


def test_job_types_with_their_headers_and_inputs() -> None:
    assert set(words("Job types")) == JOB_TYPES
    known = {
        row[0].strip("`"): (set(re.findall(r"`(\w+)`", row[1])), set(re.findall(r"`(\w+)`", row[2])))
        for row in section("Job types")
    }
    for service_task in elements("serviceTask"):
        found = dialect.read(service_task)
        headers, inputs = known[found.job_type or ""]
        assert set(found.headers) <= headers, service_task.get("id")
        assert {mapping.target for mapping in found.inputs} <= inputs, service_task.get("id")


def test_variables() -> None:
    told = words("Variables")
    assert told == sorted(told)
    assert set(told) == {*_in_expressions(), *_in_forms()}


def _in_expressions() -> Iterator[str]:
    for diagram in DIAGRAMS:
        for element in diagram.iter(etree.Element):
            for text in (*element.attrib.values(), element.text or ""):
                if str(text).strip().startswith("="):
                    yield from feel.compile(str(text).strip().removeprefix("=")).names
        for name, attribute in (
            ("script", "resultVariable"),
            ("calledDecision", "resultVariable"),
            ("input", "target"),
            ("output", "target"),
        ):
            yield from (str(each.get(attribute)) for each in diagram.iter(xml.zeebe(name)))


def _in_forms() -> Iterator[str]:
    for file in FORMS.glob("*.form"):
        yield from _answers(json.loads(file.read_text(encoding="utf-8"))["components"])


def _answers(components: Sequence[Mapping[str, Any]]) -> Iterator[str]:
    """The keys of fields whose answers go to the token; rows of a list go to the file as a whole."""
    for each in components:
        if each["type"] == "group":
            yield from _answers(each["components"])
        elif each.get("key") and each["type"] != "filepicker" and each["properties"]["goes_to"] in ("token", "both"):
            yield each["key"]


def test_stages() -> None:
    used = {
        prop.get("value") for d in DIAGRAMS for prop in d.iter(xml.zeebe("property")) if prop.get("name") == "stage"
    }
    assert used == set(STAGES)
    text = (WORKFLOWS / "glossary.md").read_text(encoding="utf-8")
    assert all(f"`{stage}`" in text.partition("## Where a step stands")[2] for stage in STAGES)
