"""A mail server as bad as they come: silent, cutting the line, refusing for good. Nobody waits for it, and no letter gets lost."""

import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta

import pytest

from tasks.background import errands, mail, timers
from tasks.background.clock_source import TravellingClock
from tasks.office import Office
from tests.stories.stage import NOT_CONTACTED, Story
from tests.tasks.post_office import open_post_office
from tests.tasks.test_mail import reachable, stored, write
from tests.web.conftest import Visitor
from web.app import build


@contextmanager
def silent_server() -> Iterator[tuple[int, threading.Event]]:
    """Takes every call and says nothing; its port, and an event that somebody called."""
    called, calls = threading.Event(), list[socket.socket]()
    with socket.create_server(("127.0.0.1", 0)) as listener:

        def take() -> None:
            while True:
                try:
                    calls.append(listener.accept()[0])
                except OSError:
                    return
                called.set()

        taking = threading.Thread(target=take)
        taking.start()
        try:
            yield listener.getsockname()[1], called
        finally:
            listener.shutdown(socket.SHUT_RDWR)
            taking.join()
            for each in calls:
                each.close()


def test_while_the_mail_server_says_nothing_people_work_and_terms_end(office: Office, clock: TravellingClock) -> None:
    with silent_server() as (port, called):
        there = reachable(office, port)
        late = Story(there).given_a_complaint(**NOT_CONTACTED)
        late.completes("assess_intake", matter="complaint", judged_urgent="nee").waits_at("answer_first_line")
        sending = threading.Thread(target=errands.do_mail, args=(there,))
        sending.start()
        assert called.wait(20)
        with Visitor(build(there)) as browser:
            assert browser.get("/aanmelden").status_code == 200
        Story(there).given_a_complaint().completes("assess_intake", matter="complaint", judged_urgent="nee")
        clock.advance(timedelta(days=50))
        assert timers.fire_due(there) > 0
        assert late.open("return_offer")
        assert sending.is_alive(), "all of that while mail was under way"
    sending.join(20)
    assert not sending.is_alive()


@pytest.mark.parametrize("at", ["before it is taken", "after it was taken"])
def test_a_line_cut_in_mid_message_is_tried_again_under_the_same_id(
    sqlite_office: Office, clock: TravellingClock, at: str
) -> None:
    with open_post_office() as post:
        there = reachable(sqlite_office, post.port)
        post.cuts = at
        unsure = write(there)
        assert errands.do_mail(there) == 0
        assert stored(there, unsure).state == "waiting"
        post.cuts = ""
        clock.advance(timedelta(minutes=1))
        assert errands.do_mail(there) == 1
        came = [str(each["Message-ID"]) for each in post.arrived]
    assert came == [stored(there, unsure).message_id] * (2 if at.startswith("after") else 1)


@pytest.mark.parametrize(
    ("said", "state"),
    [
        ("550 5.1.1 no such person", "dead"),
        ("552 5.3.4 far too long", "dead"),
        ("550 5.7.1 we do not relay for you", "waiting"),
        ("451 4.3.0 later", "waiting"),
    ],
)
def test_a_recipient_refused_for_good_shows_at_once_and_the_others_get_theirs(
    sqlite_office: Office, said: str, state: str
) -> None:
    with open_post_office() as post:
        there = reachable(sqlite_office, post.port)
        post.refused_recipients["weg@example.org"] = said
        refused, good = write(there, to="weg@example.org"), write(there, to="mies@example.org")
        assert errands.do_mail(there) == 1
    assert (stored(there, refused).state, stored(there, good).state) == (state, "sent")
    assert said[4:] in (stored(there, refused).last_error or "")
    with there.database.work() as work:
        mail.retry(there, work, refused)
    assert stored(there, refused).state == "waiting", "whoever mends the address sends it again"
