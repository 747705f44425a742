"""What a reporter sends, without what a file tells of whoever made it: place, device, author, moments. The picture or the text stays.

The file as it was sent is not kept: it would tell, for as long as it lies there. Refuses with FileNotCleaned what nobody can make clean.
"""

from collections.abc import Callable
from pathlib import Path

from cases import clean_images, clean_office, clean_pdf
from problems import Invalid, Sentence

PDF, PHOTO, MAIL = "pdf", "een foto in jpg of png", "pdf (druk de mail af naar een pdf)"
OTHER_KIND = "Wij kunnen '%(name)s' niet zuiver maken: verstuur het als %(kind)s."
NOT_OUR_KIND = "Wij kunnen '%(name)s' niet zuiver maken: %(why)s. Verstuur het als %(kind)s."
BROKEN_PHOTO = (
    "Wij kunnen '%(name)s' niet zuiver maken: de foto is beschadigd. Maak er een schermafdruk van en verstuur die."
)
BROKEN_PDF = (
    "Wij kunnen '%(name)s' niet zuiver maken: de pdf is beschadigd of gesloten met een wachtwoord. "
    "Druk hem opnieuw af naar een pdf."
)


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
_INSTEAD = {".heic": PHOTO, ".heif": PHOTO, ".webp": PHOTO, ".gif": PHOTO, ".eml": MAIL}


def cleaned(name: str, content: bytes) -> bytes:
    """The bytes to keep. Raises FileNotCleaned, which says what to send instead."""
    ending = Path(name).suffix.lower()
    clean = _KINDS.get(ending)
    if clean is None:
        raise _refused(OTHER_KIND, name=name, kind=_INSTEAD.get(ending, PDF))
    try:
        return clean(content)
    except clean_office.NotOurKind as problem:
        raise _refused(NOT_OUR_KIND, name=name, why=problem.args[0], kind=PDF) from None
    except clean_images.NotAPicture:
        raise _refused(BROKEN_PHOTO, name=name) from None
    except clean_pdf.NotAPdf:
        raise _refused(BROKEN_PDF, name=name) from None


def _refused(template: str, **parts: str) -> FileNotCleaned:
    return FileNotCleaned(errors=[{"field": "files", "message": Sentence(template, **parts)}])
