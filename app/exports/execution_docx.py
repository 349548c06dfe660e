"""The report of execution as a document to sign: GOST R 7.0.97, A4 across, Times New Roman."""

from __future__ import annotations

import io
from typing import Any

from docx import Document
from docx.document import Document as DocumentObject
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Mm, Pt

from app.exports.execution_report import ExecutionReport
from app.exports.official_docx import add_line, add_table, centred, keep_together, set_up, small, write
from app.exports.packages import timeless, writable

_TEXT = Pt(14)
#: widths of the columns, mm; together the width between the margins
_ROWS = (13, 47, 22, 35, 25, 25, 35, 21, 34)
_INDICATORS = (11, 116, 32, 28, 24, 46)
_SIGNATURE = (90, 10, 60, 10, 87)


def execution_docx(report: ExecutionReport) -> bytes:
    """The document. The same report gives the same bytes."""
    document = Document()
    set_up(
        document,
        title=report.heading,
        subject=report.subheading[0],
        author=report.author,
        language=report.language,
        made_at=report.made_at,
        across=True,
        text=_TEXT,
    )
    document.add_paragraph(writable(report.heading), style="Heading 1")
    for line in report.subheading:
        centred(document.add_paragraph(writable(line)))
    _rows(document, report)
    for note in report.notes:
        small(document.add_paragraph(writable(note)))
    document.add_paragraph(writable(report.indicators_heading), style="Heading 2")
    lines = [
        (str(each.number), each.title, each.target, each.value, each.reported, each.standing)
        for each in report.indicators
    ]
    add_table(document, _INDICATORS, report.indicator_columns, lines)
    document.add_paragraph(writable(report.totals_heading), style="Heading 2")
    for line in report.totals:
        document.add_paragraph(writable(line))
    _signature(document, report)
    written = io.BytesIO()
    document.save(written)
    return timeless(written)


def _rows(document: DocumentObject, report: ExecutionReport) -> None:
    table = add_table(document, _ROWS, report.columns, ())
    for section in report.sections:
        heading = table.add_row()
        merged = heading.cells[0].merge(heading.cells[-1])
        write(merged, section.title, bold=True)
        merged.paragraphs[0].paragraph_format.keep_with_next = True
        keep_together(heading)
        for row in section.rows:
            texts = (
                row.number,
                row.title,
                row.deadline,
                row.executors,
                row.done,
                row.result,
                row.documents,
                row.state,
                row.reasons,
            )
            add_line(table, _ROWS, texts)


def _signature(document: DocumentObject, report: ExecutionReport) -> None:
    """Lines to write on, with what belongs on them beneath; never parted from one another."""
    space = document.add_paragraph()
    space.paragraph_format.keep_with_next = True
    table = document.add_table(rows=2, cols=len(_SIGNATURE))
    table.autofit = False
    for row in table.rows:
        keep_together(row)
        for cell, width in zip(row.cells, _SIGNATURE, strict=True):
            cell.width = Mm(width)
    for place, caption in zip((0, 2, 4), report.signature, strict=True):
        line, beneath = table.rows[0].cells[place], table.rows[1].cells[place]
        _underline(line)
        line.paragraphs[0].paragraph_format.keep_with_next = True
        write(beneath, caption)
        centred(beneath.paragraphs[0])
        beneath.paragraphs[0].paragraph_format.keep_with_next = True
    document.add_paragraph(writable(report.signed_on)).paragraph_format.space_before = Pt(12)


def _underline(cell: Any) -> None:
    borders, bottom = OxmlElement("w:tcBorders"), OxmlElement("w:bottom")
    for name, value in (("val", "single"), ("sz", "4"), ("space", "0"), ("color", "000000")):
        bottom.set(qn(f"w:{name}"), value)
    borders.append(bottom)
    cell._tc.get_or_add_tcPr().append(borders)
