"""A form in steps: one group at a time, and what is declared at the end. Pure; no database.

A group is a step. Fields outside the groups are a step of their own. A group of nothing but checkboxes is a declaration: it is
ticked when everything has been read back, and all of it is needed to send.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from forms.schema import INPUTS, Field, Form
from forms.validation import is_hidden


@dataclass(frozen=True)
class Step:
    """One page of the form; `number` counts from 1."""

    number: int
    group: Field

    @property
    def label(self) -> str:
        return self.group.label

    @property
    def has_files(self) -> bool:
        """True when files may be added at this step."""
        return any(each.type == "filepicker" for each in self.group.components)

    def as_form(self) -> Form:
        """The step as a form of its own."""
        return Form(
            self.group.key if self.group.key.isidentifier() else "step", self.group.label, self.group.components
        )

    @property
    def keys(self) -> frozenset[str]:
        """The fields of this step, shown or not."""
        return frozenset(each.key for each in _inputs(self.group.components))

    def shown(self, values: Mapping[str, Any]) -> frozenset[str]:
        """The fields of this step that are asked, given what was answered so far."""
        return frozenset(each.key for each in _inputs(self.group.components, values))


def steps(form: Form) -> list[Step]:
    """The pages of the form, in order."""
    groups = [each for each in form.fields if each.type == "group" and not _is_declaration(each)]
    loose = tuple(each for each in form.fields if each.type != "group")
    if any(each.type in INPUTS or each.type == "dynamiclist" for each in loose):
        groups.insert(0, Field(key=form.id, type="group", label=form.name, components=loose))
    return [Step(number, group) for number, group in enumerate(groups, start=1)]


def declarations(form: Form) -> list[Field]:
    """What is ticked at the end."""
    return [inner for each in form.fields if _is_declaration(each) for inner in each.components]


def _is_declaration(each: Field) -> bool:
    return each.type == "group" and bool(each.components) and all(f.type == "checkbox" for f in each.components)


def _inputs(fields: tuple[Field, ...], values: Mapping[str, Any] | None = None) -> Iterator[Field]:
    for each in fields:
        if values is not None and is_hidden(each, values):
            continue
        if each.type == "group":
            yield from _inputs(each.components, values)
        elif each.type in INPUTS or each.type == "dynamiclist":
            yield each
