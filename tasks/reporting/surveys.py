"""Asking both sides of a closed case the same questions, and keeping what they answer apart from the case.

An invitation is used once: answered or declined. The answer is kept without case, moment or name.
"""

import secrets
from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import select

from cases.deadlines import local_day
from cases.surveys import ANSWERED, DECLINED, OPEN, SurveyAnswer, SurveyInvitation
from forms.schema import Form
from forms.validation import validate
from storage.unit_of_work import Reading, UnitOfWork
from tasks.errors import FormNotAccepted, LinkNotValid
from tasks.forms_in_use import choices_of, form_in_use, plain
from tasks.office import Office
from tasks.turn import hash_of, new_secret

LIFETIME = timedelta(days=60)
FORM = "survey_{side}"


def invite(work: UnitOfWork, case_id: int, side: str, language: str, now: datetime) -> str:
    """Keep an invitation; the answer is the secret of its link, of which only a hash is kept."""
    secret, hashed = new_secret()
    year = local_day(now).year
    work.session.add(
        SurveyInvitation(
            case_id=case_id, side=side, language=language, secret_hash=hashed, year=year, expires_at=now + LIFETIME
        )
    )
    return secret


def find(reading: Reading, secret: str, now: datetime, *, lock: bool = False) -> SurveyInvitation:
    """The invitation behind a link, locked for whoever uses it. Raises LinkNotValid, also when it is too old."""
    query = select(SurveyInvitation).where(SurveyInvitation.secret_hash == hash_of(secret))
    found = reading.session.scalar(query.with_for_update() if lock else query)
    if found is None or found.expires_at < now:
        raise LinkNotValid
    return found


def form_of(reading: Reading, invitation: SurveyInvitation) -> Form:
    """The questions for this side."""
    return form_in_use(reading, FORM.format(side=invitation.side))[0]


def answer(office: Office, work: UnitOfWork, secret: str, said: Callable[[Form], Mapping[str, Any]]) -> None:
    """Keep the answers, once; sending it again changes nothing. Raises FormNotAccepted, LinkNotValid."""
    invitation = find(work, secret, office.clock.now(), lock=True)
    if invitation.state != OPEN:
        return
    form = form_of(work, invitation)
    checked = validate(form, said(form), codelists=choices_of(office))
    if checked.errors:
        raise FormNotAccepted(errors=checked.problems)
    given = {name: plain(value) for name, value in checked.values.items() if value is not None}
    invitation.state = ANSWERED
    work.session.add(SurveyAnswer(key=secrets.token_hex(16), side=invitation.side, year=invitation.year, answers=given))


def decline(office: Office, work: UnitOfWork, secret: str) -> None:
    """They would rather not. Nothing is kept but that. Raises LinkNotValid."""
    invitation = find(work, secret, office.clock.now(), lock=True)
    if invitation.state == OPEN:
        invitation.state = DECLINED
