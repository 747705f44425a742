"""The words of the film: what a step is called by its kind, and the labels of what it decided. Plain Dutch, no word of the drawing's trade."""

from collections.abc import Sequence

from history.log import Recorded
from history.replay import Frame, Occurrence
from tasks.case_file.spoken import which_time
from tasks.studio.definition_words import spaced

PERSON, SYSTEM, TIME, TROUBLE = "person", "system", "time", "trouble"
# What an element without a name of its own is called, by its kind.
UNNAMED = {
    "exclusive_gateway": "Keuzepunt",
    "inclusive_gateway": "Keuze van een of meer wegen",
    "complex_gateway": "Keuze van een of meer wegen",
    "parallel_gateway": "Splitsing of samenkomst",
    "event_based_gateway": "Wachten op wat eerst gebeurt",
    "user_task": "Taak",
    "manual_task": "Werk buiten het systeem",
    "service_task": "Stap van het systeem",
    "script_task": "Berekening",
    "business_rule_task": "Beslissing",
    "send_task": "Bericht versturen",
    "receive_task": "Wachten op een bericht",
    "call_activity": "Ander diagram",
    "start_event": "Begin",
    "end_event": "Einde",
    "intermediate_event": "Gebeurtenis",
    "boundary_event": "Gebeurtenis",
    "sub_process": "Onderdeel",
    "event_sub_process": "Onderdeel",
    "transaction": "Onderdeel",
    "ad_hoc_sub_process": "Stappen naar keuze",
}
SCOPES = ("sub_process", "event_sub_process", "transaction", "ad_hoc_sub_process", "call_activity")
BEGUN = {"user_task": "Nieuwe taak", "receive_task": "Wacht op een bericht", **dict.fromkeys(SCOPES, "Begonnen")}
DONE = {"user_task": "Afgewerkt", "business_rule_task": "Beslissing", **dict.fromkeys(SCOPES, "Afgerond")}
# What an element is told as when it ends in a step of its own; a reader met its name already when it began.
ENDED = {
    "intermediate_event": "Verder na",
    "boundary_event": "Verder na",
    "receive_task": "Bericht ontvangen",
    "end_event": "Afgerond",
    "service_task": "Gedaan",
    "send_task": "Verstuurd",
}
MATTERS = {
    ("case", "received"): "Klacht ontvangen",
    ("timer", "received"): "Een termijn is verstreken",
    ("register", "decided"): "Opgezocht in het register",
    ("case", "decided"): "Beoordeling genoteerd",
    ("case", "changed"): "Genoteerd in het dossier",
}
# What decision tables answer each other in words of their own.
TABLE_WORDS = {
    "passed": "gehad",
    "not_passed": "niet gehad",
    "bypassed": "overgeslagen",
    "forward": "doorzenden",
    "refer": "doorverwijzen",
    "none": "geen",
    "solved": "opgelost",
    "insufficient": "onvoldoende",
    "refused": "geweigerd",
    "true": "ja",
    "false": "nee",
}
OUTCOME_LABELS = {
    "admissibility": "Ontvankelijkheid",
    "refusal_ground": "Weigeringsgrond",
    "closure_reason": "Reden van afsluiting",
    "is_urgent": "Dringend",
    "closed": "Afgesloten",
    "matter": "Soort melding",
    "remedy": "Herstel",
    "finding": "Gegrondheid",
}


def kind_of(frame: Frame) -> str:
    """Whose step it is: a person's, the system's, that of time, or trouble."""
    if frame.transition == "incident":
        return TROUBLE
    if frame.resource == "system:clock":
        return TIME
    return SYSTEM if frame.resource.startswith("system:") else PERSON


def prefix_of(frame: Frame) -> str:
    """What comes before the element's name."""
    if frame.transition == "incident":
        return "Vastgelopen"
    if frame.transition == "cancelled":
        return "Vervallen"
    if frame.is_late_end and frame.element_type in ENDED:
        return ENDED[frame.element_type]
    return (BEGUN if frame.transition == "activated" else DONE).get(frame.element_type, "")


def title_of_matter(event: Recorded) -> str:
    """What an event is called that the timeline has no line for."""
    return (
        MATTERS.get((event.activity, event.transition))
        or f"{spaced(event.activity)}: {spaced(event.transition).lower()}"
    )


def times_of(occurrences: Sequence[Occurrence]) -> str:
    """`2 en 3 van 5`; each with its own total where they differ."""
    totals = {total for _, total in occurrences}
    if len(totals) > 1:
        return ", ".join(which_time(number, total) for number, total in occurrences)
    *others, last = (str(number) for number, _ in occurrences) if occurrences else ("",)
    numbers = f"{', '.join(others)} en {last}" if others else last
    total = next(iter(totals), None)
    if total is None:
        return ", ".join(filter(None, (which_time(number, None) for number, _ in occurrences)))
    return f"{numbers} van {total}"
