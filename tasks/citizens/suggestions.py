"""Which authority a citizen may mean while typing, and whether this office may help: the register and the competence decision.

In: what was typed so far. Out: the likeliest authorities, each with what it is and who deals with complaints about it. Only reads.
"""

from dataclasses import dataclass

from cases.register import Authority
from engine.moments import OFFICE_ZONE
from storage.unit_of_work import Reading
from tasks.office import Office

DECISION, MOST = "competence", 6
LEVELS = {
    "flemish": "Dienst van de Vlaamse overheid",
    "housing": "Sociale huisvesting",
    "federal": "Dienst van de federale overheid",
    "local": "Stads- of gemeentebestuur",
    "walloon": "Waalse overheid",
    "brussels": "Brusselse overheid",
    "dg": "Overheid van de Duitstalige Gemeenschap",
    "private": "Bedrijf",
    "european": "Instelling van de Europese Unie",
}


@dataclass(frozen=True)
class Suggestion:
    """An authority. `about` says what it is; `other_body` names who deals with it when we do not."""

    key: str
    name: str
    about: str
    may_help: bool
    other_body: str


def of(office: Office, reading: Reading, typed: str) -> list[Suggestion]:
    """The authorities that what is typed may mean, best first. Of several names, the last one is being typed."""
    wanted = typed.replace("\n", ";").rpartition(";")[2].strip()
    return [_suggestion(office, reading, match.authority) for match in office.register.find(wanted, MOST)]


def named(office: Office, reading: Reading, text: str) -> list[Suggestion]:
    """For each name in the answer the authority it means; names that nobody knows are left out."""
    names = [name.strip() for name in text.replace("\n", ";").split(";") if name.strip()]
    found = [office.register.find(name, 1) for name in names]
    return [_suggestion(office, reading, matches[0].authority) for matches in found if matches]


def completed(office: Office, typed: str, key: str) -> str:
    """What was typed, with the name that was being typed replaced by the authority chosen."""
    chosen = office.register.get(key)
    if chosen is None:
        return typed
    before = typed.rpartition(";")[0].strip()
    return f"{before}; {chosen.name}" if before else chosen.name


def _suggestion(office: Office, reading: Reading, authority: Authority) -> Suggestion:
    model, _ = office.engine.specs.decision_in_use(reading, DECISION)
    context = {"matter": "complaint", "authority_body": authority.body, "facts_on": None, "first_line_contacted": "ja"}
    now = office.clock.now().astimezone(OFFICE_ZONE)
    decided = model.evaluate(DECISION, context, now).value or {}
    may_help = decided.get("transfer") == "none"
    about = authority.about or LEVELS.get(authority.level, "")
    return Suggestion(authority.key, authority.name, about, may_help, "" if may_help else str(decided.get("body_name")))
