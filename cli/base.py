"""What every command shares: how a refusal is said, and the office of the environment's settings."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import typer
from typer.core import TyperGroup

import service
from identity import people
from problems import Invalid, Problem
from tasks.office import Office, Settings

CONSOLE = people.system("console")


class Commands(TyperGroup):
    """Turns a refusal into its sentence and exit code 1; Ctrl-C is a normal end."""

    def invoke(self, ctx: Any) -> Any:
        try:
            return super().invoke(ctx)
        except Problem as problem:
            say_problem(problem)
            raise typer.Exit(1) from problem


def say_problem(problem: Problem) -> None:
    """The sentence, what it is about, and one line per error."""
    about = {name: value for name, value in problem.fields.items() if name not in ("errors", "findings")}
    shown = ", ".join(f"{name}: {', '.join(v) if isinstance(v, list) else v}" for name, v in about.items())
    typer.echo(f"{problem.sentence} ({shown})" if shown else problem.sentence, err=True)
    for error in problem.errors if isinstance(problem, Invalid) else []:
        if error["message"] == problem.sentence:
            continue
        typer.echo(f"  {error['field']}: {error['message']} {error.get('docs', '')}".rstrip(), err=True)


app = typer.Typer(
    cls=Commands,
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
    help="Ombudsflow: the case system of an ombudsman's office, in which the diagram is the program.\n\n"
    "A new office: `setup`, then `users add`, then `serve`. Settings are OMBUDSFLOW_* variables; docs/operating.md has the list.",
)
users_app = typer.Typer(
    no_args_is_help=True, help="People with an account: add, list, password, deactivate, reactivate."
)
tokens_app = typer.Typer(
    no_args_is_help=True, help="Bearer tokens with which programs call /api/v1: add, list, revoke."
)
app.add_typer(users_app, name="users")
app.add_typer(tokens_app, name="tokens")


@contextmanager
def opened(*, is_new: bool = False) -> Iterator[Office]:
    """The office of the environment's settings. Refuses a database of another version, unless it is about to be set up."""
    office = service.open_office(Settings.from_environment())
    try:
        if not is_new:
            service.require_ready(office)
        yield office
    finally:
        office.database.close()
