"""Logging in, being refused, and being sent back to where one was going."""

from collections.abc import Callable

from tasks.office import Office
from tests.web.conftest import PASSWORD, Visitor, hire


def test_a_page_behind_the_login_sends_you_there_and_back(visit: Callable[..., Visitor], sqlite_office: Office) -> None:
    hire(sqlite_office, "ann", "intake_officer")
    browser = visit()
    there = browser.get("/afmelden", follow_redirects=False)
    assert there.status_code == 405
    answer = browser.form(
        "/aanmelden", {"login": "ann", "password": PASSWORD, "next": "/account"}, follow_redirects=False
    )
    assert (answer.status_code, answer.headers["location"]) == (303, "/account")


def test_a_wrong_password_gets_one_sentence_and_keeps_the_name(
    visit: Callable[..., Visitor], sqlite_office: Office
) -> None:
    hire(sqlite_office, "ann", "intake_officer")
    answer = visit().form("/aanmelden", {"login": "ann", "password": "iets helemaal anders"})
    assert answer.status_code == 403
    assert "horen niet bij elkaar" in answer.text
    assert 'value="ann"' in answer.text


def test_guessing_is_stopped_after_five_tries(visit: Callable[..., Visitor], sqlite_office: Office) -> None:
    hire(sqlite_office, "ann", "intake_officer")
    browser = visit()
    for _ in range(5):
        assert browser.form("/aanmelden", {"login": "ann", "password": "fout"}).status_code == 403
    answer = browser.form("/aanmelden", {"login": "ann", "password": PASSWORD})
    assert (answer.status_code, answer.headers["Retry-After"]) == (429, "900")


def test_a_login_never_leads_to_another_site(visit: Callable[..., Visitor], sqlite_office: Office) -> None:
    hire(sqlite_office, "ann", "intake_officer")
    for elsewhere in ("https://evil.example/", "//evil.example", "/\\evil.example"):
        answer = visit().form(
            "/aanmelden", {"login": "ann", "password": PASSWORD, "next": elsewhere}, follow_redirects=False
        )
        assert answer.headers["location"] == "/werklijst"


def test_a_form_without_its_token_is_refused(visit: Callable[..., Visitor], sqlite_office: Office) -> None:
    hire(sqlite_office, "ann", "intake_officer")
    answer = visit().post("/aanmelden", data={"login": "ann", "password": PASSWORD})
    assert answer.status_code == 403
    assert "Herlaad" in answer.text


def test_every_page_carries_the_strict_headers(visit: Callable[..., Visitor]) -> None:
    answer = visit().get("/aanmelden")
    policy = answer.headers["content-security-policy"]
    assert "default-src 'none'" in policy
    assert "unsafe" not in policy
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert answer.headers["cache-control"] == "no-store"


def test_logging_out_ends_the_session(visit: Callable[..., Visitor]) -> None:
    browser = visit("intake_officer")
    cookie = browser.cookies["ombudsflow_session"]
    assert browser.form("/afmelden", seen="/aanmelden", follow_redirects=False).status_code == 303
    browser.cookies.set("ombudsflow_session", cookie)
    assert "Afmelden" not in browser.get("/aanmelden").text


def test_a_page_that_is_not_there_knows_who_asks_and_leads_back_to_work(visit: Callable[..., Visitor]) -> None:
    answer = visit("process_manager").get("/werklijsten")
    assert answer.status_code == 404
    assert '<a class="button" href="/studio">' in answer.text
    assert "Afmelden" in answer.text
