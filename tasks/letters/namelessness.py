"""Texts that leave the office without names: to Parliament, to the public register.

What identifies the complainant, and the people of the service and of the office that the file knows, is looked for; where one stands,
the text is refused and the writer is told which, and where. Ombudsdecreet, article 16 §2; the register: our own rule.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import select

from cases import facts
from cases.models import Case, Party
from cases.parties import PARTICLES, Named, named_in, names_of
from forms.schema import Form
from identity.models import Person
from storage.unit_of_work import Reading
from tasks.models import UserTask

# From this many letters a part of a name of staff is looked for by itself.
SHORTEST_PART = 4
# Two words with a capital, the first not at the start of a sentence: it may be a name, and somebody should look.
_SUSPECT = re.compile(
    r"(?<![.!?:\n]\s)(?<!^)\b[A-ZÀ-Þ][\w'’-]+(?:\s+(?:van|de|der|den|el|le|la|di)\b)*\s+[A-ZÀ-Þ][\w'’-]+"
)


@dataclass(frozen=True)
class Names:
    """Everybody a file knows: what identifies the complainant, and the names of staff."""

    complainant: Sequence[str]
    staff: Sequence[str]

    def in_text(self, text: str) -> list[Named]:
        """Where somebody is named."""
        return named_in(text, [*self.complainant, *self.staff])


def of_case(reading: Reading, case: Case) -> Names:
    """The names a case knows."""
    known = facts.known(reading, case.id)
    # Without the authority's own entry: that one names a service, which may be named.
    people = Party.role.not_in(("complainant", "authority_contact"))
    parties = reading.session.scalars(select(Party.name).where(Party.case_id == case.id, people))
    return Names(names_of(case, known), _parts([*parties, *_workers(reading, case.id)]))


def _workers(reading: Reading, case_id: int) -> Sequence[str]:
    """The people of the office who did something in the case."""
    who = select(UserTask.closed_by).where(UserTask.case_id == case_id, UserTask.closed_by.startswith("person:"))
    numbers = {int(str(each).removeprefix("person:")) for each in reading.session.scalars(who.distinct())}
    return list(reading.session.scalars(select(Person.name).where(Person.id.in_(numbers)))) if numbers else []


def _parts(names: Sequence[str]) -> list[str]:
    words = [word for name in names for word in re.split(r"[\s.,_-]+", name)]
    kept = [word for word in words if len(word) >= SHORTEST_PART and word.lower() not in PARTICLES]
    return sorted({name for name in (*names, *kept) if name}, key=len, reverse=True)


def suspects(text: str) -> list[str]:
    """What may be a name that no file knows. A person decides; this only points."""
    return list(dict.fromkeys(_SUSPECT.findall(text)))


def wrong(reading: Reading, case_id: int, form: Form, values: Mapping[str, Any]) -> list[dict[str, str]]:
    """What is wrong with the answers that may name nobody: one entry per field, with the name and its place."""
    asked = [each for each in form.inputs() if each.is_nameless and values.get(each.key)]
    if not asked:
        return []
    names = of_case(reading, reading.session.get_one(Case, case_id))
    found = [(each, names.in_text(str(values[each.key]))) for each in asked]
    return [{"field": each.key, "message": told(each.label, places)} for each, places in found if places]


def told(label: str, places: Sequence[Named]) -> str:
    """The refusal in words: what stands where, and what to do."""
    where = "; ".join(f"‘{each.name}’ in “… {each.around} …”" for each in places[:3])
    return f"In '{label}' staat nog wie het is: {where}. Haal dat weg."
