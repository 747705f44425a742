"""A name that must stay hidden: every page, answer, file, mail and log line that a service, a complaint handler or an administrator can
come by is searched for it. Whoever handles the case does see it, or the search would prove nothing.
"""

import io
import json
import logging
import re
from collections.abc import Callable, Iterator, Mapping
from typing import Any

import pytest
from pypdf import PdfReader
from sqlalchemy import select

from cases.models import Case, Document, Letter
from identity import sessions
from identity.people import system
from identity.roles import ADMIN, FIRST_LINE, PROCESS_MANAGER, PROGRAM_ROLES
from tasks.models import Mail, UserTask
from tasks.office import Office
from tests.identity.test_permissions import PLACES, ROUTES, address_of
from tests.stories.stage import Story
from tests.web.conftest import Visitor
from web.access import API

# No word of the program, of a diagram or of another case looks like one of these.
HIDDEN = ("zwaluwina", "kwartelmans", "kwartel@voorbeeld", "0499 87 65 43", "roerdompstraat")
TOLD = {
    "complainant_name": "Zwaluwina Kwartelmans",
    "email": "kwartel@voorbeeld.example",
    "phone": "0499 87 65 43",
    "address": "Roerdompstraat 7",
    "postcode": "9000",
    "municipality": "Gent",
    "name_withheld": "ja",
    "subject": "Boete van Zwaluwina Kwartelmans",
    "narrative": "Ik, ZWALUWINA  Kwartelmans van de Roerdompstraat 7, kreeg een boete. Bel 0499 87 65 43 of kwartel@voorbeeld.example.",
    "desired_outcome": "Dat mevrouw Kwartelmans haar geld terugkrijgt.",
}  # fmt: skip
WORDS = ("Kwartelmans", "zwaluwina", "Roerdompstraat", "0499")


def found_in(content: bytes, media_type: str) -> list[str]:
    """Which of the hidden words stand in an answer; a PDF is read as people read it."""
    if media_type.startswith("application/pdf"):
        text = " ".join(page.extract_text() for page in PdfReader(io.BytesIO(content)).pages)
    else:
        text = content.decode("utf-8", "replace")
    flat = re.sub(r"\s+", " ", text).lower()
    return [word for word in HIDDEN if word in flat]


def leaks(visitor: Any, addresses: Iterator[str]) -> dict[str, list[str]]:
    """Every address that shows something hidden, with what it shows."""
    shown = {}
    for address in addresses:
        answer = visitor.get(address)
        assert answer.status_code < 500, address
        if words := found_in(answer.content, answer.headers.get("content-type", "")):
            shown[address] = words
    return shown


@pytest.fixture
def hidden_case(sqlite_office: Office) -> Story:
    """Under inquiry: the service was asked something, in words that hold the name too."""
    story = Story(sqlite_office).given_an_opened_file(**TOLD)
    story.completes("choose_approach", approach="investigation")
    story.completes(
        "request_information", has_questions="ja", term_days="20", questions="Wat kreeg Zwaluwina Kwartelmans van u?"
    )
    return story.waits_at("answer_information")


@pytest.fixture
def places(sqlite_office: Office, hidden_case: Story) -> dict[str, str]:
    with sqlite_office.database.reading() as reading:
        known = {
            "letter_id": reading.session.scalar(select(Letter.id).where(Letter.to_role == "authority").limit(1)),
            "document_id": reading.session.scalar(select(Document.id).limit(1)) or 1,
            "user_task_id": reading.session.scalar(select(UserTask.id).where(UserTask.role == "authority")),
            "number": hidden_case.case.number,
        }
    return PLACES | {name: str(value) for name, value in known.items()}


def every_page(places: Mapping[str, str]) -> Iterator[str]:
    """Each address one can look at."""
    for route in ROUTES:
        method, _, path = route.partition(" ")
        if method == "GET":
            yield address_of(path, dict(places))


def secret_of(office: Office) -> str:
    """The link in the mail to the service."""
    with office.database.reading() as reading:
        bodies = reading.session.scalars(select(Mail.body).order_by(Mail.id.desc()))
        return next(found[1] for body in bodies if (found := re.search(r"/vraag/([\w-]{20,})", body)))


def test_a_handler_of_the_case_does_see_the_name(hidden_case: Story, visit: Callable[..., Visitor]) -> None:
    handler = visit("case_handler")
    assert leaks(handler, iter([f"/dossiers/{hidden_case.case.number}"]))
    assert hidden_case.case.number in handler.get("/dossiers?zoek=Kwartelmans").text


@pytest.mark.parametrize("role", [ADMIN, PROCESS_MANAGER, FIRST_LINE])
def test_neither_administrator_nor_process_manager_nor_service_finds_it(
    sqlite_office: Office, visit: Callable[..., Visitor], places: dict[str, str], role: str
) -> None:
    service = "de_lijn" if role == FIRST_LINE else None
    visitor = visit(role, authority=service)
    assert leaks(visitor, every_page(places)) == {}
    for word in WORDS:  # what one typed stands in the page again; what is found does not
        for search in (f"/dossiers?zoek={word}", f"/werklijst?lijst=alle&zoek={word}", f"/werklijst.csv?zoek={word}"):
            assert places["number"] not in visitor.get(search).text
    if role not in PROGRAM_ROLES:
        return  # no program acts for a service
    with sqlite_office.database.work() as work:
        at = sqlite_office.clock.now()
        secret = sessions.issue_token(work, name="program", roles=(role,), by=system("console"), at=at)
    program = visit()
    program.headers["Authorization"] = f"Bearer {secret}"
    assert leaks(program, (each for each in every_page(places) if each.startswith(API))) == {}


def test_the_service_itself_never_reads_it(
    sqlite_office: Office, visit: Callable[..., Visitor], places: dict[str, str]
) -> None:
    secret = secret_of(sqlite_office)
    asked = [address_of(path, places | {"secret": secret}) for path in _with_a_secret()]
    assert leaks(visit(), iter(asked)) == {}
    with sqlite_office.database.reading() as reading:
        mails = reading.session.scalars(select(Mail).where(Mail.to_address.not_like("kwartel@%")))
        letters = reading.session.scalars(select(Letter).where(Letter.to_role != "complainant"))
        told = [f"{mail.subject} {mail.body}" for mail in mails]
        told += [f"{letter.subject} {letter.body} {letter.to_name}" for letter in letters]
    assert len(told) > 2
    assert [found_in(text.encode(), "text/plain") for text in told if found_in(text.encode(), "text/plain")] == []


def _with_a_secret() -> list[str]:
    return [
        path for method, _, path in (route.partition(" ") for route in ROUTES) if method == "GET" and "{secret}" in path
    ]


def test_no_log_line_and_no_count_tells_it(
    sqlite_office: Office, visit: Callable[..., Visitor], hidden_case: Story, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    handler = visit("case_handler")
    for word in WORDS:
        handler.get(f"/dossiers?zoek={word}")
    handler.get(f"/dossiers/{hidden_case.case.number}")
    lines = json.dumps([[record.getMessage(), str(record.__dict__)] for record in caplog.records])
    ours = [line for line in json.loads(lines) if "httpx" not in line[1]]
    assert [line for line in ours if found_in(" ".join(line).encode(), "text/plain")] == []
    assert found_in(visit().get("/metrics").content, "text/plain") == []
    with sqlite_office.database.reading() as reading:
        assert reading.session.scalar(select(Case.id)) is not None
