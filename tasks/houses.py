"""The two houses this program can be: the office that deals with complaints, and the one that takes reports of breaches.

They share code and nothing else. Each has its own database, key, folder, people and pages, so nothing in the office (search, figures,
logs, copies, its administrators) can tell whether there are reports. Which one a process is, its settings say, once. (docs/decisions/0018)
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from engine import definitions
from identity.roles import EXTERNAL_ROLES, REPORT_STAFF, STAFF_ROLES, WORKS_ON_CASES
from problems import Conflict
from storage.unit_of_work import Reading

ROOT = Path(__file__).resolve().parent.parent
WORKFLOWS = ROOT / "workflows"


class HouseOfAnother(Conflict):
    """Deze databank is van het andere huis. Geef het meldpunt een eigen map en databank: zie docs/reports.md."""


@dataclass(frozen=True)
class House:
    """What a house ships and who works in it.

    `process` is started by what comes in: by whoever sends it themselves with `own_form`, by its staff with `desk_form`. A sealed house
    has no mail, no figures for others and no programs from outside; its lines of the log name no case. `words` are its own for codes that
    pages otherwise call by the office's: who writes here is no complainant.
    """

    name: str
    workflows: Path
    forms: Path
    process: str
    own_form: str
    desk_form: str
    staff: frozenset[str]
    lanes: frozenset[str]
    is_sealed: bool = False
    words: Mapping[str, str] = field(default_factory=dict)


OFFICE = House(
    "office",
    WORKFLOWS,
    ROOT / "forms",
    "complaint",
    "complaint_received",
    "complaint_by_phone",
    STAFF_ROLES - REPORT_STAFF,
    WORKS_ON_CASES | EXTERNAL_ROLES,
)
REPORTS = House(
    "reports",
    WORKFLOWS / "reports",
    WORKFLOWS / "reports" / "forms",
    "report",
    "report_received",
    "report_by_voice",
    REPORT_STAFF,
    REPORT_STAFF | EXTERNAL_ROLES,
    is_sealed=True,
    words={
        "complainant": "Melder",
        "the_complainant": "De melder",
        "the_complaint": "De melding",
        "received": "Melding ontvangen",
    },
)
HOUSES = {house.name: house for house in (OFFICE, REPORTS)}


def require(reading: Reading, house: House) -> None:
    """Refuse with HouseOfAnother a database in which the other house lives."""
    there = definitions.keys(reading, "process")
    if any(other.process in there for other in HOUSES.values() if other is not house):
        raise HouseOfAnother(house=house.name)
