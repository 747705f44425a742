"""The term for the Council of State: sixty days, standing still while the ombudsman has the complaint, for four months at most."""

from datetime import date

import pytest

from cases import appeals
from cases.deadline_rules import load
from tasks.office import WORKFLOWS

RULES = load(WORKFLOWS / "deadlines")
DECIDED = date(2026, 1, 5)  # the sixtieth day is 6 March


@pytest.mark.parametrize(
    ("filed", "closed", "left", "until", "latest"),
    [
        (date(2026, 1, 25), None, 40, date(2026, 5, 25), date(2026, 7, 4)),  # four months, and what was left
        (date(2026, 1, 25), date(2026, 2, 10), 40, date(2026, 2, 10), date(2026, 3, 22)),  # closed before that
        (date(2026, 1, 25), date(2026, 9, 1), 40, date(2026, 5, 25), date(2026, 7, 4)),  # closed too late to help
        (date(2026, 3, 6), None, 0, date(2026, 7, 6), date(2026, 7, 6)),  # on the last day
        (date(2026, 3, 7), None, 0, date(2026, 3, 6), date(2026, 3, 6)),  # a day late: nothing stands still
        (date(2026, 10, 31), None, 0, date(2026, 3, 6), date(2026, 3, 6)),
    ],
)
def test_the_term_stands_still_from_the_complaint_until_it_is_closed(
    filed: date, closed: date | None, left: int, until: date, latest: date
) -> None:
    found = appeals.council_of_state(RULES, DECIDED, filed, filed, closed)
    assert (found.left, found.until, found.latest) == (left, until, latest)


def test_a_complaint_never_shortens_a_term_and_never_lengthens_it_by_more_than_four_months() -> None:
    for day in range(61):
        filed = date.fromordinal(DECIDED.toordinal() + day)
        found = appeals.council_of_state(RULES, DECIDED, filed, filed)
        assert 0 <= (found.latest - found.ends_unsuspended).days <= 123


@pytest.mark.parametrize("language", ["nl", "fr", "de", "en"])
def test_every_language_says_the_days_and_that_other_terms_go_on(language: str) -> None:
    filed = date(2026, 1, 25)
    still = appeals.council_of_state(RULES, DECIDED, filed, filed)
    said = appeals.sentence(still, language, filed)
    assert all(part in said for part in ("60", "40", "2026", appeals.CAREFUL[language]))
    assert appeals.sentence(still, language, date(2026, 7, 5)).startswith(appeals.OVER[language][:12])
    assert appeals.sentence(None, language, filed) == appeals.OTHERS[language]
