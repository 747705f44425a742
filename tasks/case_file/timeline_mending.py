"""Lines of the timeline for what people did to a process by hand, and for jobs of workers outside.

In: an event and the words of the diagrams. Out: a title and details; what a variable held stands in the sealed part and is told
as old and new.
"""

from collections.abc import Callable, Mapping

from history.log import Event
from tasks.studio.definition_words import Words

Line = tuple[str, tuple[str, ...]]


def line(words: Words, event: Event) -> Line | None:
    """Title and details; None for an event of another kind."""
    writer = _WRITERS.get((event.activity, event.transition))
    return writer(words, event) if writer else None


def _reason(event: Event) -> tuple[str, ...]:
    reason = str(event.data.get("reason") or "")
    return (f"Reden: {reason}",) if reason else ()


def _suspended(_words: Words, event: Event) -> Line:
    return "Proces opgeschort", _reason(event)


def _resumed(_words: Words, event: Event) -> Line:
    return "Proces hervat", _reason(event)


def _process_changed(words: Words, event: Event) -> Line:
    if event.data.get("ended"):
        return "Proces voorgoed beëindigd", _reason(event)
    if "corrected" in event.data:
        return f"Variabele verbeterd: {_listed(event.data['corrected'])}", _reason(event)
    withdrawn, begun = (_steps(words, event.data.get(name)) for name in ("cancelled", "activated"))
    details = (f"Vervallen: {withdrawn}" if withdrawn else "", f"Begonnen: {begun}" if begun else "", *_reason(event))
    return "Proces met de hand verplaatst", tuple(filter(None, details))


def _incident(words: Words, event: Event) -> Line:
    if "skipped" in event.data:
        return f"Stap overgeslagen: {words.anywhere(str(event.data['skipped']))}", _reason(event)
    mended = _listed(event.data.get("mended"))
    return "Vastgelopen stap opnieuw geprobeerd", (f"Verbeterd: {mended}",) if mended else ()


def _mail(_words: Words, event: Event) -> Line:
    return "Mail niet verstuurd: opgegeven", _reason(event)


def _conflict(_words: Words, event: Event) -> Line:
    """Who is kept out stands on the page of the case's conflicts; the reason is sealed, and not told here."""
    return ("Belangenconflict gemeld" if event.data.get("stands") else "Belangenconflict opgeheven"), ()


def _opened(_words: Words, event: Event) -> Line:
    """The service reads who looked, and why."""
    reason = str(event.personal.get("reason") or "")
    return "Dossier geopend door de ombudsdienst", (f"Reden: {reason}",) if reason else ()


def _evidence(_words: Words, event: Event) -> Line:
    return f"Bewijsstuk {event.data.get('number')} in het register", ()


def _disclosed(_words: Words, event: Event) -> Line:
    reader = "de klager" if event.data.get("party") == "complainant" else "de dienst"
    return f"Bewijsstuk {event.data.get('number')} meegedeeld aan {reader}", ()


def _mediation(_words: Words, event: Event) -> Line:
    """What was noted stands in the record of the mediation only."""
    return "Genoteerd bij de bemiddeling" + (", in vertrouwen" if event.data.get("confidential") else ""), ()


PROPOSERS = {"complainant": "de klager", "authority": "de dienst", "mediator": "de bemiddelaar"}
ANSWERS = {"ja": "aanvaard", "tegenvoorstel": "niet aanvaard: er komt een ander voorstel", "nee": "niet aanvaard"}


def _proposal(_words: Words, event: Event) -> Line:
    return f"Voorstel {event.data.get('number')} van {PROPOSERS.get(str(event.data.get('by')), '')}", ()


def _proposal_answered(_words: Words, event: Event) -> Line:
    party, answer = str(event.data.get("by")), str(event.data.get("answer"))
    by = f" door {PROPOSERS[party]}" if party in PROPOSERS else ""
    return f"Voorstel {event.data.get('number')} {ANSWERS.get(answer, 'vervallen')}{by}", ()


def _agreement(_words: Words, event: Event) -> Line:
    return f"Akkoord: beide partijen aanvaardden voorstel {event.data.get('number')}", ()


def _heard(_words: Words, event: Event) -> Line:
    answered = event.data.get("answered")
    names = {"complainant": "de klager", "authority": "de dienst"}
    who = [names[each] for each in answered if each in names] if isinstance(answered, list) else []
    return "Beide partijen gehoord", (
        f"Reageerden: {', '.join(who)}" if who else "Niemand reageerde binnen de termijn",
    )


def _hearing_lapsed(_words: Words, _event: Event) -> Line:
    return "Hoor en wederhoor vervalt: er is iets nieuws bekend", ()


def _confirmed(_words: Words, event: Event) -> Line:
    mended = "en verbeterd" if event.data.get("mended") else "en bevestigd"
    return f"Verslag bij bewijsstuk {event.data.get('number')} nagelezen {mended}", ()


def _given(words: Words, event: Event) -> Line:
    return f"Gegeven aan een werker: {_step(words, event)}", ()


def _answered(words: Words, event: Event) -> Line:
    if event.data.get("failed"):
        return f"Werker gaf op: {_step(words, event)}", ()
    code = event.data.get("error")
    return f"Antwoord van een werker: {_step(words, event)}", (f"Fout {code}",) if code else ()


def _step(words: Words, event: Event) -> str:
    return words.anywhere(str(event.data.get("element") or ""))


def _steps(words: Words, elements: object) -> str:
    return ", ".join(words.anywhere(str(each)) for each in elements) if isinstance(elements, list) else ""


def _listed(names: object) -> str:
    return ", ".join(map(str, names)) if isinstance(names, list) else ""


_WRITERS: Mapping[tuple[str, str], Callable[[Words, Event], Line]] = {
    ("process", "paused"): _suspended,
    ("process", "resumed"): _resumed,
    ("process", "changed"): _process_changed,
    ("incident", "changed"): _incident,
    ("mail", "changed"): _mail,
    ("conflict", "changed"): _conflict,
    ("opening", "changed"): _opened,
    ("evidence", "received"): _evidence,
    ("evidence", "disclosed"): _disclosed,
    ("mediation", "received"): _mediation,
    ("proposal", "received"): _proposal,
    ("proposal", "answered"): _proposal_answered,
    ("agreement", "completed"): _agreement,
    ("evidence", "completed"): _confirmed,
    ("hearing", "completed"): _heard,
    ("hearing", "changed"): _hearing_lapsed,
    ("job", "sent"): _given,
    ("job", "answered"): _answered,
}
