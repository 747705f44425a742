"""What a file tells of whoever made it is gone; what one sees in it stays; what cannot be made clean is refused in plain words."""

import io
import struct
import zipfile
import zlib
from typing import Any

import pytest
from pypdf import PdfReader, PdfWriter
from pypdf.annotations import Text
from pypdf.generic import DecodedStreamObject, NameObject

from cases.cleaning import FileNotCleaned, cleaned

NAME = b"Jan Verklikker"
SEEN = b"de bon van 4 mei"


def segment(marker: int, content: bytes) -> bytes:
    return b"\xff" + bytes([marker]) + struct.pack(">H", len(content) + 2) + content


def exif(order: str, orientation: int) -> bytes:
    """Which side is up, and who held the camera."""
    artist = 8 + 2 + 2 * 12 + 4
    rows = struct.pack(f"{order}HHIHH", 0x0112, 3, 1, orientation, 0)
    rows += struct.pack(f"{order}HHII", 0x013B, 2, len(NAME), artist)
    head = struct.pack(f"{order}2sHIH", b"MM" if order == ">" else b"II", 42, 8, 2)
    return b"Exif\x00\x00" + head + rows + b"\x00" * 4 + NAME


def photo(order: str = ">") -> bytes:
    drawn = segment(0xDB, b"\x00" * 65) + segment(0xDA, b"\x01\x01\x00\x00\x3f\x00") + b"\x12\xff\x00\xff\xd0" + SEEN
    told = segment(0xE1, exif(order, 6)) + segment(0xED, b"Photoshop 3.0" + NAME) + segment(0xFE, NAME)
    jfif = segment(0xE0, b"JFIF\x00\x01\x02\x00\x00\x48\x00\x48\x01\x01" + b"abc")
    return b"\xff\xd8" + jfif + told + drawn + b"\xff\xd9" + b"film of the moment before " + NAME


def chunk(kind: bytes, content: bytes) -> bytes:
    return struct.pack(">I", len(content)) + kind + content + struct.pack(">I", zlib.crc32(kind + content))


PNG = b"\x89PNG\r\n\x1a\n" + b"".join(
    chunk(kind, content)
    for kind, content in (
        (b"IHDR", b"\x00" * 13),
        (b"tEXt", b"Author\x00" + NAME),
        (b"eXIf", NAME),
        (b"tIME", b"\x07\xea\x05\x04\x00\x00\x00"),
        (b"IDAT", SEEN),
        (b"IEND", b""),
    )
)


def pdf(*, locked: bool = False) -> bytes:
    writer = PdfWriter()
    page = writer.add_blank_page(200, 200)
    drawn = DecodedStreamObject()
    drawn.set_data(b"BT (" + SEEN + b") Tj ET")
    page[NameObject("/Contents")] = writer._add_object(drawn)
    writer.add_metadata({"/Author": NAME.decode(), "/Producer": NAME.decode()})
    writer.xmp_metadata = (
        b'<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#"/></x:xmpmeta>'
        + b"<!--"
        + NAME
        + b"-->"
    )
    writer.add_attachment("bij.txt", NAME)
    note = writer.add_annotation(0, Text(rect=(1, 1, 9, 9), text=SEEN.decode(), title_bar=NAME.decode()))
    assert note is not None
    if locked:
        writer.encrypt("geheim")
    out = io.BytesIO()
    writer.write(out)
    return out.getvalue()


W = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
TYPES = "http://schemas.openxmlformats.org/package/2006/content-types"
RELATIONS = "http://schemas.openxmlformats.org/package/2006/relationships"


def document(**more: bytes) -> bytes:
    who = NAME.decode()
    parts = {
        "[Content_Types].xml": f'<Types xmlns="{TYPES}"><Override PartName="/docProps/core.xml"/><Override PartName="/word/document.xml"/></Types>',
        "_rels/.rels": f'<Relationships xmlns="{RELATIONS}"><Relationship Id="a" Type="t/core" Target="docProps/core.xml"/>'
        '<Relationship Id="b" Type="t/doc" Target="word/document.xml"/></Relationships>',
        "docProps/core.xml": f"<p>{who}</p>",
        "word/document.xml": f'<w:document xmlns:w="{W}"><!-- {who} --><w:ins w:author="{who}" w:date="2026-05-04"><w:t>{SEEN.decode()}</w:t></w:ins>'
        f'<w:p w:rsidR="00{who}"/></w:document>',
        "word/_rels/document.xml.rels": f'<Relationships xmlns="{RELATIONS}"><Relationship Id="c" Type="x/attachedTemplate" TargetMode="External" Target="file:///C:/Users/{who}"/></Relationships>',
    }
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        for name, content in parts.items():
            archive.writestr(name, content)
        archive.writestr("word/media/image1.jpeg", photo())
        for name, given in more.items():
            archive.writestr(name, given)
    return out.getvalue()


def hurt() -> bytes:
    """A document whose packed text was damaged on its way."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("a.xml", SEEN * 100)
    content = bytearray(out.getvalue())
    content[35:39] = b"\xff\xff\xff\xff"
    return bytes(content)


def unpacked(content: bytes) -> bytes:
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        assert {row.date_time[0] for row in archive.infolist()} == {1980}
        return b"".join(row.filename.encode() + archive.read(row) for row in archive.infolist())


@pytest.mark.parametrize("order", ["<", ">"])
def test_a_photo_keeps_its_picture_and_which_side_is_up(order: str) -> None:
    left = cleaned("IMG.JPG", photo(order))
    assert NAME not in left and SEEN in left and left.endswith(b"\xff\xd9")
    assert b"\xff\xdb" in left and b"\xff\xed" not in left and b"abc" not in left
    assert struct.pack(">HHIHH", 0x0112, 3, 1, 6, 0) in left
    assert cleaned("IMG.JPG", left) == left, "what is clean stays as it is"


def test_a_drawing_keeps_only_what_draws_it() -> None:
    left = cleaned("scherm.png", PNG)
    assert NAME not in left and SEEN in left and b"tIME" not in left


def test_a_pdf_keeps_its_pages_and_what_a_note_says() -> None:
    assert NAME in pdf()
    left = cleaned("bon.pdf", pdf())
    assert NAME not in left and b"Jan" not in left and b"EmbeddedFile" not in left
    [page] = PdfReader(io.BytesIO(left)).pages
    drawn: Any = page["/Contents"]
    assert SEEN in drawn.get_object().get_data()
    assert SEEN.decode() in left.decode("latin-1") and not PdfReader(io.BytesIO(left)).metadata


def test_a_text_document_keeps_its_text() -> None:
    left = unpacked(cleaned("nota.docx", document()))
    assert NAME not in left and SEEN in left
    assert b"core.xml" not in left and b"attachedTemplate" not in left and b"2026-05-04" not in left


@pytest.mark.parametrize(
    ("name", "content", "says"),
    [
        ("foto.heic", b"", "foto in jpg of png"),
        ("mail.eml", b"", "druk de mail af"),
        ("foto.jpg", photo()[:40], "schermafdruk"),
        ("dicht.pdf", pdf(locked=True), "wachtwoord"),
        ("stuk.pdf", b"%PDF-1.7 stuk", "beschadigd"),
        ("nota.docx", b"PK\x03\x04", "beschadigd"),
        ("nota.docx", hurt(), "beschadigd"),
        ("nota.docx", document(**{"word/embeddings/blad.xlsx": b"x"}), "ander bestand"),
        ("nota.docx", document(**{"word/vbaProject.bin": b"x"}), "macro"),
        ("nota.docx", document(**{"word/media/image2.emf": b"x"}), "andere soort in (.emf)"),
        ("nota.docx", document(**{"word/raar.xml": b'<!DOCTYPE a [<!ENTITY b "c">]><a>&b;</a>'}), "geen gewoon"),
    ],
)
def test_what_cannot_be_made_clean_is_refused_with_what_to_send_instead(name: str, content: bytes, says: str) -> None:
    with pytest.raises(FileNotCleaned) as refused:
        cleaned(name, content)
    [told] = refused.value.errors
    assert says in told["message"] and name in told["message"]
