"""The definitions the project ships: installed by the system, in the order in which they need each other.

What is already there in the same content is left alone; a process manager's own newer version is never replaced.
"""

from collections.abc import Iterator
from pathlib import Path

from engine import definitions
from engine.findings import ERROR, WARNING, Finding
from engine.vocabulary import Vocabulary
from forms import schema
from forms.limits import OWN_SENTENCE
from forms.schema import Form
from storage.unit_of_work import Reading, UnitOfWork
from tasks import houses
from tasks.deadlines import shipped_rules
from tasks.handlers import JOB_TYPES
from tasks.houses import House
from tasks.letters.letter_texts import KIND, shipped
from tasks.letters.shipped_letters import install as install_letters
from tasks.office import Office
from tasks.studio import decision_scenarios, known_variables

FORMS = houses.OFFICE.forms
INSTALLER = "system:installer"
RULE = "forms"
NO_SENTENCE = (
    "Dit veld vraagt een bepaalde vorm, maar zegt niet welke. Schrijf bij het patroon een zin met een voorbeeld: "
    "die leest wie iets anders invult."
)


def form_check(content: bytes) -> list[Finding]:
    """Findings on a form, for publishing."""
    form, findings = schema.read(content)
    wrong = [Finding(place, RULE, ERROR, sentence) for place, sentence in findings]
    return [*wrong, *(_unexplained(form) if form else ())]


def _unexplained(form: Form) -> Iterator[Finding]:
    """A warning for each field, also of a row, that asks for a form of answer without saying which."""
    for each in (inner for outer in form.inputs() for inner in (outer, *outer.components)):
        if each.limits.get("pattern") and not each.limits.get(OWN_SENTENCE):
            yield Finding(each.key, RULE, WARNING, NO_SENTENCE)


def vocabulary(
    reading: Reading,
    external: frozenset[str] = frozenset(),
    webhooks: frozenset[str] | None = None,
    house: House = houses.OFFICE,
) -> Vocabulary:
    """The names a diagram may use now; `external` are the job types that a worker outside does."""
    return Vocabulary(
        forms=definitions.keys(reading, "form"),
        job_types=JOB_TYPES | external,
        external=external - JOB_TYPES,
        roles=house.lanes,
        decisions=definitions.keys(reading, "decision"),
        processes=definitions.keys(reading, "process"),
        webhooks=webhooks,
        # What is shipped is published after the diagrams: it may name what they set.
        letters=definitions.keys(reading, KIND) | shipped(house.workflows / "letters").keys(),
        # A worker or an address outside brings what nobody here has written down.
        variables=None if external or webhooks else known_variables.known(reading),
    )


def install(office: Office, work: UnitOfWork) -> int:
    """Publish and activate what is new among the shipped files; returns how many.

    What the office changed itself stays in use: the shipped version lies beside it as a draft, for a process manager to look at.
    """
    house, installed = office.house, 0
    houses.require(work, house)
    files = [("form", f) for f in sorted(house.forms.glob("*.form"))] + [
        ("decision", f) for f in sorted(house.workflows.glob("*.dmn"))
    ]
    # The called come before their callers.
    processes = sorted(house.workflows.glob("*.bpmn"), key=lambda f: (f.stem == house.process, _calls(f), f.stem))
    decision_scenarios.install(office, work, INSTALLER)
    shipped_rules.install(office, work, INSTALLER)
    for kind, file in [*files, *(("process", f) for f in processes)]:
        content = file.read_bytes()
        if _is_known(work, kind, content):
            continue
        made = definitions.publish(
            work,
            kind,
            content,
            actor_id=INSTALLER,
            at=office.clock.now(),
            vocabulary=vocabulary(work, office.settings.external_job_types, frozenset(office.settings.webhooks), house),
            form_check=form_check,
        )
        if made.definition.state == "draft" and definitions.is_from(work, made.definition, INSTALLER):
            definitions.activate(
                work, made.definition.id, actor_id=INSTALLER, at=office.clock.now(), second_person=False
            )
            installed += 1
    return installed + install_letters(office, work, INSTALLER)


def _calls(file: Path) -> bool:
    """True when this diagram calls another."""
    return b"calledElement" in file.read_bytes()


def _is_known(work: UnitOfWork, kind: str, content: bytes) -> bool:
    """True when this very content was installed once, whatever came after it."""
    return definitions.has_content(work, kind, content)
