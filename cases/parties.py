"""The people and bodies on a file, and what each may see of it."""

import re
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache

from sqlalchemy import select

from cases.models import Case, Party
from cases.register import Register
from storage.unit_of_work import Reading

WITHHELD = "(naam afgeschermd)"
# The same to who reads another language.
WITHHELD_IN = {"fr": "(nom confidentiel)", "de": "(Name vertraulich)", "en": "(name withheld)"}
# The fact with how the complainant was to be reached before, a line each.
EARLIER = "complainant.earlier"
# Parts of names that are ordinary words: taking them out would leave nothing readable and hides nobody.
PARTICLES = frozenset(
    "van vande vander vanden de den der des het ten ter te op in aan en bij of om is er al el la le les du di da dos do von vom zu".split()
)
# A postcode with its town: thousands live there.
_TOWN = re.compile(r"\s*(?:[A-Z]{1,2}-)?\d{4,5}\s+\D+$")
# From this many letters a name is also taken out of the middle of a word (Peetersstraat); shorter ones only as a word.
GLUED = 5
# Letters shown before and after a name that should not be there.
AROUND = 30
# The number of the national register is one person's, whoever typed it and however: year, month, day, order, check.
_NATIONAL = r"(?<!\d)\d{2}[. ]?\d{2}[. ]?\d{2}[- ]?\d{3}[. ]?\d{2}(?!\d)"
# First name and surname apart are still one person.
_ONCE = re.compile(rf"{re.escape(WITHHELD)}(?:[\s._-]*{re.escape(WITHHELD)})+")


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


def visible_to_authority(case: Case, facts: Mapping[str, object], language: str = "nl") -> ForAuthority:
    """The case in the eyes of the authority. A withheld name is taken out of every text, whole and in its parts; that it was is said in their language."""

    def clean(value: object) -> str:
        text = str(value or "")
        return withheld_in(without_name(text, names_of(case, facts)), language) if case.name_withheld else text

    return ForAuthority(
        number=case.number,
        subject=clean(case.subject),
        complainant=withheld_in(WITHHELD, language) if case.name_withheld else case.complainant_name,
        narrative=clean(facts.get("complaint.narrative")),
        desired_outcome=clean(facts.get("complaint.desired_outcome")),
    )


def names_of(case: Case, facts: Mapping[str, object]) -> list[str]:
    """What identifies the complainant, longest first: name and its parts, e-mail and its part before the @, phone, address; also those
    of before, which may stand in what was written then.

    Of an address the part with the house number as well: people write `Kerkstraat 12` without the town, which names nobody.
    """
    name = str(facts.get("complainant.name") or "")
    reached = [str(facts.get(f"complainant.{part}") or "") for part in ("email", "phone", "address")]
    reached += str(facts.get(EARLIER) or "").split("\n")
    parts = [word for each in (case.complainant_name, name) for word in re.split(r"[\s.,_-]+", each)]
    handles = [each.partition("@")[0] for each in reached if "@" in each]
    pieces = [part.strip() for each in reached[2:] if "@" not in each for part in re.split(r"[,;\n]", each)]
    homes = [part for part in pieces if re.search(r"\d", part) and not _TOWN.match(part)]
    kept = [part for part in parts if len(part) > 1 and part.lower() not in PARTICLES]
    told = (case.complainant_name, name, *reached, *homes, *kept, *(each for each in handles if len(each) > 4))
    return sorted({text for text in told if text}, key=len, reverse=True)


def postal_address(facts: Mapping[str, object]) -> str | None:
    """Where letters by post go, on one line; None when nothing was told."""
    parts = ("address", "postcode", "municipality")
    street, postcode, town = (str(facts.get(f"complainant.{part}") or "") for part in parts)
    return ", ".join(filter(None, (street, f"{postcode} {town}".strip()))) or None


def without_name(text: str, names: Sequence[str]) -> str:
    """The text without the names: whatever their case and accents, also glued into a longer word when they are long enough.

    Where there is a name to hide, numbers of the national register go too.
    """
    pattern = _pattern(tuple(names))
    if pattern is None:
        return text
    folded, places = _folded(text)
    out, last = [], 0
    for match in pattern.finditer(folded):
        out += [text[last : places[match.start()]], WITHHELD]
        last = places[match.end() - 1] + 1
    return _ONCE.sub(WITHHELD, "".join([*out, text[last:]]))


def withheld_in(text: str, language: str) -> str:
    """A text from which a name was taken out, for who reads this language."""
    return text.replace(WITHHELD, WITHHELD_IN.get(language, WITHHELD))


@dataclass(frozen=True)
class Named:
    """A name that stands in a text: as it is written there, and the words around it."""

    name: str
    around: str


def named_in(text: str, names: Sequence[str]) -> list[Named]:
    """Where these names stand in a text, in order: found as `without_name` finds them."""
    pattern = _pattern(tuple(names))
    if pattern is None:
        return []
    folded, places = _folded(text)
    found = []
    for match in pattern.finditer(folded):
        start, end = places[match.start()], places[match.end() - 1] + 1
        around = " ".join(text[max(0, start - AROUND) : end + AROUND].split())
        found.append(Named(text[start:end], around))
    return found


@lru_cache(maxsize=256)
def _pattern(names: tuple[str, ...]) -> re.Pattern[str] | None:
    alternatives = [found for name in names if (found := _one(_folded(name)[0].strip()))]
    return re.compile("|".join([*alternatives, _NATIONAL])) if alternatives else None


def _one(name: str) -> str:
    """A number may be written with other spaces and prefix, a name with other separators."""
    digits = re.sub(r"\D", "", name)
    letters = re.sub(r"[\W\d_]", "", name)
    if len(digits) >= 6 and not letters:
        national = re.sub(r"^(00)?32|^0", "", digits)
        return r"(?:(?:\+|00)32[\s./()-]*)?0?" + r"[\s./()-]*".join(national)
    words = [re.escape(word) for word in re.split(r"[\s._-]+", name) if word]
    body = r"[\s._-]*".join(words)
    if not words or len(letters) >= GLUED:
        return body
    return rf"(?<![^\W\d_]){body}(?![^\W\d_])"


def _folded(text: str) -> tuple[str, list[int]]:
    """Lower case without accents, and for each character the place in the text it came from."""
    letters, places = [], []
    for place, character in enumerate(text):
        for part in unicodedata.normalize("NFKD", character).lower():
            if not unicodedata.combining(part):
                letters.append(part)
                places.append(place)
    return "".join(letters), places
