"""Checking a call before it runs: does the function exist, does it take so many values, of these types, by these names?"""

from collections.abc import Sequence

from feel.builtins import TABLE, Builtin, Signature
from feel.builtins.registry import Parameter, accepts
from feel.checking import Checker, is_certain
from feel.tree import Call, Name
from feel.types import ANY, Type
from feel.words import in_words


def check_call(checker: Checker, node: Call) -> Type:
    """The type of what a call answers; what cannot fit is noted."""
    types = [checker.type_of(value) for _, value in node.arguments]
    names = [name for name, _ in node.arguments if name is not None]
    if isinstance(node.function, Name):
        name = node.function.name
        function = checker.name(name, node, is_called=True)
        hides = name in checker.scope and function.name in ("function", "Any")
        if name in TABLE and not hides:
            return _built_in(checker, node, TABLE[name], types, names)
    else:
        function = checker.type_of(node.function)
    if is_certain(function) and function.name != "function":
        checker.note(node, f"Dit is geen functie maar {in_words(function)}", in_words("function"))
        return ANY
    return _own(checker, node, function, types, names)


def _own(checker: Checker, node: Call, function: Type, types: Sequence[Type], names: Sequence[str]) -> Type:
    """A function that the expression, or the model around it, defines."""
    if function.parts is None:
        return function.result or ANY
    if len(types) != len(function.parts):
        checker.note(node, f"De functie vraagt {len(function.parts)} waarden en krijgt er {len(types)}")
    elif names and function.names and set(names) != set(function.names):
        checker.note(node, "De functie kent een van deze namen niet", ", ".join(function.names))
    else:
        wanted = function.parts
        if names and function.names:
            wanted = tuple(function.parts[function.names.index(name)] for name in names)
        for (_, value), found, part in zip(node.arguments, types, wanted, strict=True):
            if is_certain(found) and is_certain(part) and not _converts(found, frozenset([part.name])):
                checker.note(value, f"Hier staat {in_words(found)}", in_words(part))
    return function.result or ANY


def _built_in(checker: Checker, node: Call, function: Builtin, types: Sequence[Type], names: Sequence[str]) -> Type:
    fitting = [signature for signature in function.signatures if _takes(signature, len(types), names)]
    if not fitting:
        known = [", ".join(p.name for p in signature.parameters) for signature in function.signatures]
        given = f"'{', '.join(names)}'" if names else "1 waarde" if len(types) == 1 else f"{len(types)} waarden"
        checker.note(
            node,
            f"De functie '{function.name}' kan niet met {given}",
            " of ".join(f"({k})" for k in dict.fromkeys(known)),
        )
        return ANY
    matching = [signature for signature in fitting if _misfit(signature, types, names) is None]
    if matching:
        results = {signature.result for signature in matching}
        return Type(results.pop()) if len(results) == 1 else ANY
    misfit = _misfit(fitting[0], types, names)
    if misfit is not None:
        at, parameter = misfit
        wanted = " of ".join(in_words(sort) for sort in sorted(accepts(parameter.type) or ()))
        value = node.arguments[at][1]
        checker.note(value, f"Bij '{parameter.name}' van '{function.name}' staat {in_words(types[at])}", wanted)
    return ANY


def _takes(signature: Signature, given: int, names: Sequence[str]) -> bool:
    if names:
        known = {p.name for p in signature.parameters}
        required = {p.name for p in signature.parameters if not p.optional}
        return required <= set(names) <= known
    return signature.least <= given and (signature.most is None or given <= signature.most)


def _misfit(signature: Signature, types: Sequence[Type], names: Sequence[str]) -> tuple[int, Parameter] | None:
    """The first value that cannot be what the signature takes there."""
    by_name = {p.name: p for p in signature.parameters}
    for at, found in enumerate(types):
        parameter = by_name[names[at]] if names else signature.parameters[min(at, len(signature.parameters) - 1)]
        wanted = accepts(parameter.type)
        if wanted is None or not is_certain(found) or found.name not in _ALL:
            continue
        if parameter.type != "list" and not _converts(found, wanted):
            return at, parameter
    return None


_ALL = frozenset(
    [
        "number",
        "string",
        "boolean",
        "date",
        "time",
        "date and time",
        "days and time duration",
        "years and months duration",
        "list",
        "context",
        "range",
        "function",
    ]
)


def _converts(found: Type, wanted: frozenset[str]) -> bool:
    """As a call converts: a list may be its one item, an item a list of one, a date its midnight."""
    if found.name in wanted or "list" in wanted or "Any" in wanted:
        return True
    if found.name == "date" and "date and time" in wanted:
        return True
    if found.name == "list":
        inner = found.parts[0] if found.parts else ANY
        return not is_certain(inner) or inner.name in wanted
    return found.name not in _ALL
