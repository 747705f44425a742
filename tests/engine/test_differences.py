"""What changed is told in words, per element, row or field; where something is drawn is told in one line."""

from pathlib import Path

import pytest

from engine.differences import Change, between
from engine.errors import XmlRefused

WORKFLOWS = Path(__file__).resolve().parents[2] / "workflows"
FORMS = WORKFLOWS.parent / "forms"
MEDIATION = (WORKFLOWS / "mediation.bpmn").read_bytes()
URGENCY = (WORKFLOWS / "urgency.dmn").read_bytes()
CLOSING = (FORMS / "close_case.form").read_bytes()
SHIPPED = [("process", f) for f in sorted(WORKFLOWS.glob("*.bpmn"))]
SHIPPED += [("decision", f) for f in sorted(WORKFLOWS.glob("*.dmn"))] + [
    ("form", f) for f in sorted(FORMS.glob("*.form"))
]


@pytest.mark.parametrize(("kind", "file"), SHIPPED, ids=lambda each: getattr(each, "stem", each))
def test_a_file_does_not_differ_from_itself(kind: str, file: Path) -> None:
    assert between(kind, file.read_bytes(), file.read_bytes()) == []


@pytest.mark.parametrize(
    ("before", "after", "element", "change"),
    [
        (b"Mislukking noteren", b"Mislukking opschrijven", "record_failure", Change("naam", "Mislukking noteren", "Mislukking opschrijven")),
        (b'formId="record_failure"', b'formId="other"', "record_failure", Change("formulier", "record_failure", "other")),
        (b'value="L13"', b'value="L14"', "invite_authority", Change("vast gegeven template", "L13", "L14")),
        (b'type="letter.send"', b'type="case.close"', "invite_authority", Change("taaktype", "letter.send", "case.close")),
        (b'=proposal_answer = "ja"', b'=proposal_answer != "nee"', "f_complainant_agrees_both_accepted", Change("voorwaarde", '=proposal_answer = "ja"', '=proposal_answer != "nee"')),
    ],
)  # fmt: skip
def test_a_changed_property_is_named_with_before_and_after(
    before: bytes, after: bytes, element: str, change: Change
) -> None:
    assert before in MEDIATION
    found = between("process", MEDIATION, MEDIATION.replace(before, after, 1))
    assert [(each.element_id, each.kind, each.changes) for each in found] == [(element, "changed", (change,))]


def test_another_lane_is_a_change_of_role_and_not_of_the_lane() -> None:
    moved = MEDIATION.replace(b"<flowNodeRef>record_failure</flowNodeRef>", b"", 1).replace(
        b'name="Dienst">', b'name="Dienst"><flowNodeRef>record_failure</flowNodeRef>', 1
    )
    (found,) = between("process", MEDIATION, moved)
    assert (found.element_id, found.changes) == (
        "record_failure",
        (Change("rol in de tekening", "Bemiddelaar", "Dienst"),),
    )


def test_only_drawing_it_elsewhere_changes_nothing_for_a_case() -> None:
    place = MEDIATION.index(b"<dc:Bounds x=")
    moved = MEDIATION[:place] + MEDIATION[place:].replace(b'<dc:Bounds x="', b'<dc:Bounds x="9', 1)
    (found,) = between("process", MEDIATION, moved)
    assert found.kind == "moved"
    assert "verandert niets aan een dossier" in found.what


def test_what_is_new_and_what_is_gone_are_told() -> None:
    start = MEDIATION.index(b'<scriptTask id="set_reconciled"')
    end = MEDIATION.index(b"</scriptTask>", start) + len(b"</scriptTask>")
    gone = MEDIATION[:start] + MEDIATION[end:]
    assert [(d.element_id, d.kind) for d in between("process", MEDIATION, gone)] == [("set_reconciled", "removed")]
    assert [(d.element_id, d.kind) for d in between("process", gone, MEDIATION)] == [("set_reconciled", "added")]


def test_a_decision_differs_by_row_and_column() -> None:
    (found,) = between("decision", URGENCY, URGENCY.replace(b'"ja"', b'"zeker"'))
    assert (found.element_id, found.what) == ("urgency_rule_1", "rij 1")
    assert found.changes == (Change("Oordeel van het onthaal", '"ja"', '"zeker"'),)


def test_a_form_differs_by_field() -> None:
    (found,) = between("form", CLOSING, CLOSING.replace(b'"personal": "yes"', b'"personal": "no"'))
    assert (found.element_id, found.changes) == ("closing_text", (Change("persoonlijk", "yes", "no"),))


def test_another_writer_of_the_same_file_is_no_difference() -> None:
    written = MEDIATION.replace(b"><", b">\n  <").replace(b'exporter="x"', b"")
    assert between("process", MEDIATION, written) == []


def test_what_is_no_xml_is_refused_and_no_json_is_empty() -> None:
    with pytest.raises(XmlRefused):
        between("process", MEDIATION, b"<a>")
    assert {each.kind for each in between("form", CLOSING, b"{")} == {"changed", "removed"}


def test_a_decision_graph_is_told_apart_by_its_parts() -> None:
    text = '<literalExpression id="text"><text>2 * n</text></literalExpression>'
    shared = f'<businessKnowledgeModel id="twice" name="Dubbel"><encapsulatedLogic>{text}</encapsulatedLogic></businessKnowledgeModel>'
    before = f'<definitions xmlns="https://www.omg.org/spec/DMN/20230324/MODEL/" id="d">{shared}</definitions>'.encode()
    (found,) = between("decision", before, before.replace(b"2 * n", b"3 * n"))
    assert (found.element_id, found.what, [(c.before, c.after) for c in found.changes]) == (
        "twice",
        "gedeelde regel ‘Dubbel’",
        [("2 * n", "3 * n")],
    )
    (gone,) = between("decision", before, before.replace(shared.encode(), b""))
    assert (gone.kind, gone.what) == ("removed", "gedeelde regel ‘Dubbel’")
