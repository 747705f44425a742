"""A timer on the last day of a term goes off as that day begins, while whoever has the term still has the whole of it."""

from collections.abc import Iterator

import feel
from engine.findings import WARNING, Finding
from engine.lint import feel_sites
from engine.lint.diagram import Diagram
from engine.lint.feel_sites import MOMENT, Site, compiled
from engine.lint.place import place
from engine.support_events import definitions_of
from feel.tree import Name, Path

RULE = "last_day"
# What the rules of terms call a last day. Another date (`notice_on`) is as likely the day on which something is to begin.
LAST_DAYS = ("due_on", "_due", "_by")


def check(diagram: Diagram) -> Iterator[Finding]:
    """One finding per timer whose moment is a last day as it is, without a day added or an hour named."""
    for site in feel_sites.sites(diagram):
        name = _last_day(site)
        if name:
            sentence = (
                f"Deze termijn gaat af als {name} begint, om middernacht; die laatste dag telt dan niet meer mee. "
                f"Moet er iets gebeuren als de dag voorbij is, schrijf dan '={name} + duration(\"P1D\")'. "
                f"Moet het vroeger op de dag, schrijf dan het uur erbij: '=date and time({name}, time(\"09:00:00\"))'."
            )
            yield Finding(place(site.at), RULE, WARNING, sentence)


def _last_day(site: Site) -> str | None:
    """The name of the last day a timer is set on."""
    if site.kind != MOMENT or site.feel is None or not definitions_of(site.of):
        return None
    try:
        tree = compiled(site.feel).tree
    except feel.FeelError:
        return None  # `expressions` tells that it cannot be read
    return site.feel if isinstance(tree, Name | Path) and tree.name.endswith(LAST_DAYS) else None
