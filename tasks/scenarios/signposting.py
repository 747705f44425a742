"""The signpost against the records: given only the citizen's own words and answers, is the right body first, or among the first three?"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from engine.dmn.scenario_values import day
from storage.unit_of_work import Reading
from tasks.citizens.signpost import Asked, directions
from tasks.office import Office
from tasks.scenarios.records import Record


@dataclass(frozen=True)
class Pointed:
    """How many records were pointed to the right body at once, and within three."""

    first: int
    within_three: int
    total: int

    def __str__(self) -> str:
        return (
            f"signpost: right body first {self._part(self.first)}, in its first three {self._part(self.within_three)}"
        )

    def _part(self, count: int) -> str:
        return f"{count} of {self.total}" + (f" ({100 * count / self.total:.1f} %)" if self.total else "")


def point(office: Office, reading: Reading, records: Sequence[Record], say: Callable[[str], None]) -> Pointed:
    """Ask the signpost about each record; says which were not pointed right at once."""
    first = within = 0
    asked_about = [record for record in records if record.expected.get("competent_body")]
    for record in asked_about:
        wanted, told = record.expected["competent_body"], record.told
        asked = Asked(
            tuple(told["services"]), f"{told['subject']}\n{told['body']}", happened_on=day(str(told.get("facts_date")))
        )
        found = [each.body.key for each in directions(office, reading, asked)]
        first += found[:1] == [wanted]
        within += wanted in found
        if found[:1] != [wanted]:
            say(f"{record.id} signpost: {wanted} expected, found {', '.join(found)}")
    return Pointed(first, within, len(asked_about))
