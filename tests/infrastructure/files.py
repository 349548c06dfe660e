"""Small files to upload: what is taken, and what only pretends to be."""

from __future__ import annotations

import io
import struct
import zipfile

PDF = b"%PDF-1.4\n1 0 obj<</Type/Catalog>>endobj\ntrailer<</Root 1 0 R>>\n%%EOF\n"
PNG = b"\x89PNG\r\n\x1a\n" + b"\0" * 64
JPEG = b"\xff\xd8\xff\xe0" + b"\0" * 64
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
    return _package(types, {"word/document.xml": text, **{n.replace("__", "/"): p for n, p in more.items()}})


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
