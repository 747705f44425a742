"""Taking running cases along to another version of their diagram: plan, rehearse, carry out, take back."""

from typing import Annotated

import typer

from cli.base import app, opened
from cli.definitions import By
from identity import people
from storage.unit_of_work import Reading
from tasks.office import Office
from tasks.studio import migrating, migration_rehearsal, migration_results, migration_run
from tasks.studio.migrating import RUNNING, UNDOING
from tasks.studio.migration_rehearsal import BLOCKED, MOVES, NEEDS_MAPPING

migrate_app = typer.Typer(
    no_args_is_help=True,
    help="Running cases to another version of their diagram: plan, rehearse, run (by a second person), undo.",
)
app.add_typer(migrate_app, name="migrate")
Plan = Annotated[int, typer.Argument(metavar="PLAN", help="The number that `migrate plan` gave.")]
MARKS = {MOVES: "moves", NEEDS_MAPPING: "needs mapping", BLOCKED: "blocked"}


@migrate_app.command("plan")
def make_plan(
    key: Annotated[str, typer.Argument(help="The diagram's key, such as complaint.")],
    source: Annotated[int, typer.Option("--from", min=1, help="The version the cases are on.")],
    target: Annotated[int, typer.Option("--to", min=1, help="The version they go to.")],
    reason: Annotated[str, typer.Option(help="Why; every case remembers it.")],
    by: By,
    mapping: Annotated[
        list[str] | None, typer.Option("--map", metavar="OLD=NEW", help="For an element with another id. Repeat it.")
    ] = None,
    takes_decisions: Annotated[bool, typer.Option("--decisions", help="With the decision tables in use now.")] = False,
) -> None:
    """Make a plan. An element that kept its id needs no --map."""
    with opened() as office, office.database.work() as work:
        actor = people.actor_of(people.by_login(work, by))
        row = migrating.make(
            office,
            work,
            actor,
            key,
            source,
            target,
            mapping=dict(_pair(each) for each in mapping or ()),
            reason=reason,
            takes_decisions=takes_decisions,
        )
        number = row.id
    typer.echo(f"Plan {number}. Look at it with: ombudsflow migrate rehearse {number} --by {by}")


def _pair(text: str) -> tuple[str, str]:
    old, sign, new = text.partition("=")
    if not (old and sign and new):
        raise typer.BadParameter(f"{text}: expected OLD=NEW.", param_hint="--map")
    return old, new


@migrate_app.command()
def rehearse(plan: Plan, by: By) -> None:
    """Try the plan on copies of the real cases, and say per case what would happen. Exit code 1 when not all would move."""
    stays = total = 0
    after: int | None = 0
    with opened() as office, office.database.reading() as reading:
        actor = people.actor_of(people.by_login(reading, by))
        found = migrating.find(reading, plan)
        while after is not None:
            portion = migration_rehearsal.rehearse(office, reading, actor, found, after=after)
            for fate, numbers in portion.fates.items():
                for number in numbers:
                    typer.echo(f"{number:14} {MARKS[fate.verdict]:14} {' '.join(fate.reasons)}".rstrip())
            total, stays = total + portion.total, stays + portion.total - portion.count(MOVES)
            after = portion.next
    typer.echo(f"{total - stays} of {total} would move.")
    if stays:
        raise typer.Exit(1)


@migrate_app.command()
def run(plan: Plan, by: By) -> None:
    """Carry the plan out; somebody else than its author. Exit code 1 when a case stayed where it was."""
    with opened() as office:
        with office.database.work() as work:
            migrating.begin(office, work, people.actor_of(people.by_login(work, by)), plan)
        _to_the_end(office, plan)


@migrate_app.command()
def undo(plan: Plan, by: By) -> None:
    """Put back every case that took no step since. Exit code 1 when a case could not go back."""
    with opened() as office:
        with office.database.work() as work:
            migrating.undo(office, work, people.actor_of(people.by_login(work, by)), plan)
        _to_the_end(office, plan)


def _to_the_end(office: Office, plan: int) -> None:
    """Do the work here, beside a server that may be doing the same; what it has in hand, it finishes."""
    while migration_run.advance(office):
        with office.database.reading() as reading:
            typer.echo(_progress(reading, plan), err=True)
    with office.database.reading() as reading:
        typer.echo(_progress(reading, plan))
        if migrating.find(reading, plan).row.state in (RUNNING, UNDOING):
            typer.echo("The server goes on with it; the plan's page in the studio shows how far it is.")
        groups = migration_results.reasons(reading, plan)
    for group in groups:
        typer.echo(f"{', '.join(group.numbers)}: {group.why}")
    if groups:
        raise typer.Exit(1)


def _progress(reading: Reading, plan: int) -> str:
    return (
        ", ".join(f"{number} {state}" for state, number in sorted(migrating.counts(reading, plan).items())) or "0 cases"
    )
