"""Small files to upload: what is taken, and what only pretends to be."""

from __future__ import annotations

import io
import struct
import zipfile

from PIL import Image


def pdf(*objects: bytes, root: bytes = b"") -> bytes:
    """A PDF of one empty page; `objects` are further ones, from 4 on, `root` stands in its catalogue."""
    written, places = bytearray(b"%PDF-1.7\n"), []
    own = (
        b"<</Type/Catalog/Pages 2 0 R" + root + b">>",
        b"<</Type/Pages/Kids[3 0 R]/Count 1>>",
        b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 595 842]>>",
    )
    for number, content in enumerate((*own, *objects), start=1):
        places.append(b"%010d 00000 n \n" % len(written))
        written += b"%d 0 obj%b endobj\n" % (number, content)
    table = b"xref\n0 %d\n0000000000 65535 f \n%b" % (len(places) + 1, b"".join(places))
    end = b"trailer<</Size %d/Root 1 0 R>>\nstartxref\n%d\n%%%%EOF\n" % (len(places) + 1, len(written))
    return bytes(written + table + end)


def picture(kind: str, width: int = 8, height: int = 8) -> bytes:
    """A grey picture: PNG or JPEG."""
    written = io.BytesIO()
    Image.new("L", (width, height), 128).save(written, kind)
    return written.getvalue()


PDF = pdf()
PNG = picture("PNG")
JPEG = picture("JPEG")
EXE = b"MZ\x90\0" + b"\0" * 256

_OFFICE = "application/vnd.openxmlformats-officedocument"
_TYPES = '<?xml version="1.0"?><Types><Override PartName="/{part}" ContentType="{type}"/></Types>'


def archive(**parts: str | bytes) -> bytes:
    """A ZIP archive with these parts; a double underscore in a name is a slash."""
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w") as package:
        for name, part in parts.items():
            package.writestr(name.replace("__", "/"), part)
    return content.getvalue()


def docx(text: str = "text", **more: str | bytes) -> bytes:
    """A document of Word, as far as its type goes."""
    types = _TYPES.format(part="word/document.xml", type=f"{_OFFICE}.wordprocessingml.document.main+xml")
    return _package(
        types,
        {
            "word/document.xml": f"<document>{text}</document>",
            **{n.replace("__", "/"): p for n, p in more.items()},
        },
    )


def docm() -> bytes:
    """A document of Word with a macro in it, under whatever name."""
    return docx(**{"word__vbaProject.bin": b"\0"})


def xlsx() -> bytes:
    """A workbook of Excel, as far as its type goes."""
    types = _TYPES.format(part="xl/workbook.xml", type=f"{_OFFICE}.spreadsheetml.sheet.main+xml")
    return _package(types, {"xl/workbook.xml": "<workbook/>"})


def open_document(kind: str) -> bytes:
    """An OpenDocument file: `text` or `spreadsheet`."""
    parts = {"mimetype": f"application/vnd.oasis.opendocument.{kind}", "content.xml": "<office/>"}
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w") as package:
        for name, part in parts.items():
            package.writestr(name, part)
    return content.getvalue()


def damaged() -> bytes:
    """A document of Word whose first part cannot be unpacked."""
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w", zipfile.ZIP_DEFLATED) as package:
        package.writestr("[Content_Types].xml", _TYPES.format(part="", type="") * 10)
    whole = bytearray(content.getvalue())
    begin = whole.index(b"[Content_Types].xml") + len("[Content_Types].xml")
    whole[begin : begin + 2] = b"\xff\xff"
    return bytes(whole)


def crowded(entries: int) -> bytes:
    """An archive that is nothing but a table of contents."""
    entry = b"PK\x01\x02" + struct.pack("<6H3I5H2I", 20, 20, 0, 0, 0, 0, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0) + b"a"
    head, table = b"PK\x03\x04" + b"\0" * 26, entry * entries
    end = b"PK\x05\x06" + struct.pack("<4H2IH", 0, 0, 0xFFFF, 0xFFFF, len(table), len(head), 0)
    return head + table + end


def _package(types: str, parts: dict[str, str | bytes]) -> bytes:
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w") as package:
        package.writestr("[Content_Types].xml", types)
        for name, part in parts.items():
            package.writestr(name, part)
    return content.getvalue()
