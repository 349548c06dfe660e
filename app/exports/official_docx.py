"""What documents to sign have in common: GOST R 7.0.97, A4, Times New Roman, headings that come again."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from docx.document import Document as DocumentObject
from docx.enum.section import WD_ORIENT
from docx.enum.text import WD_ALIGN_PARAGRAPH
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Length, Mm, Pt, RGBColor
from docx.table import _Row
from docx.text.paragraph import Paragraph

from app.exports.packages import lighten, writable

MEDIA_TYPE = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"

_FONT = "Times New Roman"
#: margins left, right, top and bottom, mm (GOST R 7.0.97)
_LEFT, _RIGHT, _TOP, _BOTTOM = 30, 10, 20, 20
_IN_TABLE, _SMALL = Pt(9), Pt(10)


def set_up(
    document: DocumentObject,
    *,
    title: str,
    subject: str,
    author: str,
    language: str,
    made_at: datetime,
    across: bool,
    text: Length,
) -> None:
    """Page, letters and properties; `across` turns the page, `text` is the size of the letters."""
    lighten(document)
    page = document.sections[0]
    page.page_width, page.page_height = Mm(210), Mm(297)
    if across:
        page.orientation = WD_ORIENT.LANDSCAPE
        page.page_width, page.page_height = Mm(297), Mm(210)
    page.left_margin, page.right_margin = Mm(_LEFT), Mm(_RIGHT)
    page.top_margin, page.bottom_margin = Mm(_TOP), Mm(_BOTTOM)
    page.header_distance = Mm(10)
    # The first page carries no number.
    page.different_first_page_header_footer = True
    _page_number(page.header.paragraphs[0])
    _letters(document, language, text)
    properties = document.core_properties
    properties.title, properties.subject = writable(title), writable(subject)[:255]
    properties.author = properties.last_modified_by = writable(author)
    properties.comments, properties.language, properties.revision = "", language, 1
    properties.created = properties.modified = made_at.replace(tzinfo=None, microsecond=0)


def _letters(document: DocumentObject, language: str, size: Length) -> None:
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
    normal.font.name, normal.font.size = _FONT, size
    normal.paragraph_format.space_after = Pt(6)
    normal.paragraph_format.line_spacing = 1
    for name in ("Heading 1", "Heading 2"):
        style: Any = document.styles[name]
        style.font.size, style.font.bold, style.font.color.rgb = size, True, RGBColor(0, 0, 0)
        style.paragraph_format.space_before, style.paragraph_format.space_after = Pt(12), Pt(6)
        style.paragraph_format.keep_with_next = True
        style.paragraph_format.alignment = WD_ALIGN_PARAGRAPH.CENTER


def _page_number(paragraph: Paragraph) -> None:
    centred(paragraph)
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


def add_table(
    document: DocumentObject,
    widths: Sequence[int],
    columns: Sequence[str],
    lines: Sequence[Sequence[str]],
) -> Any:
    """A table whose header comes again on every page; widths in mm."""
    table: Any = document.add_table(rows=1, cols=len(widths), style="Table Grid")
    table.autofit = False
    for column, width in zip(table.columns, widths, strict=True):
        column.width = Mm(width)
    header = table.rows[0]
    for cell, width, name in zip(header.cells, widths, columns, strict=True):
        cell.width = Mm(width)
        write(cell, name, bold=True)
        centred(cell.paragraphs[0])
    _flag(header, "w:tblHeader")
    keep_together(header)
    for texts in lines:
        add_line(table, widths, texts)
    return table


def add_line(table: Any, widths: Sequence[int], texts: Sequence[str]) -> None:
    """A row at the end of the table."""
    row = table.add_row()
    for cell, width, text in zip(row.cells, widths, texts, strict=True):
        cell.width = Mm(width)
        write(cell, text)
    keep_together(row)


def write(cell: Any, text: str, *, bold: bool = False) -> None:
    """Text in the letters of a table."""
    paragraph = cell.paragraphs[0]
    run = paragraph.add_run(writable(text))
    run.font.size, run.bold = _IN_TABLE, bold or None
    paragraph.paragraph_format.space_after = Pt(0)


def keep_together(row: _Row) -> None:
    """No page ends in the middle of the row."""
    _flag(row, "w:cantSplit")


def _flag(row: _Row, name: str) -> None:
    row._tr.get_or_add_trPr().append(OxmlElement(name))


def centred(paragraph: Paragraph) -> None:
    """Between the margins, in the middle."""
    paragraph.alignment = WD_ALIGN_PARAGRAPH.CENTER


def small(paragraph: Paragraph) -> None:
    """In the letters of a note."""
    for run in paragraph.runs:
        run.font.size = _SMALL
