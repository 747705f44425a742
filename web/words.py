"""The office's words for the codes in the database: roles, stages, matters, languages."""

ROLES = {
    "intake_officer": "Onthaal",
    "case_handler": "Dossierbehandelaar",
    "mediator": "Bemiddelaar",
    "ombudsman": "Ombudsman",
    "process_manager": "Procesbeheerder",
    "auditor": "Auditor",
    "admin": "Beheerder",
    "complainant": "Klager",
    "authority": "Dienst",
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
}
LANGUAGES = {"nl": "Nederlands", "fr": "Frans", "de": "Duits", "en": "Engels"}
STATES = {"draft": "Ontwerp", "active": "In gebruik", "retired": "Vervangen"}
_ALL = {**ROLES, **STAGES, **CHANNELS, **LANGUAGES, **STATES}


def of(code: str | None) -> str:
    """The word for a code; the code with spaces when nobody gave it one."""
    return _ALL.get(code or "", (code or "").replace("_", " "))
