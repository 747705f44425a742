"""Whether a condition contradicts itself: two values for one variable, or a range with nothing in it.

Only comparisons with a number or a text, joined by `and` and `or`, are followed; all else may hold.
"""

from dataclasses import dataclass, field
from decimal import Decimal

from feel.tree import Between, Call, Comparison, Constant, Junction, Name, Negate, Node, Number, Path, Text

Value = Decimal | str | bool
MIRRORED = {"<": ">", ">": "<", "<=": ">=", ">=": "<=", "=": "=", "!=": "!="}
OPPOSITE = {"<": ">=", ">": "<=", "<=": ">", ">=": "<", "=": "!=", "!=": "="}
DEEPEST = 40


@dataclass
class Range:
    """What is asked of one variable at the same time: a sign, a value, and whether it is asked or only known not to be passed.

    What is asked of a number excludes a text; what merely did not hold may be because the variable is of another kind.
    """

    equal: list[tuple[Value, bool]] = field(default_factory=list)
    unequal: list[Value] = field(default_factory=list)
    ordered: list[tuple[str, Value, bool]] = field(default_factory=list)

    def is_empty(self) -> bool:
        """No value can be all of this."""
        for value, is_asked in self.equal:
            if any(_differ(value, other, is_asked and also) for other, also in self.equal):
                return True
            if any(type(value) is type(other) and value == other for other in self.unequal):
                return True
            if any(_outside(value, sign, limit, is_asked and also) for sign, limit, also in self.ordered):
                return True
        return any(_exclude(one, other) for one in self.ordered for other in self.ordered)


def is_impossible(tree: Node, refused: tuple[Node, ...] = (), depth: int = DEEPEST) -> bool:
    """The condition can never hold, or not when these comparisons did not."""
    parts = _joined(tree)
    choice = next((part for part in parts if isinstance(part, Junction)), None)
    if choice is not None and depth:
        others = [part for part in parts if part is not choice]
        ways = (_all_of([way, *others]) for way in (choice.left, choice.right))
        return all(is_impossible(way, refused, depth - 1) for way in ways)
    asked: dict[Node, Range] = {}
    for is_asked, each in [*((True, part) for part in parts), *((False, part) for part in refused)]:
        for subject, sign, value in _asked(each):
            wanted = sign if is_asked else OPPOSITE[sign]
            _note(asked.setdefault(subject, Range()), wanted, value, is_asked)
    return any(each.is_empty() for each in asked.values())


def is_single(tree: Node) -> bool:
    """One comparison of a variable: when it did not hold, its opposite did."""
    return isinstance(tree, Comparison) and bool(_asked(tree))


def _all_of(parts: list[Node]) -> Node:
    found = parts[0]
    for part in parts[1:]:
        found = Junction("and", found, part)
    return found


def _joined(tree: Node) -> list[Node]:
    """The parts of an `and`."""
    found, todo = [], [tree]
    while todo:
        each = todo.pop()
        if isinstance(each, Junction) and each.operator == "and":
            todo += [each.right, each.left]
        else:
            found.append(each)
    return found


def _asked(part: Node) -> list[tuple[Node, str, Value]]:
    """What a part asks of a variable."""
    if isinstance(part, Comparison):
        left, right = _literal(part.left), _literal(part.right)
        if left is None and right is not None and _is_subject(part.left):
            return [(part.left, part.operator, right)]
        if right is None and left is not None and _is_subject(part.right):
            return [(part.right, MIRRORED[part.operator], left)]
    if isinstance(part, Between) and _is_subject(part.value):
        ends = ((">=", _literal(part.low)), ("<=", _literal(part.high)))
        return [(part.value, operator, value) for operator, value in ends if value is not None]
    if _is_subject(part):
        return [(part, "=", True)]
    if isinstance(part, Call) and part.function == Name("not") and len(part.arguments) == 1:
        return [(part.arguments[0][1], "=", False)] if _is_subject(part.arguments[0][1]) else []
    return []


def _is_subject(tree: Node) -> bool:
    """A variable, or a part of one."""
    return isinstance(tree, Name) or (isinstance(tree, Path) and _is_subject(tree.value))


def _literal(tree: Node) -> Value | None:
    if isinstance(tree, Number):
        return Decimal(tree.text)
    if isinstance(tree, Text):
        return tree.value
    if isinstance(tree, Constant):
        return tree.value
    if isinstance(tree, Negate) and isinstance(tree.value, Number):
        return -Decimal(tree.value.text)
    return None


def _note(asked: Range, operator: str, value: Value, is_asked: bool) -> None:
    if operator == "=":
        asked.equal.append((value, is_asked))
    elif operator == "!=":
        asked.unequal.append(value)
    else:
        asked.ordered.append((operator, value, is_asked))


def _differ(value: Value, other: Value, are_asked: bool) -> bool:
    return value != other if type(value) is type(other) else are_asked


def _outside(value: Value, sign: str, limit: Value, are_asked: bool) -> bool:
    return not _holds(value, sign, limit) if type(value) is type(limit) else are_asked


def _holds(value: Value, operator: str, limit: Value) -> bool:
    """A value of another kind than the limit is never in order with it."""
    if isinstance(value, Decimal) and isinstance(limit, Decimal):
        return {"<": value < limit, "<=": value <= limit, ">": value > limit, ">=": value >= limit}[operator]
    if type(value) is str and type(limit) is str:
        return {"<": value < limit, "<=": value <= limit, ">": value > limit, ">=": value >= limit}[operator]
    return False


def _exclude(one: tuple[str, Value, bool], other: tuple[str, Value, bool]) -> bool:
    """An upper limit below a lower one."""
    (upper, most, is_asked), (lower, least, also) = one, other
    if type(most) is not type(least):
        return is_asked and also
    if upper not in ("<", "<=") or lower not in (">", ">="):
        return False
    return not _holds(least, "<=" if upper == "<=" and lower == ">=" else "<", most)
