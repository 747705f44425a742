"""What a decision wants to know: the names its caller gives, the required decisions' included, in the order they are met."""

from collections.abc import Iterator

from engine.dmn.boxed import Literal, Typed
from engine.dmn.evaluation import Logic
from engine.dmn.graph import Decision, Graph, InputData, Knowledge, Service, table_of


def names(graph: Graph, key: str) -> list[str]:
    """Input data by name, and the free names of tables and texts: a table may ask for a variable no input is drawn for."""
    found: dict[str, None] = {}
    answered: set[str] = set()
    seen: set[str] = set()
    todo = [key]
    while todo:
        here = todo.pop(0)
        element = graph.elements.get(here)
        if element is None or here in seen:
            continue
        seen.add(here)
        if isinstance(element, InputData):
            found[element.variable] = None
        elif isinstance(element, Service):
            todo = [*element.inputs] if here == key else todo
        elif isinstance(element, Decision | Knowledge):
            answered |= {
                each.alias or graph.elements[each.key].variable
                for each in element.requires
                if each.key in graph.elements and not isinstance(graph.elements[each.key], InputData)
            }
            todo += [each.key for each in element.requires]
        if isinstance(element, Decision):
            found |= dict.fromkeys(_free(element.logic))
    return [name for name in found if name not in answered]


def _free(logic: Logic | None) -> Iterator[str]:
    """The names a table or text mentions, its columns first; other boxed logic has names of its own and says nothing."""
    table = table_of(logic)
    if table is None:
        while isinstance(logic, Typed):
            logic = logic.logic
        if isinstance(logic, Literal):
            yield from sorted(logic.code.names)
        return
    for column in table.inputs:
        if isinstance(column.logic, Literal):
            yield from sorted(column.logic.code.names)
    for rule in table.rules:
        for test in rule.tests:
            yield from sorted(test.names)
        for answer in rule.outputs:
            if isinstance(answer, Literal):
                yield from sorted(answer.code.names)


def labels(graph: Graph) -> dict[str, str]:
    """By name the heading of the column that asks exactly that; a name inside a larger expression has none."""
    tables = (table_of(each.logic) for each in graph.elements.values() if isinstance(each, Decision))
    return {
        column.logic.code.text.strip(): column.label
        for table in tables
        if table is not None
        for column in table.inputs
        if isinstance(column.logic, Literal) and column.label
    }


def outputs(graph: Graph, key: str) -> list[str]:
    """The names of the answers, when a decision is a table that gives several at once; else none."""
    element = graph.elements.get(key)
    table = table_of(element.logic) if isinstance(element, Decision) else None
    is_context = (
        table is not None and len(table.outputs) > 1 and table.hit_policy in ("UNIQUE", "FIRST", "ANY", "PRIORITY")
    )
    return [output.name for output in table.outputs] if table is not None and is_context else []
