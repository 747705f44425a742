"""Documents and sheets (docx, xlsx, odt) without who wrote them, when and on which machine. A zip of parts: each is cleaned, dropped or refused.

What is dropped: properties, thumbnails, printer settings, people, templates' paths. What may hold a file of its own (embedded objects,
macros, links to other files) is refused: nobody can say what is in there. (ECMA-376, OASIS ODF 1.3)
"""

import io
import lzma
import posixpath
import re
import zipfile
import zlib
from collections.abc import Callable, Iterable
from pathlib import PurePosixPath
from typing import Any

from lxml import etree

from cases import clean_images
from problems import Sentence

MOST_BYTES, MOST_PARTS = 200 * 1024 * 1024, 5_000
OTHER_INSIDE = "er zit een afbeelding of een bestand van een andere soort in (%(kind)s)"
_DROPPED = re.compile(
    r"docProps/|customXml/|Thumbnails/|Configurations2/|(meta|settings|layout-cache)(\.xml)?$|manifest\.rdf$"
    r"|.*/(people\.xml$|persons/|printerSettings/|threadedComments/|thumbnail|revisions/)"
)
_REFUSED = re.compile(
    r".*(embeddings/|activeX/|externalLinks/|ObjectReplacements/|Object \d|connections\.xml|\.bin$|Basic/|Scripts/)"
)
_PICTURES: dict[str, Callable[[bytes], bytes]] = {
    ".jpg": clean_images.jpeg,
    ".jpeg": clean_images.jpeg,
    ".png": clean_images.png,
}
_XML = (".xml", ".rels")
# By local name: elements that go with all they hold, attributes that go. Emptied are only those that no page shows.
_GONE = frozenset({"rsids", "absPath", "attachedTemplate", "fileSharing", "presenceInfo", "docVars"})
_DC, _ODF = "http://purl.org/dc/elements/1.1/", "urn:oasis:names:tc:opendocument:xmlns:meta:1.0"
_SHEETS = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
_EMPTIED = frozenset({f"{{{_DC}}}creator", f"{{{_DC}}}date", f"{{{_ODF}}}creator-initials", f"{{{_SHEETS}}}author"})
_TELLING = re.compile(r"rsid.*|date|initials|dateUtc|lastModifiedBy|userName|lastEdited")
_LINKED = ("http:", "https:", "mailto:")


# What reading a zip that is damaged, locked or of another make raises: the library lets the errors of its decompressors through.
BROKEN_ZIP = (zipfile.BadZipFile, zlib.error, lzma.LZMAError, OSError, EOFError, ValueError, RuntimeError)


class NotOurKind(Exception):
    """A part of it cannot be cleaned; the message says which, for who sent it."""


def office(content: bytes) -> bytes:
    """The same document. Raises NotOurKind."""
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            rows = archive.infolist()
            if len(rows) > MOST_PARTS or sum(row.file_size for row in rows) > MOST_BYTES:
                raise NotOurKind("het is te groot")
            names = {row.filename for row in rows if not row.is_dir()}
            kept = [name for name in (row.filename for row in rows if not row.is_dir()) if not _DROPPED.match(name)]
            return _written((name, _part(name, archive.read(name), names)) for name in kept)
    except BROKEN_ZIP as problem:
        raise NotOurKind("het is beschadigd of met een wachtwoord gesloten") from problem


def _written(parts: Iterable[tuple[str, bytes]]) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in parts:
            entry = zipfile.ZipInfo(name)  # of 1 January 1980, by nobody
            entry.compress_type = zipfile.ZIP_STORED if name == "mimetype" else zipfile.ZIP_DEFLATED
            archive.writestr(entry, content)
    return out.getvalue()


def _part(name: str, content: bytes, names: set[str]) -> bytes:
    ending = PurePosixPath(name).suffix.lower()
    if _REFUSED.match(name):
        raise NotOurKind("er zit een ander bestand in, een macro of een koppeling")
    if name == "mimetype":
        return content
    if ending in _PICTURES:
        try:
            return _PICTURES[ending](content)
        except clean_images.NotAPicture:
            raise NotOurKind("een afbeelding erin is beschadigd") from None
    if not name.endswith(_XML):
        raise NotOurKind(Sentence(OTHER_INSIDE, kind=ending or name))
    return _xml(name, content, names)


def _xml(name: str, content: bytes, names: set[str]) -> bytes:
    parser = etree.XMLParser(resolve_entities=False, no_network=True, remove_comments=True, remove_pis=True)
    try:
        root: Any = etree.fromstring(content, parser)
    except etree.XMLSyntaxError:
        raise NotOurKind("het is beschadigd") from None
    if root.getroottree().docinfo.doctype:
        raise NotOurKind("het is geen gewoon document")
    for each in list(root.iter()):
        _element(name, each, names)
    written: bytes = etree.tostring(root, xml_declaration=True, encoding="UTF-8", standalone=True)
    return written


def _element(part: str, each: Any, names: set[str]) -> None:
    local, parent = etree.QName(each).localname, each.getparent()
    if parent is not None and (local in _GONE or _points_to_dropped(part, local, each, names)):
        parent.remove(each)
        return
    if each.tag in _EMPTIED:
        each.text = ""
    for attribute in list(each.attrib):
        plain = etree.QName(attribute).localname
        if _TELLING.fullmatch(plain):
            del each.attrib[attribute]
        elif plain == "author":
            each.attrib[attribute] = "-"


def _points_to_dropped(part: str, local: str, each: Any, names: set[str]) -> bool:
    """A list of parts, or what one part says of another: of what goes, nothing stays behind. Raises NotOurKind for a path outside."""
    if local in ("Override", "file-entry"):
        place = each.get("PartName") or next((v for k, v in each.attrib.items() if k.endswith("full-path")), "")
        return bool(_DROPPED.match(place.lstrip("/")))
    if local != "Relationship":
        return False
    target = each.get("Target", "")
    if each.get("TargetMode") == "External":
        if each.get("Type", "").endswith("/attachedTemplate"):
            return True
        if not target.lower().startswith(_LINKED):
            raise NotOurKind("er staat een koppeling naar een ander bestand in")
        return False
    base = posixpath.dirname(posixpath.dirname(part))
    place = target.lstrip("/") if target.startswith("/") else posixpath.normpath(posixpath.join(base, target))
    return bool(_DROPPED.match(place)) or place not in names
