"""Parts of a letter that are made from the file's fields, in the words of the reader's language: grievances, ground, signature.

What the assessor chose from a code list is told in the code list's own words, so the letter says what the file and the figures say.
"""

from collections.abc import Mapping, Sequence

from sqlalchemy import select

from cases.models import Case, Grievance
from cases.parties import without_name
from engine.step import JobContext
from identity import people
from tasks.completion import COMPLETING
from tasks.handlers.case_file import grievances_of
from tasks.models import UserTask
from tasks.office import Office

SIGNED_IN = "signed_in"
NAMES = frozenset({"grievances", "refusal_ground", "signed_by"})
SIGNED = {
    "nl": "Ondertekend door {name}, ombudsman",
    "fr": "Signé par {name}, pour le service de médiation",
    "de": "Unterzeichnet von {name}, für den Ombudsdienst",
    "en": "Signed by {name}, for the ombudsman",
}
TOLD = {
    "nl": ("Oordeel", "Herstel", "Geschonden normen", "Redenering"),
    "fr": ("Appréciation", "Réparation", "Normes non respectées", "Raisonnement"),
    "de": ("Beurteilung", "Wiedergutmachung", "Verletzte Normen", "Begründung"),
    "en": ("Finding", "Remedy", "Standards not met", "Reasons"),
}
COLON = {"fr": " : "}


def of(
    office: Office, context: JobContext, case: Case, language: str, hidden: Sequence[str], reader: str | None
) -> Mapping[str, str]:
    """The places `grievances`, `refusal_ground` and `signed_by`. `reader` is the authority who reads, None for the complainant."""
    assessed = [row for row in grievances_of(context) if row.finding and reader in (None, row.authority_key)]
    ground = case.refusal_ground
    words = office.codelists["refusal_grounds"].words(ground, language) if ground else ""
    return {
        "grievances": "\n\n".join(_told(office, row, language, hidden) for row in assessed),
        "refusal_ground": f"{words[:1].upper()}{words[1:]}." if words else "",
        "signed_by": _signed(context, language),
    }


def _told(office: Office, row: Grievance, language: str, hidden: Sequence[str]) -> str:
    """One grievance: what it was about, then a line for each thing that was decided."""
    colon = COLON.get(language, ": ")
    finding, remedy, norms, reasons = TOLD.get(language, TOLD["nl"])
    about = without_name(row.summary, hidden)
    lines = [f"{row.number}. {about}{f' ({row.authority_name})' if row.authority_name else ''}"]
    lines.append(f"{finding}{colon}{_words(office, 'findings', row.finding, language)}")
    if row.remedy:
        lines.append(f"{remedy}{colon}{_words(office, 'remedies', row.remedy, language)}")
    if row.norms:
        lines.append(f"{norms}{colon}{'; '.join(_words(office, 'norms', norm, language) for norm in row.norms)}")
    if row.reasoning.strip():
        lines.append(f"{reasons}{colon}{without_name(row.reasoning.strip(), hidden)}")
    return "\n".join(lines)


def _words(office: Office, codelist: str, value: object, language: str) -> str:
    words = office.codelists[codelist].words(value, language)
    return words[:1].lower() + words[1:]


def _signed(context: JobContext, language: str) -> str:
    """Who completed the user task that header `signed_in` names, the last time; nothing when no diagram says so."""
    element = context.headers.get(SIGNED_IN)
    if not element:
        return ""
    done, by = context.work.session.info.get(COMPLETING, ("", ""))
    name = people.names(context.work).get(by if done == element else _completed_by(context, element), "")
    return SIGNED.get(language, SIGNED["nl"]).format(name=name) if name else ""


def _completed_by(context: JobContext, element: str) -> str:
    """Who did it in an earlier turn, the last time."""
    query = (
        select(UserTask.closed_by)
        .where(UserTask.case_id == context.case_id, UserTask.element_id == element, UserTask.closed_by.is_not(None))
        .order_by(UserTask.id.desc())
        .limit(1)
    )
    return context.work.session.scalar(query) or ""
