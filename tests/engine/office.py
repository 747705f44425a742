"""A small stage for diagrams: publish, start, complete, send messages, move the clock. Each call is one turn and one commit."""

import json
from collections.abc import Mapping
from datetime import timedelta

from sqlalchemy import select

from engine import definitions
from engine.instances import Engine
from engine.models import Incident, Job, ProcessInstance, Subscription
from engine.step import HandlerEntry, Step
from engine.vocabulary import Vocabulary
from storage.unit_of_work import Database
from tasks.background.clock_source import TravellingClock

NAMESPACES = (
    'xmlns="http://www.omg.org/spec/BPMN/20100524/MODEL" xmlns:zeebe="http://camunda.org/schema/zeebe/1.0" '
    'targetNamespace="urn:test" id="definitions"'
)
MESSAGE = (
    '<message id="message_{0}" name="{0}"><extensionElements>'
    '<zeebe:subscription correlationKey="=case_id"/></extensionElements></message>'
)


def flows(text: str) -> str:
    """`a>b b>c[x = 1]` as sequence flows; the text in brackets is the condition."""
    found = []
    for flow in text.split(";"):
        arrow, _, condition = flow.strip().rstrip("]").partition("[")
        source, target = arrow.strip().split(">")
        escaped = condition.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
        inner = f"<conditionExpression>={escaped}</conditionExpression>" if condition else ""
        found.append(
            f'<sequenceFlow id="f_{source}_{target}" sourceRef="{source}" targetRef="{target}">{inner}</sequenceFlow>'
        )
    return "".join(found)


def user(element_id: str, role: str = "case_handler", more: str = "") -> str:
    """A user task with a form and a role."""
    return (
        f'<userTask id="{element_id}" name="{element_id}"><extensionElements><zeebe:formDefinition formId="form"/>'
        f'<zeebe:assignmentDefinition candidateGroups="{role}"/>{more}</extensionElements></userTask>'
    )


def users(names: str) -> str:
    return "".join(user(name) for name in names.split())


def service(element_id: str, job_type: str, more: str = "") -> str:
    return (
        f'<serviceTask id="{element_id}" name="{element_id}"><extensionElements>'
        f'<zeebe:taskDefinition type="{job_type}"/>{more}</extensionElements></serviceTask>'
    )


def script(element_id: str, expression: str, variable: str) -> str:
    return (
        f'<scriptTask id="{element_id}" name="{element_id}"><extensionElements>'
        f'<zeebe:script expression="={expression}" resultVariable="{variable}"/></extensionElements></scriptTask>'
    )


def diagram(body: str, *, root: str = "", key: str = "p") -> bytes:
    return f'<definitions {NAMESPACES}>{root}<process id="{key}" name="{key}" isExecutable="true">{body}</process></definitions>'.encode()


class Stage:
    """One diagram on one database."""

    def __init__(
        self, database: Database, clock: TravellingClock, handlers: Mapping[str, HandlerEntry] | None = None
    ) -> None:
        self.database = database
        self.clock = clock
        self.engine = Engine(handlers or {}, clock)
        self.instance = 0
        self.tokens: dict[str, str] = {}
        self.steps: list[Step] = []
        self.processes: set[str] = set()
        self.decisions: set[str] = set()

    def publish(self, content: bytes, kind: str = "process") -> "Stage":
        vocabulary = Vocabulary(
            forms=frozenset({"form"}),
            job_types=frozenset(self.engine.handlers) | {"outside"},
            roles=frozenset({"case_handler", "authority"}),
            decisions=frozenset(self.decisions),
            processes=frozenset(self.processes),
        )
        with self.database.work() as work:
            made = definitions.publish(
                work, kind, content, actor_id="person:1", at=self.clock.now(), vocabulary=vocabulary
            )
            if made.definition.state == "draft":
                definitions.activate(work, made.definition.id, actor_id="person:2", at=self.clock.now())
            (self.processes if kind == "process" else self.decisions).add(made.definition.key)
        return self

    def start(self, key: str = "p", **variables: object) -> Step:
        with self.database.work() as work:
            step = self.engine.start(work, key, variables, case_id=7)
        self.instance = step.instance_id
        return self._keep(step)

    def complete(self, element_id: str, **variables: object) -> Step:
        with self.database.work() as work:
            step = self.engine.complete(work, self.instance, self.tokens[element_id], variables)
        return self._keep(step)

    def message(self, name: str, **variables: object) -> Step | None:
        with self.database.work() as work:
            step = self.engine.correlate(work, name, "7", variables)
        return None if step is None else self._keep(step)

    def deliver(self) -> None:
        """Everything thrown inside the engine reaches who waits for it, each in a turn of its own."""
        while True:
            with self.database.work() as work:
                step = self.engine.deliver_next(work)
            if step is None:
                return
            self._keep(step)

    def choose(self, ad_hoc_id: str, *elements: str) -> Step:
        """A person begins activities of an ad-hoc subprocess."""
        activated = (t for step in self.steps for t in step.transitions if t.transition == "activated")
        token_id = [t.token_id for t in activated if t.element_id == ad_hoc_id][-1]
        with self.database.work() as work:
            step = self.engine.choose(work, self.instance, token_id, list(elements))
        return self._keep(step)

    def wait(self, **time: float) -> None:
        """Move the clock and fire what falls due, in order."""
        self.clock.advance(timedelta(**time))
        with self.database.reading() as reading:
            due = select(Subscription.id).where(Subscription.due_at <= self.clock.now()).order_by(Subscription.due_at)
            ids = list(reading.session.scalars(due))
        for subscription_id in ids:
            with self.database.work() as work:
                step = self.engine.fire_timer(work, subscription_id)
            if step is not None:
                self._keep(step)

    def finish_job(self, element_id: str, **result: object) -> Step:
        """The worker of an outside job brings its result."""
        with self.database.work() as work:
            job = work.session.scalars(select(Job).where(Job.element_id == element_id, Job.state == "ready")).one()
            job.state = "done"
            step = self.engine.finish_job(work, job, result)
        return self._keep(step)

    def mend(self, **variables: object) -> Step:
        with self.database.work() as work:
            incident = work.session.scalars(select(Incident.id).where(Incident.resolved_at.is_(None))).one()
            step = self.engine.resolve_incident(work, incident, variables, by="person:1")
        return self._keep(step)

    def _keep(self, step: Step) -> Step:
        self.tokens.update({opened.element_id: opened.token_id for opened in step.opened})
        self.steps.append(step)
        return step

    @property
    def active(self) -> dict[str, int]:
        with self.database.reading() as reading:
            return self.engine.active(reading, self.instance)

    @property
    def variables(self) -> dict[str, object]:
        with self.database.reading() as reading:
            return self.engine.variables(reading, self.instance)

    @property
    def outcome(self) -> str:
        return self.steps[-1].outcome

    @property
    def state_bytes(self) -> int:
        with self.database.reading() as reading:
            return len(reading.session.get_one(ProcessInstance, self.instance).state)

    @property
    def tokens_held(self) -> int:
        """How many tokens the stored state holds, finished ones that are still needed included."""
        with self.database.reading() as reading:
            state = json.loads(reading.session.get_one(ProcessInstance, self.instance).state)
        return len(state["top"]["tokens"]) + sum(len(scope["tokens"]) for scope in state["scopes"])

    @property
    def trace(self) -> list[str]:
        """The elements that completed, in order, over all steps."""
        return [t.element_id for step in self.steps for t in step.transitions if t.transition == "completed"]

    def folded(self) -> dict[str, int]:
        """The active elements, from the transitions alone."""
        counts: dict[str, int] = {}
        for step in self.steps:
            for t in step.transitions:
                change = {"activated": 1, "completed": -1, "cancelled": -1}.get(t.transition, 0)
                counts[t.element_id] = counts.get(t.element_id, 0) + change
        return {element: count for element, count in counts.items() if count}
