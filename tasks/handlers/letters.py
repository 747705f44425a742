"""Letters: a wording, filled from the case for its reader, kept on the file and mailed.

The wording is the one in use at that moment (`tasks.letters.letter_texts`). An authority's letter is filled from texts without the names
it may not know, so a withheld name cannot reach it.
"""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from cases import deadlines, facts, own_initiative
from cases.bodies import Body
from cases.explaining import written_out
from cases.models import Case, Letter
from cases.parties import WITHHELD, address_of, names_of, withheld_in, without_name
from cases.register import Authority
from engine.step import JobContext
from problems import Invalid
from tasks.background import mail
from tasks.citizens import external
from tasks.deadlines import appeals
from tasks.forms_in_use import fact_names
from tasks.handlers.case_file import event
from tasks.handlers.deadline import has_been_met
from tasks.letters import answering, letter_parts, letter_texts
from tasks.office import Office
from tasks.turn import new_secret, note

BY_MAIL = ("complainant", "authority", "head_of_authority")
PARLIAMENT = "parliament"
NEW = "new"
OTHER_BODY, BODY, OWN_REPORTS = "other_body", "body_name", "MELD"
THE_SERVICE = {"nl": "de dienst", "fr": "le service", "de": "die Behörde", "en": "the service"}
YOUR_COMPLAINT = {"nl": "uw klacht", "fr": "votre plainte", "de": "Ihre Beschwerde", "en": "your complaint"}


class LetterPlaceUnknown(Invalid):
    """De brief noemt een gegeven dat niet bestaat. Verbeter de naam in het sjabloon, of zet het gegeven in het diagram."""


def send(office: Office, context: JobContext) -> Mapping[str, Any]:
    """Write the letter of header `template` to header `to`; header `meets` names the deadline that is met by sending it.

    With header `link` = new the letter brings the complainant a new link to their page, and a former one no longer works: for the
    first letter of a case that did not begin with one.
    The complainant gets it in their own language. A part of the complaint that went apart has its own authority. In a file the office
    opened itself nobody complained: a letter to the complainant is then not written.
    """
    case = context.work.session.get_one(Case, context.case_id)
    if case.matter == own_initiative.MATTER and context.headers["to"] == "complainant":
        return {}
    letter = _written(office, context, case)
    context.work.session.add(letter)
    context.work.session.flush()
    if context.headers.get("link") == NEW and letter.to_role == external.COMPLAINANT:
        secret, case.secret_hash = new_secret()
        context.work.session.info[external.CASE_LINK] = external.case_link(office, secret)
    if letter.to_address:
        mail.queue(
            office,
            context.work,
            to=letter.to_address,
            subject=letter.subject,
            body=_with_link(context, letter),
            case_id=case.id,
            letter_id=letter.id,
        )
    by = "mail" if letter.to_address else "mailbox" if office.house.is_sealed else "post"
    note(
        context.work,
        event(context, "letter", "sent", template=letter.template, to=letter.to_role, letter=letter.id, by=by),
    )
    if "meets" in context.headers:
        has_been_met(context, context.headers["meets"])
    return {}


def _written(office: Office, context: JobContext, case: Case) -> Letter:
    to, name = context.headers["to"], context.headers["template"]
    is_complainant = to == "complainant"
    part = office.register.get(str(context.variables.get("grievance_authority_key") or ""))
    authority = part or office.register.get(case.authority_key)
    body = office.bodies.get(str(context.variables.get("body_key") or ""))
    spoken = case.language if is_complainant else _language(to, authority, body)
    wording, language = letter_texts.in_use(context.work, office.letters_dir, name).wording(spoken)
    known = facts.known(context.work, case.id)
    hidden = _hidden(case, known, to)
    address = None
    if to in BY_MAIL:
        own = address_of(context.work, office.register, case, "complainant") if is_complainant else None
        address = own if is_complainant else (authority.email or None) if authority else None
    places = _places(office, context, case, known, hidden, language, wording.places)
    if is_complainant and not address and not office.house.is_sealed:
        places["case_link"] = ""  # a letter for the post: only the mail ever carries a link
    reader = None if is_complainant else authority.key if authority else case.authority_key
    if not letter_parts.NAMES.isdisjoint(wording.places):
        places |= letter_parts.of(office, context, case, language, hidden, reader)
    if not answering.NAMES.isdisjoint(wording.places):
        whom = answering.Reader(to, reader, bool(address), language)
        places |= answering.of(office, context, wording.places, whom, known, hidden)
    if part is not None:
        places["authority"] = part.name
    subject, text = (withheld_in(_filled(context, part, places), language) for part in (wording.subject, wording.body))
    return Letter(
        case_id=case.id,
        template=name,
        to_role=to,
        to_address=address,
        to_name=case.complainant_name if is_complainant else places[BODY if to == OTHER_BODY else "authority"],
        language=language,
        subject=" ".join(subject.split())[:300],
        body=text,
        written_at=context.now,
    )


def _filled(context: JobContext, text: str, places: Mapping[str, str]) -> str:
    """The text with its places filled. Something the file could know but does not is left empty; another name is refused."""
    names = frozenset(letter_texts.PLACE.findall(text))
    unknown = names - places.keys()
    if unknown and (unknown := unknown - {fact.replace(".", "_") for fact in fact_names(context.work)}):
        raise LetterPlaceUnknown(place=min(unknown), template=context.headers["template"])
    return letter_texts.filled(text, places)


def _with_link(context: JobContext, letter: Letter) -> str:
    """The body as it is mailed: the link is this letter's own, or known in the turn that made the case, and to its complainant only."""
    link = context.work.session.info.pop(external.LETTER_LINK, None)
    if link is None and letter.to_role == external.COMPLAINANT:
        link = context.work.session.info.get(external.CASE_LINK)
    if link is None:
        return letter.body
    return letter.body.replace(external.OWN_LINK.get(letter.language, external.OWN_LINK["nl"]), str(link))


def _language(to: str, authority: Authority | None, body: Body | None) -> str:
    """The language another office works in; ministers and parliament are Flemish."""
    if to == OTHER_BODY:
        return body.language if body else letter_texts.DUTCH
    return authority.language if authority and to in BY_MAIL else letter_texts.DUTCH


def _hidden(case: Case, known: Mapping[str, object], to: str) -> list[str]:
    """What this reader may not know. Parliament never learns who complained; the complainant knows who they are."""
    is_hidden = to != external.COMPLAINANT and (case.name_withheld or to == PARLIAMENT)
    return names_of(case, known) if is_hidden else []


def _places(
    office: Office,
    context: JobContext,
    case: Case,
    known: Mapping[str, object],
    hidden: Sequence[str],
    language: str,
    asked: frozenset[str],
) -> dict[str, str]:
    """What a letter may name, of what it asks, without what is hidden from its reader."""

    def own(name: str) -> str:
        return without_name(str(known.get(f"complaint.{name}") or ""), hidden)

    places = {
        "number": case.number,
        "office": office.settings.office_name,
        "authority": case.authority_name or THE_SERVICE.get(language, THE_SERVICE["nl"]),
        "subject": without_name(case.subject, hidden),
        "complainant": WITHHELD if hidden else case.complainant_name,
        "narrative": own("narrative"),
        "desired_outcome": own("desired_outcome"),
        "case_link": external.OWN_LINK.get(language, external.OWN_LINK["nl"]),
        "today": written_out(deadlines.local_day(context.now), language),
        "appeal_warning": appeals.warning(office, context.work, case, language, context.now, known),
        "first_line_ground_words": without_name(
            _ground(office, known.get("first_line.refusal_ground"), language), hidden
        ),
    }
    places |= _elsewhere(office, context, language)
    for name, value in context.variables.items():
        if name in asked and name not in places and (value is None or isinstance(value, str | int | date)):
            text = written_out(value, language) if isinstance(value, date) else "" if value is None else str(value)
            places[name] = without_name(text, hidden)
    for name, value in known.items():
        place = name.replace(".", "_")
        if place in asked and isinstance(value, str) and not name.startswith(("complainant.", "complaint.")):
            places.setdefault(place, without_name(value, hidden))
    return places


def _ground(office: Office, code: object, language: str) -> str:
    """Why a service refused, in the reader's language, as it stands within a sentence."""
    grounds = office.codelists.get("first_line_grounds")
    if grounds is None or not code:
        return ""
    words = grounds.words(code, language)
    return words[:1].lower() + words[1:] if language == letter_texts.DUTCH else words


def _elsewhere(office: Office, context: JobContext, language: str) -> dict[str, str]:
    """Who else deals with the complaint, or with a part of it. Staff choose a body by its key, which tells a reader nothing."""
    part = office.bodies.get(str(context.variables.get("split_body") or ""))
    places = {"split_body": part.name_in(language)} if part else {}
    body = office.bodies.get(str(context.variables.get("body_key") or ""))
    if body is None:  # a diagram of before there was a register of bodies gives a name only
        return places | {"body_about": YOUR_COMPLAINT[language], "body_website": ""}
    # Where reports of breaches go is this installation's own affair, not a fact of the register.
    is_ours = body.key == OWN_REPORTS and bool(office.settings.reports_url)
    website = office.settings.reports_url if is_ours else body.website
    return places | {BODY: body.name_in(language), "body_about": body.about_in(language), "body_website": website}
