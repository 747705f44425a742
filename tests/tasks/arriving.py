"""Small processes in the real office that begin or move without a person."""

from sqlalchemy import select

from engine import definitions
from engine.models import ProcessInstance
from identity.people import Actor
from tasks.background import clock as ticking
from tasks.background import messages
from tasks.models import UserTask
from tasks.office import Office
from tasks.studio.shipped import vocabulary
from tests.engine.office import diagram

MESSENGER = Actor("token:1", "Bank", frozenset({"messenger"}))
PAYMENT = (
    '<message id="message_paid" name="paid"><extensionElements>'
    '<zeebe:subscription correlationKey="=reference"/></extensionElements></message>'
)
STRIKE = '<signal id="strike" name="strike"/>'


def every(text: str) -> str:
    """A start event that comes back."""
    return f'<startEvent id="s"><timerEventDefinition><timeCycle>{text}</timeCycle></timerEventDefinition></startEvent>'


def publish(office: Office, body: str, *, root: str = "", key: str = "p") -> int:
    """A new version of a process, in use; gives its definition."""
    content = diagram(body, root=root, key=key).replace(b'formId="form"', b'formId="close_case"')
    with office.database.work() as work:
        names = vocabulary(work, office.settings.external_job_types)
        made = definitions.publish(
            work, "process", content, actor_id="person:1", at=office.clock.now(), vocabulary=names
        )
        return definitions.activate(work, made.definition.id, actor_id="person:2", at=office.clock.now()).id


def tick(office: Office) -> int:
    """What one server does at one tick."""
    return ticking.tick(office)


def send(office: Office, name: str, key: str = "", **variables: object) -> int:
    """A message from outside."""
    with office.database.work() as work:
        return messages.send(office, work, MESSENGER, name, key, variables)


def instances(office: Office, definition_id: int) -> list[ProcessInstance]:
    """The instances of a version, the oldest first."""
    with office.database.reading() as reading:
        query = select(ProcessInstance).where(ProcessInstance.definition_id == definition_id)
        return list(reading.session.scalars(query.order_by(ProcessInstance.id)))


def open_tasks(office: Office, instance_id: int) -> list[UserTask]:
    """The user tasks of an instance that wait for somebody."""
    with office.database.reading() as reading:
        query = select(UserTask).where(UserTask.instance_id == instance_id, UserTask.closed_at.is_(None))
        return list(reading.session.scalars(query.order_by(UserTask.id)))
