"""Message catalogues: the .po files are what people edit and what the program reads, so no compiled file can be out of date."""

from io import BytesIO
from pathlib import Path

from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from babel.support import Translations


def load(file: Path) -> Translations:
    """The translations of a .po file. Messages without a translation, or with a doubtful one (fuzzy), stay Dutch."""
    with file.open("rb") as source:
        catalogue = read_po(source)
    compiled = BytesIO()
    write_mo(compiled, catalogue)
    compiled.seek(0)
    return Translations(compiled)
