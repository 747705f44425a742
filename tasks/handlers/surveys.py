"""The job that asks one side of a closed case what it thought of us."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from cases.models import Case
from cases.parties import address_of
from cases.surveys import SIDES
from engine.step import JobContext
from tasks.citizens import external
from tasks.handlers import letters
from tasks.handlers.case_file import event
from tasks.office import Office
from tasks.reporting import surveys
from tasks.turn import note


def ask(office: Office, context: JobContext) -> Mapping[str, Any]:
    """Mail header `to` (complainant or authority) the letter of header `template`, with a secret link. Whoever has no mail address is not asked."""
    side = context.headers["to"]
    if side not in SIDES:
        raise ValueError(f"Een tevredenheidsmeting gaat naar complainant of authority, niet naar '{side}'.")
    case = context.work.session.get_one(Case, context.case_id)
    is_reached = address_of(context.work, office.register, case, side) is not None
    if is_reached:
        language = case.language if side == "complainant" else "nl"
        secret = surveys.invite(context.work, case.id, side, language, context.now)
        context.work.session.info[external.LETTER_LINK] = f"{office.settings.base_url}/enquete/{secret}"
        words = {"survey_link": external.OWN_LINK.get(language, external.OWN_LINK["nl"])}
        letters.send(office, replace(context, variables=words))
    note(context.work, event(context, "survey", "sent" if is_reached else "skipped", to=side))
    return {}
