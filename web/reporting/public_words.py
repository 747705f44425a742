"""The words of code lists on pages and in files that anybody reads, in the reader's language."""

from collections.abc import Callable
from dataclasses import dataclass

from tasks.office import Office
from web.rendering import LANGUAGES, translator


@dataclass(frozen=True)
class Words:
    """Turns what stands in Dutch into a language; `suffix` is what a file in that language has in its name."""

    language: str
    told: Callable[[str], str]

    def __call__(self, text: str) -> str:
        return self.told(text)

    @property
    def suffix(self) -> str:
        return "" if self.language == "nl" else f"-{self.language}"


def in_language(office: Office, asked: str) -> Words:
    """The words of a file: in the language that was asked, Dutch for one that nobody here speaks."""
    language = asked if asked in LANGUAGES else "nl"
    return Words(language, texts_in(office, language))


def codes_in(office: Office, language: str) -> Callable[[str, object], str]:
    """The words of a value of a code list in a language, with a capital; empty for nothing."""

    def words(codelist: str, value: object) -> str:
        if value in (None, ""):
            return ""
        return _with_capital(office.codelists[codelist].words(value, language))

    return words


def texts_in(office: Office, language: str) -> Callable[[str], str]:
    """Turns a Dutch word of a code list, the name of a body, or a text of the catalogue, into the language."""
    codes = [code for each in office.codelists.values() for code in each.codes]
    known = {code.label: code.labels[language] for code in codes if language in code.labels}
    known |= {body.name_in("nl"): body.name_in(language) for body in office.bodies.values()}
    told = translator(language)
    return lambda text: _with_capital(known[text]) if text in known else told(text)


def _with_capital(text: str) -> str:
    return text[:1].upper() + text[1:]
