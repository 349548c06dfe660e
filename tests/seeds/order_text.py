"""The order's own text, read apart from the seed and in another way than the seed was made."""

from __future__ import annotations

from collections.abc import Iterable
from html.parser import HTMLParser
from pathlib import Path

FOLDER = Path(__file__).parents[2] / "seeds" / "2022"
LINES = FOLDER.joinpath("order.txt").read_bytes().decode("utf-8").split("\n")
#: lines of the table's first and last row
TABLE = range(123, 161)
BY_AGREEMENT = " (по согласованию)"


class _Words(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.found: list[str] = []

    def handle_data(self, data: str) -> None:
        self.found.extend(data.split())


def plain(text: str) -> str:
    """The text without HTML tags, its words one blank apart."""
    parser = _Words()
    parser.feed(text)
    parser.close()
    return " ".join(parser.found)


def line(number: int) -> str:
    return plain(LINES[number - 1])


def joined(numbers: Iterable[int]) -> str:
    return " ".join(line(number) for number in numbers)


def cell(numbers: Iterable[int], column: int) -> str:
    """A cell of the order's table, its page-break tail glued to it."""
    parts = (LINES[number - 1].split("\t")[column] for number in numbers)
    return plain(" ".join(parts))
