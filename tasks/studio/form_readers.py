"""Answers that others count on: a form that no longer asks what a diagram in use reads, or a decision it calls, is not published.

A new version of a form is asked in cases that are under way too. Their diagram would find nothing where it expects an answer, and
FEEL takes nothing for "no": the case would quietly go the wrong way.
"""

from collections.abc import Iterator

from engine import decision_imports, definitions
from engine.dmn import asked
from engine.findings import ERROR, Finding
from engine.lint import diagram, variables
from engine.models import Definition
from engine.parsing import dmn, xml
from engine.vocabulary import Vocabulary
from forms.schema import FormRefused, parse
from storage.unit_of_work import Reading
from tasks.houses import HOUSES
from tasks.studio import known_variables

RULE = "forms"


def findings(reading: Reading, content: bytes) -> list[Finding]:
    """A finding for each answer that goes while a diagram that asks this form needs it."""
    try:
        key = parse(content).id
    except FormRefused:
        return []
    before = definitions.latest(reading, "form", key)
    gone = known_variables.answers(before.content) - known_variables.answers(content) if before else frozenset()
    if not gone:
        return []
    return [
        Finding(
            name,
            RULE,
            ERROR,
            f"Dit formulier vraagt '{name}' niet meer, maar '{row.name}' gebruikt dat antwoord bij {where}. "
            "Laat het veld staan, of verander eerst het diagram.",
        )
        for row in definitions.in_use(reading, "process")
        for name, where in _missed(reading, row, key, gone)
    ]


def _missed(reading: Reading, row: Definition, key: str, gone: frozenset[str]) -> Iterator[tuple[str, str]]:
    """Which of these answers the diagram would miss, and where it reads each first. None when it does not ask the form."""
    read = diagram.read(xml.parse(row.content), Vocabulary.anything())
    said = [read.extensions(node) for node in read.nodes]
    if key not in {each.form_key for each in said} | _by_message(read) | _at_start(row.key):
        return
    use = variables.use_of(read)
    forms = [definitions.latest(reading, "form", each.form_key) for each in said if each.form_key not in (None, key)]
    brought = set(use.sets) - use.local
    brought |= {name for form in forms if form for name in known_variables.answers(form.content)}
    brought |= {name for each in said for name in known_variables.RESULTS.get(each.job_type or "", ())}
    decided = {name: each.decision for each in said if each.decision for name in _asked(reading, each.decision)}
    for name in sorted(gone - brought):
        if name in use.reads:
            yield name, f"'{_called(read, use.reads[name][0])}'"
        elif name in decided:
            yield name, f"de beslissing '{decided[name]}'"


def _by_message(read: diagram.Diagram) -> set[str]:
    """What the diagram listens to: a message is given by the form of that name."""
    return {str(each.get("name")) for each in read.root.iter(xml.bpmn("message"))}


def _at_start(process: str) -> set[str]:
    """The forms of what comes in, when that starts this process. The one is asked or the other, so neither makes up for the other."""
    return {form for house in HOUSES.values() if house.process == process for form in (house.own_form, house.desk_form)}


def _called(read: diagram.Diagram, at: diagram.Node) -> str:
    """An element as people know it; of an arrow the choice it leaves, which has the question."""
    if xml.local(at) == "sequenceFlow":
        at = read.by_id[str(at.get("sourceRef"))]
    return str(at.get("name") or at.get("id"))


def _asked(reading: Reading, key: str) -> list[str]:
    """What a decision in use wants to know."""
    row = definitions.latest(reading, "decision", key)
    return asked.names(dmn.load(row.content, decision_imports.in_use(reading)).graph, key) if row else []
