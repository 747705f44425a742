"""A name that must stay hidden: every page, answer, file, mail and log line that a service, a complaint handler or an administrator can
come by is searched for it. Whoever handles the case does see it, or the search would prove nothing.
"""

import io
import json
import logging
import re
import tarfile
import zipfile
from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter
from pypdf import PdfReader
from sqlalchemy import select, update

from cases.documents import Upload
from cases.models import Document, Letter
from engine.models import Definition, Incident, ProcessInstance
from identity import people, sessions
from identity.people import system
from identity.roles import ADMIN, FIRST_LINE, PROCESS_MANAGER, PROGRAM_ROLES
from tasks import completion
from tasks.at_services import meetings, network
from tasks.models import Mail, UserTask
from tasks.office import Office
from tasks.operating import backup, tracing
from tasks.retention import keeping
from tasks.treatment import conflicts, evidence_register, mediation
from tests.identity.test_permissions import NOBODY, PLACES, ROUTES, address_of
from tests.stories.stage import Story, person
from tests.tasks.test_annual_report import counted
from tests.web.conftest import Visitor, hire, token_of
from web.access import API, ROUTE_ACTIONS
from web.app import build

# No word of the program, of a diagram or of another case looks like one of these.
HIDDEN = (
    "zwaluwina",
    "kwartelmans",
    "kwartel@voorbeeld",
    "0499 87 65 43",
    "roerdompstraat",
    "85.07.30-033.28",
    "zeearend",
)
TOLD = {
    "complainant_name": "Zwaluwina Kwartelmans",
    "email": "kwartel@voorbeeld.example",
    "phone": "0499 87 65 43",
    "address": "Roerdompstraat 7",
    "postcode": "9000",
    "municipality": "Gent",
    "name_withheld": "ja",
    "subject": "Boete van Zwaluwina Kwartelmans",
    "narrative": "Ik, ZWALUWINA  Kwartelmans van de Roerdompstraat 7, kreeg een boete. Bel 0499 87 65 43 of kwartel@voorbeeld.example. Ik ben 85.07.30-033.28.",
    "desired_outcome": "Dat mevrouw Kwartelmans haar geld terugkrijgt.",
}  # fmt: skip
WORDS = ("Kwartelmans", "zwaluwina", "Roerdompstraat", "0499")


def found_in(content: bytes, media_type: str) -> list[str]:
    """Which of the hidden words stand in an answer; a PDF is read as people read it, and an archive file by file."""
    if content.startswith(b"PK\x03\x04"):
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            files = [(f"{name} ".encode() + archive.read(name), name) for name in archive.namelist()]
        return sorted({word for inside, _ in files for word in found_in(inside, "text/plain")})
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
    _in_every_corner(sqlite_office, story)
    return story.waits_at("answer_information")


def _in_every_corner(office: Office, story: Story) -> None:
    """What else holds the name, or was told in confidence: a paper, evidence, a note of a mediation, a mail that came back, a step that is stuck."""
    now, number = office.clock.now(), story.case.number
    given = {
        "kind": "document",
        "source": "Zeearend, buurvrouw",
        "obtained_on": "2026-01-05",
        "description": "Zeearend zag Kwartelmans.",
    }
    noted = {
        "kind": "contact",
        "party": "complainant",
        "happened_on": "2026-01-05",
        "text": "Kwartelmans zei het.",
        "confidential": "ja",
    }
    friend = hire(office, "vriendin", "mediator")
    with office.database.work() as work:
        paper = Upload("Brief van Kwartelmans.txt", io.BytesIO(b"Zwaluwina Kwartelmans"))
        office.documents.add(work, story.case_id, paper, source="office", by="person:1", at=now)
        evidence_register.keep(
            office, work, person("case_handler"), story.case, {**given, "confidentiality": "confidential"}
        )
        mediation.keep(office, work, person("mediator"), story.case, noted)
        keeping.hold(office, work, person("ombudsman"), number, "Kwartelmans ging naar de rechter.")
        conflicts.declare(office, work, person("ombudsman"), story.case, "Kent Zwaluwina.", friend)
        mail = work.session.scalars(select(Mail).where(Mail.to_address.like("kwartel@%"))).first()
        assert mail is not None
        mail.state, mail.last_error = "waiting", "550 <KWARTEL@voorbeeld.example>: kwartel is onbekend"


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


def test_whoever_may_know_does_find_it_on_pages_paper_and_in_archives(
    hidden_case: Story, visit: Callable[..., Visitor]
) -> None:
    """Or the search would prove nothing."""
    insider, case = visit("case_handler", "ombudsman"), hidden_case.case.number
    to_complainant = next(letter.id for letter in hidden_case.letters() if letter.to_role == "complainant")
    shown = leaks(insider, (f"/dossiers/{case}{tab}" for tab in ("", "/bewijs", "/stukken", "/gegevens", "/bewaring")))
    assert len(shown) == 5 and "zeearend" in shown[f"/dossiers/{case}/bewijs"]
    assert leaks(insider, iter([f"/dossiers/{case}/brieven/{to_complainant}/pdf"])), "words in a PDF are found"
    assert case in insider.get("/dossiers?zoek=Kwartelmans").text


def listed(method: str, *, but: tuple[str, ...] = ()) -> int:
    """How many addresses the table of access has, so that none is left out here."""
    return sum(each.startswith(f"{method} ") and not each.startswith(but) for each in ROUTE_ACTIONS)


# What ends the session of whoever sends it, what has no session (the calls of programs), and what knows no case.
NOT_SENT = ("POST /afmelden", "POST /account", f"POST {API}", "POST /studio", "POST /netwerk")


def told_by_forms(visitor: Any, places: Mapping[str, str]) -> dict[str, list[str]]:
    """Every empty form whose answer shows something hidden, with what it shows."""
    csrf, shown, sent = token_of(visitor.get("/aanmelden").text), {}, 0
    for route in (each for each in ROUTES if each.startswith("POST /") and not each.startswith(NOT_SENT)):
        answer = visitor.post(address_of(route.removeprefix("POST "), dict(places)), data={"_csrf": csrf})
        sent += 1
        assert answer.status_code < 500, route
        if words := found_in(answer.content, answer.headers.get("content-type", "")):
            shown[route] = words
    assert sent == listed("POST", but=NOT_SENT)
    return shown


def told_to_program(program: Any, places: Mapping[str, str]) -> dict[str, list[str]]:
    """Every call of a program whose answer shows something hidden, with what it shows."""
    shown, made = {}, 0
    for route in (each for each in ROUTES if each.partition(" ")[2].startswith(API)):
        method, _, path = route.partition(" ")
        sent = {} if method in ("GET", "DELETE") else {"json": {"answers": {}, "reason": "x", "type": "x", "name": "x"}}
        answer = program.request(method, address_of(path, dict(places)), **sent)
        made += 1
        assert answer.status_code < 500, route
        if words := found_in(answer.content, answer.headers.get("content-type", "")):
            shown[route] = words
    assert made == sum(each.partition(" ")[2].startswith(API) for each in ROUTE_ACTIONS)
    return shown


def lines_that_tell(caplog: pytest.LogCaptureFixture) -> list[str]:
    """The lines of the log with something hidden in them; what the client of this test says of itself is no line of ours."""
    lines = [f"{each.getMessage()} {each.__dict__}" for each in caplog.records if not each.name.startswith("httpx")]
    return [line for line in lines if found_in(line.encode(), "text/plain")]


@pytest.mark.parametrize("role", [NOBODY, ADMIN, PROCESS_MANAGER, FIRST_LINE])
def test_neither_administrator_nor_process_manager_nor_service_nor_anybody_else_finds_it(
    sqlite_office: Office,
    visit: Callable[..., Visitor],
    places: dict[str, str],
    role: str,
    caplog: pytest.LogCaptureFixture,
) -> None:
    caplog.set_level(logging.DEBUG)
    service = "de_lijn" if role == FIRST_LINE else None
    visitor = visit(*([role] if role != NOBODY else []), authority=service)
    pages = list(every_page(places))
    assert len(pages) == listed("GET")
    assert leaks(visitor, iter(pages)) == {}
    for word in WORDS:  # what one typed stands in the page again; what is found does not
        for search in (f"/dossiers?zoek={word}", f"/werklijst?lijst=alle&zoek={word}", f"/werklijst.csv?zoek={word}"):
            assert places["number"] not in visitor.get(search).text
    if role in (NOBODY, FIRST_LINE):  # what the others are answered is searched below, with a step that is stuck
        assert told_by_forms(visitor, places) == {}
    if role in PROGRAM_ROLES:  # no program acts for a service
        with sqlite_office.database.work() as work:
            at = sqlite_office.clock.now()
            secret = sessions.issue_token(work, name="program", roles=(role,), by=system("console"), at=at)
        program = visit()
        program.headers["Authorization"] = f"Bearer {secret}"
        assert told_to_program(program, places) == {}
        for word in WORDS:
            assert places["number"] not in program.get(f"{API}/cases?query={word}").text
    assert lines_that_tell(caplog) == []


def test_the_service_itself_never_reads_it(
    sqlite_office: Office, visit: Callable[..., Visitor], places: dict[str, str]
) -> None:
    secret = secret_of(sqlite_office)
    asked = [address_of(path, places | {"secret": secret}) for path in _with_a_secret()]
    service = visit()
    assert leaks(service, iter(asked)) == {}
    refused = service.form(f"/vraag/{secret}", {})
    told_again = service.post(f"{API}/links/{secret}/complete", json={"answers": {}})
    assert (refused.status_code, told_again.status_code) == (422, 422)
    assert [found_in(each.content, "text/html") for each in (refused, told_again)] == [[], []]
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


def test_what_cannot_go_on_and_what_a_refused_form_answers_tell_nothing_to_who_runs_the_system(
    sqlite_office: Office, visit: Callable[..., Visitor], places: dict[str, str]
) -> None:
    """Nor do the tokens hold it: what webhooks send, what programs are given, and every page about processes is made of these."""
    stuck = Story(sqlite_office).given_a_complaint(**TOLD)
    incident_id = _gets_stuck(sqlite_office, stuck)
    visitor = visit(ADMIN, PROCESS_MANAGER)
    there = places | {"incident_id": str(incident_id), "instance_id": str(stuck.case.instance_id)}
    assert stuck.case.number in visitor.get("/beheer/vastgelopen").text
    assert leaks(visitor, (each for each in every_page(there) if each.startswith("/beheer"))) == {}
    assert told_by_forms(visitor, there) == {}
    with sqlite_office.database.reading() as reading:
        tokens = [str(state) for state in reading.session.scalars(select(ProcessInstance.state))]
    assert len(tokens) > 1 and [state for state in tokens if found_in(state.encode(), "text/plain")] == []


def _gets_stuck(office: Office, story: Story) -> int:
    """What was answered is kept, and the decision that comes next is not there."""
    with office.database.work() as work:
        mine = ProcessInstance.id == story.case.instance_id
        work.session.execute(update(ProcessInstance).where(mine).values(decisions=None))
        work.session.execute(update(Definition).where(Definition.key == "urgency").values(state="retired"))
    row = story.open("assess_intake")
    said = {"matter": "complaint", "judged_urgent": "nee", "intake_note": "Zwaluwina Kwartelmans belt nog."}
    with office.database.work() as work:
        completion.complete(office, work, person("intake_officer"), row.id, said)
    with office.database.reading() as reading:
        return reading.session.scalars(select(Incident.id).where(Incident.case_id == story.case_id)).one()


def test_what_members_of_the_network_tell_each_other_stays_among_them(
    sqlite_office: Office, visit: Callable[..., Visitor]
) -> None:
    at, oscar = sqlite_office.clock.now(), person("ombudsman")
    member = visit(FIRST_LINE, authority="de_lijn")
    with sqlite_office.database.work() as work:
        row = network.write(work, oscar, network.PRACTICE, "Bellen", "Kwartelmans belde.", at)
        starts = at + timedelta(days=9)
        meeting = meetings.plan(
            work, oscar, title="Overleg", starts_at=starts, ends_at=starts + timedelta(hours=1), place="Brussel",
            agenda="Hoe Kwartelmans gebeld werd.", now=at,
        )  # fmt: skip
        there = PLACES | {"contribution_id": str(row.id), "meeting_id": str(meeting.id), "place": "praktijken"}
    pages = [each for each in every_page({**there, "document_id": "1", "letter_id": "1"}) if "/netwerk" in each]
    fed = member.form("/netwerk/agenda", seen="/netwerk/overleg").text
    [feed] = re.findall(r"/netwerk/agenda/[\w-]{20,}\.ics", fed)
    assert len(leaks(member, iter([*pages, feed]))) >= 2, "members read it"
    outsider = visit(ADMIN, PROCESS_MANAGER, "case_handler", "auditor")
    assert leaks(outsider, iter(pages)) == {}
    with sqlite_office.database.work() as work:
        people.set_active(work, people.by_login(work, FIRST_LINE).id, False)
    assert leaks(visit(), iter([feed])) == {}, "nor does a calendar of who is no member any more"


def test_no_log_line_and_no_count_tells_it(
    sqlite_office: Office, visit: Callable[..., Visitor], hidden_case: Story, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    spans = InMemorySpanExporter()
    stop = tracing.start(sqlite_office.settings, spans)
    handler = visit("case_handler")
    for word in WORDS:
        handler.get(f"/dossiers?zoek={word}")
    handler.get(f"/dossiers/{hidden_case.case.number}")
    assert stop is not None
    stop()
    traced = [
        str((span.name, dict(span.attributes or {}), span.status.description)) for span in spans.get_finished_spans()
    ]
    assert traced and [each for each in traced if found_in(each.encode(), "text/plain")] == []
    lines = json.dumps([[record.getMessage(), str(record.__dict__)] for record in caplog.records])
    ours = [line for line in json.loads(lines) if "httpx" not in line[1]]
    assert [line for line in ours if found_in(" ".join(line).encode(), "text/plain")] == []
    watched = replace(sqlite_office, settings=replace(sqlite_office.settings, metrics_token="a long secret"))
    with Visitor(build(watched), headers={"Authorization": "Bearer a long secret"}) as watcher:
        counted = watcher.get("/metrics")
    assert (counted.status_code, found_in(counted.content, "text/plain")) == (200, [])


def test_no_file_that_leaves_holds_it(
    sqlite_office: Office, visit: Callable[..., Visitor], hidden_case: Story, tmp_path: Path
) -> None:
    """A package for another office, the figures of the year in every form, the list for a spreadsheet, and what a copy says of itself."""
    insider, page = visit("case_handler", "ombudsman", "auditor"), f"/dossiers/{hidden_case.case.number}/overdracht"
    package = insider.form(
        page, {"to": "Ombudsman van Gent", "ground": "consent", "basis": "per telefoon, op 5 januari"}
    )
    assert package.content.startswith(b"PK\x03\x04"), package.text
    counted(sqlite_office)
    years = [f"/verslag/2026{form}" for form in ("", "/csv", "/xlsx", "/json", "/pdf")]
    books = ["/jaarcijfers/2026", "/jaarcijfers/2026/boek/vlaams", "/jaarcijfers/2026/boek/vlaams/xlsx"]
    assert leaks(insider, iter([*years, *books, "/signalen", "/tevredenheid/2026", "/aanbevelingen.json"])) == {}
    copy = tmp_path / "copy.tar"
    backup.write(sqlite_office.database, sqlite_office.settings, copy, at=sqlite_office.clock.now(), with_key=False)
    with tarfile.open(copy) as archive:
        listed = [name for name in archive.getnames() if name != backup.DATABASE]
        contents = archive.extractfile(backup.CONTENTS)
        told = [*listed, contents.read().decode() if contents else ""]
    told += map(str, package.headers.items())
    assert [text for text in told if found_in(text.encode(), "text/plain")] == []
    assert found_in(package.content, "application/zip") == []
