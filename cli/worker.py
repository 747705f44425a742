"""A process beside the servers that does what nobody waits for: mail, jobs, deadlines."""

from typing import Annotated

import typer

import service
from cli.base import app, opened


@app.command()
def worker(
    concurrency: Annotated[
        int, typer.Option(min=1, max=32, help="How many errands it does at once (with the queue procrastinate).")
    ] = 10,
) -> None:
    """Do mail, jobs and deadlines, and serve no pages. Needs PostgreSQL. As many as you like, on any machine; Ctrl-C stops it.

    What one that was killed had in hand is taken over by another. With OMBUDSFLOW_QUEUE=procrastinate at least one is needed.
    """
    with opened() as office:
        if office.database.is_sqlite:
            raise typer.BadParameter("SQLite takes one process, and that is `serve`; use PostgreSQL for more.")
        service.work(office, concurrency, lambda: typer.echo("Working   (Ctrl-C stops)"))
    typer.echo("Stopped.")
