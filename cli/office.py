"""The office as a whole: set up, serve."""

import os
from contextlib import ExitStack, suppress
from typing import Annotated

import typer

import service
from cli import reports_house
from cli.base import app, opened
from history.sealing import keyring_at
from identity import people
from storage.sole_process import sole_process
from tasks import demo
from tasks.office import Office
from tasks.reports_house import sealed_house
from tasks.studio import shipped


@app.command()
def setup() -> None:
    """Make the database ready: newest schema, and the shipped forms, decisions and diagrams in use.

    Safe to repeat: what is there stays, a newer version of your own is never replaced.
    """
    with opened(is_new=True) as office:
        installed = set_up(office)
        typer.echo(f"Ready: {office.database.engine.url.render_as_string(hide_password=True)}")
        typer.echo(f"{installed} definitions taken into use." if installed else "All shipped definitions were there.")


@app.command("box-key")
def box_key() -> None:
    """In a reports house: the key with which the office shuts what it hands over (OMBUDSFLOW_REPORTS_KEY there). It is no secret."""
    with opened() as office:
        typer.echo(keyring_at(office.settings.master_key_file).opener.public_key)


def set_up(office: Office) -> int:
    """Newest schema, and the shipped definitions in use; gives how many were new."""
    office.database.upgrade(typer.echo)
    service.prepare_queue(office)
    sealed_house.shut_what_lies_open(office)
    sealed_house.find_words_again(office)
    with office.database.work() as work:
        return shipped.install(office, work)


@app.command()
def serve(
    is_demo: Annotated[
        bool, typer.Option("--demo", help="Fill an empty office with invented cases and people.")
    ] = False,
    host: Annotated[str, typer.Option(help="Address to listen on.")] = "127.0.0.1",
    port: Annotated[int, typer.Option(min=1, max=65535, help="Port to listen on.")] = 8000,
    workers: Annotated[int, typer.Option(min=1, help="Processes; more than one needs PostgreSQL.")] = 1,
    with_reports: Annotated[
        bool, typer.Option("--with-reports", help="With --demo: the reports house too, on the next port.")
    ] = False,
) -> None:
    """Serve pages and API, and let time do its work (deadlines, mail). Ctrl-C stops it.

    With --demo an empty office is filled first: an account for each role, with a password everybody knows. A demo office
    is never served without --demo, nor is an office with people of its own filled.
    """
    listener = service.listen(host, port)
    address = f"http://{f'[{host}]' if ':' in host else host}:{port}"
    os.environ.setdefault("OMBUDSFLOW_BASE_URL", address)
    with ExitStack() as held:
        if is_demo and with_reports:
            os.environ["OMBUDSFLOW_REPORTS_URL"] = held.enter_context(reports_house.beside(host, port + 1, typer.echo))
            os.environ["OMBUDSFLOW_REPORTS_KEY"] = keyring_at(reports_house.folder() / "master.key").opener.public_key
        with opened(is_new=is_demo) as office:
            if workers > 1 and office.database.is_sqlite:
                raise typer.BadParameter("SQLite takes one process; use PostgreSQL for more.", param_hint="--workers")
            held.enter_context(sole_process(office.database))
            is_demo = _made_ready(office, is_demo)
            if is_demo:
                demo.guide(office, typer.echo, address)
        os.environ["OMBUDSFLOW_DEMO"] = "1" if is_demo else ""
        service.hear_of_stopping()  # both ways alike: what is held here must be let go too
        with suppress(KeyboardInterrupt):  # the server has ended what was under way before it says so
            typer.echo(f"Serving on {address}   (Ctrl-C stops)")  # inside: once it is read, Ctrl-C stops cleanly
            service.serve(listener, workers)
    typer.echo("Stopped.")


def _made_ready(office: Office, is_demo: bool) -> bool:
    """Filled when a demo was asked for. True when it is one."""
    if is_demo:
        set_up(office)
        is_demo = _fill(office)
    else:
        demo.refuse_demo(office)
    _say_first_user(office)
    return is_demo


def _fill(office: Office) -> bool:
    if demo.hire(office):
        demo.fill(
            office,
            lambda clock: service.open_office(office.settings, database=office.database, clock=clock),
            typer.echo,
        )
        return True
    typer.echo("This office has people of its own, so nothing was filled in; it is served as it is.")
    return False


def _say_first_user(office: Office) -> None:
    with office.database.reading() as reading:
        if not people.anyone(reading):
            typer.echo("Nobody has an account yet. Make the first: ombudsflow users add LOGIN --name NAME --role admin")
