"""The rules of terms, for whoever looks at them without a browser: as they hold today, and every version of one."""

from typing import Annotated

import typer

from cases import deadline_rules
from cases.deadline_rules import Rule
from cases.deadlines import local_day
from cli.base import app, opened
from identity import people
from tasks.deadlines import deadline_plans
from tasks.deadlines.shipped_rules import added


@app.command()
def deadlines(
    rule: Annotated[str | None, typer.Argument(help="A rule by its name, such as service_answer_by.")] = None,
) -> None:
    """How long what may take today; with RULE its versions, the newest first, and the changes that wait for a second person."""
    with opened() as office, office.database.reading() as reading:
        rules, today = deadline_rules.in_force(reading), local_day(office.clock.now())
        if rule is None:
            lines = [_line(rules.get(name, today)) for name in sorted(rules.versions)]
        else:
            current, names, brought = rules.get(rule, today), people.names(reading), added(reading, rule)
            lines = [current.label]
            for each in reversed(rules.versions[rule]):
                by, on = brought[each.version]
                mark = "*" if each == current else " "
                lines.append(f"{mark} {_line(each)}; brought by {names.get(by, by)} on {on:%Y-%m-%d}")
            waiting = [row for row in deadline_plans.latest(reading) if row.state == deadline_plans.DRAFT]
            lines += [f"  plan {row.id} waits: {row.reason}" for row in waiting if row.content.get("name") == rule]
    for line in lines:
        typer.echo(line)


def _line(rule: Rule) -> str:
    still = ", ".join(rule.pauses_for) or "nothing"
    return f"{rule.name}: {rule.value} {rule.unit} from {rule.valid_from}; pauses for {still}; {rule.source}"
