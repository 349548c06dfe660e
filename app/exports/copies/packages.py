"""What Office and OpenDocument packages share: parts read within bounds, and packed without an hour."""

from __future__ import annotations

import io
import lzma
import zipfile
import zlib
from collections.abc import Mapping
from pathlib import Path, PurePosixPath

from app.domain.errors import CannotBePublishedError
from app.exports.copies.pictures import clean_picture

#: bytes that the parts of a document may have unpacked
_LARGEST = 200 * 1024 * 1024
_EPOCH = (1980, 1, 1, 0, 0, 0)
_PICTURES = {"jpg": "jpg", "jpeg": "jpg", "png": "png"}
#: pictures that have no room for words about themselves
_DRAWINGS = {"bmp", "emf", "wmf"}

#: what reading a damaged package can end in
_UNREADABLE = (
    zipfile.BadZipFile,
    zlib.error,
    lzma.LZMAError,
    EOFError,
    OSError,
    RuntimeError,
    NotImplementedError,
    ValueError,
)

DAMAGED = "The document is damaged and cannot be published."
HIDDEN_CELLS = "The table has hidden rows or columns. Show them or take them out, and attach the file again."
HIDDEN_TEXT = "The document has hidden text. Show it or take it out, and attach the file again."


def read_parts(path: Path) -> dict[str, bytes]:
    """Every part by its name. Raises CannotBePublishedError."""
    try:
        with zipfile.ZipFile(path) as package:
            entries = [entry for entry in package.infolist() if not entry.is_dir()]
            if sum(entry.file_size for entry in entries) > _LARGEST:
                raise CannotBePublishedError("The document is too large to be published.")
            parts = {entry.filename: package.read(entry) for entry in entries}
            if len(parts) != len(entries):
                raise CannotBePublishedError(DAMAGED)
            return parts
    except _UNREADABLE as error:
        raise CannotBePublishedError(DAMAGED) from error


def pack(parts: Mapping[str, bytes], stored: frozenset[str] = frozenset()) -> bytes:
    """The parts as a package that says nothing of when and where it was packed."""
    written = io.BytesIO()
    with zipfile.ZipFile(written, "w", zipfile.ZIP_DEFLATED) as package:
        for name, content in parts.items():
            way = zipfile.ZIP_STORED if name in stored else zipfile.ZIP_DEFLATED
            package.writestr(zipfile.ZipInfo(name, _EPOCH), content, way)
    return written.getvalue()


def text_of(name: str, content: bytes) -> str:
    """A part of XML as text. Raises CannotBePublishedError: what is not UTF-8 could hide anything."""
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise CannotBePublishedError(DAMAGED) from error


def clean_image(name: str, content: bytes) -> bytes:
    """A picture inside a document. Raises CannotBePublishedError for a kind that cannot be cleaned."""
    ending = PurePosixPath(name).suffix.lower().lstrip(".")
    if ending in _PICTURES:
        return clean_picture(content, _PICTURES[ending])
    if ending in _DRAWINGS:
        return content
    raise CannotBePublishedError(
        "The document holds something that cannot be cleaned: %(part)s. "
        "Take it out and attach the file again.",
        part=PurePosixPath(name).name,
    )
