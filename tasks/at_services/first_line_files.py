"""Yearly figures that come as a file: a line per service, a column per question, as many services as there are lines.

A line is taken in when everything in it is right, as an answer noted on behalf of that service; a line with a mistake changes nothing
and says which column. The same file again takes in only what was not in yet.
"""

import csv
import io
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from cases.deadlines import local_day
from forms.schema import Field, Form
from identity.people import Actor
from identity.permissions import require
from problems import Invalid, Problem
from storage.unit_of_work import UnitOfWork
from tasks import completion
from tasks.at_services import first_line_campaign
from tasks.at_services.first_line_books import columns
from tasks.citizens import on_behalf
from tasks.office import Office

SERVICE = "Dienst"
LARGEST = 1024 * 1024  # bytes; a line is some hundred


class FileNotReadable(Invalid):
    """Dit bestand kan niet gelezen worden. Gebruik het voorbeeldbestand: tekst met puntkomma's (CSV), met een lijn per dienst."""


@dataclass(frozen=True)
class Line:
    """One service in the file: its number in the file, its key, and the answers by field."""

    number: int
    service: str
    answers: Mapping[str, str]


def head(form: Form) -> list[str]:
    """The names of the columns: the service, then each question under its group."""
    return [SERVICE, *(_title(form, each) for each in columns(form))]


def _title(form: Form, field: Field) -> str:
    group = next((each.label for each in form.fields if field in each.components), "")
    return f"{group}: {field.label}" if group else field.label


def lines(form: Form, content: bytes) -> Iterator[Line]:
    """The lines of a file. Raises FileNotReadable, naming what is wrong with its head."""
    keys = {_title(form, each): each.key for each in columns(form)}
    first, *rows = _cells(content)
    titles = [title.strip() for title in first]
    unknown = [title for title in titles if title not in keys and title != SERVICE]
    if SERVICE not in titles or unknown:
        raise FileNotReadable(columns=unknown or [SERVICE])
    for number, cells in enumerate(rows, start=2):
        told = dict(zip(titles, (cell.strip() for cell in cells), strict=False))
        if told.get(SERVICE):
            yield Line(number, told[SERVICE], {keys[t]: cell for t, cell in told.items() if t in keys and cell})


def _cells(content: bytes) -> list[list[str]]:
    """What stands in a file, whichever kind of machine ended its lines. Raises FileNotReadable."""
    if len(content) > LARGEST:
        raise FileNotReadable(largest=LARGEST)
    try:
        text = content.decode("utf-8-sig")
        return list(csv.reader(io.StringIO(text, newline=None), delimiter=";")) or [[]]
    except (UnicodeDecodeError, csv.Error) as problem:
        raise FileNotReadable(problem=type(problem).__name__) from problem


def take(office: Office, work: UnitOfWork, actor: Actor, year: int, line: Line) -> None:
    """Note one line as the answer of its service, which came by mail today. Raises what a wrong answer raises, and changes nothing then."""
    require(actor, "first_line_report.take")
    row = first_line_campaign.of_authority(work, year, line.service)
    today = local_day(office.clock.now()).isoformat()
    completion.complete(office, work, actor, row.id, line.answers, came=on_behalf.named("email", today))


def told(problem: Problem, form: Form) -> str:
    """What is wrong with a line, in one sentence for each column."""
    labels = {each.key: _title(form, each) for each in columns(form)}
    if not isinstance(problem, Invalid) or not problem.errors:
        return problem.sentence
    return " ".join(f"{labels.get(error['field'], error['field'])}: {error['message']}" for error in problem.errors)
