"""A sample office of any size, to try the system with."""

import os
from typing import Annotated

import typer

import service
from cli.base import app, opened
from cli.office import set_up
from storage.unit_of_work import Database
from tasks import sample_office
from tasks.background.clock_source import Clock
from tasks.office import Office, Settings
from tasks.sample_office.spreading import alone, side_by_side


@app.command("load-sample")
def load_sample(
    cases: Annotated[int, typer.Option(min=100, max=10_000_000, help="How many cases, over ten years.")] = 10_000,
    processes: Annotated[int, typer.Option(min=1, help="Side by side; PostgreSQL only.")] = os.cpu_count() or 1,
) -> None:
    """Fill an empty office with invented cases of ten years: closed and open, on time and late, each with a chain that holds.

    The office is marked as a demonstration: serve it with --demo. Interrupted, the same command goes on where it stopped.
    """
    with opened(is_new=True) as office:
        set_up(office)
        database = office.database
        spread = alone(database) if database.is_sqlite else side_by_side(office.settings.database_url, processes)
        made = sample_office.load(office, cases, open_at=_open_at, spread=spread, say=typer.echo)
    typer.echo(f"{made} cases made. See them: ombudsflow serve --demo")


def _open_at(settings: Settings, database: Database, clock: Clock) -> Office:
    return service.open_office(settings, database=database, clock=clock)
