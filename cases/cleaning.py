"""What a reporter sends, without what a file tells of whoever made it: place, device, author, moments. The picture or the text stays.

The file as it was sent is not kept: it would tell, for as long as it lies there. Refuses with FileNotCleaned what nobody can make clean.
"""

from collections.abc import Callable
from pathlib import Path

from cases import clean_images, clean_office, clean_pdf
from problems import Invalid

PDF, PHOTO = "pdf", "een foto in jpg of png"


class FileNotCleaned(Invalid):
    """Wij kunnen dit bestand niet zuiver maken. Er is niets bewaard. Verstuur het als pdf, als foto in jpg of png, of als tekst."""


def _as_it_is(content: bytes) -> bytes:
    return content


# A kind that is not here cannot be made clean; what to send instead is told beside it.
_KINDS: dict[str, Callable[[bytes], bytes]] = {
    ".jpg": clean_images.jpeg,
    ".jpeg": clean_images.jpeg,
    ".png": clean_images.png,
    ".pdf": clean_pdf.pdf,
    ".docx": clean_office.office,
    ".xlsx": clean_office.office,
    ".odt": clean_office.office,
    ".txt": _as_it_is,  # plain text holds nothing but what one reads
}
_INSTEAD = {".heic": PHOTO, ".gif": PHOTO, ".eml": f"{PDF} (druk de mail af naar een pdf)"}


def cleaned(name: str, content: bytes) -> bytes:
    """The bytes to keep. Raises FileNotCleaned, which says what to send instead."""
    ending = Path(name).suffix.lower()
    clean = _KINDS.get(ending)
    if clean is None:
        raise _refused(name, f"verstuur het als {_INSTEAD.get(ending, PDF)}")
    try:
        return clean(content)
    except clean_office.NotOurKind as problem:
        raise _refused(name, f"{problem}. Verstuur het als {PDF}") from None
    except clean_images.NotAPicture:
        raise _refused(name, "de foto is beschadigd. Maak er een schermafdruk van en verstuur die") from None
    except clean_pdf.NotAPdf:
        raise _refused(
            name, "de pdf is beschadigd of gesloten met een wachtwoord. Druk hem opnieuw af naar een pdf"
        ) from None


def _refused(name: str, why: str) -> FileNotCleaned:
    sentence = f"Wij kunnen '{name}' niet zuiver maken: {why}."
    return FileNotCleaned(errors=[{"field": "files", "message": sentence}])
