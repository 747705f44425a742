"""A variable that is read and never set is null: then a condition is never true, and nobody sees why."""

from collections.abc import Iterator
from difflib import SequenceMatcher

from engine.findings import WARNING, Finding
from engine.lint import variables
from engine.lint.diagram import Diagram
from engine.lint.place import place
from engine.lint.variables import GIVEN

RULE = "unset_variable"
SLIP = 2  # letters more, fewer or changed places


def check(diagram: Diagram) -> Iterator[Finding]:
    """One finding per name that nothing sets, at the first place that reads it.

    Forms, jobs and messages bring variables too. Where the office knows their names, every other name is reported; where it
    does not, only one that looks like a slip of the pen, or any name in a diagram that nothing from outside can reach.
    """
    use = variables.use_of(diagram)
    known = use.sets.keys() | GIVEN | (diagram.known.variables or frozenset())
    is_closed = diagram.known.variables is not None or not any(map(variables.brings_unknown, diagram.nodes))
    for name, readers in use.reads.items():
        if name in known:
            continue
        alike = [each for each in sorted(use.sets.keys() - use.local) if is_slip(name, each)]
        if alike:
            sentence = f"De variabele '{name}' wordt nergens gezet. Bedoelt u '{alike[0]}'?"
        elif is_closed:
            sentence = (
                f"De variabele '{name}' wordt nergens gezet; is ze er niet bij de start, dan is ze leeg. Zet ze eerst."
            )
        else:
            continue
        yield Finding(place(readers[0]), RULE, WARNING, sentence)


def is_slip(name: str, meant: str) -> bool:
    """Two names so alike that one is the other, mistyped; short names are alike by chance."""
    letters = len(name) + len(meant)
    if min(len(name), len(meant)) < 4 or abs(len(name) - len(meant)) > SLIP:
        return False
    return letters * (1 - SequenceMatcher(None, name, meant, autojunk=False).ratio()) <= SLIP + 0.01
