"""Files on a case: distrusted, hashed, and kept under their own digest outside the database.

The bytes are written and synced before the row is committed; a rollback leaves a file without a row, never a row without a
file. `sweep` removes files no row knows. In a sealed house each file lies shut under a key of its own, which its row keeps (and that
lies shut under the key of its case); its digest is that of what lies there. Refuses with FileTooLarge, FileTypeNotAllowed, EmptyFile.
"""

import hashlib
import io
import os
import re
import tempfile
import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import islice
from pathlib import Path
from typing import BinaryIO

import puremagic
from sqlalchemy import select

from cases.cleaning import cleaned
from cases.models import Document, DraftFile
from history.sealing import lock, unlock
from identity.roles import COMPLAINANT
from problems import Invalid, NotFound, Sentence, Unavailable
from storage.on_disk import synced
from storage.unit_of_work import Database, Reading, UnitOfWork

LONGEST_NAME = 120
# What is told of one file among several: with its name, so that one knows which to mend.
NOT_ALLOWED = "'%(name)s': dit soort bestand kunnen we niet aannemen. Stuur een pdf, een foto of een tekstdocument."
NO_FILM = (
    "'%(name)s': films en geluid kunnen we hier niet aannemen. Bewaar het bestand, en schrijf ons dat u het hebt. "
    "Hebben wij het nodig, dan vragen wij het u."
)
TOO_LARGE = "'%(name)s' is groter dan %(limit)s MB. Stuur een kleiner bestand."
EMPTY = "'%(name)s' is leeg. Kies het bestand opnieuw."
NOT_AS_NAMED = "'%(name)s' is niet wat de naam zegt. Open het bestand, bewaar het opnieuw, en stuur het dan."
FILMS = frozenset(".3gp .aac .amr .avi .m4a .m4v .mkv .mov .mp3 .mp4 .ogg .opus .wav .webm".split())
CHUNK = 256 * 1024
SWEPT_AT_ONCE = 500
# What people send, by ending: the types the content may turn out to be.
ALLOWED = {
    ".pdf": ("application/pdf",),
    ".png": ("image/png",),
    ".jpg": ("image/jpeg",),
    ".jpeg": ("image/jpeg",),
    ".gif": ("image/gif",),
    ".heic": ("image/heic", "image/heif"),
    ".heif": ("image/heif",),
    ".webp": ("image/webp",),
    ".txt": ("text/plain",),
    ".docx": ("application/vnd.openxmlformats-officedocument.wordprocessingml.document",),
    ".odt": ("application/vnd.oasis.opendocument.text",),
    ".xlsx": ("application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",),
    ".eml": ("message/rfc822", "text/plain"),
}
MAGIC = {
    ".pdf": (b"%PDF-",),
    ".png": (b"\x89PNG\r\n\x1a\n",),
    ".jpg": (b"\xff\xd8\xff",),
    ".jpeg": (b"\xff\xd8\xff",),
    ".gif": (b"GIF87a", b"GIF89a"),
    ".webp": (b"RIFF",),
    ".docx": (b"PK\x03\x04",),
    ".odt": (b"PK\x03\x04",),
    ".xlsx": (b"PK\x03\x04",),
}


class FileTooLarge(Invalid):
    """Dit bestand is te groot."""


class FileTypeNotAllowed(Invalid):
    """Dit soort bestand kunnen we niet aannemen. Stuur een pdf, een foto of een tekstdocument."""


class EmptyFile(Invalid):
    """Dit bestand is leeg."""


class DocumentNotFound(NotFound):
    """Dit stuk bestaat niet, of u mag het niet zien."""


class NoRoomForFiles(Unavailable):
    """Het bestand kan nu niet bewaard worden. Er is niets half gebeurd; probeer het straks opnieuw."""


@dataclass(frozen=True)
class Upload:
    """A file somebody sends."""

    name: str
    stream: BinaryIO

    @property
    def size(self) -> int:
        """Bytes. What was read of it stays read."""
        place = self.stream.tell()
        size = self.stream.seek(0, os.SEEK_END)
        self.stream.seek(place)
        return size


@dataclass(frozen=True)
class Stored:
    """A file that was checked and lies in the folder; no row knows it yet."""

    name: str
    media_type: str
    size: int
    digest: str
    key: str | None = None


class DocumentStore:
    """The folder where the bytes lie."""

    def __init__(self, folder: Path, limit: int, *, shuts: bool = False) -> None:
        self._folder, self._limit, self._shuts = folder, limit, shuts

    def store(self, upload: Upload, *, cleans: bool = False) -> Stored:
        """Check one file and keep its bytes; of a reporter's only what tells nothing of them (`cases.cleaning`). Somebody must register it within a day, or `sweep` removes it."""
        name = safe_name(upload.name)
        ending = Path(name).suffix.lower()
        if ending not in ALLOWED:
            told = NO_FILM if ending in FILMS else NOT_ALLOWED
            raise FileTypeNotAllowed(errors=[{"field": "files", "message": Sentence(told, name=name)}])
        key: str | None = None
        if self._shuts:
            content = io.BytesIO()
            _, size, head = self._copied(upload, name, content)
            _check_content(name, ending, head)
            plain = cleaned(name, content.getvalue()) if cleans else content.getvalue()
            size, (key, shut) = len(plain), lock(plain)
            digest, _, _ = self._keep(Upload(name, io.BytesIO(shut)), name)
        else:
            digest, size, head = self._keep(upload, name)
        _check_content(name, ending, head)
        return Stored(name, ALLOWED[ending][0], size, digest, key)

    def add(
        self,
        work: UnitOfWork,
        case_id: int,
        upload: Upload | Stored,
        *,
        source: str,
        by: str,
        at: datetime,
        user_task_id: int | None = None,
    ) -> Document:
        """Register one file on a case; what a person sends is checked and stored first."""
        cleans = self._shuts and source.startswith(COMPLAINANT)
        stored = upload if isinstance(upload, Stored) else self.store(upload, cleans=cleans)
        row = Document(
            case_id=case_id,
            name=stored.name,
            media_type=stored.media_type,
            size=stored.size,
            digest=stored.digest,
            file_key=stored.key,
            source=source,
            user_task_id=user_task_id,
            added_by=by,
            added_at=at,
        )
        work.session.add(row)
        return row

    def _keep(self, upload: Upload, name: str) -> tuple[str, int, bytes]:
        """Stream to a temporary file, then give it its digest as name: atomic, and on the disk before anybody hears of it."""
        temporary: Path | None = None
        try:
            self._folder.mkdir(parents=True, exist_ok=True)
            handle, made = tempfile.mkstemp(dir=self._folder, prefix="incoming-")
            temporary = Path(made)
            with os.fdopen(handle, "wb") as file:
                digest, size, head = self._copied(upload, name, file)
                file.flush()
                os.fsync(file.fileno())
            target = self.path(digest)
            target.parent.mkdir(parents=True, exist_ok=True)
            temporary.replace(target)
            synced(target.parent)
        except OSError as problem:
            raise NoRoomForFiles from problem
        finally:
            if temporary is not None:
                temporary.unlink(missing_ok=True)
        return digest, size, head

    def _copied(self, upload: Upload, name: str, file: BinaryIO) -> tuple[str, int, bytes]:
        """Digest, size and first bytes of what was copied; no byte far over the limit is read."""
        hasher, size, head = hashlib.sha256(), 0, b""
        while chunk := upload.stream.read(CHUNK):
            size += len(chunk)
            if size > self._limit:
                sentence = Sentence(TOO_LARGE, name=name, limit=self._limit // 1024 // 1024)
                raise FileTooLarge(errors=[{"field": "files", "message": sentence}])
            head = head or chunk[:4096]
            hasher.update(chunk)
            file.write(chunk)
        if size == 0:
            raise EmptyFile(errors=[{"field": "files", "message": Sentence(EMPTY, name=name)}])
        return hasher.hexdigest(), size, head

    def path(self, digest: str) -> Path:
        return self._folder / digest[:2] / digest

    def read(self, document: Document) -> bytes:
        """The bytes as they were sent, also where they lie shut."""
        stored = self.path(document.digest).read_bytes()
        return stored if document.file_key is None else unlock(document.file_key, stored)

    def remove(self, digests: Iterable[str]) -> None:
        """Remove the bytes now. Only for what no row knows any more; a crash before this leaves it to `sweep`."""
        for digest in digests:
            self.path(digest).unlink(missing_ok=True)

    def sweep(self, database: Database) -> int:
        """Remove files that no row knows and that are older than a day; returns how many. So many files are looked up at a time."""
        day_ago = datetime.now().timestamp() - 86_400
        old = (file for file in self._folder.rglob("*") if file.is_file() and _is_from_before(day_ago, file))
        removed = 0
        while portion := {file.name: file for file in islice(old, SWEPT_AT_ONCE)}:
            with database.reading() as reading:
                unknown = portion.keys() - _known(reading, portion)
            for name in unknown:
                if _is_from_before(day_ago, portion[name]):  # else somebody has just sent the same again
                    portion[name].unlink(missing_ok=True)
                    removed += 1
        return removed


def _is_from_before(moment: float, file: Path) -> bool:
    try:
        return file.stat().st_mtime < moment
    except FileNotFoundError:  # removed meanwhile
        return False


def _known(reading: Reading, digests: Iterable[str]) -> set[str]:
    """Those of some digests that a row knows, by its index."""
    asked = list(digests)
    kinds = (Document, DraftFile)
    return {
        each for kind in kinds for each in reading.session.scalars(select(kind.digest).where(kind.digest.in_(asked)))
    }


def safe_name(given: str) -> str:
    """The last part of a name, without anything a file system or a header could misread."""
    text = unicodedata.normalize("NFC", given).replace("\\", "/").rsplit("/", 1)[-1]
    text = re.sub(r"[^\w .()+,@-]", "_", text).strip(" .")
    stem, dot, ending = text.rpartition(".")
    if not dot:
        return text[:LONGEST_NAME] or "bestand"
    return f"{(stem or 'bestand')[: LONGEST_NAME - len(ending) - 1]}.{ending}"


def _check_content(name: str, ending: str, head: bytes) -> None:
    """What the bytes are must fit what the name says; a bare signature proves little, a wrong one proves enough."""
    wanted = MAGIC.get(ending)
    fits = any(head.startswith(magic) for magic in wanted) if wanted else not _looks_executable(head)
    if not fits:
        sentence = Sentence(NOT_AS_NAMED, name=name)
        raise FileTypeNotAllowed(errors=[{"field": "files", "message": sentence}])


def _looks_executable(head: bytes) -> bool:
    try:
        found = puremagic.magic_string(head)
    except (puremagic.PureError, ValueError):
        return False
    dangerous = ("x-dosexec", "x-executable", "x-msdownload", "x-sharedlib", "x-mach-binary")
    return any(part in match.mime_type for match in found for part in dangerous) or head.startswith((b"MZ", b"\x7fELF"))


def of_case(reading: Reading, case_id: int) -> Sequence[Document]:
    return list(reading.session.scalars(select(Document).where(Document.case_id == case_id).order_by(Document.id)))
