"""The file in which a complaint goes from office to office: what is told, its documents, and the sender's signature over all of it.

A zip of `package.json` (what docs/transfer.md says, with the digest of every document), `documents/1` and so on, and `signature.json`.
Pure: no database. What comes in is distrusted wholly: nothing is unpacked to disk by a name it brings, nothing is read beyond what
was announced. Refuses with NotAPackage (with the reason), SignatureWrong.
"""

import hashlib
import json
import zipfile
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import IO, Any, BinaryIO, Protocol

from cases.clean_office import BROKEN_ZIP
from cases.documents import safe_name
from history.signing import Signer, is_signed_by
from problems import Invalid
from storage.keepable import UNFIT

FORMAT, RECEIPT = "ombudsflow-transfer/1", "ombudsflow-receipt/1"
PACKAGE, SIGNATURE = "package.json", "signature.json"
MOST_DOCUMENTS, MOST_TOLD, MOST_SIGNATURE = 200, 2 * 1024 * 1024, 4096
MOST_BYTES = 500 * 1024 * 1024
LONGEST = 200
REQUIRED = ("id", "number", "office", "sent_at", "received_at", "ground", "language", "answers")
GROUNDS = ("consent", "legal_duty")


class NotAPackage(Invalid):
    """Dit bestand kunnen wij niet als overdracht lezen."""


class SignatureWrong(Invalid):
    """De handtekening klopt niet: het bestand is veranderd, of het komt van een ander kantoor. Er is niets bewaard."""


@dataclass(frozen=True)
class PackedDocument:
    """A document of a package: where it lies in the zip, and what it must be."""

    path: str
    name: str
    size: int
    digest: str


@dataclass(frozen=True)
class Package:
    """What a package tells. `answers` are those of the form for complaints; `public_key` is whose signature it carries; `digest` of what was signed."""

    id: str
    number: str
    office: str
    sent_at: datetime
    received_at: datetime
    ground: str
    language: str
    answers: Mapping[str, Any]
    documents: Sequence[PackedDocument]
    left_out: Sequence[str]
    public_key: str
    digest: str


@dataclass(frozen=True)
class Receipt:
    """What the receiving office says: which package, what it was, and under which number it goes on there."""

    package: str
    digest: str
    office: str
    number: str
    at: datetime
    public_key: str


class Stored(Protocol):
    """A document with bytes somewhere."""

    @property
    def name(self) -> str: ...
    @property
    def size(self) -> int: ...
    @property
    def digest(self) -> str: ...


@dataclass(frozen=True)
class Told:
    """What was signed: the bytes, and what stands in them."""

    content: bytes
    signature: str
    public_key: str
    documents: Sequence[PackedDocument] = field(default_factory=tuple)

    @property
    def digest(self) -> str:
        return hashlib.sha256(self.content).hexdigest()


def tell(signer: Signer, told: Mapping[str, Any], documents: Sequence[Stored]) -> Told:
    """Write down and sign what goes in a package."""
    packed = [
        PackedDocument(f"documents/{place}", each.name, each.size, each.digest)
        for place, each in enumerate(documents, start=1)
    ]
    rows = [{"path": d.path, "name": d.name, "size": d.size, "sha256": d.digest} for d in packed]
    content = json.dumps(
        {"format": FORMAT, **told, "documents": rows}, ensure_ascii=False, indent=1, default=str
    ).encode()
    return Told(content, signer.sign(content), signer.public_key, packed)


def write(out: BinaryIO, told: Told, opened: Mapping[str, Any]) -> None:
    """The zip itself; `opened` gives the file of each digest."""
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(PACKAGE, told.content)
        archive.writestr(SIGNATURE, json.dumps({"public_key": told.public_key, "signature": told.signature}))
        for each in told.documents:
            archive.write(opened[each.digest], each.path)


def read(stream: BinaryIO) -> Package:
    """What a package tells, its signature checked against the key it names itself; whose key that is, the caller must know."""
    with _opened(stream) as archive:
        content = _bytes(archive, PACKAGE, MOST_TOLD)
        public_key = _signed_by(_json(_bytes(archive, SIGNATURE, MOST_SIGNATURE)), content)
        package = _package(_json(content), public_key, hashlib.sha256(content).hexdigest())
        expected = {PACKAGE, SIGNATURE, *(each.path for each in package.documents)}
        names = [each.filename for each in archive.infolist()]
        if len(names) != len(set(names)) or set(names) != expected:
            raise _refused("er zitten andere bestanden in dan het zelf zegt")
    return package


def documents_of(stream: BinaryIO, package: Package) -> Iterator[tuple[str, BinaryIO]]:
    """Each document with its name, open to read. Reading it refuses what is not what was announced."""
    with _opened(stream) as archive:
        for each in package.documents:
            with _opened_part(archive, each) as source:
                announced: Any = _Announced(source, each)
                yield each.name, announced


def _opened_part(archive: zipfile.ZipFile, announced: PackedDocument) -> IO[bytes]:
    try:
        return archive.open(announced.path)
    except BROKEN_ZIP as problem:
        raise _damaged(announced) from problem


class _Announced:
    """A document as it was announced: reading stops where it should end, and what is not what the signature covers is refused."""

    def __init__(self, source: IO[bytes], announced: PackedDocument) -> None:
        self._source, self._announced = source, announced
        self._left, self._hash = announced.size + 1, hashlib.sha256()

    def read(self, size: int = -1) -> bytes:
        wanted = self._left if size < 0 else min(size, self._left)
        try:
            found = self._source.read(wanted) if wanted else b""
        except BROKEN_ZIP as problem:
            raise _damaged(self._announced) from problem
        self._left -= len(found)
        self._hash.update(found)
        is_over = not found or self._left == 0
        if is_over and (self._left != 1 or self._hash.hexdigest() != self._announced.digest):
            raise _refused(f"'{self._announced.name}' is niet het stuk dat ondertekend werd")
        return found


def receipt(signer: Signer, package: str, digest: str, office: str, number: str, at: datetime) -> bytes:
    """The file that goes back to the sender, signed."""
    told = {
        "format": RECEIPT,
        "package": package,
        "digest": digest,
        "office": office,
        "number": number,
        "at": at.isoformat(),
    }
    content = json.dumps(told, ensure_ascii=False)
    signed = {"receipt": content, "public_key": signer.public_key, "signature": signer.sign(content.encode())}
    return json.dumps(signed, ensure_ascii=False, indent=1).encode()


def read_receipt(content: bytes) -> Receipt:
    """What a receipt says, its signature checked. Raises NotAPackage, SignatureWrong."""
    given = _json(content[:MOST_SIGNATURE])
    text = given.get("receipt")
    if not isinstance(text, str):
        raise _refused("het is geen ontvangstbewijs")
    public_key = _signed_by(given, text.encode())
    told = _json(text.encode())
    if told.get("format") != RECEIPT:
        raise _refused("het is geen ontvangstbewijs")
    package, digest, office, number = (_text(told, name) for name in ("package", "digest", "office", "number"))
    return Receipt(package, digest, office, number, _moment(told, "at"), public_key)


def _opened(stream: BinaryIO) -> zipfile.ZipFile:
    stream.seek(0)
    try:
        archive = zipfile.ZipFile(stream)
    except BROKEN_ZIP as problem:
        raise _refused("het is geen zip-bestand") from problem
    rows = archive.infolist()
    if len(rows) > MOST_DOCUMENTS + 2 or sum(row.file_size for row in rows) > MOST_BYTES:
        raise _refused("er zit te veel in")
    if any(row.flag_bits & 1 or row.is_dir() for row in rows):
        raise _refused("er zitten mappen of versleutelde bestanden in")
    return archive


def _bytes(archive: zipfile.ZipFile, name: str, most: int) -> bytes:
    try:
        with archive.open(name) as source:
            found = source.read(most + 1)
    except (KeyError, *BROKEN_ZIP) as problem:
        raise _refused(f"{name} ontbreekt of is beschadigd") from problem
    if len(found) > most:
        raise _refused(f"{name} is te groot")
    return found


def _json(content: bytes) -> Mapping[str, Any]:
    try:
        found = json.loads(content)
    except (ValueError, RecursionError) as problem:
        raise _refused("de inhoud is niet leesbaar") from problem
    if not isinstance(found, dict):
        raise _refused("de inhoud is niet leesbaar")
    return found


def _signed_by(signed: Mapping[str, Any], content: bytes) -> str:
    public_key, signature = str(signed.get("public_key")), str(signed.get("signature"))
    if not is_signed_by(public_key, signature, content):
        raise SignatureWrong
    return public_key


def _package(told: Mapping[str, Any], public_key: str, digest: str) -> Package:
    if told.get("format") != FORMAT:
        raise _refused(f"het is geen pakket van de vorm {FORMAT}")
    missing = [name for name in REQUIRED if name not in told]
    rows, answers, left_out = told.get("documents"), told.get("answers"), told.get("left_out") or []
    if missing or not isinstance(rows, list) or len(rows) > MOST_DOCUMENTS or not isinstance(answers, dict):
        raise _refused(f"dit ontbreekt: {', '.join(missing) or 'de stukken of de antwoorden'}")
    if told["ground"] not in GROUNDS:
        raise _refused("het zegt niet op welke grond het doorgegeven wordt")
    return Package(
        id=_text(told, "id"),
        number=_text(told, "number"),
        office=_text(told, "office"),
        sent_at=_moment(told, "sent_at"),
        received_at=_moment(told, "received_at"),
        ground=_text(told, "ground"),
        language=_text(told, "language"),
        answers={str(name): _answer(value) for name, value in answers.items()},
        documents=[_document(row, place) for place, row in enumerate(rows, start=1)],
        left_out=[str(each)[:LONGEST] for each in left_out] if isinstance(left_out, list) else [],
        public_key=public_key,
        digest=digest,
    )


def _answer(value: object) -> str:
    """An answer of a form: a text, a number, yes or no. Anything else is none of ours."""
    if isinstance(value, bool):
        return "ja" if value else "nee"
    if value is None or isinstance(value, int | float):
        return "" if value is None else str(value)
    if isinstance(value, str) and not UNFIT.search(value):
        return value
    raise _refused("een antwoord is geen gewone tekst")


def _document(row: object, place: int) -> PackedDocument:
    if not isinstance(row, dict) or row.get("path") != f"documents/{place}":
        raise _refused("de lijst van stukken klopt niet")
    size = row.get("size")
    if not isinstance(size, int) or isinstance(size, bool) or not 0 < size <= MOST_BYTES:
        raise _refused("de lijst van stukken klopt niet")
    return PackedDocument(f"documents/{place}", safe_name(_text(row, "name")), size, _text(row, "sha256"))


def _text(told: Mapping[str, Any], name: str) -> str:
    found = told.get(name)
    if not isinstance(found, str) or not found.strip() or len(found) > LONGEST or not found.isprintable():
        raise _refused(f"'{name}' is geen gewone tekst")
    return found.strip()


def _moment(told: Mapping[str, Any], name: str) -> datetime:
    try:
        found = datetime.fromisoformat(_text(told, name))
    except ValueError as problem:
        raise _refused(f"'{name}' is geen tijdstip") from problem
    if found.tzinfo is None:
        raise _refused(f"'{name}' heeft geen tijdzone")
    return found


def _damaged(announced: PackedDocument) -> NotAPackage:
    return _refused(f"'{announced.name}' is beschadigd")


def _refused(reason: str) -> NotAPackage:
    sentence = f"De reden: {reason}. Vraag de afzender om het opnieuw te maken."
    return NotAPackage(errors=[{"field": "package", "message": sentence}])
