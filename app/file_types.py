"""What a file really is, told from its bytes: the seven types that evidence may have."""

from __future__ import annotations

import io
import lzma
import struct
import zipfile
import zlib
from pathlib import Path

_OFFICE = "application/vnd.openxmlformats-officedocument"
_OPEN_DOCUMENT = "application/vnd.oasis.opendocument"

#: taken extensions and the media type of each
EXTENSIONS = {
    "pdf": "application/pdf",
    "docx": f"{_OFFICE}.wordprocessingml.document",
    "xlsx": f"{_OFFICE}.spreadsheetml.sheet",
    "odt": f"{_OPEN_DOCUMENT}.text",
    "ods": f"{_OPEN_DOCUMENT}.spreadsheet",
    "jpg": "image/jpeg",
    "jpeg": "image/jpeg",
    "png": "image/png",
}
#: enough of a package's table of contents; a real document has far fewer
_MOST_ENTRIES = 10_000
_LARGEST_PART = 4 * 1024 * 1024
#: what reading a damaged or dishonest archive can end in
_DAMAGED = (
    zipfile.BadZipFile,
    zlib.error,
    lzma.LZMAError,
    struct.error,
    EOFError,
    OSError,
    ValueError,
    NotImplementedError,
    RuntimeError,
)


class _Frugal(io.BufferedReader):
    """A file that gives no more at once than a real document needs.

    `zipfile` takes a table of contents in whole, and makes hundreds of bytes of each entry, before any of
    them can be counted.
    """

    def read(self, size: int | None = -1, /) -> bytes:
        if size is not None and size > _LARGEST_PART + 1:
            raise ValueError("the table of contents is too large to be honest")
        return super().read(size)


def detect(path: Path, extension: str) -> str | None:
    """The media type when the bytes are what the extension says, else None."""
    expected = EXTENSIONS.get(extension)
    with path.open("rb") as file:
        head = file.read(1024)
        file.seek(max(0, path.stat().st_size - 1024))
        tail = file.read()
    if expected == "application/pdf":
        return expected if head.startswith(b"%PDF-") and b"%%EOF" in tail else None
    if expected == "image/jpeg":
        return expected if head.startswith(b"\xff\xd8\xff") else None
    if expected == "image/png":
        return expected if head.startswith(b"\x89PNG\r\n\x1a\n") else None
    if expected and head.startswith(b"PK\x03\x04"):
        return expected if _package_type(path) == expected else None
    return None


def _package_type(path: Path) -> str | None:
    """The media type of an Office or OpenDocument package; None for any other archive."""
    try:
        with _Frugal(io.FileIO(path)) as file, zipfile.ZipFile(file) as package:
            names = package.namelist()
            if len(names) > _MOST_ENTRIES or any("vbaProject" in name for name in names):
                return None
            if "mimetype" in names:
                return _part(package, "mimetype").decode("ascii", "replace").strip()
            if "[Content_Types].xml" not in names:
                return None
            types = _part(package, "[Content_Types].xml").decode("utf-8", "replace")
    except _DAMAGED:
        return None
    if f"{_OFFICE}.wordprocessingml.document.main+xml" in types:
        return EXTENSIONS["docx"]
    if f"{_OFFICE}.spreadsheetml.sheet.main+xml" in types:
        return EXTENSIONS["xlsx"]
    return None


def _part(package: zipfile.ZipFile, name: str) -> bytes:
    with package.open(name) as part:
        content = part.read(_LARGEST_PART + 1)
    if len(content) > _LARGEST_PART:
        raise ValueError(f"{name} is too large to be honest")
    return content
