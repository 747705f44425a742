"""Diagrams, decisions and forms: check, publish, play scenarios."""

from pathlib import Path
from typing import Annotated

import typer

import service
from cli.base import app, opened
from cli.office import set_up
from engine.findings import ERROR, Finding
from identity import people
from tasks import houses, scenarios
from tasks.background.clock_source import Clock
from tasks.office import Office, Settings
from tasks.studio import publishing

KINDS = {".bpmn": "process", ".dmn": "decision", ".form": "form", ".letter": "letter"}
By = Annotated[str, typer.Option("--by", metavar="LOGIN", help="Who does this: a process manager with an account.")]


@app.command()
def check(file: Annotated[Path, typer.Argument(exists=True, dir_okay=False)]) -> None:
    """What publishing FILE (.bpmn, .dmn, .form, .letter) would say. Changes nothing; exit code 1 when it would be refused."""
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
    """Publish FILE (.bpmn, .dmn, .form, .letter) as the next version: a draft, until a second person activates it.

    The same content makes no new version, so the second person runs the same command with --activate and their own name:

        ombudsflow publish complaint.bpmn --by an
        ombudsflow publish complaint.bpmn --by bo --activate
    """
    kind, content = _kind(file), file.read_bytes()
    with opened() as office, office.database.work() as work:
        actor = people.actor_of(people.by_login(work, by))
        made = publishing.publish(office, work, actor, kind, content)
        _print_findings(made.findings)
        versions = [made.definition, *made.also]
        if is_activating:
            versions = [publishing.activate(office, work, actor, version.id) for version in versions]
    for version in versions:
        typer.echo(f"{version.key} version {version.version}: {version.state}")


def _kind(file: Path) -> str:
    kind = KINDS.get(file.suffix.lower())
    if kind is None:
        raise typer.BadParameter(f"{file.name}: expected a .bpmn, .dmn, .form or .letter file.")
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
    if not scenarios.run(_fresh_office, file, typer.echo, _fresh_reports).is_complete:
        raise typer.Exit(1)


def _fresh_reports(folder: Path, clock: Clock) -> Office:
    return _fresh_office(folder, clock, houses.REPORTS)


def _fresh_office(folder: Path, clock: Clock, house: houses.House = houses.OFFICE) -> Office:
    settings = Settings(house=house, data_dir=folder, database_url=f"sqlite:///{folder / 'office.db'}")
    office = service.open_office(settings, clock=clock)
    set_up(office)
    return office
