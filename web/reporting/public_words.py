"""The words of code lists on pages that anybody reads, in the reader's language."""

from collections.abc import Callable

from tasks.office import Office
from web.rendering import translator


def codes_in(office: Office, language: str) -> Callable[[str, object], str]:
    """The words of a value of a code list in a language, with a capital; empty for nothing."""

    def words(codelist: str, value: object) -> str:
        if value in (None, ""):
            return ""
        return _with_capital(office.codelists[codelist].words(value, language))

    return words


def texts_in(office: Office, language: str) -> Callable[[str], str]:
    """Turns a Dutch word of a code list, or a text of the catalogue, into the language."""
    codes = [code for each in office.codelists.values() for code in each.codes]
    known = {code.label: code.labels[language] for code in codes if language in code.labels}
    told = translator(language)
    return lambda text: _with_capital(known[text]) if text in known else told(text)


def _with_capital(text: str) -> str:
    return text[:1].upper() + text[1:]
