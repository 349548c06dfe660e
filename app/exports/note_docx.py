"""The note on execution: one page of A4 for whoever reads one page."""

from __future__ import annotations

import io
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from docx import Document
from docx.shared import Pt
from docx.text.paragraph import Paragraph

from app.exports.official_docx import add_table, centred, set_up
from app.exports.packages import timeless, writable

_TEXT = Pt(12)
#: widths of the columns, mm; together the width between the margins
_SECTIONS = (70, 25, 25, 25, 25)


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
    #: names of the columns of the table of sections: its name and four counts
    columns: Sequence[str]
    sections: Sequence[Sequence[str]]
    parts: Sequence[NotePart]


def note_docx(note: Note) -> bytes:
    """The document. The same note gives the same bytes."""
    document = Document()
    set_up(
        document,
        title=note.heading,
        subject=note.subheading[0],
        author=note.author,
        language=note.language,
        made_at=note.made_at,
        across=False,
        text=_TEXT,
    )
    document.add_paragraph(writable(note.heading), style="Heading 1")
    for line in note.subheading:
        centred(document.add_paragraph(writable(line)))
    for line in note.totals:
        _close(document.add_paragraph(writable(line)))
    add_table(document, _SECTIONS, note.columns, note.sections)
    for part in note.parts:
        heading = document.add_paragraph(writable(part.heading), style="Heading 2")
        heading.paragraph_format.space_before = Pt(8)
        for line in part.lines:
            _close(document.add_paragraph(writable(line)))
    written = io.BytesIO()
    document.save(written)
    return timeless(written)


def _close(paragraph: Paragraph) -> None:
    """Near to the next: the page is one."""
    paragraph.paragraph_format.space_after = Pt(3)
