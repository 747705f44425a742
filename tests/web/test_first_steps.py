"""How to begin, per role: every page it names may be opened by who reads it."""

import re
from collections.abc import Callable

import pytest

from identity.roles import REPORT_STAFF, STAFF_ROLES
from tests.web.conftest import Visitor
from web.first_steps import PAGES


def follow_every_link(reader: Visitor) -> list[str]:
    """The addresses that /hulp leads to. Each must open for who reads it."""
    page = reader.get("/hulp")
    assert page.status_code == 200
    found = re.findall(r'href="(/[^"]*)"', page.text.partition('<article class="card gap"')[2].partition("</main>")[0])
    answers = {address: reader.get(address).status_code for address in found}
    assert set(answers.values()) == {200}, answers
    return found


@pytest.mark.parametrize("role", sorted(STAFF_ROLES - REPORT_STAFF))
def test_a_new_colleague_reads_what_to_do_and_can_go_there(visit: Callable[..., Visitor], role: str) -> None:
    reader = visit(role, authority="de_lijn" if role == "first_line_handler" else None)
    home = reader.get("/account").text
    assert 'href="/hulp"' in home
    assert len(follow_every_link(reader)) >= 3


def test_each_role_has_a_page_and_no_page_is_of_a_role_that_is_gone() -> None:
    assert {file.stem for file in PAGES.glob("*.md")} == STAFF_ROLES


def test_somebody_of_two_roles_reads_both(visit: Callable[..., Visitor]) -> None:
    text = visit("case_handler", "mediator").get("/hulp").text
    assert ">Dossierbehandelaar</h2>" in text
    assert ">Bemiddelaar</h2>" in text
