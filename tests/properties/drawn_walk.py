"""Walks through the shipped diagrams of a house in the sandbox: people answer forms at random, jobs answer what the diagram asks of them,
messages come and terms end, in any order. No case and no letter is made: what is walked is the drawing, its decisions and its forms.
"""

import math
import re
from collections import Counter, deque
from collections.abc import Callable, Iterator, Mapping
from datetime import timedelta
from itertools import combinations
from math import inf
from random import Random
from typing import Any

from lxml import etree
from sqlalchemy import select

from cases import codelists
from engine.models import Incident
from engine.sandbox_waiting import CHOICE, USER_TASK, Waiting
from engine.step import BpmnError, HandlerEntry, JobContext, Result
from forms.schema import Form, parse, split
from forms.validation import validate
from tasks.forms_in_use import choices
from tasks.houses import House
from tests.properties.answers import fill
from tests.properties.distances import NAMES, Distances, Where
from tests.properties.pictures import Returning
from tests.properties.trails import Place, Stand, Trails, nearness

A_DATE = re.compile(r"\b([a-z_]+_(?:by|due|on|at|until))\b")
# How likely each thing is beside the others: most of what happens is that people do their work.
LIKELY = {USER_TASK: 6.0, CHOICE: 4.0, "message": 0.3, "timer": 0.5}
# What was done often is forgotten after so many walks: else messages, done least, would end every walk before it comes far.
AFRESH = 25
# So many of the walks go on from where an earlier one stood; fewer, the longer nobody came to another end: what is needed may be said at the start.
FOLLOWING, FOLLOWING_LONG, PATIENCE = 0.9, 0.5, 250
LOST = 400  # walks: when nobody came to another end for so long, what they know leads astray, and they begin as the first did
FARTHEST = 0.15  # as likely at least is what leads nowhere new, beside what leads there soonest
CHANGED = 0.5  # of the answers are those that brought a walk further, but for one
REMEMBERED = 20
DRAWN = 6  # as many answers are thought up, and the rarest given
MOST_BESIDE = 12  # answers that are looked at two by two
MESSAGE, TIMER, CONDITION = "message", "timer", "condition"
TERM = timedelta(days=30)
STEPS = 20  # of a walk, from where it goes on


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
        self.deciding = frozenset(self._deciding())
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

    def _deciding(self) -> Iterator[str]:
        """The names that conditions and decisions ask."""
        for condition in self._all("conditionExpression"):
            yield from re.findall(r"[a-z_]+", re.sub(r'"[^"]*"', "", condition.text or ""))
        yield from (name for name, _ in self._columns())

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
    """Walks of one house, one after the other.

    An end behind much work is never come to by chance alone. So each walk goes on from where an earlier one stood, rather near an end nobody
    saw, and does there what was done least; of several answers a person could give, those are given that were given least beside each other.
    Where it stands is always somewhere a walk came to step by step from the start of a diagram.
    """

    def __init__(self, house: House, pick: Random) -> None:
        self.drawn, self.pick = Drawings(house), pick
        self.trails, self.distances = Trails(pick), Distances(self.drawn.trees)
        self.tried, self.said = Counter[str](), Counter[object]()
        self.walks = self.done = self.found_at = 0
        self.path: list[str] = []  # what was done in this walk, for whoever reads why it failed
        self.box = Returning({each: HandlerEntry(self._job) for each in self.drawn.job_types})
        for file in (*self.drawn.decisions, *self._called_first()):
            self.box.publish(file)
        self.empty = self.box.picture()
        self.begun, self.active = set[str](), set[str]()
        self.given: tuple[str, dict[str, Any]] | None = None  # at the last step, by which form
        self.helped: dict[str, deque[dict[str, Any]]] = {}
        self.forgotten = Counter[Where](), Counter[Where]()
        self._measure()

    def _measure(self) -> None:
        """How far it is to the ends that are left, as walks went so far."""
        reached, flows = self.forgotten
        self.distances.measure(self.missing(), self.box.reached - reached, self.box.flows - flows)

    def _forget(self) -> None:
        """Begin as if nobody had walked yet, but for the ends that were come to."""
        self.trails, self.found_at = Trails(self.pick), self.walks
        self.forgotten = Counter(self.box.reached), Counter(self.box.flows)
        for each in (self.tried, self.said, self.helped, self.begun):
            each.clear()

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

    def missing(self) -> list[Where]:
        """The ends nobody came to so far, with their diagram."""
        return [
            (key, end)
            for key, found in self.drawn.ends.items()
            for end in sorted(found)
            if not self.box.reached[key, end]
        ]

    def walk(self, steps: int) -> list[str]:
        """One instance, from its start or from where an earlier walk stood, and at most so many steps further; what went wrong in it."""
        self.walks += 1
        if self.walks % AFRESH == 0:
            self.tried.clear()
        if self.walks - self.found_at > LOST:
            self._forget()
        self._measure()
        is_known = self.begun >= {key for key, _ in self.missing()}
        following = max(FOLLOWING_LONG, FOLLOWING - (self.walks - self.found_at) / PATIENCE)
        found = self.trails.towards(self.distances.to_go) if is_known and self.pick.random() < following else None
        first, stand = found or (None, self._begun())
        if found:
            self.box.put_back(stand.picture)
        self.path = list(stand.path)
        waiting = self._waiting(stand.instance)
        for _ in range(steps):
            if all(far == inf for far in self._far(stand, waiting)):
                break
            was_assessing = _is_assessing(waiting)
            before, was_waiting = (len(self.missing()), self.box.known), waiting
            what, first, self.given = self._next(waiting, stand, first), None, None
            [far] = self._far(stand, [what])
            self._do(what)
            waiting = self._look(stand, *before)
            if _is_assessing(waiting) and not was_assessing:
                self._check_heard(stand.instance)
            new = [each for each in waiting if each not in was_waiting]
            if self.given and min(self._far(stand, new), default=inf) < far:
                self.helped.setdefault(self.given[0], deque(maxlen=REMEMBERED)).append(self.given[1])
        return self._troubles(stand.instance)

    def _waiting(self, instance: int) -> list[Waiting]:
        """What can be done now; a condition comes true by what is done."""
        waiting = self.box.waiting(instance) if self.box.outcome(instance) == "active" else []
        self.active = set(self.box.active(instance)) if waiting else set()
        return [each for each in waiting if each.kind != CONDITION]

    def _next(self, waiting: list[Waiting], stand: Stand, first: Place | None) -> Waiting:
        """Where the walk goes on from, that comes first; then chance."""
        wanted = [each for each in waiting if (stand.process, each.element_id, each.kind) == first] or waiting
        far = self._far(stand, wanted)
        near = [FARTHEST + nearness(each - min(far)) if each < inf else FARTHEST for each in far]
        weights = [self._weight(*each) for each in zip(wanted, near, strict=True)]
        return self.pick.choices(wanted, weights)[0]

    def _far(self, stand: Stand, waiting: list[Waiting]) -> list[float]:
        """How far it is from each to the nearest end."""
        return [self.distances.to_go(stand.process, self.active, each.element_id) for each in waiting]

    def _look(self, stand: Stand, left: int, known: int) -> list[Waiting]:
        """What was reached just now, and what waits now; later walks may go on from here."""
        if len(self.missing()) < left:
            self.trails.anew()
            self._measure()
            self.found_at = self.walks
        waiting = self._waiting(stand.instance)
        far = zip(waiting, self._far(stand, waiting), strict=True)
        places = {(stand.process, each.element_id, each.kind) for each, steps in far if steps < inf}
        told = self._known(stand.instance)
        kept = [place for place in sorted(places) if self.trails.wants(place, told, self.box.known > known)]
        if kept:
            active = frozenset(self.active)
            now = Stand(stand.process, stand.instance, tuple(self.path), active, told, self.box.picture())
            self.trails.keep(kept, now)
        return waiting

    def _known(self, instance: int) -> frozenset[tuple[str, str]]:
        """What is known there of what choices hang on."""
        known = self.box.variables(instance)
        few = {name: known[name] for name in self.drawn.deciding & known.keys()}
        said = few.keys() - self.drawn.answers.keys()  # what jobs answer at random says nothing
        return frozenset((name, str(few[name])) for name in said if isinstance(few[name], bool | str))

    def _begun(self) -> Stand:
        """A new instance of a diagram, rather of one with many ends to reach: by its own start, or by the message that starts it and nothing else."""
        self.box.put_back(self.empty)
        left = Counter(key for key, _ in self.missing())
        processes = sorted(left.keys() - self.begun or left)
        [process] = self.pick.choices(processes, [left[key] for key in processes])
        self.begun.add(process)
        told = self._told()
        tree = self.drawn.trees[process]
        starts = tree.findall("b:process/b:startEvent", NAMES)
        named = {start.get("id"): start.find("b:messageEventDefinition", NAMES) for start in starts}
        self.path, before = [process], (len(self.missing()), self.box.known)
        if not all(each is not None for each in named.values()):
            instance = self.box.start(process, told)
        else:
            names = {each.get("id"): str(each.get("name")) for each in tree.iterfind("b:message", NAMES)}
            event = self.pick.choice([each for each in named.values() if each is not None])
            self.box.message(names[event.get("messageRef")], str(told["case_id"]), told)
            [instance] = self.box.instances(process)
        stand = Stand(process, instance, (process,), frozenset(), frozenset(), self.empty)
        self._look(stand, *before)
        return stand

    def _told(self) -> dict[str, Any]:
        """What an instance begins with."""
        today = self.box.clock.now().date()
        return {name: self._value(name) for name in self.drawn.answers} | {
            "case_id": 1,
            "received_on": today,
            "channel": "web",
            "language": "nl",
            "report_year": today.year,
        }

    def _weight(self, each: Waiting, near: float) -> float:
        """What was done often is done less, and what leads to an end nobody saw, more."""
        return LIKELY.get(each.kind, 1.0) * near / math.sqrt(1 + self.tried[each.element_id])

    def _do(self, what: Waiting) -> None:
        self.done += 1
        self.tried[what.element_id] += 1
        self.path.append(f"{what.kind} {what.element_id}")
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
        drawn = [self._thought(key, form, context) for _ in range(DRAWN)]
        self.given = key, self._rarest(key, drawn, lambda given: self._token(form, given, context))
        return self._token(form, self.given[1], context)

    def _thought(self, key: str, form: Form, context: Mapping[str, Any]) -> dict[str, Any]:
        """Answers to a form: new ones, or those that brought a walk further, with one of them changed."""
        new = fill(form, self.drawn.codes, context, self.box.clock.now().date(), self.pick)
        if new and self.helped.get(key) and self.pick.random() < CHANGED:
            name = self.pick.choice(sorted(new))
            changed = {**self.pick.choice(self.helped[key]), name: new[name]}
            if validate(form, changed, codelists=self.drawn.codes, context=context).errors == {}:
                return changed
        return new

    def _token(self, form: Form, given: Mapping[str, Any], context: Mapping[str, Any]) -> dict[str, Any]:
        checked = validate(form, given, codelists=self.drawn.codes, context=context)
        assert checked.errors == {}, (form.id, checked.errors)
        return split(form, checked.values).token

    def _rarest(
        self, what: str, drawn: list[dict[str, Any]], heard: Callable[[dict[str, Any]], dict[str, Any]] = dict
    ) -> dict[str, Any]:
        """Of what may be answered there, what was answered least, each by itself and each two beside each other."""
        told = [_said(what, heard(each)) for each in drawn]
        best = min(range(len(drawn)), key=lambda n: sum(math.sqrt(self.said[each]) for each in told[n]) / len(told[n]))
        self.said.update(told[best])
        return drawn[best]

    def _job(self, context: JobContext) -> Result:
        code = self.drawn.caught.get(context.element_id)
        if code and self.pick.random() < 0.4:
            return BpmnError(code)
        return self._rarest(
            context.element_id, [{name: self._value(name) for name in self.drawn.answers} for _ in range(2)]
        )

    def _value(self, name: str) -> Any:
        compared = self.drawn.answers[name]
        if any(isinstance(value, str) for value in compared):
            return self.pick.choice([*compared, "something else"])
        if A_DATE.fullmatch(name):
            return self.pick.choice([self.box.clock.now().date() + TERM, *compared])
        return self.pick.choice([True, False, *compared])

    def _check_heard(self, instance: int) -> None:
        """Nobody assesses a complaint unless both parties were heard, or somebody wrote down why not.

        Asked when assessing begins: what jobs answer later, at random, may write over the date.
        """
        done = {line.element_id for line in self.box.history() if line.transition == "completed"}
        known = self.box.variables(instance)
        said_why = "decide_unheard" in done and known.get("hearing_decision") == "assess"
        assert known.get("parties_heard_on") is not None or said_why, self.path

    def _troubles(self, instance: int) -> list[str]:
        with self.box.database.reading() as reading:
            found = reading.session.scalars(select(Incident).where(Incident.instance_id == instance))
            return [f"{each.element_id}: {each.reason}, after {self.path}" for each in found]


def _said(what: str, answers: Mapping[str, Any]) -> list[object]:
    """What was answered there, of what can be answered in few ways."""
    few = [(name, value) for name, value in sorted(answers.items()) if value is None or isinstance(value, bool | str)]
    told = [(what, name, str(value)[:40]) for name, value in few]
    return [what, *told, *(combinations(told, 2) if len(told) <= MOST_BESIDE else ())]


def _is_assessing(waiting: list[Waiting]) -> bool:
    return any(each.element_id == "assess" for each in waiting)
