"""Item definitions to types (DMN 1.5, 7.3.2). Names are looked up late, so definitions may stand in any order."""

from collections.abc import Callable
from functools import cached_property

from lxml import etree

import feel
from engine.dmn.types import ANY, NAMES, Constrained, FunctionOf, ListOf, Named, Structure, Type, feel_type, resolved
from engine.parsing.dmn_parts import child, children, text
from feel import types

Say = Callable[[etree._Element, str], None]
Imported = Callable[[str], "Types | None"]


class Types:
    """The types of one file; `imported` finds those of an imported file by its name or namespace."""

    def __init__(self, say: Say, imported: Imported) -> None:
        self._say = say
        self._imported = imported
        self._found: dict[str, Type] = {}

    def read(self, root: etree._Element) -> None:
        """Every item definition of a file."""
        definitions = children(root, "itemDefinition")
        for each in definitions:  # all names first, so that none is called unknown because it comes later
            self._found.setdefault(each.get("name") or "", ANY)
        for each in definitions:
            name = each.get("name") or ""
            self._found[name] = self._definition(each)
            if self._goes_round(name):
                self._say(each, f"Het type '{name}' bestaat, langs andere, alleen uit zichzelf.")
                self._found[name] = ANY

    @cached_property
    def known(self) -> dict[str, types.Type]:
        """Every type of the file by name, once it is read, for `instance of` and the parameters of functions in a text."""
        return {name: feel_type(found) for name, found in self._found.items()}

    def component_names(self) -> set[str]:
        """The names of the parts of all structures, for texts like `person.first name`."""
        found: set[str] = set()
        todo = list(self._found.values())
        while todo:
            here = todo.pop()
            if isinstance(here, Structure):
                found |= here.components.keys()
                todo += here.components.values()
            elif isinstance(here, ListOf):
                todo.append(here.item)
            elif isinstance(here, Constrained):
                todo.append(here.base)
        return found

    def of(self, element: etree._Element | None, attribute: str = "typeRef") -> Type:
        """The type an element names in its attribute; Any when it names none."""
        name = "" if element is None else (element.get(attribute) or "").strip()
        found = self.named(name, element) if name and element is not None else ANY
        is_collection = element is not None and element.get("isCollection") == "true"  # on a variable, before DMN 1.2
        return ListOf(item=found) if is_collection else found

    def named(self, name: str, element: etree._Element) -> Type:
        """The type of that name: of this file, of an import, or of the language."""
        if name in self._found:
            return Named(name, lambda: self._found.get(name, ANY))
        if name in NAMES:
            return Type(NAMES[name])
        prefix, _, rest = name.partition(":")
        if rest:
            return self._prefixed(prefix, rest, element)
        head, _, rest = name.partition(".")
        there = self._imported(head) if rest else None
        if there is not None:
            return there.named(rest, element)
        inner = name.removeprefix("list<").removesuffix(">")
        if f"list<{inner}>" == name:
            return ListOf(item=self.named(inner.strip(), element))
        self._say(element, f"Het type '{name}' bestaat niet.")
        return ANY

    def _prefixed(self, prefix: str, name: str, element: etree._Element) -> Type:
        """`feel:string` and the like of DMN 1.1; a prefix may also stand for an imported namespace."""
        there = self._imported(element.nsmap.get(prefix) or "")
        if there is not None:
            return there.named(name, element)
        return self.named(name, element)

    def _definition(self, element: etree._Element) -> Type:
        base = self._base(element)
        allowed, whole = child(element, "allowedValues"), child(element, "typeConstraint")
        if allowed is not None:
            base = self._constrained(base, allowed)
        if element.get("isCollection") == "true":
            base = ListOf(item=base)
        return base if whole is None else self._constrained(base, whole)

    def _base(self, element: etree._Element) -> Type:
        components = children(element, "itemComponent")
        if components:
            return Structure(components={c.get("name") or "": self._definition(c) for c in components})
        function = child(element, "functionItem")
        if function is not None:
            parameters = tuple(self.of(each) for each in children(function, "parameters"))
            return FunctionOf(result=self.of(function, "outputTypeRef"), parameters=parameters)
        reference = child(element, "typeRef")
        name = (reference.text or "").strip() if reference is not None else ""
        return self.named(name, element) if name else ANY

    def _constrained(self, base: Type, element: etree._Element) -> Type:
        words = text(element)
        try:
            return Constrained(base.name, base, feel.compile_unary(words), words) if words else base
        except feel.FeelError as problem:
            self._say(element, f"'{words}' kan niet gelezen worden: {problem}.")
            return base

    def _goes_round(self, name: str) -> bool:
        """Whether a type is nothing but other names that lead back to it."""
        seen: set[str] = set()
        here = self._found.get(name)
        while isinstance(here, Named | Constrained | ListOf):
            if isinstance(here, Named):
                if here.name in seen:
                    return True
                seen.add(here.name)
                here = here.target()
            else:
                here = here.base if isinstance(here, Constrained) else here.item
        return False


def constraint_of(wanted: Type) -> str:
    """The tests a type puts on its values, as written; empty when it puts none."""
    found = resolved(wanted)
    return found.words if isinstance(found, Constrained) else ""
