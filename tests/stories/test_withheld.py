"""A withheld name: every letter there is, in every language, to every reader but the complainant, in the file, by mail and on paper."""

import io
import re
from collections.abc import Iterator
from dataclasses import replace

import pytest
from pypdf import PdfReader
from sqlalchemy import select

from cases import facts
from cases.models import Case, Grievance, Letter
from cases.parties import WITHHELD
from cases.register import Register
from engine import definitions
from engine.step import JobContext
from storage.unit_of_work import UnitOfWork
from tasks.forms_in_use import fact_names
from tasks.handlers import letters
from tasks.letters import letter_pdf, letter_places, letter_texts
from tasks.models import Mail
from tasks.office import Office
from tests.stories.stage import NOT_CONTACTED, Story

NAME = "José-Marie van den Abeele"
# As people write about somebody: in capitals, without accents, glued, in another order, with a number in their own way.
TOLD = (
    "Ik ben JOSE MARIE VAN DEN ABEELE (jose_marie). Abeele, José-Marie; mevrouw Van den Abeele; jmabeele1970@example.org of JMABEELE1970. "
    "Bel 0470/12.34.56, +32 470 12 34 56 of 0032 470123456. Ik woon in de Kerkstraat 12, 9999 Elderbeke: KERKSTRAAT  12."
)
SECRETS = re.compile(r"jos[eé]|abeele|marie|470\D*12\D*34\D*56|kerkstraat\s+12", re.IGNORECASE)
READERS = ("authority", "head_of_authority", "minister", "parliament", "other_body")
# Ministers and parliament read Dutch; a service and another ombudsman read the language they work in.
OF_LANGUAGE = {
    "nl": READERS,
    "fr": ("authority", "other_body"),
    "de": ("authority", "other_body"),
    "en": ("authority", "other_body"),
}


@pytest.fixture
def hidden(sqlite_office: Office) -> Story:
    """A case whose complainant is named in everything that was ever told or written in it."""
    story = Story(sqlite_office).given_a_complaint(
        complainant_name=NAME,
        name_withheld="ja",
        email="jmabeele1970@example.org",
        phone="0470 12 34 56",
        address="Kerkstraat 12, 9999 Elderbeke",
        subject=f"Boete van {NAME}",
        narrative=TOLD,
        desired_outcome=TOLD,
        **NOT_CONTACTED,
    )
    with sqlite_office.database.work() as work:
        kept = [name for name in letter_places_of_facts(work) if not name.startswith("complainant.")]
        at = sqlite_office.clock.now()
        facts.remember(work, story.case_id, dict.fromkeys(kept, TOLD), personal=frozenset(kept), at=at)
        case = work.session.get_one(Case, story.case_id)
        case.refusal_ground = "anoniem"
        for row in work.session.scalars(select(Grievance).where(Grievance.case_id == story.case_id)):
            row.summary = row.reasoning = TOLD
            row.finding, row.remedy, row.norms = "gegrond", "te_herstellen", [2, 6]
            row.authority_key = case.authority_key
    return story


def letter_places_of_facts(work: UnitOfWork) -> list[str]:
    """The dotted names of every fact a form may tell."""
    return sorted(fact_names(work))


def written(office: Office, work: UnitOfWork, story: Story, language: str) -> Iterator[Letter]:
    """Every letter in use, to every reader of this language."""
    among = speaking(office, language)
    case = work.session.get_one(Case, story.case_id)
    variables = dict.fromkeys(letter_places.known(work), TOLD)
    variables |= {"body_key": "FED", "grievance_authority_key": ""}
    for row in definitions.in_use(work, letter_texts.KIND):
        for reader in OF_LANGUAGE[language]:
            headers = {"template": row.key, "to": reader}
            context = JobContext(
                case_id=case.id,
                instance_id=case.instance_id or 0,
                element_id="send",
                token_id="t",
                variables=variables,
                headers=headers,
                now=office.clock.now(),
                idempotency_key="k",
                work=work,
            )
            yield letters._written(among, context, case)


def speaking(office: Office, language: str) -> Office:
    """The same office among services and bodies that work in this language."""
    register = Register(tuple(replace(each, language=language) for each in office.register.authorities))
    bodies = {key: replace(body, language=language) for key, body in office.bodies.items()}
    return replace(office, register=register, bodies=bodies)


@pytest.mark.parametrize("language", letter_texts.LANGUAGES)
def test_no_letter_to_anybody_else_holds_the_name_in_any_writing(
    hidden: Story, sqlite_office: Office, language: str
) -> None:
    with sqlite_office.database.work() as work:
        made = list(written(sqlite_office, work, hidden, language))
    leaks = {
        f"{each.template} to {each.to_role}: {found[0]}"
        for each in made
        if (found := SECRETS.search(f"{each.subject}\n{each.body}\n{each.to_name}\n{each.to_address}"))
    }
    assert leaks == set()
    assert len(made) >= 45 * len(OF_LANGUAGE[language])
    assert {each.language for each in made if each.to_role == "authority"} == {language}, "in the reader's language"
    assert [each.template for each in made if each.language == language != "nl" and WITHHELD in each.body] == []


def test_nor_does_any_of_them_on_paper(hidden: Story, sqlite_office: Office) -> None:
    with sqlite_office.database.work() as work:
        case = work.session.get_one(Case, hidden.case_id)
        made = [each for each in written(sqlite_office, work, hidden, "fr") if each.to_role == "authority"]
        sheets = [letter_pdf.sheet(work, case, each) for each in made]
    pages = PdfReader(io.BytesIO(letter_pdf.pdf(sqlite_office, sheets, "Alle brieven"))).pages
    assert len(pages) >= len(sheets)
    assert SECRETS.search(re.sub(r"\s+", " ", " ".join(page.extract_text() for page in pages))) is None


def test_the_complainant_reads_their_own_name_and_words_in_theirs(hidden: Story) -> None:
    first = hidden.letters()[0]
    assert NAME in first.body


def test_no_mail_to_a_service_holds_the_name(hidden: Story, sqlite_office: Office) -> None:
    hidden.completes("assess_intake", matter="complaint", judged_urgent="nee")
    with sqlite_office.database.reading() as reading:
        mails = list(reading.session.scalars(select(Mail).where(Mail.to_address.not_like("jmabeele%"))))
    assert mails
    assert [mail.subject for mail in mails if SECRETS.search(f"{mail.subject}\n{mail.body}")] == []
