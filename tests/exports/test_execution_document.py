"""The document to sign, opened again: page set-up, repeated headings, language, the lines to sign on."""

from __future__ import annotations

import io
from datetime import UTC, datetime
from typing import Any

import pytest
from docx import Document
from docx.enum.text import WD_ALIGN_PARAGRAPH
from docx.oxml.ns import qn
from docx.shared import Mm

from app.exports.execution_document import execution_docx
from tests.exports.execution_sample import FORMULA, sample


@pytest.fixture
def document() -> Any:
    return Document(io.BytesIO(execution_docx(sample())))


def test_the_same_report_gives_the_same_bytes() -> None:
    assert execution_docx(sample()) == execution_docx(sample())
    assert execution_docx(sample()) != execution_docx(sample(3))


def test_the_page_is_a4_across_with_the_margins_of_the_standard(document: Any) -> None:
    page = document.sections[0]
    assert (page.page_width.mm, page.page_height.mm) == (pytest.approx(297, 0.001), pytest.approx(210, 0.001))
    margins = [page.left_margin.mm, page.right_margin.mm, page.top_margin.mm, page.bottom_margin.mm]
    assert margins == pytest.approx([30, 10, 20, 20], 0.001)


def test_no_table_is_wider_than_the_page_between_its_margins(document: Any) -> None:
    for table in document.tables:
        assert sum(column.width for column in table.columns) <= Mm(297 - 30 - 10) + Mm(1)


def test_pages_are_numbered_top_centre_from_the_second_on(document: Any) -> None:
    page = document.sections[0]
    assert page.different_first_page_header_footer
    assert page.first_page_header.paragraphs[0].text == ""
    number = page.header.paragraphs[0]
    assert number.alignment == WD_ALIGN_PARAGRAPH.CENTER
    assert [each.text for each in number._p.iter(qn("w:instrText"))] == [" PAGE "]


def test_the_headings_of_both_tables_come_again_on_every_page(document: Any) -> None:
    for table in document.tables[:2]:
        repeated = [row._tr.find(f".//{qn('w:tblHeader')}") is not None for row in table.rows]
        assert repeated[0]
        assert not any(repeated[1:])
        assert all(row._tr.find(f".//{qn('w:cantSplit')}") is not None for row in table.rows)


def test_everything_is_russian_and_in_one_font(document: Any) -> None:
    languages = {each.get(qn("w:val")) for each in document.styles.element.iter(qn("w:lang"))}
    assert languages == {"ru-RU"}
    fonts = [each.attrib for each in document.styles.element.iter(qn("w:rFonts"))]
    assert {value for each in fonts for value in each.values()} == {"Times New Roman"}
    assert document.styles["Normal"].font.size.pt == 14
    sizes = {run.font.size.pt for row in document.tables[0].rows for run in row.cells[1].paragraphs[0].runs}
    assert sizes == {9}


def test_the_properties_tell_the_moment_of_the_report_and_not_that_of_the_program(document: Any) -> None:
    properties = document.core_properties
    moment = datetime(2022, 6, 15, 9, 30)
    assert {properties.created.replace(tzinfo=UTC), properties.modified.replace(tzinfo=UTC)} == {
        moment.replace(tzinfo=UTC)
    }
    assert (properties.title, properties.author) == ("Отчёт об исполнении плана", "Веха")
    assert properties.language == "ru-RU"


def test_the_rows_stand_under_their_section_with_nine_columns(document: Any) -> None:
    rows = document.tables[0].rows
    assert [cell.text for cell in rows[0].cells][:2] == ["№ п/п", "Мероприятие"]
    assert {cell.text for cell in rows[1].cells} == {"1. Раздел"}
    assert [cell.text for cell in rows[2].cells] == [
        *("1.1", FORMULA, "февраль", "@Департамент", "с 01.02.2022 по 10.03.2022", "принято: 2 из 3"),
        *("http://example.org/перечень", "Исполнено", "-1+2"),
    ]
    assert len(rows) == 4


def test_there_are_empty_lines_to_sign_on(document: Any) -> None:
    lines, captions = document.tables[2].rows
    assert [cell.text for cell in captions.cells] == ["должность", "", "подпись", "", "И. О. Фамилия"]
    assert {cell.text for cell in lines.cells} == {""}
    underlined = [cell._tc.find(f".//{qn('w:bottom')}") is not None for cell in lines.cells]
    assert underlined == [True, False, True, False, True]
    assert document.paragraphs[-1].text == "«___» ______________ 2022 г."
