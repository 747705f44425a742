"""A form may ask a decision: its answer stands in the field as a proposal, and what the person sends counts."""

import json
import re
from collections.abc import Callable

import pytest

from engine import definitions
from engine.errors import DiagramRefused
from identity.people import Actor
from identity.roles import PROCESS_MANAGER
from tasks.office import Office
from tasks.studio import publishing
from tests.engine.dmn_files import decision, file, literal
from tests.stories.stage import Story
from tests.web.conftest import Visitor

Visit = Callable[..., Visitor]
MAKER, OTHER = (Actor(f"person:{n}", "P", frozenset({PROCESS_MANAGER})) for n in (41, 42))
ANSWERS = (
    '{judged: if first_line_contacted = "nee" then "nee" else "ja", note: "Dag " + string(today()), odd: "misschien"}'
)


def form_asking(office: Office, **asked: dict[str, str]) -> bytes:
    """The form of the intake, with these properties added to its fields."""
    with office.database.reading() as reading:
        row = definitions.latest(reading, "form", "assess_intake")
        assert row is not None
        told = json.loads(row.content)
    for component in told["components"]:
        component.get("properties", {}).update(asked.get(component.get("key"), {}))
    return json.dumps(told).encode()


def in_use(office: Office, kind: str, content: bytes) -> None:
    with office.database.work() as work:
        made = publishing.publish(office, work, MAKER, kind, content)
        publishing.activate(office, work, OTHER, made.definition.id)


def asked(answer: str = "") -> dict[str, str]:
    return {"decided_by": "intake_hints", "answer": answer}


def test_the_proposal_stands_in_the_field_until_somebody_answers(visit: Visit, sqlite_office: Office) -> None:
    in_use(sqlite_office, "decision", file(decision("intake_hints", literal(ANSWERS))))
    fields = {"judged_urgent": asked("judged"), "intake_note": asked("note"), "repeated": asked("odd")}
    in_use(sqlite_office, "form", form_asking(sqlite_office, **fields))
    task = Story(sqlite_office).given_a_complaint().open("assess_intake")
    intake = visit("intake_officer")
    page = intake.get(f"/taken/{task.id}").text
    assert re.search(r'name="judged_urgent"[^>]*value="ja"[^>]*checked', page)
    assert "Dag 2026-01-05" in page
    assert not re.search(r'name="repeated"[^>]*checked', page), "'misschien' is no choice of this field"
    intake.form(f"/taken/{task.id}", {"matter": "complaint", "judged_urgent": "nee", "intake_note": ""})
    with sqlite_office.database.reading() as reading:
        case_id = task.case_id
        [done] = [
            e
            for e in sqlite_office.log.read(reading, f"case:{case_id}")
            if e.transition == "completed" and e.activity == "assess_intake"
        ][:1]
    assert "Dag 2026" not in json.dumps([done.data, done.personal], default=str)


def test_a_decision_without_an_answer_proposes_nothing(visit: Visit, sqlite_office: Office) -> None:
    in_use(sqlite_office, "decision", file(decision("intake_hints", literal("1 + 1"), kind="string")))
    in_use(sqlite_office, "form", form_asking(sqlite_office, judged_urgent=asked()))
    task = Story(sqlite_office).given_a_complaint().open("assess_intake")
    page = visit("intake_officer").get(f"/taken/{task.id}")
    assert page.status_code == 200
    assert not re.search(r'name="judged_urgent"[^>]*checked', page.text)


def test_a_form_that_asks_an_unknown_decision_is_not_published(sqlite_office: Office) -> None:
    content = form_asking(sqlite_office, judged_urgent=asked())
    with sqlite_office.database.work() as work, pytest.raises(DiagramRefused) as refused:
        publishing.publish(sqlite_office, work, MAKER, "form", content)
    assert refused.value.errors[0]["field"] == "judged_urgent"
    assert "'intake_hints' bestaat niet" in refused.value.errors[0]["message"]
    with sqlite_office.database.reading() as reading:
        assert publishing.check(sqlite_office, reading, "form", content)[0].sentence.startswith("De beslissing")
