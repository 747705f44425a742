"""What both sides of closed cases answered, side by side, for a year: shares of a group, never somebody's own answers.

A side of which fewer than five answered is not shown at all; nobody can then work out who said what. The indicator of impartiality
lays the same question to both beside each other: an office that leans to one side sees it in the difference.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import func, select

from cases.surveys import ANSWERED, DECLINED, SIDES, SurveyAnswer, SurveyInvitation
from forms.schema import Form
from identity.people import Actor
from identity.permissions import require
from storage.unit_of_work import Reading
from tasks.forms_in_use import form_in_use
from tasks.reporting.surveys import FORM

LEAST_SHOWN = 5
AGREES = ("4", "5")
IMPARTIAL = "impartial"


@dataclass(frozen=True)
class Side:
    """How many of a side were asked, answered or declined. None is a number too small to show."""

    side: str
    asked: int
    answered: int | None
    declined: int | None


@dataclass(frozen=True)
class Question:
    """One question in the words of both sides, with the share (in percent) that agrees; None where too few answered."""

    key: str
    labels: Mapping[str, str]
    agrees: Mapping[str, int | None]

    @property
    def difference(self) -> int | None:
        """Percentage points that complainants agree more than services; negative the other way."""
        complainant, authority = (self.agrees[side] for side in SIDES)
        return None if complainant is None or authority is None else complainant - authority


@dataclass(frozen=True)
class Results:
    """A year."""

    year: int
    years: Sequence[int]
    sides: Sequence[Side]
    questions: Sequence[Question]

    @property
    def impartiality(self) -> Question | None:
        """The indicator; None when the forms no longer ask it."""
        return next((each for each in self.questions if each.key == IMPARTIAL), None)

    @property
    def is_empty(self) -> bool:
        """True when nobody was asked."""
        return not any(side.asked for side in self.sides)


def of(reading: Reading, actor: Actor, year: int) -> Results:
    """The results of a year, for who may read reports."""
    require(actor, "report.read")
    years = reading.session.scalars(select(SurveyInvitation.year).distinct().order_by(SurveyInvitation.year.desc()))
    forms = {side: form_in_use(reading, FORM.format(side=side))[0] for side in SIDES}
    given = {side: _given(reading, side, year) for side in SIDES}
    return Results(year, list(years), _sides(reading, year), [_question(key, forms, given) for key in _keys(forms)])


def _given(reading: Reading, side: str, year: int) -> list[Mapping[str, str]]:
    query = select(SurveyAnswer.answers).where(SurveyAnswer.side == side, SurveyAnswer.year == year)
    found = list(reading.session.scalars(query))
    return found if len(found) >= LEAST_SHOWN else []


def _keys(forms: Mapping[str, Form]) -> list[str]:
    return [each.key for each in forms[SIDES[0]].inputs()]


def _question(key: str, forms: Mapping[str, Form], given: Mapping[str, list[Mapping[str, str]]]) -> Question:
    labels = {side: next((each.label for each in form.inputs() if each.key == key), "") for side, form in forms.items()}
    return Question(key, labels, {side: _share(key, answers) for side, answers in given.items()})


def _share(key: str, answers: Sequence[Mapping[str, str]]) -> int | None:
    told = [str(each[key]) for each in answers if key in each]
    return round(100 * sum(each in AGREES for each in told) / len(told)) if len(told) >= LEAST_SHOWN else None


def _sides(reading: Reading, year: int) -> list[Side]:
    query = select(SurveyInvitation.side, SurveyInvitation.state, func.count()).where(SurveyInvitation.year == year)
    counted = {(side, state): many for side, state, many in reading.session.execute(query.group_by("side", "state"))}

    def shown(side: str, state: str) -> int | None:
        many = counted.get((side, state), 0)
        return many if many == 0 or many >= LEAST_SHOWN else None

    return [
        Side(side, sum(m for (s, _), m in counted.items() if s == side), shown(side, ANSWERED), shown(side, DECLINED))
        for side in SIDES
    ]
