"""PDF: it can be read to its end by everybody, and does nothing when it is opened."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from pypdf import PdfReader
from pypdf.errors import PyPdfError
from pypdf.generic import ArrayObject, DictionaryObject, PdfObject

from app.inspection.refusing import ACTIONS, DAMAGED, ENCRYPTED, RefusedError

#: a file that was cut off lacks its last line
_TAIL = 1024
#: what an action may not do: run a script, start a program
_HARMFUL = frozenset({"/JavaScript", "/Launch"})
#: actions that follow one another, and fields within fields
_LONGEST_CHAIN = 20
_DEEPEST_FIELD = 20


def look_at_pdf(path: Path) -> None:
    """Refuse what is cut off, locked, or runs something."""
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
            for action in _actions(reader):
                _refuse_harm(action, _LONGEST_CHAIN)
        except (PyPdfError, ArithmeticError, LookupError, ValueError, TypeError, AttributeError) as error:
            raise RefusedError(DAMAGED) from error
        except (AssertionError, OSError, RecursionError, NotImplementedError) as error:
            raise RefusedError(DAMAGED) from error


def _actions(reader: PdfReader) -> Iterator[Any]:
    """What happens when the document is opened, a page is turned, a field is filled in or a link pressed."""
    root = reader.root_object
    names = _found(root.get("/Names"))
    if isinstance(names, DictionaryObject) and "/JavaScript" in names:
        raise RefusedError(ACTIONS)
    yield root.get("/OpenAction")
    yield from _of(root)
    form = _found(root.get("/AcroForm"))
    if isinstance(form, DictionaryObject):
        yield from _of_fields(form.get("/Fields"), _DEEPEST_FIELD)
    for page in reader.pages:
        yield from _of(page)
        for note in _list(page.get("/Annots")):
            yield from _of(note)


def _of_fields(fields: Any, depth: int) -> Iterator[Any]:
    for field in _list(fields):
        if isinstance(field, DictionaryObject) and depth:
            yield from _of(field)
            yield from _of_fields(field.get("/Kids"), depth - 1)


def _of(holder: Any) -> Iterator[Any]:
    """The action of something, and those of its events."""
    if isinstance(holder, DictionaryObject):
        yield holder.get("/A")
        events = _found(holder.get("/AA"))
        if isinstance(events, DictionaryObject):
            yield from events.values()


def _refuse_harm(action: Any, chain: int) -> None:
    """Refuse an action that runs something, or one that follows it. A place in the document is none."""
    action = _found(action)
    if not isinstance(action, DictionaryObject):
        return
    if not chain or _found(action.get("/S")) in _HARMFUL or "/JS" in action:
        raise RefusedError(ACTIONS)
    following = _found(action.get("/Next"))
    for each in _list(following) or [following]:
        _refuse_harm(each, chain - 1)


def _list(value: Any) -> list[Any]:
    value = _found(value)
    return [_found(each) for each in value] if isinstance(value, ArrayObject) else []


def _found(value: Any) -> Any:
    """What a reference leads to."""
    return value.get_object() if isinstance(value, PdfObject) else value
