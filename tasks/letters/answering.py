"""What a letter says about answering: how its reader answers us, and how a service reaches who complained.

Whoever has an e-mail address answers by a link, which the mail alone carries; whoever gets letters by post writes, calls or comes by.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from engine.step import JobContext
from identity.roles import AUTHORITY, COMPLAINANT
from tasks.citizens import external, question_links
from tasks.office import Office

HOW, LINK, CONTACT = "how_to_answer", "answer_link", "complainant_contact"
NAMES = frozenset({HOW, LINK, CONTACT})
READERS = {"complainant": COMPLAINANT, "authority": AUTHORITY, "head_of_authority": AUTHORITY}
BY_MAIL = {
    "nl": "U krijgt een aparte mail met uw persoonlijke link. Daarmee antwoordt u.",
    "fr": "Vous recevez un e-mail séparé avec votre lien personnel. Il vous permet de répondre.",
    "de": "Sie erhalten eine eigene E-Mail mit Ihrem persönlichen Link. Damit antworten Sie.",
    "en": "You get a separate e-mail with your personal link. You answer with it.",
}
BY_LINK = {
    "nl": "U antwoordt zonder account, via uw persoonlijke link:\n{link}",
    "fr": "Vous répondez sans compte, via votre lien personnel :\n{link}",
    "de": "Sie antworten ohne Konto, über Ihren persönlichen Link:\n{link}",
    "en": "You answer without an account, through your personal link:\n{link}",
}
BY_POST = {
    "nl": "U kunt met een brief antwoorden, ons bellen of langskomen. Vermeld het nummer van het dossier.",
    "fr": "Vous pouvez répondre par lettre, nous téléphoner ou venir nous voir. Mentionnez le numéro du dossier.",
    "de": "Sie können mit einem Brief antworten, uns anrufen oder vorbeikommen. Nennen Sie die Nummer der Akte.",
    "en": "You can answer with a letter, call us or visit us. Mention the number of the case.",
}
THROUGH_US = {
    "nl": "Bezorg uw antwoord aan ons. Wij geven het door aan de klager.",
    "fr": "Envoyez-nous votre réponse. Nous la transmettons à la personne.",
    "de": "Senden Sie uns Ihre Antwort. Wir geben sie an die Person weiter.",
    "en": "Send your answer to us. We pass it on to the complainant.",
}


@dataclass(frozen=True)
class Reader:
    """Whoever the letter is for: `to` as the diagram says it, the service's key when it is one, and whether mail reaches them."""

    to: str
    authority_key: str | None
    is_mailed: bool
    language: str


def of(
    office: Office,
    context: JobContext,
    asked: frozenset[str],
    reader: Reader,
    known: Mapping[str, object],
    hidden: Sequence[str],
) -> dict[str, str]:
    """The places of `NAMES`. `answer_link` is for a letter about a question that waits already: empty when none does."""
    found = {CONTACT: contact(known, hidden, reader.language)}
    if not reader.is_mailed:
        return found | dict.fromkeys((HOW, LINK), _in(BY_POST, reader.language))
    found |= {HOW: _in(BY_MAIL, reader.language), LINK: ""}
    role = READERS.get(reader.to, reader.to)
    row = None
    if LINK in asked:
        row = question_links.of_reader(context.work, context.instance_id, role, reader.authority_key)
    if row is not None:
        # The file keeps the letter without the link; the mail alone gets it, as `tasks.handlers.letters` sends it.
        address = external.link(office, question_links.again(office, row, context.now))
        context.work.session.info[external.LETTER_LINK] = address
        found[LINK] = _in(BY_LINK, reader.language).format(link=_in(external.OWN_LINK, reader.language))
    return found


def contact(known: Mapping[str, object], hidden: Sequence[str], language: str) -> str:
    """Where who complained is reached, a line for each way; for whom that must not or cannot be told: that we pass an answer on."""
    mail, phone, street, postcode, town = (
        str(known.get(f"complainant.{part}") or "").strip()
        for part in ("email", "phone", "address", "postcode", "municipality")
    )
    home = ", ".join(filter(None, (street, " ".join(filter(None, (postcode, town)))))) if street else ""
    found = [] if hidden else [line for line in (mail, phone, home) if line]
    return "\n".join(found) or _in(THROUGH_US, language)


def _in(words: Mapping[str, str], language: str) -> str:
    return words.get(language, words["nl"])
