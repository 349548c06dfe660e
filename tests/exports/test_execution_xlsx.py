"""The workbook, opened again: typed cells, filters, headings that stay, and no formula from words."""

from __future__ import annotations

import io
from datetime import datetime
from typing import Any

import pytest
from openpyxl import load_workbook

from app.exports.execution_xlsx import execution_xlsx
from tests.exports.execution_sample import FORMULA, sample


@pytest.fixture
def book() -> Any:
    return load_workbook(io.BytesIO(execution_xlsx(sample())))


def line(sheet: Any, row: int) -> list[Any]:
    return [cell.value for cell in sheet[row]]


def test_the_same_report_gives_the_same_bytes() -> None:
    assert execution_xlsx(sample()) == execution_xlsx(sample())
    assert execution_xlsx(sample()) != execution_xlsx(sample(3))


def test_no_cell_is_a_formula_or_a_link_whatever_it_begins_with(book: Any) -> None:
    kinds = {cell.data_type for sheet in book for row in sheet.iter_rows() for cell in row}
    assert kinds <= {"s", "n", "d"}
    assert not any(cell.hyperlink for sheet in book for row in sheet.iter_rows() for cell in row)
    assert book["Пункты плана"]["B6"].value == FORMULA


def test_dates_and_counts_are_no_texts(book: Any) -> None:
    sheet = book["Пункты плана"]
    assert line(sheet, 6)[4:6] == [datetime(2022, 2, 1), datetime(2022, 3, 10)]
    assert sheet["E6"].number_format == "dd.mm.yyyy"
    assert line(sheet, 6)[-4:] == [3, 2, 1, 0]
    assert line(sheet, 7)[4:6] == [None, None]


def test_an_indicator_without_data_has_words_and_no_number(book: Any) -> None:
    sheet = book["Показатели"]
    assert line(sheet, 6) == [1, "+Доля", "не менее 62,5 %", 62.5, 57.2, "%", 34, 35, "Под угрозой"]
    assert line(sheet, 7)[4] == "нет данных"


@pytest.mark.parametrize(("name", "last"), [("Пункты плана", "N7"), ("Показатели", "I7")])
def test_a_table_can_be_filtered_and_keeps_its_headings(book: Any, name: str, last: str) -> None:
    sheet = book[name]
    assert sheet.auto_filter.ref == f"A5:{last}"
    assert sheet.freeze_panes == "C6"
    assert sheet.print_area.endswith(f"!$A$1:${last[0]}${last[1:]}")
    assert sheet.print_title_rows == "$5:$5"


def test_every_sheet_is_printed_across_on_a4_as_wide_as_the_page(book: Any) -> None:
    for sheet in book:
        assert (sheet.page_setup.orientation, str(sheet.page_setup.paperSize)) == ("landscape", "9")
        assert sheet.sheet_properties.pageSetUpPr.fitToPage
        assert (sheet.page_setup.fitToWidth or 1, sheet.page_setup.fitToHeight) == (1, 0)
        assert sheet.page_margins.left == pytest.approx(30 / 25.4)


def test_the_last_sheet_counts_and_leaves_lines_to_sign_on(book: Any) -> None:
    texts = [cell.value for cell in book["Итоги"]["A"] if cell.value]
    assert "Пунктов плана: 2." in texts
    assert f"И. О. Фамилия: {'_' * 30}" in texts
