"""The end of a soak: the office is left to work in peace, and everything it still owed is done."""

import os
from contextlib import closing
from datetime import timedelta
from pathlib import Path

from sqlalchemy import select

from cases.models import Case, Document, Erasure
from engine.models import Job
from tasks.background import housekeeping
from tasks.models import CaseMigration, Mail
from tasks.studio import migration_run
from tests.soak.post import arrived
from tests.soak.world import World, tick

ROUNDS = 60  # half days: the longest pause before mail is tried again is six hours


def finish(world: World, post: Path) -> None:
    """Raises AssertionError with what was lost on the way."""
    office, travelling = world.office()
    with closing(office.database):
        for _ in range(ROUNDS):
            tick(office)
            migration_run.advance(office)
            with office.database.reading() as reading:
                waiting = set(reading.session.scalars(select(Mail.message_id).where(Mail.state == "waiting")))
                ready = select(Job.id).where(Job.state.in_(("ready", "running")))
                jobs = list(reading.session.scalars(ready))
                moving = select(CaseMigration.id).where(CaseMigration.state.in_(("waiting", "undoing")))
                moves = list(reading.session.scalars(moving))
            if not waiting and not jobs and not moves:
                break
            travelling.advance(timedelta(minutes=30))
        assert not (waiting or jobs or moves), f"left behind: mail {waiting}, jobs {jobs}, moves {moves}"
        with office.database.reading() as reading:
            mails = {mail.message_id: mail.state for mail in reading.session.scalars(select(Mail))}
            # What was destroyed with a case may have been sent before; nothing else is sent that no row knows.
            erased = set(reading.session.scalars(select(Case.number).join(Erasure, Erasure.case_id == Case.id)))
        came = arrived(post)
        lost = mails.keys() - {each.message_id for each in came}
        unknown = [
            each
            for each in came
            if each.message_id not in mails and not any(number in each.subject for number in erased)
        ]
        assert not (lost or unknown), f"mail lost: {lost}, mail nobody wrote: {unknown}"
        assert set(mails.values()) <= {"sent"}, mails
        _folder_is_clean(world)


def _folder_is_clean(world: World) -> None:
    """Two days later no file is left that no row knows: what the killed left behind is swept."""
    office, _ = world.office()
    with closing(office.database):
        for each in (world.settings.data_dir / "files").rglob("*"):
            if each.is_file():
                os.utime(each, (0, 0))
        housekeeping.run(office)
        with office.database.reading() as reading:
            known = set(reading.session.scalars(select(Document.digest)))
    assert world.files == known, f"orphans: {world.files - known}, missing: {known - world.files}"
    assert not list((world.settings.data_dir / "files").rglob("incoming-*"))
