"""What somebody sends after they were logged out comes back, on every page with a form, and no page shows a password."""

from collections.abc import Callable

from tests.web.conftest import PASSWORD, Visitor, token_of

NEW = {"login": "nora", "name": "Nora Nijs", "password": "nog een lang wachtwoord", "roles": ["mediator"]}


def test_a_form_sent_after_one_was_logged_out_comes_back_and_can_be_sent_again(visit: Callable[..., Visitor]) -> None:
    admin = visit("admin")
    old = {**NEW, "_csrf": token_of(admin.get("/beheer/mensen").text)}
    admin.cookies.delete("ombudsflow_session")
    out = admin.post("/beheer/mensen", data=old)
    assert out.status_code == 401
    assert "Nora Nijs" in out.text
    assert str(NEW["password"]) not in out.text
    admin.form("/aanmelden", {"login": "admin", "password": PASSWORD})
    again = admin.post("/beheer/mensen", data={**NEW, "_csrf": token_of(out.text)})
    assert again.status_code == 403
    assert "omdat u ondertussen opnieuw aangemeld bent" in again.text
    done = admin.post("/beheer/mensen", data={**NEW, "_csrf": token_of(again.text)})
    assert "Bewaard: Nora Nijs." in done.text


def test_what_another_website_sends_is_not_offered_to_be_sent_again(visit: Callable[..., Visitor]) -> None:
    admin = visit("admin")
    foreign = admin.post("/beheer/mensen", data=NEW, headers={"Sec-Fetch-Site": "cross-site"})
    assert foreign.status_code == 403
    assert "Nora Nijs" not in foreign.text + admin.get("/beheer/mensen").text


def test_a_button_pressed_after_one_was_logged_out_leads_to_logging_in(visit: Callable[..., Visitor]) -> None:
    admin = visit("admin")
    token = token_of(admin.get("/beheer/mensen").text)
    admin.cookies.delete("ombudsflow_session")
    answer = admin.post("/account/sessies", data={"_csrf": token}, follow_redirects=False)
    assert answer.headers["location"].startswith("/aanmelden")


def test_a_page_that_keeps_by_itself_says_what_to_do_after_one_was_logged_out(visit: Callable[..., Visitor]) -> None:
    ines, asks = visit("intake_officer"), {"Accept": "application/json"}
    old = {"_csrf": token_of(ines.get("/telefoon").text), "narrative": "De bus stopte niet."}
    ines.cookies.delete("ombudsflow_session")
    out = ines.post("/telefoon/concept", data=old, headers=asks)
    assert (out.status_code, "in een nieuw tabblad" in out.json()["message"]) == (401, True)
    ines.form("/aanmelden", {"login": "intake_officer", "password": PASSWORD})
    again = ines.post("/telefoon/concept", data=old, headers=asks)
    assert (again.status_code, "Druk zelf op Bewaren" in again.json()["message"]) == (403, True)
