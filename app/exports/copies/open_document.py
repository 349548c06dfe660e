"""ODT and ODS: the properties and settings go; what names people is refused."""

from __future__ import annotations

import re
from collections.abc import Set
from pathlib import Path

from app.domain.errors import CannotBePublishedError
from app.exports.copies.packages import (
    DAMAGED,
    HIDDEN_CELLS,
    HIDDEN_TEXT,
    clean_image,
    pack,
    read_parts,
    text_of,
)

_MIMETYPE = "mimetype"
_MANIFEST = "META-INF/manifest.xml"
#: the parts that are shown
_SHOWN = {_MIMETYPE, _MANIFEST, "content.xml", "styles.xml", "manifest.rdf"}
#: parts that nobody sees: properties, the printer, pictures of the first page, menus of the program
_UNSEEN = re.compile(
    r"meta\.xml$|settings\.xml$|Thumbnails/|Configurations2/|layout-cache$|META-INF/(?!manifest)"
)
_NAMING = re.compile(r"<(?:\w+:)?(?:tracked-changes|annotation|change-info|creator|sender-\w+|author-\w+)\b")
_HIDDEN_SHEET = re.compile(r"\btable:display\s*=\s*[\"']false")
_HIDDEN_CELLS = re.compile(r"\btable:visibility\s*=\s*[\"'](?:collapse|filter)")
_HIDDEN_TEXT = re.compile(r"\btext:display\s*=\s*[\"']none|<(?:\w+:)?hidden-(?:text|paragraph)\b")
_ENTRY = re.compile(
    r"<(?:\w+:)?file-entry\b[^>]*?\bfull-path\s*=\s*[\"']([^\"']+)[\"'][^>]*?(?:/>|></[^>]*>)"
)


def clean_open_document(path: Path, media_type: str) -> bytes:
    """The document as it is shown and printed. Raises CannotBePublishedError, with the reason."""
    parts = read_parts(path)
    if not {_MANIFEST, "content.xml"} <= parts.keys():
        raise CannotBePublishedError(DAMAGED)
    kept = {_MIMETYPE: media_type.encode()} | {
        name: content for name, content in parts.items() if name != _MIMETYPE and not _UNSEEN.match(name)
    }
    cleaned = {name: _cleaned(name, content, kept.keys()) for name, content in kept.items()}
    return pack(cleaned, stored=frozenset({_MIMETYPE}))


def _cleaned(name: str, content: bytes, kept: Set[str]) -> bytes:
    if name == _MIMETYPE:
        return content
    if name not in _SHOWN:
        return clean_image(name, content)
    text = text_of(name, content)
    if name == _MANIFEST:
        return _ENTRY.sub(lambda found: found[0] if _stands(found[1], kept) else "", text).encode()
    if _NAMING.search(text):
        raise CannotBePublishedError(
            "The document holds comments, tracked changes or fields with names of people. "
            "Take them out and attach the file again."
        )
    if _HIDDEN_SHEET.search(text):
        raise CannotBePublishedError(
            "The table has hidden sheets. Show them or take them out, and attach the file again."
        )
    if _HIDDEN_CELLS.search(text):
        raise CannotBePublishedError(HIDDEN_CELLS)
    if _HIDDEN_TEXT.search(text):
        raise CannotBePublishedError(HIDDEN_TEXT)
    return content


def _stands(path: str, kept: Set[str]) -> bool:
    """Whether an entry of the manifest still means something: the whole, or a part that is kept."""
    return path == "/" or path in kept or (path.endswith("/") and any(name.startswith(path) for name in kept))
