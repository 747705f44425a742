"""A letter in the studio: its wordings as plain fields, and how each would read, in an invented case."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from tasks.letters import letter_places, letter_texts
from tasks.letters.letter_texts import LANGUAGES, WORDS, LetterText, Wording
from web.context import FormBody, Look

NOTHING = Wording("", "")


@dataclass(frozen=True)
class Field:
    """What is edited in one language."""

    language: str
    words: str
    text: Wording


@dataclass(frozen=True)
class Shown:
    """How a letter reads; `withheld` is the same for a reader who may not know the name, where that differs."""

    language: str
    words: str
    text: Wording
    withheld: Wording | None


@dataclass(frozen=True)
class Editing:
    """A letter to edit: its fields, and the places it may name, the ones in use first."""

    name: str
    fields: Sequence[Field]
    places: Mapping[str, str]


def read(content: bytes) -> LetterText | None:
    """The letter; None when it is not one, so that its source can be mended."""
    try:
        return letter_texts.parse(content)
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
        return None


def editing(look: Look, content: bytes) -> Editing | None:
    """What the editor shows of a letter."""
    letter = read(content)
    if letter is None:
        return None
    fields = [Field(language, WORDS[language], letter.texts.get(language, NOTHING)) for language in LANGUAGES]
    return Editing(letter.name, fields, letter_places.used(look.reading))


def content_of(key: str, body: FormBody) -> bytes:
    """What the fields say. A language without a word in it is not among the letter's."""
    texts = {}
    for language in LANGUAGES:
        subject = body.text(f"subject_{language}")
        text = (body.fields.get(f"body_{language}") or [""])[0].replace("\r\n", "\n").strip()
        if subject or text:
            texts[language] = Wording(subject, f"{text}\n")
    return letter_texts.compose(key, body.text("name") or key, texts)


def shown(look: Look, content: bytes) -> list[Shown]:
    """Each wording filled from the example; nothing when the letter cannot be read."""
    letter = read(content)
    if letter is None:
        return []
    meant = letter_places.known(look.reading)
    found = []
    for language, text in letter.texts.items():
        if language not in WORDS:
            continue
        open_, hidden = (
            letter_places.example(look.office, text, language, meant, is_withheld=is_withheld)
            for is_withheld in (False, True)
        )
        found.append(Shown(language, WORDS[language], open_, None if hidden == open_ else hidden))
    return found
