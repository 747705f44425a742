"""The books of the yearly figures: what the services of one kind reported of their own complaint handling, side by side.

Three books, as the Flemish ombudsman makes them; which services belong in which is told by the level of the register. A number that a
service did not give is not counted, and not made up.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from forms.schema import Field, Form
from problems import NotFound
from storage.unit_of_work import Reading
from tasks.at_services.first_line_campaign import PREFIX, PROCESS, Asked, in_book
from tasks.forms_in_use import form_in_use
from tasks.reporting.annual_tables import Row, Table

# What does not add up.
MEANS = ("mean_days",)
BOOKS: Mapping[str, tuple[str, tuple[str, ...]]] = {
    "vlaams": ("Vlaams bemiddelingsboek", ("flemish",)),
    "lokaal": ("Lokaal bemiddelingsboek", ("local",)),
    "zorg": ("Bemiddelingsboek ziekenhuizen en geestelijke gezondheidszorg", ("private",)),
}


class NoSuchBook(NotFound):
    """Dit boek bestaat niet."""


@dataclass(frozen=True)
class Book:
    """One book of one year: its tables, and what each service learned. `totals` are those of each table by its key, of a mean there is
    none; `missing` are the services that were asked and did not answer yet.
    """

    key: str
    title: str
    year: int
    tables: tuple[Table, ...]
    totals: Mapping[str, tuple[float | None, ...]]
    lessons: tuple[tuple[str, str], ...]
    missing: tuple[str, ...]


def make(reading: Reading, found: Sequence[Asked], key: str, year: int) -> Book:
    """Put the reports that are in together. The tables are the groups of the form, so a new question is a new column. Raises NoSuchBook."""
    if key not in BOOKS:
        raise NoSuchBook(book=key)
    title, levels = BOOKS[key]
    received = list(in_book(found, levels))
    form, _ = form_in_use(reading, PROCESS)
    groups = [each for each in form.fields if each.type == "group"]
    tables = tuple(_table(group, received) for group in groups)
    return Book(
        key=key,
        title=title,
        year=year,
        tables=tables,
        totals={table.key: _totals(group, table) for group, table in zip(groups, tables, strict=True)},
        lessons=tuple(
            (each.authority.name, str(each.numbers["lessons"])) for each in received if each.numbers.get("lessons")
        ),
        missing=tuple(e.authority.name for e in found if e.authority.level in levels and e not in received),
    )


def name_of(field: Field) -> str:
    """The name of a number among the facts of the file."""
    return (field.fact or field.key).removeprefix(PREFIX)


def _numbers(group: Field) -> list[Field]:
    return [each for each in group.components if each.type == "number"]


def _table(group: Field, received: Sequence[Asked]) -> Table:
    fields = _numbers(group)
    rows = tuple(
        Row(each.authority.key, each.authority.name, tuple(_number(each.numbers.get(name_of(f))) for f in fields))
        for each in received
    )
    return Table(group.key or "figures", group.label, tuple(field.label for field in fields), rows)


def _totals(group: Field, table: Table) -> tuple[float | None, ...]:
    """The numbers of all services together. Whoever gave none is not counted."""
    return tuple(
        None if name_of(field) in MEANS else sum(row.numbers[at] or 0 for row in table.rows)
        for at, field in enumerate(_numbers(group))
    )


def _number(value: object) -> float | None:
    if value in (None, ""):
        return None
    number = float(str(value))
    return int(number) if number.is_integer() else number


def columns(form: Form) -> list[Field]:
    """The questions of the form, in order: the columns of a file that brings many reports at once."""
    return [each for each in form.inputs() if each.type in ("number", "textarea")]
