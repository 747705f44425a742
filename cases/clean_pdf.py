"""A PDF without who made it, with what, when and where: its information, XMP, notes' authors, attachments, older versions of itself.

Written anew from what its pages need (pypdf), so what an earlier save left in the file does not come along; photos in it are cleaned as well.
"""

import io
from typing import Any

from pypdf import PdfReader, PdfWriter
from pypdf.generic import ArrayObject, DictionaryObject, StreamObject

from cases import clean_images

# Anywhere in it: XMP, what a program kept for itself, moments, names. Of the whole: what runs or lies in it beside the pages.
_ANYWHERE = ("/Metadata", "/PieceInfo", "/LastModified", "/Thumb")
_OF_NOTES = ("/T", "/M", "/CreationDate", "/NM")
_OF_WHOLE = ("/OpenAction", "/AA", "/AF", "/Collection", "/Perms", "/DSS")
_OF_NAMES = ("/EmbeddedFiles", "/JavaScript")


class NotAPdf(ValueError):
    """It cannot be read, or is locked with a password."""


def pdf(content: bytes) -> bytes:
    """The same pages. Raises NotAPdf."""
    try:
        reader = PdfReader(io.BytesIO(content))
        if reader.is_encrypted:
            raise NotAPdf
        writer = PdfWriter(clone_from=reader)
        _without_beside(writer.root_object)
        for each in writer._objects:  # every object there is: pypdf has no other way to walk them
            if isinstance(each, DictionaryObject):
                _clean(each)
        return _written(
            PdfWriter(clone_from=io.BytesIO(_written(writer)))
        )  # once more: only what is still asked for comes along
    except Exception as problem:  # the library meets whatever somebody made, and nothing of it is kept
        raise NotAPdf from problem


def _written(writer: PdfWriter) -> bytes:
    writer.metadata, writer._ID = None, None
    out = io.BytesIO()
    writer.write(out)
    return out.getvalue()


def _without_beside(root: DictionaryObject) -> None:
    for name in _OF_WHOLE:
        root.pop(name, None)
    names: Any = root.get("/Names")
    for name in _OF_NAMES:
        if names is not None:
            names.get_object().pop(name, None)
    form: Any = root.get("/AcroForm")
    if form is not None:
        form.get_object().pop("/XFA", None)


def _clean(each: DictionaryObject) -> None:
    for name in _ANYWHERE:
        each.pop(name, None)
    if each.get("/Subtype") == "/FileAttachment":
        each.pop("/FS", None)
    if "/Rect" in each and "/Subtype" in each and each.get("/Subtype") != "/Widget":  # a note: its author, and when
        for name in _OF_NOTES:
            each.pop(name, None)
    if isinstance(each, StreamObject) and each.get("/Subtype") == "/Image" and _is_jpeg(each.get("/Filter")):
        each._data = clean_images.jpeg(each._data)


def _is_jpeg(coding: Any) -> bool:
    only = coding[0] if isinstance(coding, ArrayObject) and len(coding) == 1 else coding
    return bool(only == "/DCTDecode")
