"""A version as people will meet it: a decision as the table a lawyer reads, a form as its fields, a letter in
an invented case. A diagram is drawn in the browser.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from markupsafe import Markup

from engine.errors import XmlRefused
from engine.findings import Finding
from forms import rendering
from forms.schema import FormRefused, parse
from tasks.forms_in_use import choices_of
from tasks.letters import letter_texts
from tasks.studio import decision_tables
from tasks.studio.decision_tables import TableView, TextView
from web.context import Look
from web.studio import studio_letters
from web.studio.studio_letters import Shown


@dataclass(frozen=True)
class Preview:
    """Tables of a decision, the fields of a form, or the wordings of a letter; `form` is None when there are none to show."""

    tables: Sequence[TableView] = ()
    texts: Sequence[TextView] = ()
    form: Markup | None = None
    letters: Sequence[Shown] = ()


def marks(findings: Sequence[Finding]) -> dict[str, list[str]]:
    """What was found, by the element it is about: a table shows it in its cells."""
    found: dict[str, list[str]] = {}
    for finding in findings:
        found.setdefault(finding.element_id, []).append(finding.sentence)
    return found


def of_content(look: Look, kind: str, content: bytes) -> Preview:
    """A version or a working copy as people will meet it; what cannot be read any more shows nothing, its findings say why."""
    if kind == letter_texts.KIND:
        return Preview(letters=studio_letters.shown(look, content))
    try:
        if kind == "form":
            return Preview(form=rendering.render(parse(content), {}, codelists=choices_of(look.office)))
        return _decision(content) if kind == "decision" else Preview()
    except (XmlRefused, FormRefused):
        return Preview()


def _decision(content: bytes) -> Preview:
    return Preview(tables=decision_tables.tables_in(content), texts=decision_tables.texts_in(content))
