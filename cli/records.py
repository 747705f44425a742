"""What the office keeps: its chains, its cases, a copy of everything."""

import sys
from collections.abc import Iterable
from contextlib import nullcontext
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer
from sqlalchemy import select

from cases.models import Case
from cli.base import CONSOLE, app, opened
from history import exports
from storage.unit_of_work import Database, Reading
from tasks.case_file import looks
from tasks.errors import CaseNotFound
from tasks.office import Settings
from tasks.operating import backup, running
from tasks.turn import stream_of


class Format(StrEnum):
    """How a case leaves the house."""

    XES = "xes"
    JSON = "json"


Number = Annotated[str, typer.Argument(metavar="CASE", help="The case's number, such as 2026-0412.")]


@app.command()
def verify(
    number: Annotated[str | None, typer.Argument(metavar="[CASE]", help="One case; all chains without.")] = None,
) -> None:
    """Walk the chain of a case, or of everything, and say the first event that does not hold. Exit code 1 when one does not."""
    with opened() as office, office.database.reading() as reading:
        numbers = {
            stream_of(case_id): known for case_id, known in reading.session.execute(select(Case.id, Case.number))
        }
        wanted = None if number is None else stream_of(_case_id(reading, number))
        broken = chains = events = 0
        for stream, verdict in (
            office.log.verify_all(reading) if wanted is None else [(wanted, office.log.verify(reading, wanted))]
        ):
            chains, events = chains + 1, events + verdict.events
            if not verdict.ok:
                broken += 1
                typer.echo(
                    f"{numbers.get(stream, stream)}: event {verdict.first_bad_seq} does not hold: {verdict.reason}"
                )
    typer.echo(f"{chains - broken} of {chains} chains hold, {events} events.")
    if broken:
        raise typer.Exit(1)


@app.command("backup")
def write_backup(
    file: Annotated[Path, typer.Argument(dir_okay=False, help="A new file for the copy.")],
    with_key: Annotated[
        bool, typer.Option("--with-key", help="Put the key that opens personal values in the copy too.")
    ] = False,
) -> None:
    """Copy the whole office into one file, while it works. Without --with-key, keep master.key apart: a copy without it stays shut."""
    if file.exists():
        raise typer.BadParameter("This file exists; choose a new name.", param_hint="FILE")
    with opened() as office:
        made = backup.write(office.database, office.settings, file, at=office.clock.now(), with_key=with_key)
        typer.echo(f"{sum(made.rows.values())} rows, {made.files} attachments, {made.size / 1e6:.1f} MB in {file}.")
        with office.database.work() as work:
            running.copied(office, work, CONSOLE)
        if not made.has_key:
            typer.echo(f"The key is not in it: keep {office.settings.master_key_file} in another place.")


@app.command()
def restore(
    file: Annotated[Path, typer.Argument(exists=True, dir_okay=False, help="A copy that `backup` made.")],
) -> None:
    """Put a copy back into an empty office, on either database, and walk every chain. Exit code 1 when one does not hold."""
    settings = Settings.from_environment()
    database = Database(settings.database_url)
    try:
        made = backup.read_back(file, database, settings)
    finally:
        database.close()
    typer.echo(f"{sum(made.rows.values())} rows and {made.files} attachments are back.")
    verify(None)


@app.command()
def export(
    number: Number,
    form: Annotated[
        Format, typer.Option("--format", help="xes for process mining, json with the chain.")
    ] = Format.JSON,
    output: Annotated[
        Path | None, typer.Option("--output", dir_okay=False, help="A file; standard output without.")
    ] = None,
) -> None:
    """One case's history, without personal values. The export itself is recorded as a look into the case."""
    with opened() as office:
        with office.database.work() as work:
            looks.record(office, work, CONSOLE, _case_id(work, number), f"export:{form}")
        with office.database.reading() as reading:
            stream = stream_of(_case_id(reading, number))
            if form is Format.XES:
                parts: Iterable[bytes] = [exports.as_xes(office.log.read(reading, stream), number)]
            else:
                texts = exports.as_json(reading, office.log, stream, number, office.clock.now())
                parts = (text.encode() for text in texts)
            with output.open("wb") if output else nullcontext(sys.stdout.buffer) as out:
                for part in parts:
                    out.write(part)


def _case_id(reading: Reading, number: str) -> int:
    case_id = reading.session.scalar(select(Case.id).where(Case.number == number))
    if case_id is None:
        raise CaseNotFound(number=number)
    return case_id
