"""Letters: a template, filled from the case for its reader, kept on the file and mailed.

Templates are plain text with `{name}` places: the first line is the subject. An authority's letter is filled from
`visible_to_authority` and nothing else, so a withheld name cannot reach it.
"""

import re
from collections.abc import Mapping
from datetime import date
from pathlib import Path
from typing import Any

from cases import deadlines, facts
from cases.models import Case, Letter
from cases.parties import address_of, names_of, visible_to_authority, without_name
from engine.step import JobContext
from problems import NotFound
from tasks import external, mail
from tasks.handlers.case_file import event
from tasks.office import Office
from tasks.turn import note

# The file keeps a letter without the secret link; only the mail to the complainant carries it.
OWN_LINK = {
    "nl": "(uw persoonlijke link)",
    "fr": "(votre lien personnel)",
    "de": "(Ihr persönlicher Link)",
    "en": "(your personal link)",
}
OUTSIDE = {
    "head_of_authority": "authority",
    "minister": "authority",
    "parliament": "authority",
    "other_body": "authority",
}


class LetterTemplateMissing(NotFound):
    """Deze briefsjabloon bestaat niet."""


def send(office: Office, context: JobContext) -> Mapping[str, Any]:
    """Write the letter of header `template` to header `to`, in the complainant's language where there is one."""
    case = context.work.session.get_one(Case, context.case_id)
    to, name = context.headers["to"], context.headers["template"]
    language = case.language if to == "complainant" else "nl"
    text = _template(office.letters_dir, name, language)
    places = _places(office, context, case, to)
    filled = re.sub(r"\{(\w+)\}", lambda match: places.get(match[1], ""), text)
    subject, _, body = filled.partition("\n")
    reader = "complainant" if to == "complainant" else "authority"
    address = (
        address_of(context.work, office.register, case, reader)
        if to in ("complainant", "authority", "head_of_authority")
        else None
    )
    letter = Letter(
        case_id=case.id,
        template=name,
        to_role=to,
        to_address=address,
        to_name=case.complainant_name if reader == "complainant" else case.authority_name,
        language=language,
        subject=subject.strip()[:300],
        body=body.strip() + "\n",
        written_at=context.now,
    )
    context.work.session.add(letter)
    context.work.session.flush()
    if address:
        mail.queue(
            office,
            context.work,
            to=address,
            subject=letter.subject,
            body=_with_link(context, letter),
            case_id=case.id,
            letter_id=letter.id,
        )
    note(
        context.work,
        event(context, "letter", "sent", template=name, to=to, letter=letter.id, by="mail" if address else "post"),
    )
    return {}


def _with_link(context: JobContext, letter: Letter) -> str:
    """The body as it is mailed: the link is known in the turn that made the case, and to its complainant only."""
    link = context.work.session.info.get(external.CASE_LINK)
    if link is None or letter.to_role != external.COMPLAINANT:
        return letter.body
    return letter.body.replace(OWN_LINK.get(letter.language, OWN_LINK["nl"]), str(link))


def _template(folder: Path, name: str, language: str) -> str:
    for wanted in (language, "nl"):
        file = folder / f"{name}.{wanted}.txt"
        if re.fullmatch(r"\w+", name) and file.exists():
            return file.read_text(encoding="utf-8")
    raise LetterTemplateMissing(template=name)


def _places(office: Office, context: JobContext, case: Case, to: str) -> dict[str, str]:
    """What a template may name, as its reader may know it."""
    known = facts.known(context.work, case.id)
    seen = visible_to_authority(case, known)
    is_complainant = to == "complainant"
    places = {
        "number": case.number,
        "office": office.settings.office_name,
        "authority": case.authority_name or "de dienst",
        "subject": case.subject if is_complainant else seen.subject,
        "complainant": case.complainant_name if is_complainant else seen.complainant,
        "narrative": str(known.get("complaint.narrative") or "") if is_complainant else seen.narrative,
        "desired_outcome": str(known.get("complaint.desired_outcome") or "")
        if is_complainant
        else seen.desired_outcome,
        "case_link": OWN_LINK.get(case.language, OWN_LINK["nl"]),
        "today": _dutch(deadlines.local_day(context.now)),
    }
    hidden = [] if is_complainant or not case.name_withheld else names_of(case, known)
    for name, value in context.variables.items():
        if isinstance(value, str | int | date) and not isinstance(value, bool) and name not in places:
            places[name] = without_name(_dutch(value) if isinstance(value, date) else str(value), hidden)
    for name, value in known.items():
        short = name.replace(".", "_")
        if isinstance(value, str) and not name.startswith(("complainant.", "complaint.")):
            places.setdefault(short, without_name(value, hidden))
    return places


def _dutch(day: date) -> str:
    months = "januari februari maart april mei juni juli augustus september oktober november december".split()
    return f"{day.day} {months[day.month - 1]} {day.year}"
