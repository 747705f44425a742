"""The command line. Each command is a few lines over a room's function; what may go wrong is said in one sentence.

Exit codes: 0 it is so, 1 it is not (refused, differs, does not hold), 2 the command was not understood.
Settings come from the environment (docs/operating.md); the acting person is the system's own console.
"""

import os
import sys
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, nullcontext, suppress
from enum import StrEnum
from pathlib import Path
from typing import Annotated, Any

import typer
from sqlalchemy import select
from typer.core import TyperGroup

import service
from cases.models import Case
from engine.findings import ERROR, Finding
from history import exports
from identity import people, sessions
from identity.roles import MESSENGER, STAFF_ROLES, WORKER
from problems import Invalid, Problem
from storage.unit_of_work import Database, Reading
from tasks import accounts, backup, demo, looks, publishing, scenarios, shipped
from tasks.clock_source import Clock
from tasks.errors import CaseNotFound
from tasks.office import Office, Settings
from tasks.turn import stream_of

CONSOLE = people.system("console")
KINDS = {".bpmn": "process", ".dmn": "decision", ".form": "form"}
ROLES = ", ".join(sorted(STAFF_ROLES))


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

By = Annotated[str, typer.Option("--by", metavar="LOGIN", help="Who does this: a process manager with an account.")]
Roles = Annotated[list[str], typer.Option("--role", help=f"Repeat for several. One of: {ROLES}.")]
TokenRoles = Annotated[list[str], typer.Option("--role", help=f"Repeat for several. One of: {ROLES}, {WORKER}, {MESSENGER}.")]


@contextmanager
def opened(*, is_new: bool = False) -> Iterator[Office]:
    """The office of the environment's settings. Refuses a database of another version, unless it is about to be set up."""
    office = service.open_office(Settings.from_environment())
    try:
        if not is_new:
            office.database.require_current()
        yield office
    finally:
        office.database.close()


# -- the office as a whole ------------------------------------------------------------------------------------------


@app.command()
def setup() -> None:
    """Make the database ready: newest schema, and the shipped forms, decisions and diagrams in use.

    Safe to repeat: what is there stays, a newer version of your own is never replaced.
    """
    with opened(is_new=True) as office:
        installed = _set_up(office)
        typer.echo(f"Ready: {office.database.engine.url.render_as_string(hide_password=True)}")
        typer.echo(f"{installed} definitions taken into use." if installed else "All shipped definitions were there.")


def _set_up(office: Office) -> int:
    office.database.upgrade()
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
) -> None:
    """Serve pages and API, and let time do its work (deadlines, mail). Ctrl-C stops it.

    With --demo an empty office is filled first: an account for each role, with a password everybody knows. A demo office
    is never served without --demo, nor is an office with people of its own filled.
    """
    listener = service.listen(host, port)
    address = f"http://{f'[{host}]' if ':' in host else host}:{port}"
    os.environ.setdefault("OMBUDSFLOW_BASE_URL", address)
    with opened(is_new=is_demo) as office:
        if workers > 1 and office.database.is_sqlite:
            raise typer.BadParameter("SQLite takes one process; use PostgreSQL for more.", param_hint="--workers")
        if is_demo:
            _set_up(office)
            is_demo = _fill(office)
        else:
            demo.refuse_demo(office)
        _say_first_user(office)
    os.environ["OMBUDSFLOW_DEMO"] = "1" if is_demo else ""
    if is_demo:
        demo.guide(typer.echo, address)
    with suppress(KeyboardInterrupt):  # the server has ended what was under way before it says so
        typer.echo(f"Serving on {address}   (Ctrl-C stops)")  # inside: from the moment it is read, Ctrl-C stops cleanly
        service.serve(listener, workers)
    typer.echo("Stopped.")


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


# -- people and programs --------------------------------------------------------------------------------------------


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
) -> None:
    """A new account. Asks for the password, or reads it as a line from standard input."""
    with opened() as office:
        password = _password()
        with office.database.work() as work:
            accounts.hire(office, work, CONSOLE, login=login, name=name, password=password, roles=role, email=email)
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


# -- diagrams, decisions, forms ---------------------------------------------------------------------------------------


@app.command()
def check(file: Annotated[Path, typer.Argument(exists=True, dir_okay=False)]) -> None:
    """What publishing FILE (.bpmn, .dmn, .form) would say. Changes nothing; exit code 1 when it would be refused."""
    with opened() as office, office.database.reading() as reading:
        findings = publishing.check(office, reading, _kind(file), file.read_bytes())
    _print_findings(findings)
    if any(finding.severity == ERROR for finding in findings):
        raise typer.Exit(1)
    typer.echo("Publishing would accept this file.")


@app.command()
def publish(
    file: Annotated[Path, typer.Argument(exists=True, dir_okay=False)],
    by: By,
    is_activating: Annotated[bool, typer.Option("--activate", help="Take the published draft into use.")] = False,
) -> None:
    """Publish FILE (.bpmn, .dmn, .form) as the next version: a draft, until a second person activates it.

    The same content makes no new version, so the second person runs the same command with --activate and their own name:

        ombudsflow publish complaint.bpmn --by an
        ombudsflow publish complaint.bpmn --by bo --activate
    """
    kind, content = _kind(file), file.read_bytes()
    with opened() as office, office.database.work() as work:
        actor = people.actor_of(people.by_login(work, by))
        made = publishing.publish(office, work, actor, kind, content)
        _print_findings(made.findings)
        version = made.definition
        if is_activating:
            version = publishing.activate(office, work, actor, version.id)
    typer.echo(f"{version.key} version {version.version}: {version.state}")


def _kind(file: Path) -> str:
    kind = KINDS.get(file.suffix.lower())
    if kind is None:
        raise typer.BadParameter(f"{file.name}: expected a .bpmn, .dmn or .form file.")
    return kind


def _print_findings(findings: list[Finding]) -> None:
    for finding in findings:
        typer.echo(f"{finding.severity:7} {finding.element_id}: {finding.sentence} ({finding.docs})")


@app.command("scenarios")
def run_scenarios(
    file: Annotated[Path, typer.Argument(exists=True, dir_okay=False, help="One complaint per line, as JSON.")],
) -> None:
    """Play a file of complaints through an office of its own, and compare with what each expects.

    The office is thrown away afterwards, its clock travels, its diagrams are the shipped ones. Prints a line per difference, at the end
    `N of M as expected`; exit code 1 when any differs.
    """
    if not scenarios.run(_fresh_office, file, typer.echo).is_complete:
        raise typer.Exit(1)


def _fresh_office(folder: Path, clock: Clock) -> Office:
    office = service.open_office(
        Settings(data_dir=folder, database_url=f"sqlite:///{folder / 'office.db'}"), clock=clock
    )
    _set_up(office)
    return office


# -- the history -----------------------------------------------------------------------------------------------------


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


if __name__ == "__main__":
    app()
