"""What may come in at a case by its link: so much in an hour and in a day, counted for all processes; whoever is refused loses nothing."""

from collections.abc import Callable
from datetime import timedelta

import pytest

from tasks.background.clock_source import TravellingClock
from tasks.citizens import amounts, drafts
from tests.web.conftest import Visitor, hire
from tests.web.test_links import Received, post
from tests.web.test_links import story as story
from tests.web.test_per_address import ELSEWHERE, HERE, Come
from tests.web.test_per_address import come as come
from web.citizens import per_address

Visit = Callable[..., Visitor]


@pytest.fixture
def few(monkeypatch: pytest.MonkeyPatch) -> None:
    """An office where little is much."""
    for module, name in (
        (amounts, "MOST_MESSAGES"),
        (amounts, "MOST_PAPERS"),
        (per_address, "MOST_ASKED"),
        (per_address, "MOST_FAILED"),
    ):
        monkeypatch.setattr(module, name, 2)


def papers(*names: str) -> list[tuple[str, tuple[str, bytes]]]:
    return [("files", (f"{name}.pdf", b"%PDF-1.7 een brief")) for name in names]


def test_a_complainant_who_sent_very_much_is_told_when_to_come_back_in_their_own_language(
    few: None, visit: Visit, story: Received, clock: TravellingClock
) -> None:
    story.given_a_sent_complaint(complaint_language="fr")
    address, browser = f"/volg/{story.secret}/informatie", visit()
    assert post(browser, address, added="Une lettre", files=papers("un")).status_code == 303
    refused = post(browser, address, added="Deux lettres", files=papers("deux", "trois"))
    assert (refused.status_code, refused.headers["retry-after"]) == (429, "86400")
    assert "Vous nous avez déjà envoyé" in refused.text and ">Deux lettres</textarea>" in refused.text
    assert post(browser, address, added="Sans lettre").status_code == 303
    refused = post(browser, address, added="Encore")
    assert (refused.status_code, refused.headers["retry-after"]) == (429, "3600")
    assert "beaucoup de messages" in refused.text and ">Encore</textarea>" in refused.text
    file = visit("case_handler").get(f"/dossiers/{story.case.number}").text
    assert "Sans lettre" in file and "Deux lettres" not in file
    clock.advance(timedelta(hours=1))
    assert post(browser, address, added="Encore").status_code == 303


def test_a_service_with_a_link_sends_so_many_files_and_keeps_so_long_a_draft(
    few: None, visit: Visit, story: Received, monkeypatch: pytest.MonkeyPatch
) -> None:
    story.given_a_sent_complaint().completes("assess_intake", matter="complaint", judged_urgent="nee")
    story.completes("decide_admissibility", decision="admitted").completes("choose_approach", approach="investigation")
    story.completes("request_information", has_questions="ja", term_days="20", questions="Waarom?")
    link, service = story.link(), visit()
    answer = {"answer": "Wij zochten het uit."}
    refused = post(service, link, **answer, files=papers("a", "b", "c"))
    assert (refused.status_code, refused.headers["retry-after"]) == (429, "86400")
    assert ">Wij zochten het uit.</textarea>" in refused.text
    monkeypatch.setattr(amounts, "MOST_BYTES", 50)
    long = post(service, link, answer="lang " * 20, _save="1")
    assert long.status_code == 422 and drafts.DraftTooLong().sentence in long.text


def test_lost_links_are_asked_for_so_often_from_one_address(few: None, come: Come) -> None:
    told = {"number": "2026-0001", "email": "mies@example.org"}
    for _ in range(2):
        assert come(HERE).form("/volg", told, follow_redirects=False).status_code == 303
    refused = come(HERE).form("/volg", told)
    assert (refused.status_code, refused.headers["retry-after"]) == (429, "3600")
    assert "Vanaf uw internetverbinding" in refused.text and "mies@example.org" in refused.text
    assert come(ELSEWHERE).form("/volg", told, follow_redirects=False).status_code == 303


def test_passwords_of_many_names_are_tried_so_often_from_one_address(
    few: None, come: Come, story: Received, clock: TravellingClock
) -> None:
    hire(story.office, "ann", "intake_officer")
    right = {"login": "ann", "password": "een heel lang wachtwoord"}
    for name in ("an", "ben"):
        assert come(HERE).form("/aanmelden", {"login": name, "password": "fout"}).status_code == 403
    refused = come(HERE).form("/aanmelden", right)
    assert (refused.status_code, refused.headers["retry-after"]) == (429, "3600")
    assert "te veel verkeerde wachtwoorden" in refused.text
    assert come(ELSEWHERE).form("/aanmelden", right).status_code == 200
    clock.advance(timedelta(hours=1))
    assert come(HERE).form("/aanmelden", right).status_code == 200
