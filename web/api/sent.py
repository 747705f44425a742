"""What a program sends: JSON read strictly, or a multipart form with the answers as JSON and the files beside it.

The body is read whole before any transaction opens, and only when the call carries a credential at all. Refused with one sentence:
not JSON, a name that comes twice, NaN, too deep, too large, characters no database keeps (NUL, halves of a character).
"""

import hashlib
import json
from collections.abc import AsyncIterator, Iterable
from dataclasses import dataclass
from typing import Annotated, Any, TypeVar

from fastapi import Depends, Request
from pydantic import BaseModel, ValidationError
from starlette.datastructures import UploadFile
from starlette.exceptions import HTTPException

from cases.documents import CHUNK, NoRoomForFiles, Upload
from problems import Invalid, Problem
from web.credentials import require_bearer
from web.text import unfit

LARGEST_JSON = 2 * 1024 * 1024
LARGEST_CONTENT = 6 * 1024 * 1024
DEEPEST = 40
MOST_FILES, MOST_FIELDS = 20, 5
ANSWERS_PART, FILES_PART = "answers", "files"
# Each of these is JSON, once; what a call does not describe, it refuses by itself.
JSON_PARTS = (ANSWERS_PART, "on_behalf")
JSON_TYPE, FORM_TYPE = "application/json", "multipart/form-data"

Model = TypeVar("Model", bound=BaseModel)


class BodyNotUnderstood(Invalid):
    """De inhoud van dit verzoek kan niet gelezen worden. Stuur geldige JSON zoals de beschrijving van de API ze vraagt."""


class BodyTooLarge(Problem):
    """De inhoud van dit verzoek is te groot. Stuur bestanden als multipart/form-data, en JSON van hoogstens 2 MB."""

    kind = "too_large"


class ContentTypeNotKnown(Problem):
    """Dit soort inhoud kunnen we niet lezen. Stuur application/json, of multipart/form-data wanneer er bestanden bij zijn."""

    kind = "unsupported"


@dataclass(frozen=True)
class Sent:
    """A body, read: `content` is the JSON (or None when nothing came), `files` what came beside it."""

    content: Any = None
    files: tuple[Upload, ...] = ()
    raw: bytes = b""

    def as_a(self, model: type[Model]) -> Model:
        """The body as one of the described shapes. Raises BodyNotUnderstood naming every field that does not fit."""
        try:
            return model.model_validate({} if self.content is None else self.content, strict=True)
        except ValidationError as problem:
            errors = [
                {"field": ".".join(map(str, e["loc"])) or "body", "message": sentence_of(e["type"], e.get("ctx", {}))}
                for e in problem.errors(include_url=False, include_input=False)
            ]
            raise BodyNotUnderstood(errors=errors) from problem

    def fingerprint(self, *about: str) -> str:
        """What makes this call the same call: the content, whatever its spacing or the boundary of its parts."""
        digest = hashlib.sha256()
        parts = [*about, json.dumps(self.content, sort_keys=True), hashlib.sha256(self.raw).hexdigest()]
        for upload in self.files:
            parts += [upload.name, _digest_of(upload)]
        digest.update(json.dumps(parts).encode())
        return digest.hexdigest()


def _digest_of(upload: Upload) -> str:
    hasher = hashlib.sha256()
    upload.stream.seek(0)
    while chunk := upload.stream.read(CHUNK):
        hasher.update(chunk)
    upload.stream.seek(0)
    return hasher.hexdigest()


SENTENCES = {
    "missing": "Dit veld ontbreekt.",
    "extra_forbidden": "Dit veld bestaat niet.",
    "string_type": "Dit moet tekst zijn.",
    "string_too_long": "Dit is te lang: hoogstens {max_length} tekens.",
    "string_too_short": "Dit is te kort: minstens {min_length} tekens.",
    "int_type": "Dit moet een geheel getal zijn.",
    "int_parsing": "Dit moet een geheel getal zijn.",
    "bool_type": "Dit moet true of false zijn.",
    "dict_type": "Dit moet een object zijn.",
    "model_type": "Dit moet een object zijn.",
    "list_type": "Dit moet een lijst zijn.",
    "literal_error": "Dit moet een van deze zijn: {expected}.",
    "greater_than_equal": "Dit moet minstens {ge} zijn.",
    "less_than_equal": "Dit mag hoogstens {le} zijn.",
}


def sentence_of(kind: str, context: dict[str, Any]) -> str:
    """A finding of the shape check in plain words."""
    return SENTENCES.get(kind, "Dit klopt niet.").format_map(
        {**dict.fromkeys(("expected", "ge", "le"), "?"), **context}
    )


def _refused(sentence: str, place: str = "body") -> BodyNotUnderstood:
    return BodyNotUnderstood(errors=[{"field": place, "message": sentence}])


def parse(text: bytes) -> Any:
    """JSON, strictly."""
    try:
        found = json.loads(
            text.decode("utf-8"), object_pairs_hook=_once, parse_constant=_no_constant, parse_float=_finite
        )
    except UnicodeDecodeError as problem:
        raise _refused("De tekst is geen UTF-8.") from problem
    except RecursionError as problem:
        raise _refused(f"De JSON is dieper genest dan {DEEPEST} niveaus.") from problem
    except ValueError as problem:
        raise _refused(f"Dit is geen geldige JSON: {problem}.") from problem
    _check(found, "body", 0)
    return found


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for name, value in pairs:
        if name in found:
            raise _refused(f"De naam '{name[:80]}' komt twee keer voor.", name[:80])
        found[name] = value
    return found


def _no_constant(name: str) -> Any:
    raise _refused(f"{name} is geen getal.")


def _finite(text: str) -> float:
    value = float(text)
    if value in (float("inf"), float("-inf")):
        raise _refused(f"{text[:30]} is te groot voor een getal.")
    return value


def _check(value: Any, place: str, depth: int) -> None:
    """Every text fit to be kept, and no deeper than any form goes."""
    if depth > DEEPEST:
        raise _refused(f"De JSON is dieper genest dan {DEEPEST} niveaus.")
    inner: Iterable[tuple[str, Any]] = ()
    if isinstance(value, str) and unfit(value):
        raise _refused(unfit(value), place)
    if isinstance(value, dict):
        for name in value:
            _check(name, place, depth + 1)
        inner = value.items()
    elif isinstance(value, list):
        inner = ((str(at), item) for at, item in enumerate(value))
    for name, item in inner:
        _check(item, name if place == "body" else f"{place}.{name}", depth + 1)


async def read_sent(request: Request) -> AsyncIterator[Sent]:
    """The body of a call with a credential."""
    require_bearer(request)
    async for sent in read_open(request):
        yield sent


async def read_open(request: Request) -> AsyncIterator[Sent]:
    """The body of a call whose credential is its address (a secret link). Files are let go of after the answer."""
    try:
        yield await _read(request)
    finally:
        await request.close()


async def _read(request: Request) -> Sent:
    kind = request.headers.get("content-type", "").split(";")[0].strip().lower()
    if kind == FORM_TYPE:
        return await _multipart(request)
    raw = await _bounded(request, LARGEST_JSON)
    if not raw.strip():
        return Sent()
    if kind != JSON_TYPE:
        raise ContentTypeNotKnown(content_type=kind)
    return Sent(parse(raw))


async def read_file(request: Request) -> Sent:
    """A diagram, decision or form as it is, byte for byte."""
    require_bearer(request)
    return Sent(raw=await _bounded(request, LARGEST_CONTENT))


async def _bounded(request: Request, limit: int) -> bytes:
    found = bytearray()
    async for chunk in request.stream():
        found += chunk
        if len(found) > limit:
            raise BodyTooLarge(limit=limit)
    return bytes(found)


async def _multipart(request: Request) -> Sent:
    """The part `answers` is JSON; every part `files` is a file. Files go to disk as they come in."""
    try:
        form = await request.form(max_files=MOST_FILES, max_fields=MOST_FIELDS, max_part_size=LARGEST_JSON)
    except OSError as problem:
        raise NoRoomForFiles from problem
    except HTTPException as problem:
        if problem.status_code != 400:  # the body as a whole: too large, or it stopped half-way
            raise
        raise _refused(f"Dit is geen bruikbare multipart/form-data: {problem.detail}") from problem
    content: Any = None
    files: list[Upload] = []
    for name, value in form.multi_items():
        if name == FILES_PART and isinstance(value, UploadFile):
            files.append(Upload(value.filename or "", value.file))
        elif name in JSON_PARTS and isinstance(value, str) and name not in (content or {}):
            content = {**(content or {}), name: parse(value.encode("utf-8", "surrogatepass"))}
        else:
            raise _refused(
                f"Het deel '{name[:80]}' kennen we niet. Stuur één deel 'answers' en delen 'files'.", name[:80]
            )
    return Sent(content, tuple(files))


Call = Annotated[Sent, Depends(read_sent)]
OpenCall = Annotated[Sent, Depends(read_open)]
FileCall = Annotated[Sent, Depends(read_file)]
