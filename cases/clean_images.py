"""Photos without what a camera or a telephone writes into them: place, device, owner, moment, thumbnail. The picture itself is not touched.

JPEG (ITU T.81, JFIF, Exif 2.32) and PNG (W3C 2025): what is kept is on a list, everything else goes, also what was put behind the end.
Refuses with NotAPicture what is not built as the standard says.
"""

import struct
from collections.abc import Iterator

# Of JPEG: JFIF and Adobe tell how colours are meant; the rest of APP0-15 and comments tell about people.
_JFIF, _ADOBE, _EXIF, _COMMENT, _SCAN, _END = 0xE0, 0xEE, 0xE1, 0xFE, 0xDA, 0xD9
_ORIENTATION = 0x0112
PNG = b"\x89PNG\r\n\x1a\n"
_CHUNKS = frozenset({b"IHDR", b"PLTE", b"IDAT", b"IEND", b"tRNS", b"gAMA", b"cHRM", b"sRGB", b"sBIT", b"bKGD", b"pHYs"})


class NotAPicture(ValueError):
    """The bytes are not built as a picture of this kind."""


def jpeg(content: bytes) -> bytes:
    """The same photo, right side up as before, without anything about who made it where."""
    kept, upright = [b"\xff\xd8"], b""
    for marker, segment in _segments(content):
        if marker == _EXIF:
            upright = upright or _only_orientation(segment)
        elif not (0xE1 <= marker <= 0xEF or marker == _COMMENT) or marker == _ADOBE:
            kept.append(segment[:18] if marker == _JFIF else segment)
    # Exif follows JFIF, before any picture.
    kept.insert(2 if len(kept) > 1 and kept[1][1] == _JFIF else 1, upright)
    return b"".join(kept)


def _segments(content: bytes) -> Iterator[tuple[int, bytes]]:
    """Each marker with its bytes, a scan with the picture behind it, up to and with the end of the picture."""
    if content[:2] != b"\xff\xd8":
        raise NotAPicture
    at = 2
    while at + 4 <= len(content) or content[at : at + 2] == b"\xff\xd9":
        marker = content[at + 1]
        if content[at] != 0xFF:
            raise NotAPicture
        if marker == 0xFF:  # filling
            at += 1
            continue
        if marker == _END:
            yield marker, b"\xff\xd9"
            return
        size = int.from_bytes(content[at + 2 : at + 4], "big")
        end = at + 2 + size
        if size < 2 or end > len(content):
            raise NotAPicture
        if marker == _SCAN:
            end = _end_of_scan(content, end)
        segment = content[at:end]
        yield marker, _jfif_without_thumbnail(segment) if marker == _JFIF else segment
        at = end
    raise NotAPicture


def _jfif_without_thumbnail(segment: bytes) -> bytes:
    if segment[4:9] != b"JFIF\x00" or len(segment) < 18:
        return b"\xff\xe0\x00\x10JFIF\x00\x01\x01\x00\x00\x01\x00\x01\x00\x00"
    return b"\xff\xe0\x00\x10" + segment[4:16] + b"\x00\x00"


def _end_of_scan(content: bytes, at: int) -> int:
    """Where the next marker stands; restarts and stuffed bytes belong to the picture."""
    while (found := content.find(b"\xff", at)) != -1 and found + 1 < len(content):
        following = content[found + 1]
        if following != 0 and not 0xD0 <= following <= 0xD7:
            return found
        at = found + 2
    raise NotAPicture


def _only_orientation(segment: bytes) -> bytes:
    """An Exif segment that says nothing but which side is up; nothing when the photo did not say."""
    tiff = segment[10:]
    if segment[4:10] != b"Exif\x00\x00" or tiff[:2] not in (b"II", b"MM") or len(tiff) < 10:
        return b""
    order = "<" if tiff[:2] == b"II" else ">"
    start = struct.unpack_from(f"{order}I", tiff, 4)[0]
    many = struct.unpack_from(f"{order}H", tiff, start)[0] if start + 2 <= len(tiff) else 0
    for at in range(start + 2, min(start + 2 + many * 12, len(tiff) - 11), 12):
        tag, kind, _, side = struct.unpack_from(f"{order}HHIH", tiff, at)
        if tag == _ORIENTATION and kind == 3 and 1 <= side <= 8:
            told = struct.pack(">2sHIHHHIHHI", b"MM", 42, 8, 1, _ORIENTATION, 3, 1, side, 0, 0)
            return b"\xff\xe1" + struct.pack(">H", 8 + len(told)) + b"Exif\x00\x00" + told
    return b""


def png(content: bytes) -> bytes:
    """The same picture with only the chunks that draw it."""
    if not content.startswith(PNG):
        raise NotAPicture
    kept, at = [PNG], len(PNG)
    while at + 12 <= len(content):
        size, kind = int.from_bytes(content[at : at + 4], "big"), content[at + 4 : at + 8]
        end = at + 12 + size
        if end > len(content):
            break
        if kind in _CHUNKS:
            kept.append(content[at:end])
        elif kind[:1].isupper():  # a chunk without which it cannot be drawn, and that we do not know
            break
        if kind == b"IEND":
            return b"".join(kept)
        at = end
    raise NotAPicture
