"""An expression that can be read and still never gives anything: a function that does not exist, a text compared with a number.

The type of a variable is known only where one script sets it and nothing from outside can; all else may be anything.
"""

from collections.abc import Iterator

import feel
from engine.findings import WARNING, Finding
from engine.lint import feel_sites, variables
from engine.lint.diagram import Diagram
from engine.lint.feel_sites import compiled
from engine.lint.place import place
from engine.parsing import dialect
from feel.checking import Checker, is_certain
from feel.types import Type

RULE = "feel_types"


def check(diagram: Diagram) -> Iterator[Finding]:
    """One finding per expression that cannot give what is asked, with the first thing that is wrong in it."""
    known = _types(diagram)
    for site in feel_sites.sites(diagram):
        if site.feel is None:
            continue
        checker = Checker(known, is_open=True)
        try:
            checker.type_of(compiled(site.feel).tree)
        except (feel.FeelError, RecursionError):
            continue  # `expressions` tells that it cannot be read
        for wrong in sorted(checker.findings, key=lambda found: found.position)[:1]:
            sentence = f"In '{site.feel}' klopt iets niet: {wrong.sentence}, op plaats {wrong.position + 1}."
            yield Finding(place(site.at), RULE, WARNING, sentence)


def _types(diagram: Diagram) -> dict[str, Type]:
    """The variables whose type is certain: set by one script, and by nothing that the file does not show."""
    if diagram.known.variables is None and any(map(variables.brings_unknown, diagram.nodes)):
        return {}
    use, found = variables.use_of(diagram), dict[str, Type]()
    for node in diagram.nodes:
        extensions = diagram.extensions(node)
        name = extensions.result_variable or ""
        if not extensions.script or extensions.outputs or len(use.sets.get(name, ())) != 1:
            continue
        if name in use.local or name in (diagram.known.variables or ()):
            continue
        kind = Checker({}, is_open=True).type_of(compiled(dialect.expression(extensions.script)).tree)
        if is_certain(kind):
            found[name] = kind
    return found
