"""An investigation on the office's own initiative, in which people choose what is done: an ad-hoc part of a diagram."""

from engine.models import ProcessInstance
from identity.people import Actor
from tasks import completion
from tasks.models import UserTask
from tasks.office import Office
from tasks.treatment import choosing
from tests.diagrams.shapes import END
from tests.engine.office import MESSAGE, flows
from tests.tasks.arriving import instances, open_tasks, publish, send, tick

HANDLER = Actor("person:1", "Lies", frozenset({"case_handler"}))
OMBUDSMAN = Actor("person:2", "Hanne", frozenset({"ombudsman"}))
ENOUGH = 'approach = "mediation"'
ORDERED = MESSAGE.format("ordered").replace("=case_id", "=ticket")


def step(element_id: str, name: str, role: str = "case_handler", more: str = "") -> str:
    """A user task with a name of its own. `more` comes after its extensions."""
    return (
        f'<userTask id="{element_id}" name="{name}"><extensionElements><zeebe:formDefinition formId="choose_approach"/>'
        f'<zeebe:assignmentDefinition candidateGroups="{role}"/></extensionElements>{more}</userTask>'
    )


STEPS = (
    step("ask_documents", "Stukken opvragen")
    + step("visit_site", "Ter plaatse gaan kijken")
    + step("hear_witness", "Een getuige horen")
)
LANE = '<laneSet id="lanes"><lane id="lane_{role}"><flowNodeRef>investigate</flowNodeRef></lane></laneSet>'


def ad_hoc(body: str = STEPS, more: str = "", until: str = ENOUGH) -> str:
    condition = until.replace("<", "&lt;").replace('"', "&quot;")
    return (
        f'<adHocSubProcess id="investigate" name="Onderzoeksdaden" {more}>{body}'
        f"<completionCondition>={condition}</completionCondition></adHocSubProcess>"
    )


def investigation(part: str, role: str = "") -> str:
    """Ordered by a message, then the part to choose in, then a conclusion by the ombudsman."""
    return (
        (LANE.format(role=role) if role else "")
        + '<startEvent id="s"><messageEventDefinition messageRef="message_ordered"/></startEvent>'
        + part
        + step("conclude", "Besluit schrijven", "ombudsman")
        + END
        + flows("s>investigate;investigate>conclude;conclude>e")
    )


def given(office: Office, body: str) -> ProcessInstance:
    """The diagram in use, and one process that was started; it has a file of its own."""
    definition = publish(office, body, root=ORDERED, key="investigation")
    send(office, "ordered")
    tick(office)
    return instances(office, definition)[-1]


def case_of(instance: ProcessInstance) -> int:
    assert instance.case_id is not None
    return instance.case_id


def seen(office: Office, instance: ProcessInstance, actor: Actor = HANDLER) -> list[choosing.ChoiceView]:
    with office.database.reading() as reading:
        return choosing.of_case(office, reading, actor, case_of(instance))


def chooses(
    office: Office, instance: ProcessInstance, *steps: str, actor: Actor = HANDLER, version: int | None = None
) -> None:
    """The first choice of the case."""
    choice = seen(office, instance)[0].id
    with office.database.work() as work:
        choosing.choose(office, work, actor, case_of(instance), choice, steps, version=version)


def completes(office: Office, row: UserTask, approach: str = "investigation") -> None:
    with office.database.work() as work:
        actor = Actor("person:1", "Lies", frozenset({row.role}))
        completion.complete(office, work, actor, row.id, {"approach": approach})


def doing(office: Office, instance: ProcessInstance) -> list[str]:
    return [row.element_id for row in open_tasks(office, instance.id)]
