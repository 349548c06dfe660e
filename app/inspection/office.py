"""Office and OpenDocument: what the document is, and that it brings no program and fetches nothing.

What office programs ordinarily write is let through: pictures, charts with their workbooks, formulas, links,
a workbook's links to other workbooks, and a template on somebody's own disk.
"""

from __future__ import annotations

import re
from pathlib import Path, PurePosixPath
from xml.etree.ElementTree import Element, ParseError
from xml.parsers import expat

from defusedxml import DefusedXmlException
from defusedxml.ElementTree import fromstring

from app.file_types import EXTENSIONS
from app.inspection.archive import parts_of
from app.inspection.fields import refuse_fetching_fields
from app.inspection.refusing import (
    DAMAGED,
    DISGUISED,
    ENCRYPTED,
    EXTERNAL,
    MACROS,
    PROGRAM,
    UNUSUAL,
    RefusedError,
)

_OFFICE = "application/vnd.openxmlformats-officedocument"
_MAIN = {
    "docx": f"{_OFFICE}.wordprocessingml.document.main+xml",
    "xlsx": f"{_OFFICE}.spreadsheetml.sheet.main+xml",
}
_TYPES = "[Content_Types].xml"
_XML = (".xml", ".rels", ".vml", ".rdf")
#: what runs when somebody opens it
_PROGRAMS = frozenset(
    {
        *("exe", "dll", "scr", "com", "pif", "cpl", "msi", "msp", "jar", "js", "jse", "vbs", "vbe", "wsf"),
        *("wsh", "hta", "bat", "cmd", "ps1", "lnk", "reg", "sh", "app", "apk"),
    }
)
#: how a program begins on Windows and on Linux
_MACHINE_CODE = (b"MZ", b"\x7fELF")
#: streams of an object within a document: any file at all, and macros
_PACKAGED = "Ole10Native".encode("utf-16-le")
_VBA = "_VBA_PROJECT".encode("utf-16-le")
#: OpenDocument writes these though there is no macro
_EMPTY_LIBRARIES = frozenset({"script-lc.xml", "script-lb.xml", "dialog-lc.xml", "dialog-lb.xml"})
_LIBRARIES = re.compile(r"(?:.*/)?(?:Basic|Scripts)/")
#: what may stand before the first element: spaces, a byte order mark, the halves of wider characters
_BLANK = b" \t\r\n\xef\xbb\xbf\xfe\xff\0"
#: what is followed when a person asks for it, not when the document is opened
_ON_DEMAND = re.compile(r"/(?:hyperlink|externalLinkPath|externalLinkLongPath|xlPathMissing|xlStartup)$")
_OWN_DISK = re.compile(r"(?:file:/{2,3})?[A-Za-z]:[\\/]")
_ENCRYPTION = re.compile(rb"<(?:\w+:)?encryption-data\b")


def look_at_document(path: Path, extension: str) -> None:
    """Refuse an archive that is not that kind of document, or holds what no document needs."""
    found, first = "", True
    for name, content in parts_of(path):
        if first and name == "mimetype":
            found = content.decode("ascii", "replace").strip()
        elif name == _TYPES:
            found = _declared(content)
        first = False
        _refuse_programs(name, content)
        if name.lower().endswith(_XML):
            _refuse_declarations(content)
            refuse_fetching_fields(content)
        elif content.lstrip(_BLANK)[:1] == b"<":
            # The table of types may call a part of any name one with text.
            refuse_fetching_fields(content)
        if name.lower().endswith(".rels"):
            _refuse_fetching(content)
        elif name == "META-INF/manifest.xml" and _ENCRYPTION.search(content):
            raise RefusedError(ENCRYPTED)
    if found != EXTENSIONS[extension]:
        raise RefusedError(DISGUISED)


def _declared(types: bytes) -> str:
    """The media type of a document by its table of types."""
    declared = {element.get("ContentType", "") for element in _tree(types)}
    return next((EXTENSIONS[kind] for kind, main in _MAIN.items() if main in declared), "")


def _refuse_programs(name: str, content: bytes) -> None:
    ending = PurePosixPath(name).suffix.lower().lstrip(".")
    shown = PurePosixPath(name).name
    is_object = not name.lower().endswith(_XML)
    if "vbaproject" in name.lower() or (is_object and _VBA in content):
        raise RefusedError(MACROS)
    if _LIBRARIES.match(name) and not name.endswith("/") and shown not in _EMPTY_LIBRARIES:
        raise RefusedError(MACROS)
    if ending in _PROGRAMS or content.startswith(_MACHINE_CODE) or "/activeX/" in name:
        raise RefusedError(PROGRAM, part=shown)
    if is_object and _PACKAGED in content:
        raise RefusedError(PROGRAM, part=shown)


def _refuse_declarations(content: bytes) -> None:
    """Refuse a part that declares a type or entities; they stand before the first element, if anywhere."""

    def refuse(*_: object) -> None:
        raise RefusedError(UNUSUAL)

    def stop(*_: object) -> None:
        raise _RootError

    parser = expat.ParserCreate()
    parser.StartDoctypeDeclHandler = refuse
    parser.EntityDeclHandler = refuse
    parser.StartElementHandler = stop
    try:
        parser.Parse(content, True)
    except _RootError:
        return
    except expat.ExpatError as error:
        raise RefusedError(DAMAGED) from error


class _RootError(Exception):
    """The first element has come."""


def _refuse_fetching(relationships: bytes) -> None:
    """Refuse what would be fetched from elsewhere when the document is opened: a template, a picture."""
    for each in _tree(relationships):
        target = each.get("Target", "")
        if each.get("TargetMode") == "External" and not (
            _ON_DEMAND.search(each.get("Type", "")) or _OWN_DISK.match(target)
        ):
            raise RefusedError(EXTERNAL, target=target[:100])


def _tree(content: bytes) -> Element:
    try:
        return fromstring(content, forbid_dtd=True)
    except DefusedXmlException as error:
        raise RefusedError(UNUSUAL) from error
    except (ParseError, ValueError, LookupError) as error:
        raise RefusedError(DAMAGED) from error
