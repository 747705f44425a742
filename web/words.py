"""The office's words for the codes in the database: roles, stages, matters, languages; and sizes."""

from babel.numbers import format_decimal

ROLES = {
    "intake_officer": "Onthaal",
    "case_handler": "Dossierbehandelaar",
    "mediator": "Bemiddelaar",
    "ombudsman": "Ombudsman",
    "first_line_handler": "Klachtenbehandelaar van een dienst",
    "process_manager": "Procesbeheerder",
    "auditor": "Auditor",
    "admin": "Beheerder",
    "whistle_officer": "Meldpuntmedewerker",
    "worker": "Externe werker",
    "messenger": "Externe berichtgever",
    "complainant": "Klager",
    "authority": "Dienst",
    "heard_person": "Wie gehoord werd",
}
STAGES = {
    "intake": "Intake",
    "first_line": "Eerste lijn",
    "referral": "Doorverwijzing",
    "mediation": "Bemiddeling",
    "investigation": "Onderzoek",
    "assessment": "Beoordeling",
    "recommendation": "Aanbeveling",
    "follow_up": "Opvolging",
    "ministerial_note": "Ministeriële nota",
    "closed": "Afgesloten",
}
CHANNELS = {
    "web": "Webformulier",
    "email": "E-mail",
    "phone": "Telefoon",
    "post": "Post",
    "visit": "Bezoek",
    "forwarded": "Doorgestuurd",
    "office": "Op eigen initiatief",
}
LANGUAGES = {"nl": "Nederlands", "fr": "Frans", "de": "Duits", "en": "Engels"}
ABOUT = {"the_complaint": "De klacht", "the_complainant": "De klager"}
STATES = {"draft": "Ontwerp", "active": "In gebruik", "retired": "Vervangen"}
_ALL = {**ROLES, **STAGES, **CHANNELS, **LANGUAGES, **ABOUT, **STATES}


def of(code: str | None) -> str:
    """The word for a code; the code with spaces when nobody gave it one."""
    return _ALL.get(code or "", (code or "").replace("_", " "))


def size(many: int, language: str = "nl") -> str:
    """How large a file is: '340 kB', '1,2 MB'. `many` are bytes."""
    if many < 1_000_000:
        return f"{max(1, round(many / 1000))} kB"
    return f"{format_decimal(many / 1_000_000, '0.#', locale=language)} MB"
