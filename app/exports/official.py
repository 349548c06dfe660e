"""A document to sign, apart from any format: what it says, and how GOST R 7.0.97 has it laid out."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

#: margins left, right, top and bottom, mm
LEFT, RIGHT, TOP, BOTTOM = 30, 10, 20, 20
#: width and height of A4, mm
SHORT, LONG = 210, 297
#: points of the letters of a table and of a note
IN_TABLE, SMALL = 9, 10

#: what nine points take: mm of a letter on average and of a line, and mm at both sides of a cell
_LETTER, _LINE, _SIDES = 1.6, 3.7, 3.8
#: a row that is taller, mm, may be parted: kept whole it would leave half a page empty
_TALL = 60


@dataclass(frozen=True, slots=True)
class Column:
    """A column of a table; its width is in mm."""

    name: str
    width: int
    #: short values, which stand in the middle
    centred: bool = False


@dataclass(frozen=True, slots=True)
class Group:
    """Rows of a table under a title across all columns; "" for none."""

    title: str
    lines: Sequence[Sequence[str]]


@dataclass(frozen=True, slots=True)
class Table:
    """A table whose header comes again on every page."""

    columns: Sequence[Column]
    groups: Sequence[Group]


@dataclass(frozen=True, slots=True)
class Heading:
    """What stands over the next block, on the same page."""

    text: str


@dataclass(frozen=True, slots=True)
class Lines:
    """Paragraphs; those of a note are in smaller letters."""

    lines: Sequence[str]
    note: bool = False


@dataclass(frozen=True, slots=True)
class Signature:
    """Lines to write on, with what belongs on them beneath, and the line for the day.

    It stands on one page with the paragraphs before it: a signature alone on a page signs nothing.
    """

    captions: Sequence[str]
    signed_on: str


Block = Heading | Lines | Table | Signature


@dataclass(frozen=True, slots=True)
class OfficialDocument:
    """Everything that a document says, in the words of one language."""

    #: BCP 47, e.g. ru-RU
    language: str
    author: str
    made_at: datetime
    heading: str
    #: lines under the heading
    subheading: Sequence[str]
    blocks: Sequence[Block]
    #: whether the page lies on its side
    across: bool = False
    #: points of the letters outside of tables
    text: int = 14
    #: whether the letters are made smaller, where they can be measured, until all of it stands on one page
    one_page: bool = False


def tall(columns: Sequence[Column], texts: Sequence[str]) -> bool:
    """Whether a row would leave too much of a page empty if it were kept whole."""
    return any(
        _LINE * lines_of(text, column.width) > _TALL for column, text in zip(columns, texts, strict=True)
    )


def lines_of(text: str, width: int) -> int:
    """How many lines a text takes in a column of that width, mm; not less than it will be."""
    letters = max(1, int((width - _SIDES) / _LETTER))
    return sum(max(1, math.ceil(len(part) / letters)) for part in text.split("\n"))
