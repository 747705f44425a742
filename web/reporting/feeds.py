"""What anybody may fetch: lists as Atom feeds (RFC 4287), and files that a program asks for again only when they changed.

Only for what is the same for everyone, holds no form and sets no cookie. The tag is a hash of what is sent, so that it changes when that
does, whatever process answers.
"""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from fastapi import Request
from fastapi.responses import Response
from lxml import etree

ATOM = "http://www.w3.org/2005/Atom"
MEDIA_TYPE = "application/atom+xml"
XML = "http://www.w3.org/XML/1998/namespace"
# What is never taken back may be kept along the way for a while; of anything else a copy is asked after each time, which costs a 304.
KEPT, ASKED_AFTER = "public, max-age=300", "public, no-cache"
MOST_ENTRIES = 50


@dataclass(frozen=True)
class Entry:
    """One thing that was published. `path` is its own address here, and with the office's address its name for ever."""

    path: str
    title: str
    text: str
    at: datetime
    language: str = "nl"


def atom(
    request: Request, base: str, office: str, title: str, path: str, entries: Sequence[Entry], kept: str = ASKED_AFTER
) -> Response:
    """A feed of the newest entries; `path` is its own address."""
    feed = etree.Element(f"{{{ATOM}}}feed", nsmap={None: ATOM})  # type: ignore[dict-item]  # the default namespace has no name
    _add(feed, "id", base + path)
    _add(feed, "title", title)
    _add(etree.SubElement(feed, f"{{{ATOM}}}author"), "name", office)
    _add(feed, "updated", _instant(max((each.at for each in entries), default=datetime(2026, 1, 1, tzinfo=UTC))))
    etree.SubElement(feed, f"{{{ATOM}}}link", rel="self", type=MEDIA_TYPE, href=base + path)
    for each in entries[:MOST_ENTRIES]:
        entry = etree.SubElement(feed, f"{{{ATOM}}}entry")
        _add(entry, "id", base + each.path)
        _add(entry, "title", each.title, each.language)
        _add(entry, "updated", _instant(each.at))
        etree.SubElement(entry, f"{{{ATOM}}}link", rel="alternate", type="text/html", href=base + each.path)
        _add(entry, "content", each.text, each.language)
    content: bytes = etree.tostring(feed, xml_declaration=True, encoding="UTF-8")
    return unchanged(request, Response(content, media_type=MEDIA_TYPE), kept)


def _add(parent: etree._Element, name: str, text: str, language: str = "") -> None:
    child = etree.SubElement(parent, f"{{{ATOM}}}{name}")
    # What XML cannot hold, people cannot read either.
    child.text = "".join(
        letter for letter in text if letter in "\t\n" or (letter >= " " and letter not in "\ufffe\uffff")
    )
    if language:
        child.set(f"{{{XML}}}lang", language)


def _instant(at: datetime) -> str:
    return at.astimezone(UTC).isoformat(timespec="seconds").replace("+00:00", "Z")


def unchanged(request: Request, answer: Response, kept: str = ASKED_AFTER) -> Response:
    """The answer with its tag; 304 without a body when the asker has it already (RFC 9110, 13.1.2).

    `kept` is KEPT for what is never taken back, so that what is withdrawn is gone at the next look, whoever answers.
    """
    tag = f'"{hashlib.sha256(bytes(answer.body)).hexdigest()[:32]}"'
    known = {each.strip().removeprefix("W/") for each in request.headers.get("if-none-match", "").split(",")}
    if tag in known or "*" in known:
        return Response(status_code=304, headers={"ETag": tag, "Cache-Control": kept})
    answer.headers["ETag"], answer.headers["Cache-Control"] = tag, kept
    return answer
