"""The decision requirements graph: inputs, decisions, knowledge and services, and walking it for one answer (DMN 1.5, 6 and 10.4).

Keys are the ids of the file; what is imported has its namespace before the id. Nothing here changes after reading.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from engine.dmn.boxed import Definition, Literal, Typed
from engine.dmn.evaluation import Evaluation, Logic, Taken
from engine.dmn.tables import Table
from engine.dmn.types import ANY, Type, completed, result_type
from feel.values import Function


@dataclass(frozen=True)
class Requirement:
    """An arrow: the key of what is needed; `alias` is the name of the import it comes through."""

    key: str
    alias: str = ""


@dataclass(frozen=True)
class InputData:
    """What the caller must give."""

    id: str
    name: str
    variable: str
    wanted: Type = ANY


@dataclass(frozen=True)
class Decision:
    """One decision; without logic its value can only be given."""

    id: str
    name: str
    variable: str
    logic: Logic | None
    requires: tuple[Requirement, ...] = ()
    wanted: Type = ANY


@dataclass(frozen=True)
class Knowledge:
    """A business knowledge model: a function that decisions share."""

    id: str
    name: str
    variable: str
    definition: Definition
    requires: tuple[Requirement, ...] = ()


@dataclass(frozen=True)
class Service:
    """A decision service: some decisions offered as one function of input data first, then input decisions."""

    id: str
    name: str
    variable: str
    outputs: tuple[str, ...]
    inputs: tuple[str, ...]
    wanted: Type = ANY


Element = InputData | Decision | Knowledge | Service


@dataclass
class Graph:
    """Everything of a file and of what it imports, by key."""

    elements: dict[str, Element] = field(default_factory=dict)

    def decision(self, key: str) -> Decision | None:
        """The decision of that key."""
        found = self.elements.get(key)
        return found if isinstance(found, Decision) else None


def table_of(logic: Logic | None) -> Table | None:
    """The table a decision is; None when it is anything else."""
    while isinstance(logic, Typed):
        logic = logic.logic
    return logic if isinstance(logic, Table) else None


class Walk:
    """One pass over the graph: each decision is taken once, whatever the number of arrows to it."""

    def __init__(
        self, graph: Graph, given: Mapping[str, Any], run: Evaluation, fixed: Mapping[str, Any] | None = None
    ) -> None:
        self._graph = graph
        self._given = given
        self._run = run
        self._values = dict(fixed or {})

    def value(self, key: str) -> Any:
        """The value of an element; a service or knowledge is a function."""
        if key not in self._values:
            element = self._graph.elements[key]
            if isinstance(element, InputData):
                self._values[key] = self._input(element)
            elif isinstance(element, Decision):
                self._values[key] = self._decided(element)
            elif isinstance(element, Knowledge):
                self._values[key] = self._function(element)
            else:
                self._values[key] = self._offered(element)
        return self._values[key]

    def served(self, service: Service) -> Any:
        """The answer of a service, its parameters taken from what the caller gave by name."""
        parameters = [self._graph.elements[key] for key in service.inputs]
        return self._serve(service, tuple(self._given.get(each.variable) for each in parameters))

    def _input(self, element: InputData) -> Any:
        if element.variable not in self._given:
            self._run.warn(f"'{element.variable}' is niet gegeven")
            return None
        given = completed(self._given[element.variable], element.wanted)
        return self._run.fitted(given, element.wanted, f"De invoer '{element.name}'")

    def _decided(self, decision: Decision) -> Any:
        with self._run.taking(decision.id) as taken:
            names = self._names(decision.requires, self._given)
            if decision.logic is None:
                self._run.fail(f"De beslissing '{decision.name}' heeft geen tabel en geen uitdrukking.")
                return None
            value = decision.logic.evaluate(names, self._run)
            taken.value = self._run.fitted(value, decision.wanted, f"Het antwoord van '{decision.name}'")
            self._explain(decision, names, taken)
            return taken.value

    def _explain(self, decision: Decision, names: Mapping[str, Any], taken: Taken) -> None:
        """What went in, where no table has said it: the names a text mentions, else the inputs the arrows point to."""
        logic = decision.logic
        while isinstance(logic, Typed):
            logic = logic.logic
        if taken.inputs:
            return
        mentioned = sorted(logic.code.names) if isinstance(logic, Literal) else []
        arrows = [self._graph.elements[each.key] for each in decision.requires if each.key in self._graph.elements]
        for name in mentioned or [each.variable for each in arrows if isinstance(each, InputData | Decision)]:
            value = names.get(name)
            if not holds_function(value):
                taken.inputs[name] = value

    def _names(self, requires: tuple[Requirement, ...], base: Mapping[str, Any]) -> dict[str, Any]:
        """What is in scope: the caller's names under the required ones; an import's names are inside its own."""
        names, imported = dict(base), dict[str, dict[str, Any]]()
        for each in requires:
            if each.key not in self._graph.elements:
                continue
            variable, value = self._graph.elements[each.key].variable, self.value(each.key)
            if each.alias:
                imported.setdefault(each.alias, {})[variable] = value
            else:
                names[variable] = value
        return {**names, **imported}

    def _function(self, knowledge: Knowledge) -> Function:
        """Its own scope is made when it is called: what it requires and itself, never what the caller sees."""
        definition = knowledge.definition
        own: dict[str, Any] = {}
        own[knowledge.variable] = Function(
            tuple(parameter.name for parameter in definition.parameters),
            lambda *given: definition.call(given, self._names(knowledge.requires, own), self._run),
        )
        made: Function = own[knowledge.variable]
        return made

    def _offered(self, service: Service) -> Function:
        names = tuple(self._graph.elements[key].variable for key in service.inputs)
        return Function(names, lambda *given: self._serve(service, given))

    def _serve(self, service: Service, given: tuple[Any, ...]) -> Any:
        """The outputs, with the inputs fixed; one output is the answer itself, several are a context."""
        if len(given) != len(service.inputs):
            self._run.fail(f"'{service.name}' vraagt {len(service.inputs)} waarden en krijgt er {len(given)}.")
            return None
        fixed = {}
        for key, value in zip(service.inputs, given, strict=True):
            element = self._graph.elements[key]
            wanted = element.wanted if isinstance(element, InputData | Decision) else ANY
            fixed[key] = self._run.fitted(value, wanted, f"De waarde van '{element.name}'")
        with self._run.deeper():
            inside = Walk(self._graph, {}, self._run, fixed)
            found = {self._graph.elements[key].variable: inside.value(key) for key in service.outputs}
        value = next(iter(found.values())) if len(found) == 1 else found
        return self._run.fitted(value, result_type(service.wanted), f"Het antwoord van '{service.name}'")


def holds_function(value: Any) -> bool:
    """Whether a value is a function, or has one inside: such a value lives only while a decision is taken."""
    todo = [value]
    while todo:
        here = todo.pop()
        if isinstance(here, Function):
            return True
        todo += here if isinstance(here, list) else here.values() if isinstance(here, dict) else ()
    return False
