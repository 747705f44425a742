"""A record as the forms want it: the complaint as its complainant would type it, or the front office would note it."""

from collections.abc import Mapping
from typing import Any

from tasks.intake import PHONE_FORM, WEB_FORM
from tasks.scenarios.records import Record

YES, NO = "ja", "nee"
LONGEST_SUBJECT = 200


def yes(value: object) -> str:
    return YES if value else NO


def form_of(record: Record) -> str:
    """The web form for who writes themselves; the front office's form for the rest, and for who gives no name."""
    return WEB_FORM if record.told["channel"] == "web" and not record.told["filer"].get("anonymous") else PHONE_FORM


def answers_of(record: Record) -> dict[str, Any]:
    """The answers of the start form; what is not told is left out."""
    told, filer = record.told, record.told["filer"]
    answers: dict[str, Any] = {
        "services": "; ".join(str(name) for name in told["services"]) or "onbekend",
        "subject": str(told["subject"])[:LONGEST_SUBJECT],
        "narrative": told["body"],
        "desired_outcome": told.get("desired_outcome") or "Geen vraag genoteerd.",
        "facts_on": told.get("facts_date") or record.received_on.isoformat(),
        "name_withheld": yes(filer.get("withhold_name")),
        "complaint_language": told.get("language") or "nl",
        "filer_kind": filer.get("kind") or "person",
        "complainant_name": filer.get("name"),
        "mandate": "Volmacht gegeven" if filer.get("mandate") and filer.get("kind") == "representative" else None,
        **{name: filer.get(name) for name in ("email", "phone", "birth_year", "postcode", "municipality")},
        **_first_line(told.get("first_line") or {}),
        **_court(told.get("court") or {}),
    }
    if form_of(record) == PHONE_FORM:
        answers |= {"complaint_channel": told["channel"], "is_anonymous": yes(filer.get("anonymous"))}
    return {name: value for name, value in answers.items() if value not in (None, "")}


def _first_line(given: Mapping[str, Any]) -> dict[str, Any]:
    if not given.get("contacted"):
        return {"first_line_contacted": NO}
    return {
        "first_line_contacted": YES,
        "first_line_on": given.get("date"),
        "first_line_answer": given.get("answer") or "none",
        "first_line_answered_on": given.get("answered_on"),
        "first_line_reference": given.get("reference"),
    }


def _court(given: Mapping[str, Any]) -> dict[str, Any]:
    if not given.get("pending"):
        return {"court_pending": NO}
    return {
        "court_pending": YES,
        "court_same_object": yes(given.get("same_object")),
        "court_started_on": given.get("started_on"),
    }
