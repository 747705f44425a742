"""Message catalogues: Dutch is the language of the messages themselves; fr, de and en are .po files under web/locales.

The .po files are what people edit and what the program reads, so no compiled file can be out of date.
`python -m web.gathered` brings them in line with the texts of templates, forms and diagrams.
"""

from functools import lru_cache
from io import BytesIO
from pathlib import Path

from babel.messages.catalog import Catalog
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from babel.support import NullTranslations, Translations

LOCALES = Path(__file__).parent / "locales"


def file_of(language: str) -> Path:
    return LOCALES / language / "LC_MESSAGES" / "messages.po"


@lru_cache(maxsize=8)
def of(language: str) -> NullTranslations:
    """The translations of a language. Messages without a translation, or with a doubtful one (fuzzy), stay Dutch."""
    file = file_of(language)
    if not file.exists():
        return NullTranslations()
    compiled = BytesIO()
    write_mo(compiled, read(file))
    compiled.seek(0)
    return Translations(compiled)


def read(file: Path) -> Catalog:
    """The catalogue of a .po file."""
    with file.open("rb") as source:
        return read_po(source)
