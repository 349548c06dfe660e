"""The note on execution: one page of A4 for whoever reads one page."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from app.exports.official import (
    BOTTOM,
    LONG,
    TOP,
    Block,
    Column,
    Group,
    Heading,
    Lines,
    OfficialDocument,
    Table,
    lines_of,
)
from app.exports.official_docx import official_docx
from app.exports.official_pdf import official_pdf

#: points
_TEXT = 12
#: widths of the columns, mm; together the width between the margins
_SECTIONS = (58, 25, 20, 20, 22, 25)
#: letters in a line of text, and mm: of a line, of what parts paragraphs, of a line of the table, of what
#: parts its rows, of a heading with its space, and of what is left free, for none of it is exact
_LETTERS, _LINE, _APART, _TABLE_LINE, _ROWS_APART, _HEADING, _FREE = 82, 4.9, 1.1, 3.7, 1.0, 9.9, 4


@dataclass(frozen=True, slots=True)
class NotePart:
    """A heading and what stands under it, a line each."""

    heading: str
    lines: Sequence[str]


@dataclass(frozen=True, slots=True)
class Note:
    """What the note says, in the words of one language."""

    #: BCP 47, e.g. ru-RU
    language: str
    author: str
    made_at: datetime
    heading: str
    #: lines under the heading
    subheading: Sequence[str]
    totals: Sequence[str]
    #: names of the columns of the table of sections: its name, four counts, what it endangers
    columns: Sequence[str]
    sections: Sequence[Sequence[str]]
    parts: Sequence[NotePart]


def note_docx(note: Note) -> bytes:
    """The document. The same note gives the same bytes."""
    return official_docx(_document(note))


def note_pdf(note: Note) -> bytes:
    """The same on paper. Raises PdfUnavailableError."""
    return official_pdf(_document(note))


def fits(note: Note) -> bool:
    """Whether all of it stands on one page, by what its letters take."""
    texts = [*note.subheading, *note.totals, *(line for part in note.parts for line in part.lines)]
    table = [note.columns, *note.sections]
    height = sum(_LINE * math.ceil(len(text) / _LETTERS) + _APART for text in texts)
    height += _HEADING * (1 + len(note.parts))
    for cells in table:
        lines = max(lines_of(text, width) for text, width in zip(cells, _SECTIONS, strict=True))
        height += _TABLE_LINE * lines + _ROWS_APART
    return height <= LONG - TOP - BOTTOM - _FREE


def _document(note: Note) -> OfficialDocument:
    return OfficialDocument(
        language=note.language,
        author=note.author,
        made_at=note.made_at,
        heading=note.heading,
        subheading=note.subheading,
        text=_TEXT,
        one_page=True,
        blocks=list(_blocks(note)),
    )


def _blocks(note: Note) -> Iterator[Block]:
    columns = [
        Column(name, width, centred=place > 0)
        for place, (name, width) in enumerate(zip(note.columns, _SECTIONS, strict=True))
    ]
    yield Lines(note.totals)
    yield Table(columns, [Group("", note.sections)])
    for part in note.parts:
        yield Heading(part.heading)
        yield Lines(part.lines)
