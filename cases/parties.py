"""The people and bodies on a file, and what each may see of it."""

from collections.abc import Mapping
from dataclasses import dataclass

from sqlalchemy import select

from cases.models import Case, Party
from cases.register import Register
from storage.unit_of_work import Reading

WITHHELD = "(naam afgeschermd)"


def address_of(reading: Reading, register: Register, case: Case, role: str) -> str | None:
    """Where mail for a role goes; None when only the post can reach them."""
    if role == "authority":
        authority = register.get(case.authority_key)
        return authority.email or None if authority else None
    party = complainant_of(reading, case.id)
    return party.email if party else None


def complainant_of(reading: Reading, case_id: int) -> Party | None:
    return reading.session.scalar(select(Party).where(Party.case_id == case_id, Party.role == "complainant").limit(1))


@dataclass(frozen=True)
class ForAuthority:
    """Everything an authority may know of a case; there is no other way to show it one."""

    number: str
    subject: str
    complainant: str
    narrative: str
    desired_outcome: str


def visible_to_authority(case: Case, facts: Mapping[str, object]) -> ForAuthority:
    """The case in the eyes of the authority. A withheld name is taken out of every text, whole and in its parts."""

    def clean(value: object) -> str:
        text = str(value or "")
        return without_name(text, names_of(case, facts)) if case.name_withheld else text

    return ForAuthority(
        number=case.number,
        subject=clean(case.subject),
        complainant=WITHHELD if case.name_withheld else case.complainant_name,
        narrative=clean(facts.get("complaint.narrative")),
        desired_outcome=clean(facts.get("complaint.desired_outcome")),
    )


def names_of(case: Case, facts: Mapping[str, object]) -> list[str]:
    """What identifies the complainant, longest first."""
    whole = [
        case.complainant_name,
        *(str(facts.get(f"complainant.{part}") or "") for part in ("email", "phone", "address", "name")),
    ]
    parts = [word for word in case.complainant_name.split() if len(word) > 2]
    return sorted({text for text in (*whole, *parts) if text}, key=len, reverse=True)


def without_name(text: str, names: list[str]) -> str:
    """The text without the names, whatever their case."""
    for name in names:
        start = text.lower().find(name.lower())
        while start >= 0:
            text = text[:start] + WITHHELD + text[start + len(name) :]
            start = text.lower().find(name.lower(), start + len(WITHHELD))
    return text
