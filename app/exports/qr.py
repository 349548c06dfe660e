"""QR codes as the one path that draws them: a page may carry no style, and needs no image file."""

from __future__ import annotations

from dataclasses import dataclass

import segno

#: the quiet zone that the standard asks for, modules
_BORDER = 4


@dataclass(frozen=True, slots=True)
class Drawing:
    """A square of `side` modules; `path` (of SVG) covers the dark ones."""

    side: int
    path: str


def draw(text: str) -> Drawing:
    """The QR code of a text, with medium error correction."""
    code = segno.make(text, error="m", micro=False)
    runs = []
    for top, row in enumerate(code.matrix, _BORDER):
        left = 0
        while left < len(row):
            dark, length = row[left], 1
            while left + length < len(row) and row[left + length] == dark:
                length += 1
            if dark:
                runs.append(f"M{left + _BORDER} {top}h{length}v1h-{length}z")
            left += length
    return Drawing(len(code.matrix) + 2 * _BORDER, "".join(runs))
