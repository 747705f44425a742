"""`python -m web.gathered`: gathers the texts citizens read and brings the catalogues in line with them; translations are kept.

From the citizens' templates, and from what is data: the labels of their forms, the plain names of the diagrams' steps, the
sentences of refusals. Texts of the staff's pages are Dutch only, for now.
"""

import ast
import json
import re
import sys
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from importlib import import_module
from pathlib import Path
from typing import Any

from babel.messages.catalog import Catalog
from babel.messages.extract import extract_from_file
from babel.messages.pofile import write_po
from lxml import etree

from cases import cleaning, explaining
from cases.register import Register
from forms.limits import OWN_SENTENCE
from identity.roles import EXTERNAL_ROLES
from problems import Problem
from tasks.citizens.suggestions import LEVELS
from tasks.reporting import annual_counts, annual_report
from web.catalogues import LOCALES, file_of, read
from web.citizens import citizen_case, signpost
from web.citizens.citizen import UNTICKED
from web.problems import HTTP_SENTENCES
from web.reporting import open_data, recommendations, report_files, report_paper

HERE = Path(__file__).parent
ROOT = HERE.parent
OTHERS = ("fr", "de", "en")
TEMPLATES = (
    "layout.html problem.html account/login.html user_task/kept.html home citizen links reports/home.html reports/form.html reports/code.html reports/door.html "
    "reports/mailbox.html recommendations/public.html summaries report/public.html report/published.html report/open_data.html survey/questions.html"
).split()
# Forms with which a citizen or a service begins or reports something, and one that only cases of an older version still ask; those
# of their user tasks are found in the diagrams.
FORMS = (
    "complaint_received complaint_withdrawn information_added court_case_started review_requested first_line_answered "
    "identity_disclosed more_time_asked respond_to_proposal survey_complainant survey_authority"
).split()
# The same of the house that takes reports of breaches.
REPORTS_FORMS = "report_received information_added".split()
# Modules whose refusals or words they read.
SENTENCES = "problems tasks.reporting.summaries tasks.reports_house.mailbox tasks.reports_house.taking_over web.reports_house.reports web.reports_house.guesses web.citizens.per_address tasks.citizens.amounts tasks.citizens.drafts tasks.citizens.complainant tasks.citizens.more_time tasks.errors web.context cases.documents cases.cleaning storage.unit_of_work".split()
# Where sentences with places in them stand.
SENTENCES_WITH_PLACES = (
    "forms/validation.py cases/documents.py cases/cleaning.py cases/clean_office.py web/problems.py".split()
)
# What web/dates.py says about a deadline, and a few words of other modules.
PLURALS = (("%(num)s dag te laat", "%(num)s dagen te laat"), ("nog %(num)s dag", "nog %(num)s dagen"))
OF_PAGES = (signpost.NOTHING, signpost.TOO_LONG, signpost.NO_DAY, citizen_case.NO_NUMBER, citizen_case.NO_ADDRESS)
WORDS = ("vandaag", "(naam afgeschermd)", UNTICKED, *OF_PAGES)
REGISTER = (*recommendations.KINDS.values(), *recommendations.STATUSES.values(), *recommendations.ANSWERS.values())
# The annual report as anybody reads it, beside what the code lists have words for; and what there is to use again.
FIGURES = (
    *(text for words in annual_counts.WORDS for text in words.values()),
    *(words for _, words in annual_counts.BANDS.values()),
    *annual_report.SURVEY_TITLES,
    *annual_report.SURVEY_COLUMNS.values(),
    *annual_report.SIDES.values(),
    annual_report.DIFFERENCE,
    annual_report.BESIDE,
    annual_counts.UNKNOWN,
    report_files.HIDDEN,
    *report_files.ABOUT,
    *report_paper.WORDS,
    *open_data.WORDS,
)
# Fixed, so that gathering twice changes nothing.
GATHERED_AT = datetime(2026, 1, 1, tzinfo=UTC)
HEADER = "# The texts citizens read. Made by `python -m web.gathered`; the translations are kept by hand."
JINJA = {"extensions": "jinja2.ext.i18n,jinja2.ext.do", "newstyle_gettext": "true", "silent": "false"}


def gathered() -> Catalog:
    """Every text a citizen may read, in a catalogue without translations."""
    found = Catalog(
        project="Ombudsflow",
        charset="utf-8",
        fuzzy=False,
        header_comment=HEADER,
        creation_date=GATHERED_AT,
    )
    for text, place in _of_templates():
        found.add(text, locations=[(place, 0)])
    for words, place in _of_data():
        found.add(words, locations=[(place, 0)])
    return found


def of_templates() -> set[str | tuple[str, str]]:
    """The messages of the templates alone; a pair where there is a plural."""
    return {text for text, _ in _of_templates()}


def _of_templates() -> Iterator[tuple[Any, str]]:
    named = [HERE / "templates" / name for name in TEMPLATES]
    files = [path for each in named for path in (sorted(each.glob("*.html")) if each.is_dir() else [each])]
    for text in (*PLURALS, *WORDS, *REGISTER):
        yield text, "web/dates.py"
    for text in FIGURES:
        yield text, "tasks/reporting/annual_counts.py"
    for words in (
        *explaining.COUNTS.values(),
        explaining.MORE,
        explaining.SKIPS,
        explaining.STOOD_STILL,
        *explaining.WORDS,
    ):
        yield words, "cases/explaining.py"
    for file in [*files, ROOT / "forms" / "templates" / "fields.html"]:
        for message in extract_from_file("jinja2", file, options=JINJA):
            yield message[1], str(file.relative_to(ROOT))


def _of_data() -> Iterator[tuple[str, str]]:
    reports = ROOT / "workflows" / "reports"
    for file in [
        *forms_outside(FORMS, ROOT / "workflows", ROOT / "forms"),
        *forms_outside(REPORTS_FORMS, reports, reports / "forms"),
    ]:
        for text in _of_form(json.loads(file.read_text(encoding="utf-8"))["components"]):
            yield text, str(file.relative_to(ROOT))
    for file in [*sorted((ROOT / "workflows").glob("*.bpmn")), *sorted(reports.glob("*.bpmn"))]:
        for text in _of_diagram(etree.parse(file)):
            yield text, str(file.relative_to(ROOT))
    for each in Register.load(ROOT / "workflows" / "register").authorities:
        if each.about:
            yield each.about, "workflows/register"
    rules = ROOT / "workflows" / "deadlines" / "rules.json"
    for each in json.loads(rules.read_text(encoding="utf-8"))["rules"]:
        yield each["label"], "workflows/deadlines"
    yield from ((text, "tasks/citizens/suggestions.py") for text in LEVELS.values())
    yield from _of_sentences()
    yield from ((text, "web/problems.py") for text in HTTP_SENTENCES.values())
    for module in SENTENCES:
        yield from ((text, f"{module.replace('.', '/')}.py") for text in _of_module(module))


def forms_outside(named: Sequence[str], diagrams: Path, folder: Path) -> list[Path]:
    """The forms that people outside fill in: those that are named, and those of the user tasks that are theirs."""
    asked = {
        str(form.get("formId"))
        for file in diagrams.glob("*.bpmn")
        for user_task in _outside(etree.parse(file))
        for form in user_task.iter("{*}formDefinition")
    }
    return [folder / f"{key}.form" for key in (*named, *sorted(asked - set(named)))]


def _outside(tree: Any) -> Iterator[Any]:
    """The user tasks of who works without an account."""
    for each in tree.iter("{*}userTask"):
        if any(part.get("candidateGroups") in EXTERNAL_ROLES for part in each.iter("{*}assignmentDefinition")):
            yield each


def _of_form(components: list[dict[str, Any]]) -> Iterator[str]:
    for each in components:
        yield from (str(each[name]) for name in ("label", "description", "text") if each.get(name))
        yield from (str(value["label"]) for value in each.get("values") or [])
        yield from (str(said) for said in [(each.get("validate") or {}).get(OWN_SENTENCE)] if said)
        yield from _of_form(each.get("components") or [])


def _of_diagram(tree: Any) -> Iterator[str]:
    for each in tree.iter("{*}property"):
        if each.get("name") in ("public_name", "public_next"):
            yield str(each.get("value"))
    yield from (str(each.get("name")) for each in _outside(tree))


def _of_sentences() -> Iterator[tuple[str, str]]:
    """The sentences with places for a label, a name or a number, and what is put there: literals in the source, so read from there."""
    for file in SENTENCES_WITH_PLACES:
        for each in ast.walk(ast.parse((ROOT / file).read_text(encoding="utf-8"))):
            if isinstance(each, ast.Constant) and isinstance(each.value, str) and re.search(r"%\(\w+\)s", each.value):
                yield each.value, file
            elif isinstance(each, ast.Call) and ast.unparse(each.func) == "NotOurKind":
                yield from ((str(told.value), file) for told in each.args if isinstance(told, ast.Constant))
    yield from ((text, "cases/cleaning.py") for text in (cleaning.PHOTO, cleaning.MAIL))


def _of_module(name: str) -> Iterator[str]:
    """The public sentences of the refusals a module defines."""
    for each in vars(import_module(name)).values():
        if isinstance(each, type) and issubclass(each, Problem) and each.__module__ == name:
            yield each().sentence


def update() -> None:
    """Write the template of all messages, and bring the three languages in line with it; translations are kept."""
    found = gathered()
    _write(LOCALES / "messages.pot", found)
    for language in OTHERS:
        file = file_of(language)
        known = (
            read(file)
            if file.exists()
            else Catalog(locale=language, project="Ombudsflow", charset="utf-8", fuzzy=False)
        )
        known.header_comment, known.project, known.version = HEADER, "Ombudsflow", "1"
        known.msgid_bugs_address = known.last_translator = "ombudsdienst@example.org"
        known.language_team, known.revision_date = language, GATHERED_AT
        known.update(found, no_fuzzy_matching=True)
        _write(file, known)
        open_ones = sum(not message.string for message in known if message.id)
        sys.stdout.write(f"{language}: {len(known)} texts, {open_ones} without translation\n")


def _write(file: Path, catalogue: Catalog) -> None:
    file.parent.mkdir(parents=True, exist_ok=True)
    with file.open("wb") as target:
        write_po(target, catalogue, width=120, ignore_obsolete=True, omit_header=False, include_lineno=False)


if __name__ == "__main__":
    update()
