"""The ZIP archive under a document: its table of contents held to its bytes, and unfolded within bounds.

Programs differ in what they make of an archive that contradicts itself, so only one that no program
could read in two ways is taken.
"""

from __future__ import annotations

import lzma
import stat
import struct
import zipfile
import zlib
from collections.abc import Iterator
from io import BufferedReader, BytesIO, FileIO
from pathlib import Path
from typing import Any, BinaryIO

from app.inspection.refusing import CROWDED, DAMAGED, ENCRYPTED, UNFOLDS, UNUSUAL, RefusedError

#: a real document has a few hundred
MOST_ENTRIES = 10_000
#: bytes of everything in a document, unfolded
LARGEST = 256 * 1024 * 1024
#: how much more than the packed bytes the unfolded ones may be, once there are many of them
STEEPEST = 200
_MANY = 16 * 1024 * 1024
#: archives within archives: a diagram in a document has its workbook inside
_DEEPEST = 2
#: bytes that a table of contents of `MOST_ENTRIES` needs at most
_LARGEST_TABLE = 4 * 1024 * 1024
_CHUNK = 64 * 1024
_LOCAL = struct.Struct("<4s5H3L2H")
_ENCRYPTED, _UTF8 = 0x1, 0x800
#: what reading a damaged archive can end in
_UNREADABLE = (
    *(zipfile.BadZipFile, zlib.error, lzma.LZMAError, struct.error, EOFError, OSError, ValueError),
    *(NotImplementedError, RuntimeError),
)


class _Frugal(BufferedReader):
    """A file that gives no more at once than an honest table of contents needs.

    `zipfile` takes it in whole, and makes hundreds of bytes of each entry, before any can be counted.
    """

    def read(self, size: int | None = -1, /) -> bytes:
        if size is not None and size > _LARGEST_TABLE:
            raise RefusedError(CROWDED)
        return super().read(size)


class _Bounds:
    """What the whole document may still unfold into."""

    def __init__(self, packed: int) -> None:
        self.packed, self.unfolded = packed, 0

    def take(self, count: int) -> None:
        """Count so many bytes more. Raises RefusedError."""
        self.unfolded += count
        steep = self.unfolded > _MANY and self.unfolded > STEEPEST * self.packed
        if steep or self.unfolded > LARGEST:
            raise RefusedError(UNFOLDS)


def parts_of(path: Path) -> Iterator[tuple[str, bytes]]:
    """The parts by their names, each part that is an archive followed by its own parts below its name.

    Raises RefusedError.
    """
    with _Frugal(FileIO(path)) as file:
        yield from _parts(file, _Bounds(path.stat().st_size), _DEEPEST)


def _parts(file: BinaryIO, bounds: _Bounds, depth: int) -> Iterator[tuple[str, bytes]]:
    try:
        with zipfile.ZipFile(file) as archive:
            entries = archive.infolist()
            if len(entries) > MOST_ENTRIES:
                raise RefusedError(CROWDED)
            _refuse_names(entries)
            end = 0
            for entry in sorted(entries, key=lambda entry: entry.header_offset):
                start = _start(file, entry)
                if entry.header_offset < end or start + entry.compress_size > archive.start_dir:
                    raise RefusedError(UNUSUAL)
                end = start + entry.compress_size
                content = _unfolded(file, entry, start, bounds)
                yield entry.filename, content
                if content.startswith(b"PK\x03\x04"):
                    if not depth:
                        raise RefusedError(UNFOLDS)
                    for name, part in _parts(BytesIO(content), bounds, depth - 1):
                        yield f"{entry.filename}/{name}", part
    except _UNREADABLE as error:
        raise RefusedError(DAMAGED) from error


def _refuse_names(entries: list[zipfile.ZipInfo]) -> None:
    """Refuse names that lead out of the archive, names that stand twice, and links."""
    seen = set()
    for entry in entries:
        name = entry.orig_filename.replace("\\", "/")
        folded = name.casefold()
        if (
            folded in seen
            or name.startswith("/")
            or name[1:2] == ":"
            or ".." in name.split("/")
            or any(ord(char) < 32 for char in name)
            or stat.S_ISLNK(entry.external_attr >> 16)
        ):
            raise RefusedError(UNUSUAL)
        seen.add(folded)


def _start(file: BinaryIO, entry: zipfile.ZipInfo) -> int:
    """Where the bytes of an entry begin, which its own head must agree on."""
    file.seek(entry.header_offset)
    head: tuple[Any, ...] = _LOCAL.unpack(file.read(_LOCAL.size))
    mark, _, flags, method, *_, name_length, extra_length = head
    name = file.read(name_length).decode("utf-8" if flags & _UTF8 else "cp437")
    if mark != b"PK\x03\x04" or name != entry.orig_filename or method != entry.compress_type:
        raise RefusedError(UNUSUAL)
    if (flags | entry.flag_bits) & _ENCRYPTED:
        raise RefusedError(ENCRYPTED)
    return file.tell() + int(extra_length)


def _unfolded(file: BinaryIO, entry: zipfile.ZipInfo, start: int, bounds: _Bounds) -> bytes:
    """The bytes of an entry, which are as many as the table of contents says, and no more."""
    file.seek(start)
    if entry.compress_type == zipfile.ZIP_STORED:
        bounds.take(entry.compress_size)
        content = b"".join(_packed(file, entry.compress_size))
    elif entry.compress_type == zipfile.ZIP_DEFLATED:
        content = _inflated(file, entry, bounds)
    else:
        # Office programs know no other way of packing.
        raise RefusedError(UNUSUAL)
    if len(content) != entry.file_size or zlib.crc32(content) != entry.CRC:
        raise RefusedError(DAMAGED)
    return content


def _inflated(file: BinaryIO, entry: zipfile.ZipInfo, bounds: _Bounds) -> bytes:
    stream, content = zlib.decompressobj(-zlib.MAX_WBITS), bytearray()
    for packed in _packed(file, entry.compress_size):
        while packed:
            unfolded = stream.decompress(packed, _CHUNK)
            bounds.take(len(unfolded))
            content += unfolded
            packed = stream.unconsumed_tail
            if not unfolded and not packed:
                break
    if not stream.eof or stream.unused_data:
        raise RefusedError(DAMAGED)
    return bytes(content)


def _packed(file: BinaryIO, size: int) -> Iterator[bytes]:
    while size > 0 and (chunk := file.read(min(size, _CHUNK))):
        size -= len(chunk)
        yield chunk
