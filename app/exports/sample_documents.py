"""Documents of the demonstration: real files of the usual types, that say of themselves what they are.

The same content gives the same bytes, whenever and wherever it is made.
"""

from __future__ import annotations

import io
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime

import xlsxwriter
from docx import Document
from docx.shared import Pt

from app.exports.packages import lighten, timeless
from app.exports.sample_scans import pdf, png


@dataclass(frozen=True, slots=True)
class SampleDocument:
    """What a sample says."""

    title: str
    #: that it is a demonstration document
    notice: str
    #: names and values: who, what, when
    facts: Sequence[tuple[str, str]]
    lines: Sequence[str]
    created: datetime


def make_sample(extension: str, sample: SampleDocument) -> bytes:
    """The bytes of a sample of that type: docx, xlsx, pdf or png. Raises KeyError for any other."""
    return MAKERS[extension](sample)


def _docx(sample: SampleDocument) -> bytes:
    document = Document()
    lighten(document)
    document.styles["Normal"].font.name = "Times New Roman"
    document.styles["Normal"].font.size = Pt(14)
    properties = document.core_properties
    properties.title, properties.author, properties.comments = sample.title, "", sample.notice
    properties.created = properties.modified = sample.created.replace(tzinfo=None)
    document.add_paragraph().add_run(sample.title).bold = True
    document.add_paragraph().add_run(sample.notice).italic = True
    table = document.add_table(rows=0, cols=2, style="Table Grid")
    for name, value in sample.facts:
        cells = table.add_row().cells
        cells[0].text, cells[1].text = name, value
    for line in sample.lines:
        document.add_paragraph(line)
    written = io.BytesIO()
    document.save(written)
    return timeless(written)


def _xlsx(sample: SampleDocument) -> bytes:
    written = io.BytesIO()
    book = xlsxwriter.Workbook(written, {"in_memory": True})
    book.set_properties(
        {"title": sample.title, "comments": sample.notice, "created": sample.created.replace(tzinfo=None)}
    )
    bold, italic = book.add_format({"bold": True}), book.add_format({"italic": True})
    wrapped = book.add_format({"border": 1, "text_wrap": True, "valign": "top"})
    number = book.add_format({"border": 1, "num_format": "#,##0", "valign": "top"})
    sheet = book.add_worksheet()
    sheet.set_column(0, 0, 48)
    sheet.set_column(1, 1, 40)
    sheet.write_string(0, 0, sample.title, bold)
    sheet.write_string(1, 0, sample.notice, italic)
    for row, (name, value) in enumerate(sample.facts, start=3):
        sheet.write_string(row, 0, name, wrapped)
        if value.isdecimal():
            sheet.write_number(row, 1, int(value), number)
        else:
            sheet.write_string(row, 1, value, wrapped)
    for row, line in enumerate(sample.lines, start=len(sample.facts) + 4):
        sheet.write_string(row, 0, line)
    book.close()
    return written.getvalue()


def _pdf(sample: SampleDocument) -> bytes:
    return pdf(sample.title, _paragraphs(sample))


def _png(sample: SampleDocument) -> bytes:
    return png(sample.title, _paragraphs(sample))


def _paragraphs(sample: SampleDocument) -> list[str]:
    return [sample.notice, "", *(f"{name}: {value}" for name, value in sample.facts), "", *sample.lines]


#: extension → how a sample of that type is made
MAKERS: dict[str, Callable[[SampleDocument], bytes]] = {
    "docx": _docx,
    "xlsx": _xlsx,
    "pdf": _pdf,
    "png": _png,
}
