"""PDF: it can be read to its end by everybody, and does nothing when it is opened."""

from __future__ import annotations

import logging
import re
from collections.abc import Iterator
from pathlib import Path, PurePosixPath
from typing import Any, BinaryIO
from xml.etree.ElementTree import ParseError

from defusedxml import DefusedXmlException
from defusedxml.ElementTree import fromstring
from pypdf import PdfReader
from pypdf.errors import PyPdfError
from pypdf.generic import ArrayObject, DictionaryObject, IndirectObject, PdfObject, StreamObject

from app.inspection.refusing import ACTIONS, CROWDED, DAMAGED, ENCRYPTED, PROGRAM, RefusedError

#: a file that was cut off lacks its last line
_TAIL = 1024
#: objects of a file; a scanned page has a handful, a page of text some dozens
_MOST_OBJECTS = 200_000
#: what stands in a dictionary that runs a script, whatever holds it
_SCRIPTS = frozenset({"/JS", "/JavaScript", "/OnInstantiate"})
#: what an action may not do: run a script, start a program
_HARMFUL = frozenset({"/JavaScript", "/Launch"})
#: those names and others that are looked at, as they are written: any character may be given by its number
_NAMED = re.compile(rb"/(?:JS|JavaScript|OnInstantiate|Launch|XFA|EF)(?![^\0\s()<>\[\]{}/%])")
_ESCAPED = re.compile(rb"/[^\0\s()<>\[\]{}/%]{0,40}#[0-9A-Fa-f]{2}[^\0\s()<>\[\]{}/%]{0,40}")
_HEX = re.compile(rb"#([0-9A-Fa-f]{2})")
#: what may be attached: an invoice carries its own data, a signed document its signature
_ATTACHED = frozenset({"csv", "p7s", "sig", "txt", "xml"})
#: how programs and archives begin, whatever their name says
_NO_TEXT = (b"MZ", b"\x7fELF", b"PK", b"\xd0\xcf\x11\xe0", b"#!")


def look_at_pdf(path: Path) -> None:
    """Refuse what is cut off, locked, runs something or carries a program."""
    # What it mends on the way is nobody's business.
    logging.getLogger("pypdf").setLevel(logging.CRITICAL)
    with path.open("rb") as file:
        file.seek(max(0, path.stat().st_size - _TAIL))
        if b"%%EOF" not in file.read():
            raise RefusedError(DAMAGED)
        try:
            reader = PdfReader(file)
            if reader.is_encrypted:
                raise RefusedError(ENCRYPTED)
            if not reader.pages:
                raise RefusedError(DAMAGED)
            if _is_suspicious(file, reader):
                for each in _dictionaries(reader):
                    _refuse_harm(each)
        except (PyPdfError, ArithmeticError, LookupError, ValueError, TypeError, AttributeError) as error:
            raise RefusedError(DAMAGED) from error
        except (AssertionError, OSError, RecursionError, NotImplementedError) as error:
            raise RefusedError(DAMAGED) from error


def _is_suspicious(file: BinaryIO, reader: PdfReader) -> bool:
    """Whether one of the names is written in the file, or in a stream that objects are packed into.

    Most files have none, and to take apart all objects of a long one takes seconds.
    """
    if len(reader.xref_objStm) > _MOST_OBJECTS:
        raise RefusedError(CROWDED)
    file.seek(0)
    if _is_named(file.read()):
        return True
    streams = {stream for stream, _ in reader.xref_objStm.values()}
    packed = (reader.get_object(IndirectObject(stream, 0, reader)) for stream in sorted(streams))
    return any(_is_named(each.get_data()) for each in packed if isinstance(each, StreamObject))


def _is_named(text: bytes) -> bool:
    return bool(_NAMED.search(text)) or any(
        _NAMED.match(_HEX.sub(lambda code: bytes([int(code[1], 16)]), name[0]))
        for name in _ESCAPED.finditer(text)
    )


def _dictionaries(reader: PdfReader) -> Iterator[DictionaryObject]:
    """Every dictionary of the file, wherever it hangs: programs follow more ways than anybody lists."""
    numbers = {(generation, number) for generation, places in reader.xref.items() for number in places}
    numbers |= {(0, number) for number in reader.xref_objStm}
    if len(numbers) > _MOST_OBJECTS:
        raise RefusedError(CROWDED)
    left: list[Any] = [reader.trailer]
    for generation, number in sorted(numbers):
        left.append(reader.get_object(IndirectObject(number, generation, reader)))
        while left:
            each = left.pop()
            if isinstance(each, DictionaryObject):
                yield each
                left.extend(dict.values(each))
            elif isinstance(each, ArrayObject):
                left.extend(list.__iter__(each))


def _refuse_harm(each: DictionaryObject) -> None:
    """Refuse a dictionary that runs something, or that attaches what is no plain data."""
    if not _SCRIPTS.isdisjoint(each) or _found(each.get("/S")) in _HARMFUL:
        raise RefusedError(ACTIONS)
    if "/XFA" in each:
        _refuse_scripts(each["/XFA"])
    if "/EF" in each:
        _refuse_attached(each)


def _refuse_scripts(form: Any) -> None:
    """Refuse a form of XFA, in one stream or in named pieces, that holds a script or cannot be read."""
    form = _found(form)
    pieces = _list(form) if isinstance(form, ArrayObject) else [form]
    text = b"".join(piece.get_data() for piece in pieces if isinstance(piece, StreamObject))
    try:
        elements = fromstring(text, forbid_dtd=True).iter()
        scripted = any(str(element.tag).rpartition("}")[2] == "script" for element in elements)
    except (DefusedXmlException, ParseError, ValueError, LookupError) as error:
        raise RefusedError(ACTIONS) from error
    if scripted:
        raise RefusedError(ACTIONS)


def _refuse_attached(specification: DictionaryObject) -> None:
    """Refuse an attached file that is more than data as text, by its name or by its bytes."""
    names = [str(specification[key]) for key in ("/UF", "/F") if key in specification]
    shown = PurePosixPath(names[0].replace("\\", "/")).name[:100] if names else "?"
    endings = {PurePosixPath(name).suffix.lower().lstrip(".") for name in names}
    if not endings or not endings <= _ATTACHED:
        raise RefusedError(PROGRAM, part=shown)
    files = _found(specification["/EF"])
    for file in files.values() if isinstance(files, DictionaryObject) else ():
        stream = _found(file)
        if isinstance(stream, StreamObject) and stream.get_data().startswith(_NO_TEXT):
            raise RefusedError(PROGRAM, part=shown)


def _list(value: Any) -> list[Any]:
    value = _found(value)
    return [_found(each) for each in value] if isinstance(value, ArrayObject) else []


def _found(value: Any) -> Any:
    """What a reference leads to."""
    return value.get_object() if isinstance(value, PdfObject) else value
