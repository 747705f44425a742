"""What strangers may leave here: so much from one address and so much in all, in an hour; and whoever is refused loses nothing."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import replace
from datetime import timedelta

import pytest

from tasks.background.clock_source import TravellingClock
from tasks.citizens.drafts import TooMuchFromHere
from tasks.office import Office
from tests.conftest import START
from tests.web.conftest import Visitor
from tests.web.test_citizen import fill_in, press
from web.app import build
from web.citizens import per_address
from web.citizens.per_address import AN_HOUR, Senders, Sent, network_of

HERE, ELSEWHERE = "193.190.198.4", "193.190.198.5"
Come = Callable[[str], Visitor]
TYPED = {"services": "De Lijn"}


@pytest.fixture
def few(monkeypatch: pytest.MonkeyPatch) -> None:
    """An office where little is much."""
    monkeypatch.setattr(per_address, "MOST_BEGUN", 2)
    monkeypatch.setattr(per_address, "MOST_BYTES", 40)


@pytest.fixture
def come(sqlite_office: Office) -> Iterator[Come]:
    """`come(address)` is a new browser at that address."""
    office = replace(sqlite_office, settings=replace(sqlite_office.settings, drafts_an_hour=4, draft_bytes=50))
    app = build(office)
    with ExitStack() as open_clients:
        yield lambda host: open_clients.enter_context(Visitor(app, client=(host, 1), raise_server_exceptions=False))


def test_one_address_begins_so_many_complaints_an_hour_and_what_was_typed_comes_back(
    few: None, come: Come, clock: TravellingClock
) -> None:
    for _ in range(2):
        assert press(come(HERE), 1, TYPED).status_code == 303
    refused = press(come(HERE), 1, TYPED)
    assert (refused.status_code, refused.headers["retry-after"]) == (429, "3600")
    assert "Probeer het over een uur opnieuw" in refused.text and ">De Lijn</textarea>" in refused.text
    assert press(come(ELSEWHERE), 1, TYPED).status_code == 303, "others go on"
    clock.advance(AN_HOUR)
    assert press(come(HERE), 1, TYPED).status_code == 303, "and an hour later they do too"


def test_all_together_begin_so_many_and_whoever_was_writing_goes_on(come: Come) -> None:
    writing = come("10.0.0.7")
    for browser in (writing, *(come("10.0.0.8") for _ in range(3))):
        assert press(browser, 1, TYPED).status_code == 303
    refused = press(come("10.0.0.9"), 1, TYPED)
    assert (refused.status_code, refused.headers["retry-after"]) == (429, "3600")
    assert "heel veel klachten tegelijk" in refused.text and ">De Lijn</textarea>" in refused.text
    assert press(writing, 1, TYPED).status_code == 303


def test_a_file_too_many_is_refused_and_the_others_and_all_answers_stay(few: None, come: Come) -> None:
    browser, colleague = come(HERE), come("10.0.0.8")
    fill_in(browser, upto=4)
    files = [("files", (f"{name}.pdf", b"%PDF-1.7 brief van hier")) for name in ("eerste", "tweede")]
    refused = press(browser, 5, {}, do="toevoegen", files=files)
    assert (refused.status_code, refused.headers["retry-after"]) == (429, "3600")
    assert "eerste.pdf" in refused.text and "Vanaf uw internetverbinding" in refused.text
    fill_in(colleague, upto=4)
    files = [("files", (f"{name}.pdf", b"%PDF-1.7 brief van elders")) for name in ("derde", "vierde", "vijfde")]
    refused = press(colleague, 5, {}, do="toevoegen", files=files)
    assert refused.status_code == 429 and "heel veel klachten tegelijk" in refused.text
    assert "vierde.pdf" in refused.text and "vijfde.pdf" not in refused.text, "all drafts together hold so much"


def test_of_an_address_is_known_only_that_something_came_and_only_for_an_hour() -> None:
    senders = Senders()
    for minute in range(per_address.MOST_BEGUN):
        senders.note(HERE, Sent(START + timedelta(minutes=minute), begun=1))
    with pytest.raises(TooMuchFromHere):
        senders.note(HERE, Sent(START + timedelta(minutes=50), begun=1))
    senders.note(HERE, Sent(START + timedelta(minutes=50), size=1))
    assert HERE not in str(vars(senders))
    senders.note(ELSEWHERE, Sent(START + timedelta(hours=3), begun=1))
    assert len(senders._sent) == 1


def test_when_very_many_come_who_came_longest_ago_is_forgotten_first(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(per_address, "MOST_KNOWN", 10)
    senders = Senders()
    for number in range(20):
        senders.note(f"193.190.198.{number}", Sent(START, begun=1))
    assert len(senders._sent) == 10


@pytest.mark.parametrize(
    ("host", "network"),
    [
        (HERE, HERE),
        (f"::ffff:{HERE}", HERE),
        ("2a02:a03f:1234:5600:9:8:7:6", "2a02:a03f:1234:5600::/64"),
        ("127.0.0.1", None),
        ("::1", None),
        ("10.1.2.3", None),
        ("testclient", None),
        ("", None),
    ],
)
def test_what_a_visitor_comes_from_and_what_tells_nothing_of_who_calls(host: str, network: str | None) -> None:
    assert network_of(host) == network
