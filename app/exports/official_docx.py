"""An official document as DOCX: GOST R 7.0.97, A4, Times New Roman, headings that come again."""

from __future__ import annotations

import io
from collections.abc import Sequence
from itertools import pairwise
from typing import Any
from xml.sax.saxutils import escape

from docx import Document
from docx.document import Document as DocumentObject
from docx.enum.section import WD_ORIENT
from docx.enum.text import WD_ALIGN_PARAGRAPH
from docx.oxml import OxmlElement, parse_xml
from docx.oxml.ns import nsdecls, qn
from docx.shared import Mm, Pt, RGBColor
from docx.text.paragraph import Paragraph

from app.exports.official import (
    BOTTOM,
    IN_TABLE,
    LEFT,
    LONG,
    RIGHT,
    SHORT,
    SMALL,
    TOP,
    Block,
    Column,
    Heading,
    Lines,
    OfficialDocument,
    Signature,
    Table,
    tall,
)
from app.exports.packages import lighten, timeless, writable

MEDIA_TYPE = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"

_FONT = "Times New Roman"
#: twentieths of a point in a mm
_TWIPS = 1440 / 25.4
#: widths of the lines to sign on and of the gaps between them, parts of the whole
_SIGNATURE = (35, 4, 23, 4, 34)
#: twips at both sides of a cell; by as much Word moves a table out of the text, unless it is moved in again
_PADDING = 85
_KEPT_TOGETHER = "<w:trPr><w:cantSplit/>{more}</w:trPr>"
_UNDERLINED = '<w:tcBorders><w:bottom w:val="single" w:sz="4" w:space="0" w:color="000000"/></w:tcBorders>'


def official_docx(written: OfficialDocument) -> bytes:
    """The document. The same content gives the same bytes."""
    document = Document()
    _set_up(document, written)
    document.add_paragraph(writable(written.heading), style="Heading 1")
    for line in written.subheading:
        _centred(document.add_paragraph(writable(line)))
    for block, after in pairwise([*written.blocks, None]):
        if block is not None:
            _add(document, block, width=_between_margins(written), signed=isinstance(after, Signature))
    packed = io.BytesIO()
    document.save(packed)
    return timeless(packed)


def _add(document: DocumentObject, block: Block, *, width: int, signed: bool) -> None:
    match block:
        case Heading():
            document.add_paragraph(writable(block.text), style="Heading 2")
        case Lines():
            for line in block.lines:
                _paragraph(document, line, small=block.note, kept=signed)
        case Table():
            document.element.body.insert_element_before(parse_xml(_table(block)), "w:sectPr")
            # A table and what follows do not touch.
            gap = document.add_paragraph()
            gap.paragraph_format.space_after = Pt(0)
            gap.paragraph_format.line_spacing = Pt(6)
        case Signature():
            _sign(document, block, width)


def _between_margins(written: OfficialDocument) -> int:
    return (LONG if written.across else SHORT) - LEFT - RIGHT


def _set_up(document: DocumentObject, written: OfficialDocument) -> None:
    """Page, letters and properties."""
    lighten(document)
    page = document.sections[0]
    page.page_width, page.page_height = Mm(SHORT), Mm(LONG)
    if written.across:
        page.orientation = WD_ORIENT.LANDSCAPE
        page.page_width, page.page_height = Mm(LONG), Mm(SHORT)
    page.left_margin, page.right_margin = Mm(LEFT), Mm(RIGHT)
    page.top_margin, page.bottom_margin = Mm(TOP), Mm(BOTTOM)
    page.header_distance = Mm(10)
    # The first page carries no number.
    page.different_first_page_header_footer = True
    _page_number(page.header.paragraphs[0])
    _letters(document, written.language, written.text)
    properties = document.core_properties
    properties.title = writable(written.heading)
    properties.subject = writable(written.subheading[0])[:255]
    properties.author = properties.last_modified_by = writable(written.author)
    properties.comments, properties.language, properties.revision = "", written.language, 1
    properties.created = properties.modified = written.made_at.replace(tzinfo=None, microsecond=0)


def _letters(document: DocumentObject, language: str, size: int) -> None:
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
    normal.font.name, normal.font.size = _FONT, Pt(size)
    normal.paragraph_format.space_after = Pt(size * 0.25)
    normal.paragraph_format.line_spacing = 1
    for name in ("Heading 1", "Heading 2"):
        style: Any = document.styles[name]
        style.font.size, style.font.bold, style.font.color.rgb = Pt(size), True, RGBColor(0, 0, 0)
        style.paragraph_format.space_before, style.paragraph_format.space_after = Pt(size * 0.7), Pt(6)
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


def _paragraph(document: DocumentObject, text: str, *, small: bool = False, kept: bool = False) -> None:
    paragraph = document.add_paragraph()
    run = paragraph.add_run(writable(text))
    if small:
        run.font.size = Pt(SMALL)
    if kept:
        paragraph.paragraph_format.keep_with_next = True


def _table(table: Table) -> str:
    """The table as XML: through the library each cell costs a search of the whole table."""
    columns = table.columns
    names = [Column(each.name, each.width, centred=True) for each in columns]
    rows = [_row(names, [each.name for each in columns], bold=True, more="<w:tblHeader/>")]
    for group in table.groups:
        if group.title:
            rows.append(_title(group.title, columns))
        rows.extend(_row(columns, texts) for texts in group.lines)
    grid = "".join(f'<w:gridCol w:w="{_twips(column.width)}"/>' for column in columns)
    width = sum(_twips(column.width) for column in columns)
    return (
        f'<w:tbl {nsdecls("w")}><w:tblPr><w:tblStyle w:val="TableGrid"/><w:tblW w:w="{width}" w:type="dxa"/>'
        f'<w:tblInd w:w="{_PADDING}" w:type="dxa"/><w:tblLayout w:type="fixed"/>'
        '<w:tblCellMar><w:top w:w="28" w:type="dxa"/>'
        f'<w:left w:w="{_PADDING}" w:type="dxa"/><w:bottom w:w="28" w:type="dxa"/>'
        f'<w:right w:w="{_PADDING}" w:type="dxa"/>'
        f"</w:tblCellMar></w:tblPr><w:tblGrid>{grid}</w:tblGrid>{''.join(rows)}</w:tbl>"
    )


def _row(columns: Sequence[Column], texts: Sequence[str], *, bold: bool = False, more: str = "") -> str:
    cells = "".join(
        f'<w:tc><w:tcPr><w:tcW w:w="{_twips(column.width)}" w:type="dxa"/></w:tcPr>'
        f"{_in_cell(text, bold=bold, centred=column.centred)}</w:tc>"
        for column, text in zip(columns, texts, strict=True)
    )
    properties = "" if tall(columns, texts) else _KEPT_TOGETHER.format(more=more)
    return f"<w:tr>{properties}{cells}</w:tr>"


def _title(text: str, columns: Sequence[Column]) -> str:
    """A title across the table, on one page with the row beneath it."""
    return (
        f'<w:tr>{_KEPT_TOGETHER.format(more="")}<w:tc><w:tcPr><w:tcW w:w="'
        f'{sum(_twips(column.width) for column in columns)}" w:type="dxa"/>'
        f'<w:gridSpan w:val="{len(columns)}"/></w:tcPr>{_in_cell(text, bold=True, kept=True)}</w:tc></w:tr>'
    )


def _in_cell(text: str, *, bold: bool = False, centred: bool = False, kept: bool = False) -> str:
    """The lines of a text as paragraphs in the letters of a table."""
    layout = f'{"<w:keepNext/>" if kept else ""}<w:spacing w:after="0"/>{_MIDDLE if centred else ""}'
    letters = f'{"<w:b/>" if bold else ""}<w:sz w:val="{2 * IN_TABLE}"/>'
    return "".join(
        f"<w:p><w:pPr>{layout}</w:pPr><w:r><w:rPr>{letters}</w:rPr>"
        f'<w:t xml:space="preserve">{escape(writable(line))}</w:t></w:r></w:p>'
        for line in text.split("\n")
    )


_MIDDLE = '<w:jc w:val="center"/>'


def _sign(document: DocumentObject, signature: Signature, width: int) -> None:
    """Lines to write on, with what belongs on them beneath; never parted from one another."""
    space = document.add_paragraph()
    space.paragraph_format.keep_with_next = True
    widths = [width * part // 100 for part in _SIGNATURE]
    captions = ["", "", "", "", ""]
    captions[::2] = signature.captions
    lines = "".join(
        _signed_cell(each, "", _UNDERLINED if place % 2 == 0 else "") for place, each in enumerate(widths)
    )
    beneath = "".join(_signed_cell(each, caption, "") for each, caption in zip(widths, captions, strict=True))
    grid = "".join(f'<w:gridCol w:w="{_twips(each)}"/>' for each in widths)
    row = f"<w:tr>{_KEPT_TOGETHER.format(more='')}"
    table = parse_xml(
        f'<w:tbl {nsdecls("w")}><w:tblPr><w:tblW w:w="{sum(map(_twips, widths))}" w:type="dxa"/>'
        f'<w:tblLayout w:type="fixed"/></w:tblPr><w:tblGrid>{grid}</w:tblGrid>'
        f"{row}{lines}</w:tr>{row}{beneath}</w:tr></w:tbl>"
    )
    document.element.body.insert_element_before(table, "w:sectPr")
    document.add_paragraph(writable(signature.signed_on)).paragraph_format.space_before = Pt(12)


def _signed_cell(width: int, caption: str, borders: str) -> str:
    properties = f'<w:tcW w:w="{_twips(width)}" w:type="dxa"/>{borders}'
    return f"<w:tc><w:tcPr>{properties}</w:tcPr>{_in_cell(caption, centred=True, kept=True)}</w:tc>"


def _twips(millimetres: float) -> int:
    return round(millimetres * _TWIPS)


def _centred(paragraph: Paragraph) -> None:
    paragraph.alignment = WD_ALIGN_PARAGRAPH.CENTER
