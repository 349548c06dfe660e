"""A page as if it had been scanned: a PDF of drawn lines, a PNG of dots, both written by hand."""

from __future__ import annotations

import struct
import zlib
from collections.abc import Iterator, Sequence
from itertools import pairwise

from app.exports.strokes import ADVANCE, LEADING, Point, draw, wrap

#: A4 and its margins, points
_PAGE = (595, 842)
_LEFT, _RIGHT, _TOP = 85, 28, 57
_TITLE_SCALE, _TEXT_SCALE = 1.7, 1.35

#: pixels
_PICTURE = (900, 600)
_INDENT = 40
_GROUND, _BAND, _INK = 0, 1, 2
_PALETTE = bytes((0xEE, 0xF2, 0xF6, 0xC9, 0xD8, 0xE6, 0x1F, 0x2D, 0x3D))


def pdf(title: str, paragraphs: Sequence[str]) -> bytes:
    """One page that bears the title and the paragraphs; what does not fit is left out."""
    width = _PAGE[0] - _LEFT - _RIGHT
    height = float(_PAGE[1] - _TOP)
    drawn = ["1 J 1 j"]
    for texts, scale in (((title,), _TITLE_SCALE), (("", *paragraphs), _TEXT_SCALE)):
        drawn.append(f"{scale * 0.6:.2f} w")
        for line in wrap(texts, int(width / (ADVANCE * scale))):
            height -= LEADING * scale
            if height > _TOP:
                drawn.extend(_path(line, scale, height))
    page = f"[0 0 {_PAGE[0]} {_PAGE[1]}]"
    content = zlib.compress("\n".join(drawn).encode())
    return _pdf_file(
        [
            b"<< /Type /Catalog /Pages 2 0 R >>",
            b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
            f"<< /Type /Page /Parent 2 0 R /MediaBox {page} /Contents 4 0 R /Resources << >> >>".encode(),
            f"<< /Length {len(content)} /Filter /FlateDecode >>\nstream\n".encode()
            + content
            + b"\nendstream",
            f"<< /Title <FEFF{title.encode('utf-16-be').hex().upper()}> >>".encode(),
        ]
    )


def png(title: str, paragraphs: Sequence[str]) -> bytes:
    """A picture that bears the title on a band and the paragraphs below it."""
    width, height = _PICTURE
    dots = bytearray([_GROUND]) * (width * height)
    for row in range(_INDENT, 3 * _INDENT):
        dots[row * width + _INDENT : (row + 1) * width - _INDENT] = bytes([_BAND]) * (width - 2 * _INDENT)
    below = 2 * _INDENT
    for texts, scale in (((title,), 2), (("", "", *paragraphs), 2)):
        for line in wrap(texts, (width - 4 * _INDENT) // (ADVANCE * scale)):
            for stroke in draw(line):
                _ink(dots, [(2 * _INDENT + x * scale, below - y * scale) for x, y in stroke])
            below += LEADING * scale
    rows = b"".join(b"\0" + dots[row * width : (row + 1) * width] for row in range(height))
    header = struct.pack(">IIBBBBB", width, height, 8, 3, 0, 0, 0)
    chunks = ((b"IHDR", header), (b"PLTE", _PALETTE), (b"IDAT", zlib.compress(rows)), (b"IEND", b""))
    return b"\x89PNG\r\n\x1a\n" + b"".join(_chunk(kind, content) for kind, content in chunks)


def _path(line: str, scale: float, height: float) -> Iterator[str]:
    for stroke in draw(line):
        points = [f"{_LEFT + x * scale:.1f} {height + y * scale:.1f}" for x, y in stroke]
        yield f"{points[0]} m " + " ".join(f"{point} l" for point in points[1:]) + " S"


def _pdf_file(objects: Sequence[bytes]) -> bytes:
    """Number the objects, the first being the catalogue and the last the information, and index them."""
    written = bytearray(b"%PDF-1.4\n%\xe2\xe3\xcf\xd3\n")
    places = []
    for number, content in enumerate(objects, start=1):
        places.append(len(written))
        written += f"{number} 0 obj\n".encode() + content + b"\nendobj\n"
    index = len(written)
    written += f"xref\n0 {len(objects) + 1}\n0000000000 65535 f \n".encode()
    written += b"".join(f"{place:010} 00000 n \n".encode() for place in places)
    written += f"trailer\n<< /Size {len(objects) + 1} /Root 1 0 R /Info {len(objects)} 0 R >>\n".encode()
    return bytes(written + f"startxref\n{index}\n%%EOF\n".encode())


def _ink(dots: bytearray, stroke: Sequence[Point]) -> None:
    """Colour the dots along a line, two wide; what leaves the picture is left out."""
    width, height = _PICTURE
    for (x, y), (to_x, to_y) in pairwise(stroke):
        steps = max(abs(to_x - x), abs(to_y - y), 1)
        for step in range(steps + 1):
            column, row = x + (to_x - x) * step // steps, y + (to_y - y) * step // steps
            if 0 <= column < width - 1 and 0 <= row < height:
                dots[row * width + column] = dots[row * width + column + 1] = _INK


def _chunk(kind: bytes, content: bytes) -> bytes:
    return struct.pack(">I", len(content)) + kind + content + struct.pack(">I", zlib.crc32(kind + content))
