"""The path of a QR code covers exactly its dark modules."""

from __future__ import annotations

import re

import segno

from app.exports import qr

ADDRESS = "webcal://vekha.example.ru/feeds/" + "x" * 43 + ".ics"


def test_the_path_covers_the_dark_modules_and_leaves_a_quiet_zone() -> None:
    drawing = qr.draw(ADDRESS)
    covered = {
        (int(top), int(left) + step)
        for left, top, length in re.findall(r"M(\d+) (\d+)h(\d+)v1h-\d+z", drawing.path)
        for step in range(int(length))
    }
    matrix = segno.make(ADDRESS, error="m").matrix
    assert drawing.side == len(matrix) + 8
    assert covered == {
        (top + 4, left + 4) for top, row in enumerate(matrix) for left, dark in enumerate(row) if dark
    }
