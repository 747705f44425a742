"""Walks through the shipped diagrams of a house in the sandbox: people answer forms at random, jobs answer what the diagram asks of them,
messages come and terms end, in any order. No case and no letter is made: what is walked is the drawing, its decisions and its forms.
"""

import math
import re
from collections import Counter
from collections.abc import Iterator, Mapping
from datetime import timedelta
from random import Random
from typing import Any

from lxml import etree
from sqlalchemy import select

from cases import codelists
from engine.models import Incident
from engine.sandbox import Sandbox, Waiting
from engine.sandbox_waiting import CHOICE, USER_TASK
from engine.step import BpmnError, HandlerEntry, JobContext, Result
from forms.schema import parse, split
from forms.validation import validate
from tasks.forms_in_use import choices
from tasks.houses import House
from tests.properties.answers import fill
from tests.properties.trails import NAMES, Trail, Trails

A_DATE = re.compile(r"\b([a-z_]+_(?:by|due|on|at|until))\b")
# How likely each thing is beside the others: most of what happens is that people do their work.
LIKELY = {USER_TASK: 6.0, CHOICE: 4.0, "message": 0.3, "timer": 0.5}
# What was done often is forgotten after so many walks: else messages, done least, would end every walk before it comes far.
AFRESH = 25
FOLLOWING = 0.6  # of the walks go on from where an earlier one came
MESSAGE, TIMER = "message", "timer"
TERM = timedelta(days=30)


class Drawings:
    """What the diagrams of a house say: their ends, the form of each user task, the errors that are caught, and what jobs may answer."""

    def __init__(self, house: House) -> None:
        self.files = sorted(house.workflows.glob("*.bpmn"))
        self.trees = {file.stem: etree.parse(str(file)) for file in self.files}
        self.decisions = sorted(house.workflows.glob("*.dmn"))
        self.forms = {file.stem: parse(file.read_bytes()) for file in house.forms.glob("*.form")}
        self.codes = choices(codelists.load(house.workflows / "codelists"))
        self.ends = {key: self._ids(key, "endEvent") for key in self.trees}
        self.form_of = {
            str(task.get("id")): str(form.get("formId"))
            for task in self._all("userTask")
            for form in task.iterfind(".//z:formDefinition", NAMES)
        }
        self.caught = dict(self._caught())
        self.answers = self._answers()
        self.job_types = {str(each.get("type")) for each in self._all("taskDefinition", "z")}

    def _all(self, tag: str, prefix: str = "b") -> Iterator[etree._Element]:
        for tree in self.trees.values():
            yield from tree.iterfind(f".//{prefix}:{tag}", NAMES)

    def _ids(self, key: str, tag: str) -> set[str]:
        return {str(each.get("id")) for each in self.trees[key].iterfind(f".//b:{tag}", NAMES)}

    def _caught(self) -> Iterator[tuple[str, str]]:
        codes = {each.get("id"): str(each.get("errorCode")) for each in self._all("error")}
        for event in self._all("boundaryEvent"):
            for definition in event.iterfind("b:errorEventDefinition", NAMES):
                yield str(event.get("attachedToRef")), codes[definition.get("errorRef")]

    def _answers(self) -> dict[str, list[Any]]:
        """For each name that a diagram or decision asks for and no form fills: the values it is compared with."""
        asked = {field.key for form in self.forms.values() for field in form.inputs()} | {"true", "false", "null"}
        found: dict[str, list[Any]] = {}
        for text in self._expressions():
            for name, value in re.findall(r'\b([a-z_]+)\s*!?=\s*"([^"]*)"', text):
                found.setdefault(name, []).append(value)
            for name in re.findall(r"\b([a-z_]+)\s*!?=\s*null", text):
                found.setdefault(name, []).append(None)
            yes_or_no = re.findall(r"^\s*([a-z_]+)\s*$|\b([a-z_]+)\s*=\s*(?:true|false)\b", text)
            for name in (*A_DATE.findall(text), *("".join(each) for each in yes_or_no)):
                found.setdefault(name, [])
        for name, entries in self._columns():
            found.setdefault(name, []).extend(re.findall(r'"([^"]*)"', entries))
        return {name: values for name, values in found.items() if name not in asked}

    def _columns(self) -> Iterator[tuple[str, str]]:
        """Each input of a table that is a name, with all that stands in its column."""
        for file in self.decisions:
            for table in etree.parse(str(file)).iterfind(".//{*}decisionTable"):
                names = [str(each.text) for each in table.iterfind("{*}input/{*}inputExpression/{*}text")]
                rows = [
                    [str(e.findtext("{*}text")) for e in rule.iterfind("{*}inputEntry")]
                    for rule in table.iterfind("{*}rule")
                ]
                yield from (
                    (name, " ".join(row[n] for row in rows)) for n, name in enumerate(names) if name.isidentifier()
                )

    def _expressions(self) -> Iterator[str]:
        for tree in self.trees.values():
            for each in tree.iter():
                if isinstance(each.tag, str):
                    for text in (each.text or "", *map(str, each.attrib.values())):
                        if text.startswith("="):
                            yield text[1:]


class DrawnWalk:
    """Walks of one house, one after the other; `reached` counts the elements that were completed in all of them.

    An end behind much work is never come to by chance alone. So a way to each element is kept, and most walks follow one, rather one that leads
    near an end nobody saw, before they go on at random.
    """

    def __init__(self, house: House, pick: Random) -> None:
        self.drawn, self.pick = Drawings(house), pick
        self.dice = Random(0)  # of one step: what is answered in it, so that the step can be done again
        self.trails = Trails(self.drawn.trees, pick)
        self.reached, self.tried = Counter[str](), Counter[str]()
        self.walks = 0
        self.box = self._new_box()

    def _new_box(self) -> Sandbox:
        box = Sandbox(handlers={each: HandlerEntry(self._job) for each in self.drawn.job_types})
        for file in (*self.drawn.decisions, *self._called_first()):
            box.publish(file)
        return box

    def _called_first(self) -> list[Any]:
        """A diagram after those it calls."""
        calls = {
            key: {str(each.get("processId")) for each in tree.iterfind(".//z:calledElement", NAMES)}
            for key, tree in self.drawn.trees.items()
        }
        ordered: list[str] = []
        while len(ordered) < len(calls):
            ordered += sorted(key for key in calls.keys() - set(ordered) if calls[key] <= set(ordered))
        files = {file.stem: file for file in self.drawn.files}
        return [files[key] for key in ordered]

    def missing(self) -> dict[str, str]:
        """The ends nobody came to so far, with their diagram."""
        return {end: key for key, found in self.drawn.ends.items() for end in sorted(found) if not self.reached[end]}

    def trail(self) -> Trail:
        """The way the next walk begins with: one that was found, or nothing but the start of a diagram, rather one with many ends to reach."""
        left = Counter(self.missing().values())
        found = self.trails.towards(self.missing()) if self.pick.random() < FOLLOWING else None
        process = self.pick.choices(sorted(self.drawn.ends), [left[key] + 0.2 for key in sorted(self.drawn.ends)])[0]
        return found or Trail(process, self._seed())

    def walk(self, trail: Trail, steps: int) -> list[str]:
        """One instance along a trail and so many steps further; what went wrong in it."""
        self.walks += 1
        if self.walks % AFRESH == 0:
            self.tried.clear()
            self.box = self._new_box()
        began, instance = len(self.box.history()), self._started(trail)
        gone, ahead, is_assessing = Trail(trail.process, trail.dice), list(trail.steps), False
        for _ in range(len(ahead) + steps):
            waiting = self.box.waiting(instance) if self.box.outcome(instance) == "active" else []
            if not waiting:
                break
            was_assessing, is_assessing = is_assessing, any(each.element_id == "assess" for each in waiting)
            if is_assessing and not was_assessing:
                self._check_heard(instance, began)
            before = len(self.box.history())
            what, dice = self._next(waiting, ahead)
            self.dice = Random(dice)
            self._do(what)
            gone = gone.and_then(what.element_id, what.kind, dice)
            self._keep(gone, before)
        troubles = self._troubles(instance)
        if self.box.outcome(instance) == "active":
            self.box.terminate(instance)
        return troubles

    def _started(self, trail: Trail) -> int:
        self.dice = Random(trail.dice)
        told = {name: self._value(name) for name in self.drawn.answers}
        today, before = self.box.clock.now().date(), len(self.box.history())
        told |= {
            "case_id": self.walks,
            "received_on": today,
            "channel": "web",
            "language": "nl",
            "report_year": today.year,
        }
        instance = self._begun(trail.process, told)
        self._keep(Trail(trail.process, trail.dice), before)
        return instance

    def _next(self, waiting: list[Waiting], ahead: list[tuple[str, str, int]]) -> tuple[Waiting, int]:
        """What the trail says, as long as it can be followed; then chance."""
        if ahead:
            element, kind, dice = ahead.pop(0)
            for each in waiting:
                if (each.element_id, each.kind) == (element, kind):
                    return each, dice
            ahead.clear()
        return self.pick.choices(waiting, [self._weight(each) for each in waiting])[0], self._seed()

    def _keep(self, gone: Trail, before: int) -> None:
        done = [line.element_id for line in self.box.history()[before:] if line.transition == "completed"]
        self.reached.update(done)
        self.trails.keep(gone, done)

    def _seed(self) -> int:
        return self.pick.getrandbits(32)

    def _begun(self, process: str, told: Mapping[str, Any]) -> int:
        """By its own start, or by the message that starts it and nothing else."""
        before = set(self.box.instances())
        tree = self.drawn.trees[process]
        plain = [
            s
            for s in tree.iterfind("b:process/b:startEvent", NAMES)
            if s.find("b:messageEventDefinition", NAMES) is None
        ]
        if plain:
            return self.box.start(process, told)
        names = {each.get("id"): str(each.get("name")) for each in tree.iterfind("b:message", NAMES)}
        [event] = tree.iterfind("b:process/b:startEvent/b:messageEventDefinition", NAMES)
        self.box.message(names[event.get("messageRef")], str(told["case_id"]), told)
        [begun] = set(self.box.instances()) - before
        return begun

    def _weight(self, each: Waiting) -> float:
        """What was done often is done less."""
        return LIKELY.get(each.kind, 1.0) / math.sqrt(1 + self.tried[each.element_id])

    def _do(self, what: Waiting) -> None:
        self.tried[what.element_id] += 1
        if what.kind == TIMER:
            assert what.due_at is not None
            self.box.advance(max(what.due_at - self.box.clock.now(), timedelta(0)))
        elif what.kind == MESSAGE:
            self.box.message(str(what.name), what.key, self._filled(str(what.name), {}))
        else:
            form = self.drawn.form_of.get(what.element_id, "") if what.kind == USER_TASK else ""
            self.box.complete(what, self._filled(form, what.variables))

    def _filled(self, key: str, context: Mapping[str, Any]) -> dict[str, Any]:
        form = self.drawn.forms.get(key)
        if form is None:
            return {}
        given = fill(form, self.drawn.codes, context, self.box.clock.now().date(), self.dice)
        checked = validate(form, given, codelists=self.drawn.codes, context=context)
        assert checked.errors == {}, (key, checked.errors)
        return split(form, checked.values).token

    def _job(self, context: JobContext) -> Result:
        code = self.drawn.caught.get(context.element_id)
        if code and self.dice.random() < 0.4:
            return BpmnError(code)
        return {name: self._value(name) for name in self.drawn.answers}

    def _value(self, name: str) -> Any:
        compared = self.drawn.answers[name]
        if any(isinstance(value, str) for value in compared):
            return self.dice.choice([*compared, "something else"])
        if A_DATE.fullmatch(name):
            return self.dice.choice([self.box.clock.now().date() + TERM, *compared])
        return self.dice.choice([True, False, *compared])

    def _check_heard(self, instance: int, began: int) -> None:
        """Nobody assesses a complaint unless both parties were heard, or somebody wrote down why not.

        Asked when assessing begins: what jobs answer later, at random, may write over the date.
        """
        done = {line.element_id for line in self.box.history()[began:] if line.transition == "completed"}
        known = self.box.variables(instance)
        said_why = "decide_unheard" in done and known.get("hearing_decision") == "assess"
        assert known.get("parties_heard_on") is not None or said_why, sorted(done)

    def _troubles(self, instance: int) -> list[str]:
        with self.box.database.reading() as reading:
            found = reading.session.scalars(select(Incident).where(Incident.instance_id == instance))
            return [f"{each.element_id}: {each.reason}" for each in found]
