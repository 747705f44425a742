"""Letters as definitions: one per letter, its wording in each language, published in versions like a form.

In: JSON `{"id", "name", "texts": {language: {"subject", "body"}}}` with `{name}` places. Out: the wording, or findings.
A letter is written in the words in use at that moment, also in a case that already runs, as a user task opens with the form in use:
a diagram names the letter, never its words. Where nothing was published (an office of before letters were definitions), the shipped
files speak. Refuses with LetterTemplateMissing.
"""

import json
import re
from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

from engine import definitions
from engine.findings import ERROR, WARNING, Finding
from problems import NotFound
from storage.unit_of_work import Reading
from tasks.letters import plain_language

KIND, DUTCH = "letter", "nl"
RULE, PLAIN = "letter", "plain_language"
LANGUAGES = ("nl", "fr", "de", "en")
WORDS = {"nl": "Nederlands", "fr": "Frans", "de": "Duits", "en": "Engels"}
PLACE = re.compile(r"\{(\w+)\}")
ANNOUNCING = re.compile(r"(?:[^{}]*:)?\s*\{(\w+)\}\s*")
KEY = re.compile(r"[A-Za-z][A-Za-z0-9_]{0,39}")
SUBJECT_LIMIT = 300


class LetterTemplateMissing(NotFound):
    """Deze briefsjabloon bestaat niet."""


@dataclass(frozen=True)
class Wording:
    """A letter in one language."""

    subject: str
    body: str

    @property
    def places(self) -> frozenset[str]:
        """The names it asks for."""
        return frozenset(PLACE.findall(f"{self.subject}\n{self.body}"))


@dataclass(frozen=True)
class LetterText:
    """One letter; Dutch is always among its wordings. `version` is 0 for a shipped file that nobody published."""

    key: str
    name: str
    texts: Mapping[str, Wording]
    version: int = 0

    def wording(self, language: str) -> tuple[Wording, str]:
        """The wording for a reader and the language it is in: Dutch when there is none in theirs."""
        found = language if language in self.texts else DUTCH
        return self.texts[found], found


def in_use(reading: Reading, folder: Path, key: str) -> LetterText:
    """The version in use, else the shipped file. Raises LetterTemplateMissing."""
    row = definitions.latest(reading, KIND, key)
    content = row.content if row is not None else shipped(folder).get(key)
    if content is None:
        raise LetterTemplateMissing(template=key)
    return parse(content, row.version if row is not None else 0)


@lru_cache(maxsize=512)
def parse(content: bytes, version: int = 0) -> LetterText:
    """What was published. Content is immutable, so it is read once."""
    told = json.loads(content)
    texts = {language: Wording(text["subject"], text["body"]) for language, text in told["texts"].items()}
    return LetterText(told["id"], told.get("name") or told["id"], texts, version)


def filled(text: str, places: Mapping[str, str]) -> str:
    """The text with its places filled; one that is not given is left out with its line, if it stands alone there.

    A line that only announces what stands in its last place, such as `Waar u wel terechtkunt: {next_door}`, goes with it when it is empty.
    """
    lines = (line for line in text.split("\n") if not _is_empty(line, places))
    told = PLACE.sub(lambda match: places.get(match[1], ""), "\n".join(lines))
    return re.sub(r"\n{3,}", "\n\n", told).strip() + "\n"


def _is_empty(line: str, places: Mapping[str, str]) -> bool:
    announced = ANNOUNCING.fullmatch(line)
    return announced is not None and not places.get(announced[1], "").strip()


def compose(key: str, name: str, texts: Mapping[str, Wording]) -> bytes:
    """The content of a letter: the same words are the same bytes."""
    ordered = [each for each in LANGUAGES if each in texts]
    told = {language: {"subject": texts[language].subject, "body": texts[language].body} for language in ordered}
    return (json.dumps({"id": key, "name": name, "texts": told}, ensure_ascii=False, indent=2) + "\n").encode()


@lru_cache(maxsize=4)
def shipped(folder: Path) -> Mapping[str, bytes]:
    """The letters the project ships, by key: `L06.nl.txt` is one wording, its first line the subject."""
    found: dict[str, dict[str, Wording]] = defaultdict(dict)
    for file in sorted(folder.glob("*.*.txt")):
        key, language, _ = file.name.split(".")
        subject, _, body = file.read_text(encoding="utf-8").partition("\n")
        found[key][language] = Wording(subject.strip(), body.strip() + "\n")
    return {key: compose(key, name_of(texts[DUTCH]), texts) for key, texts in found.items() if DUTCH in texts}


def name_of(dutch: Wording) -> str:
    """What people call the letter: its Dutch subject without the number before it."""
    return dutch.subject.rpartition(": ")[2] or dutch.subject


def check(content: bytes, known: frozenset[str]) -> list[Finding]:
    """What is wrong with a letter (errors), and what is hard to read in it (warnings). `known` are the names it may ask for."""
    try:
        told = json.loads(content)
    except (ValueError, RecursionError):
        return [_error("letter", "Dit is geen leesbare brief. Bewaar het bestand opnieuw als JSON.")]
    shape = list(_shape(told))
    if shape:
        return shape
    letter = parse(content)
    found = [finding for language, text in letter.texts.items() for finding in _places(language, text, known)]
    for language, text in letter.texts.items():
        found += [Finding(language, PLAIN, WARNING, said) for said in plain_language.remarks(text.body, language)]
    return [*found, *_other_places(letter), *_missing(letter)]


def _error(place: str, sentence: str) -> Finding:
    return Finding(place, RULE, ERROR, sentence)


def _shape(told: Any) -> Iterator[Finding]:
    if not isinstance(told, dict) or not KEY.fullmatch(str(told.get("id") or "")):
        yield _error(
            "letter", "De brief heeft geen bruikbare id: een letter, dan letters, cijfers en liggende streepjes."
        )
        return
    texts = told.get("texts")
    if not isinstance(texts, dict) or DUTCH not in texts:
        yield _error("letter", "De brief heeft geen Nederlandse tekst. Schrijf die eerst.")
        return
    for language, text in texts.items():
        if language not in LANGUAGES:
            yield _error(str(language)[:40], f"De taal “{language}” kennen wij niet. Kies {', '.join(LANGUAGES)}.")
        elif not _is_written(text):
            yield _error(language, f"{WORDS[language]}: onderwerp en tekst moeten ingevuld zijn.")
        elif len(text["subject"]) > SUBJECT_LIMIT or "\n" in text["subject"]:
            yield _error(
                language, f"{WORDS[language]}: het onderwerp is één regel van hoogstens {SUBJECT_LIMIT} tekens."
            )


def _is_written(text: Any) -> bool:
    return isinstance(text, dict) and all(
        isinstance(text.get(part), str) and text[part].strip() for part in ("subject", "body")
    )


def _places(language: str, text: Wording, known: frozenset[str]) -> Iterator[Finding]:
    """A place nobody can fill would stop the case at the moment of writing: it is refused here, with its line."""
    for number, line in enumerate([text.subject, *text.body.split("\n")]):
        where = f"{WORDS[language]}, regel {number} van de tekst" if number else f"{WORDS[language]}, onderwerp"
        for name in PLACE.findall(line):
            if name not in known:
                yield _error(
                    language, f"{where}: {{{name}}} bestaat niet. Kies een gegeven uit de lijst, of verbeter de naam."
                )
        if re.search(r"[{}]", PLACE.sub("", line)):
            yield _error(language, f"{where}: een accolade staat los. Schrijf een gegeven als {{naam}}.")


def _other_places(letter: LetterText) -> Iterator[Finding]:
    """Readers of another language are told what Dutch readers are told; `{told_fr}` is `{told_nl}` in French."""
    dutch = {name.removesuffix(f"_{DUTCH}") for name in letter.texts[DUTCH].places}
    for language, text in letter.texts.items():
        for name in sorted(dutch - {name.removesuffix(f"_{language}") for name in text.places}):
            sentence = f"{WORDS[language]}: {{{name}}} staat in het Nederlands wel, hier niet."
            yield Finding(language, RULE, WARNING, sentence)


def _missing(letter: LetterText) -> Iterator[Finding]:
    for language in LANGUAGES:
        if language not in letter.texts:
            sentence = f"{WORDS[language]}: er is geen tekst. Wie {WORDS[language]} koos, krijgt de Nederlandse brief."
            yield Finding(language, RULE, WARNING, sentence)
