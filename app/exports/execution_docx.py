"""The report of execution as a document to sign: GOST R 7.0.97, A4 across, Times New Roman."""

from __future__ import annotations

import io
from collections.abc import Sequence
from typing import Any

from docx import Document
from docx.document import Document as DocumentObject
from docx.enum.section import WD_ORIENT
from docx.enum.text import WD_ALIGN_PARAGRAPH
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Mm, Pt, RGBColor
from docx.table import _Row
from docx.text.paragraph import Paragraph

from app.exports.execution_report import ExecutionReport
from app.exports.packages import lighten, timeless, writable

MEDIA_TYPE = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"

_FONT = "Times New Roman"
_TEXT, _IN_TABLE = Pt(14), Pt(9)
#: margins left, right, top and bottom, mm (GOST R 7.0.97)
_LEFT, _RIGHT, _TOP, _BOTTOM = 30, 10, 20, 20
#: widths of the columns, mm; together the width between the margins
_ROWS = (13, 47, 22, 35, 25, 25, 35, 21, 34)
_INDICATORS = (11, 116, 32, 28, 24, 46)
_SIGNATURE = (90, 10, 60, 10, 87)


def execution_docx(report: ExecutionReport) -> bytes:
    """The document. The same report gives the same bytes."""
    document = Document()
    lighten(document)
    _set_up(document, report)
    document.add_paragraph(writable(report.heading), style="Heading 1")
    for line in report.subheading:
        _centred(document.add_paragraph(writable(line)))
    _rows(document, report)
    for note in report.notes:
        _small(document.add_paragraph(writable(note)))
    document.add_paragraph(writable(report.indicators_heading), style="Heading 2")
    lines = [
        (str(each.number), each.title, each.target, each.value, each.reported, each.standing)
        for each in report.indicators
    ]
    _table(document, _INDICATORS, report.indicator_columns, lines)
    document.add_paragraph(writable(report.totals_heading), style="Heading 2")
    for line in report.totals:
        document.add_paragraph(writable(line))
    _signature(document, report)
    written = io.BytesIO()
    document.save(written)
    return timeless(written)


def _set_up(document: DocumentObject, report: ExecutionReport) -> None:
    page = document.sections[0]
    page.orientation = WD_ORIENT.LANDSCAPE
    page.page_width, page.page_height = Mm(297), Mm(210)
    page.left_margin, page.right_margin = Mm(_LEFT), Mm(_RIGHT)
    page.top_margin, page.bottom_margin = Mm(_TOP), Mm(_BOTTOM)
    page.header_distance = Mm(10)
    # The first page carries no number.
    page.different_first_page_header_footer = True
    _page_number(page.header.paragraphs[0])
    _letters(document, report.language)
    properties = document.core_properties
    properties.title, properties.subject = writable(report.heading), writable(report.subheading[0])[:255]
    properties.author = properties.last_modified_by = writable(report.author)
    properties.comments, properties.language, properties.revision = "", report.language, 1
    properties.created = properties.modified = report.made_at.replace(tzinfo=None, microsecond=0)


def _letters(document: DocumentObject, language: str) -> None:
    """One font and one language everywhere, whatever the library's own template has."""
    for properties in document.styles.element.iter(qn("w:rPr")):
        for fonts in properties.findall(qn("w:rFonts")):
            fonts.attrib.clear()
            for script in ("ascii", "hAnsi", "cs", "eastAsia"):
                fonts.set(qn(f"w:{script}"), _FONT)
        for spoken in properties.findall(qn("w:lang")):
            spoken.set(qn("w:val"), language)
            spoken.set(qn("w:eastAsia"), language)
    normal: Any = document.styles["Normal"]
    normal.font.name, normal.font.size = _FONT, _TEXT
    normal.paragraph_format.space_after = Pt(6)
    normal.paragraph_format.line_spacing = 1
    for name in ("Heading 1", "Heading 2"):
        style: Any = document.styles[name]
        style.font.size, style.font.bold, style.font.color.rgb = _TEXT, True, RGBColor(0, 0, 0)
        style.paragraph_format.space_before, style.paragraph_format.space_after = Pt(12), Pt(6)
        style.paragraph_format.keep_with_next = True
        style.paragraph_format.alignment = WD_ALIGN_PARAGRAPH.CENTER


def _page_number(paragraph: Paragraph) -> None:
    _centred(paragraph)
    for kind, text in (("begin", ""), ("", " PAGE "), ("separate", ""), ("shown", "2"), ("end", "")):
        run = paragraph.add_run()
        if kind == "shown":
            run.text = text
            continue
        field = OxmlElement("w:instrText" if not kind else "w:fldChar")
        if kind:
            field.set(qn("w:fldCharType"), kind)
        else:
            field.text = text
        run._r.append(field)


def _rows(document: DocumentObject, report: ExecutionReport) -> None:
    table = _table(document, _ROWS, report.columns, ())
    for section in report.sections:
        heading = table.add_row()
        merged = heading.cells[0].merge(heading.cells[-1])
        _write(merged, section.title, bold=True)
        merged.paragraphs[0].paragraph_format.keep_with_next = True
        _keep_together(heading)
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
            _line(table, _ROWS, texts)


def _table(
    document: DocumentObject,
    widths: Sequence[int],
    columns: Sequence[str],
    lines: Sequence[Sequence[str]],
) -> Any:
    table: Any = document.add_table(rows=1, cols=len(widths), style="Table Grid")
    table.autofit = False
    for column, width in zip(table.columns, widths, strict=True):
        column.width = Mm(width)
    header = table.rows[0]
    for cell, width, name in zip(header.cells, widths, columns, strict=True):
        cell.width = Mm(width)
        _write(cell, name, bold=True)
        _centred(cell.paragraphs[0])
    _flag(header, "w:tblHeader")
    _keep_together(header)
    for texts in lines:
        _line(table, widths, texts)
    return table


def _line(table: Any, widths: Sequence[int], texts: Sequence[str]) -> None:
    row = table.add_row()
    for cell, width, text in zip(row.cells, widths, texts, strict=True):
        cell.width = Mm(width)
        _write(cell, text)
    _keep_together(row)


def _write(cell: Any, text: str, *, bold: bool = False) -> None:
    paragraph = cell.paragraphs[0]
    run = paragraph.add_run(writable(text))
    run.font.size, run.bold = _IN_TABLE, bold or None
    paragraph.paragraph_format.space_after = Pt(0)


def _keep_together(row: _Row) -> None:
    """No page ends in the middle of the row."""
    _flag(row, "w:cantSplit")


def _flag(row: _Row, name: str) -> None:
    row._tr.get_or_add_trPr().append(OxmlElement(name))


def _signature(document: DocumentObject, report: ExecutionReport) -> None:
    """Lines to write on, with what belongs on them beneath; never parted from one another."""
    space = document.add_paragraph()
    space.paragraph_format.keep_with_next = True
    table = document.add_table(rows=2, cols=len(_SIGNATURE))
    table.autofit = False
    for row in table.rows:
        _keep_together(row)
        for cell, width in zip(row.cells, _SIGNATURE, strict=True):
            cell.width = Mm(width)
    for place, caption in zip((0, 2, 4), report.signature, strict=True):
        line, beneath = table.rows[0].cells[place], table.rows[1].cells[place]
        _underline(line)
        line.paragraphs[0].paragraph_format.keep_with_next = True
        _write(beneath, caption)
        _centred(beneath.paragraphs[0])
        beneath.paragraphs[0].paragraph_format.keep_with_next = True
    document.add_paragraph(writable(report.signed_on)).paragraph_format.space_before = Pt(12)


def _underline(cell: Any) -> None:
    borders, bottom = OxmlElement("w:tcBorders"), OxmlElement("w:bottom")
    for name, value in (("val", "single"), ("sz", "4"), ("space", "0"), ("color", "000000")):
        bottom.set(qn(f"w:{name}"), value)
    borders.append(bottom)
    cell._tc.get_or_add_tcPr().append(borders)


def _centred(paragraph: Paragraph) -> None:
    paragraph.alignment = WD_ALIGN_PARAGRAPH.CENTER


def _small(paragraph: Paragraph) -> None:
    for run in paragraph.runs:
        run.font.size = Pt(10)
