"""People with an account, and programs with a token."""

import sys
from typing import Annotated

import typer

from cli.base import CONSOLE, opened, tokens_app, users_app
from identity import people, sessions
from identity.roles import FIRST_LINE, MESSENGER, STAFF_ROLES, WORKER
from tasks import accounts

ROLES = ", ".join(sorted(STAFF_ROLES))
Roles = Annotated[list[str], typer.Option("--role", help=f"Repeat for several. One of: {ROLES}.")]
TokenRoles = Annotated[
    list[str], typer.Option("--role", help=f"Repeat for several. One of: {ROLES}, {WORKER}, {MESSENGER}.")
]


def _password() -> str:
    """Typed twice at a terminal, or the first line of standard input. Never an argument: those show in the process list."""
    if sys.stdin.isatty():
        typed: str = typer.prompt("Password", hide_input=True, confirmation_prompt=True)
        return typed
    return sys.stdin.readline().rstrip("\r\n")


@users_app.command("add")
def users_add(
    login: Annotated[str, typer.Argument(help="The name to log in with.")],
    name: Annotated[str, typer.Option(help="The name colleagues see.")],
    role: Roles,
    email: Annotated[str | None, typer.Option(help="Where mail for this person goes.")] = None,
    authority: Annotated[
        str | None,
        typer.Option(help=f"The service a {FIRST_LINE} works for: its key in the register, such as de_lijn."),
    ] = None,
) -> None:
    """A new account. Asks for the password, or reads it as a line from standard input."""
    with opened() as office:
        password = _password()
        with office.database.work() as work:
            accounts.hire(
                office,
                work,
                CONSOLE,
                login=login,
                name=name,
                password=password,
                roles=role,
                email=email,
                authority_key=authority,
            )
    typer.echo(f"{login} can log in.")


@users_app.command("list")
def users_list() -> None:
    """Every account: login, state, roles, name."""
    with opened() as office, office.database.reading() as reading:
        for person in people.everyone(reading):
            state = "active" if person.is_active else "closed"
            typer.echo(f"{person.login:20} {state:8} {','.join(person.roles):40} {person.name}")


@users_app.command("password")
def users_password(login: str) -> None:
    """A new password; every session with the old one ends."""
    with opened() as office:
        password = _password()
        with office.database.work() as work:
            accounts.change_password(office, work, CONSOLE, login, password)
    typer.echo(f"{login} has a new password.")


@users_app.command("deactivate")
def users_deactivate(login: str) -> None:
    """Close an account: logged out at once. It stays in the list, since the history refers to it."""
    with opened() as office, office.database.work() as work:
        accounts.set_active(office, work, CONSOLE, login, False)
    typer.echo(f"{login} can no longer log in.")


@users_app.command("reactivate")
def users_reactivate(login: str) -> None:
    """Open a closed account again, with its old password and roles."""
    with opened() as office, office.database.work() as work:
        accounts.set_active(office, work, CONSOLE, login, True)
    typer.echo(f"{login} can log in again.")


@tokens_app.command("add")
def tokens_add(name: Annotated[str, typer.Argument(help="Which program it is for.")], role: TokenRoles) -> None:
    """A new bearer token. It is printed once; only its hash is kept."""
    with opened() as office, office.database.work() as work:
        secret = accounts.issue_token(office, work, CONSOLE, name=name, roles=role)
    typer.echo(secret)


@tokens_app.command("list")
def tokens_list() -> None:
    """Every token: number, state, roles, name; never the secret."""
    with opened() as office, office.database.reading() as reading:
        for token in sessions.tokens(reading):
            state = "revoked" if token.revoked_at else "active"
            typer.echo(f"{token.id:<6} {state:8} {','.join(token.roles):40} {token.name}")


@tokens_app.command("revoke")
def tokens_revoke(number: int) -> None:
    """A token no longer opens anything, from the next call on."""
    with opened() as office, office.database.work() as work:
        accounts.revoke_token(office, work, CONSOLE, number)
    typer.echo(f"Token {number} is revoked.")
