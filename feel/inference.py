"""How the type of each kind of node follows from its parts, and what is wrong when they do not fit."""

from collections.abc import Mapping

from feel.builtins.ranges import value_at
from feel.calls_checked import check_call
from feel.checking import BOOLEAN, NULL, NUMBER, STRING, Checker, common, is_certain, rule
from feel.parts import TYPES_OF_PARTS
from feel.run import INPUT
from feel.tree import (
    AnyInput,
    Arithmetic,
    At,
    Between,
    Call,
    Comparison,
    Constant,
    Context,
    Filter,
    For,
    ForIn,
    FunctionDefinition,
    If,
    In,
    InputComparison,
    InputIs,
    InstanceOf,
    Interval,
    Junction,
    ListOf,
    Name,
    Negate,
    Node,
    Number,
    Path,
    Quantified,
    Tests,
    Text,
)
from feel.type_parser import is_known
from feel.types import ANY, Type, context_of, list_of
from feel.values import kind
from feel.words import in_words

_DATE = ("date", "date and time")
_DAYS, _MONTHS = "days and time duration", "years and months duration"


@rule(Number)
def _number(_checker: Checker, _node: Number) -> Type:
    return NUMBER


@rule(Text)
def _text(_checker: Checker, _node: Text) -> Type:
    return STRING


@rule(Constant)
def _constant(_checker: Checker, node: Constant) -> Type:
    return NULL if node.value is None else BOOLEAN


@rule(At)
def _at(_checker: Checker, node: At) -> Type:
    return Type(kind(value_at(node.text)))


@rule(Name)
def _name(checker: Checker, node: Name) -> Type:
    return checker.name(node.name, node)


@rule(ListOf)
def _list(checker: Checker, node: ListOf) -> Type:
    return list_of(common([checker.type_of(item) for item in node.items]))


@rule(Context)
def _context(checker: Checker, node: Context) -> Type:
    found: dict[str, Type] = {}
    functions = {key: ANY for key, value in node.entries if isinstance(value, FunctionDefinition)}
    for key, value in node.entries:
        with checker.within({**functions, **found}):
            found[key] = checker.type_of(value)
    return context_of(found)


@rule(Interval)
def _interval(checker: Checker, node: Interval) -> Type:
    ends = [checker.type_of(end) for end in (node.start, node.end) if end is not None]
    if len(ends) == 2:
        checker.compared(node, "<=", ends[0], ends[1])
    return Type("range", (common(ends),))


@rule(If)
def _if(checker: Checker, node: If) -> Type:
    checker.expect(node.condition, BOOLEAN, "Na 'if'")
    return common([checker.type_of(node.then), checker.type_of(node.otherwise)])


@rule(Junction)
def _junction(checker: Checker, node: Junction) -> Type:
    checker.expect(node.left, BOOLEAN, f"Voor '{node.operator}'")
    checker.expect(node.right, BOOLEAN, f"Na '{node.operator}'")
    return BOOLEAN


@rule(Comparison)
def _comparison(checker: Checker, node: Comparison) -> Type:
    checker.compared(node, node.operator, checker.type_of(node.left), checker.type_of(node.right))
    return BOOLEAN


@rule(Between)
def _between(checker: Checker, node: Between) -> Type:
    value = checker.type_of(node.value)
    for end in (node.low, node.high):
        checker.compared(end, "between", value, checker.type_of(end))
    return BOOLEAN


@rule(In)
def _in(checker: Checker, node: In) -> Type:
    with checker.within({INPUT: checker.type_of(node.value)}):
        for test in node.tests:
            checker.type_of(test)
    return BOOLEAN


@rule(InstanceOf)
def _instance_of(checker: Checker, node: InstanceOf) -> Type:
    checker.type_of(node.value)
    if not is_known(node.type) and not checker.is_open and node.type.name not in checker.types:
        checker.note(node, f"Het type '{node.type}' bestaat niet", "bijvoorbeeld number of date")
    return BOOLEAN


@rule(Arithmetic)
def _arithmetic(checker: Checker, node: Arithmetic) -> Type:
    left, right = checker.type_of(node.left), checker.type_of(node.right)
    checker.combined(node, node.operator, left, right)
    return _result(node.operator, left.name, right.name) if is_certain(left) and is_certain(right) else ANY


def _result(operator: str, left: str, right: str) -> Type:
    if left == right:
        subtracts_dates = operator == "-" and left in (*_DATE, "time")
        divides_durations = operator == "/" and left in (_DAYS, _MONTHS)
        return Type(_DAYS) if subtracts_dates else NUMBER if divides_durations else Type(left)
    if {left, right} == set(_DATE):
        return Type(_DAYS)
    if left in (_DAYS, _MONTHS) and operator == "+":
        return Type(right)
    return Type(right) if left == "number" else Type(left)


@rule(Negate)
def _negate(checker: Checker, node: Negate) -> Type:
    found = checker.type_of(node.value)
    if is_certain(found) and found.name not in ("number", _DAYS, _MONTHS):
        checker.note(node, f"'-' kan niet voor {in_words(found)}", "een getal of een duur")
        return ANY
    return found


@rule(Path)
def _path(checker: Checker, node: Path) -> Type:
    return _member(checker, node, checker.type_of(node.value))


def _member(checker: Checker, node: Path, owner: Type) -> Type:
    if owner.name == "list":
        return list_of(_member(checker, node, owner.parts[0] if owner.parts else ANY))
    if owner.name == "context" and owner.parts is not None:
        if node.name in owner.names:
            return owner.parts[owner.names.index(node.name)]
        checker.note(node, f"'{node.name}' bestaat hier niet", ", ".join(f"'{name}'" for name in owner.names))
    elif is_certain(owner) and owner.name != "context":
        part = TYPES_OF_PARTS.get((owner.name, node.name))
        if part is not None:
            return Type(part)
        if is_known(Type(owner.name)):
            checker.note(node, f"'{node.name}' bestaat niet van {in_words(owner)}")
    return ANY


@rule(Filter)
def _filter(checker: Checker, node: Filter) -> Type:
    source = checker.type_of(node.value)
    item = (source.parts[0] if source.parts else ANY) if source.name == "list" else source
    names: Mapping[str, Type] = {}
    if item.name == "context" and item.parts is not None:
        names = dict(zip(item.names, item.parts, strict=True))
    may_have_others = item.name == "Any" or (item.name == "context" and item.parts is None)
    with checker.within({"item": item, **names}, is_open=may_have_others):
        condition = checker.type_of(node.condition)
    if condition.name == "number":
        return item
    if is_certain(condition) and condition.name != "boolean":
        checker.note(node.condition, f"Tussen [ ] staat {in_words(condition)}", "een voorwaarde of een plaats")
    return list_of(item) if condition.name == "boolean" else ANY


@rule(Call)
def _call(checker: Checker, node: Call) -> Type:
    return check_call(checker, node)


@rule(FunctionDefinition)
def _function(checker: Checker, node: FunctionDefinition) -> Type:
    parameters = {name: wanted or ANY for name, wanted in node.parameters}
    with checker.within(parameters):
        result = checker.type_of(node.body)
    return Type("function", tuple(parameters.values()), tuple(parameters), result)


@rule(ForIn)
def _for_in(checker: Checker, node: ForIn) -> Type:
    domain = checker.type_of(node.domain)
    if node.end is not None:
        end = checker.type_of(node.end)
        checker.compared(node, "..", domain, end)
        return common([domain, end])
    if domain.name in ("list", "range"):
        return domain.parts[0] if domain.parts else ANY
    return domain


def _iterate(checker: Checker, iterators: tuple[ForIn, ...], body: Node, more: Mapping[str, Type]) -> Type:
    if not iterators:
        with checker.within(more):
            return checker.type_of(body)
    with checker.within({iterators[0].name: checker.type_of(iterators[0])}):
        return _iterate(checker, iterators[1:], body, more)


@rule(For)
def _for(checker: Checker, node: For) -> Type:
    return list_of(_iterate(checker, node.iterators, node.body, {"partial": Type("list")}))


@rule(Quantified)
def _quantified(checker: Checker, node: Quantified) -> Type:
    found = _iterate(checker, node.iterators, node.body, {})
    if is_certain(found) and found.name != "boolean":
        checker.note(node.body, f"Na 'satisfies' staat {in_words(found)}", in_words(BOOLEAN))
    return BOOLEAN


@rule(AnyInput)
def _any_input(_checker: Checker, _node: AnyInput) -> Type:
    return BOOLEAN


@rule(Tests)
def _tests(checker: Checker, node: Tests) -> Type:
    for test in node.tests:
        checker.type_of(test)
    return BOOLEAN


@rule(InputComparison)
def _input_comparison(checker: Checker, node: InputComparison) -> Type:
    checker.compared(node, node.operator, checker.scope.get(INPUT, ANY), checker.type_of(node.value))
    return BOOLEAN


@rule(InputIs)
def _input_is(checker: Checker, node: InputIs) -> Type:
    given, found = checker.scope.get(INPUT, ANY), checker.type_of(node.value)
    if found.name in ("list", "range"):
        inner = found.parts[0] if found.parts else ANY
        if given.name != found.name:
            checker.compared(node, "=", given, inner.parts[0] if inner.name == "range" and inner.parts else inner)
    elif found.name != "boolean":
        checker.compared(node, "=", given, found)
    return BOOLEAN
