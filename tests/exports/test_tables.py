"""Lists as files, opened again by what people open them with."""

from __future__ import annotations

import csv
import io
import os
import tempfile
import tracemalloc
from datetime import UTC, date, datetime

import openpyxl
import pytest

from app.exports.table_csv import write_csv
from app.exports.table_xlsx import write_xlsx
from app.exports.tables import CODE, DAY, NUMBER, Cell, Column, Table

#: texts that a spreadsheet would calculate, fetch or run
HOSTILE = [
    "=1+1",
    "+7 999",
    "-1",
    "@SUM(A1)",
    "\tотступ",
    "\r=1",
    " =1",
    "＝1+1",
    '=HYPERLINK("http://example.org")',
    "=cmd|' /C calc'!A0",
]


def table(language: str = "ru") -> Table:
    columns = [
        Column("Задача", NUMBER),
        Column("Пункт", CODE),
        Column("Объяснение; все", width=40),
        Column("Срок", DAY),
    ]
    made = datetime(2022, 6, 15, 9, tzinfo=UTC)
    return Table(language, "Задачи: все", "Кто-то", made, columns, "О списке", [("План", "План 2022")])


def as_csv(lines: list[list[Cell]], language: str = "ru") -> tuple[bytes, list[list[str]]]:
    written = io.BytesIO()
    assert write_csv(table(language), lines, written) == len(lines)
    content = written.getvalue()
    separator = {"ru": ";", "en": ","}[language]
    return content, list(
        csv.reader(io.StringIO(content.decode("utf-8-sig"), newline=""), delimiter=separator)
    )


def as_sheet(lines: list[list[Cell]]) -> openpyxl.Workbook:
    written = io.BytesIO()
    assert write_xlsx(table(), lines, written) == len(lines)
    return openpyxl.load_workbook(written)


def test_csv_says_its_encoding_and_separates_as_the_language_does() -> None:
    line: list[Cell] = [7, "4.1", 'строка;\n«вторая», "третья"', date(2022, 6, 3)]
    content, russian = as_csv([line, [8, "3.4-1", "", None]])
    assert content.startswith(b"\xef\xbb\xbf")
    assert russian == [
        ["Задача", "Пункт", "Объяснение; все", "Срок"],
        ["7", "№ 4.1", 'строка;\n«вторая», "третья"', "2022-06-03"],
        ["8", "№ 3.4-1", "", ""],
    ]
    assert as_csv([line], "en")[1][1] == russian[1]


@pytest.mark.parametrize("text", HOSTILE)
def test_no_text_becomes_a_formula(text: str) -> None:
    _content, [_header, line] = as_csv([[1, "1.1", text, None]])
    assert line[2] == f"'{text}"
    sheet = as_sheet([[1, "1.1", text, None]]).worksheets[0]
    assert sheet["C2"].data_type == "s"
    assert sheet["C2"].hyperlink is None


def test_a_workbook_has_typed_cells_a_filter_and_a_header_that_stays() -> None:
    book = as_sheet([[7, "4.1", "Ждём\0 ответа", date(2022, 6, 3)], [8, "1.1", None, None]])
    sheet = book.worksheets[0]
    assert [cell.value for cell in sheet[1]] == ["Задача", "Пункт", "Объяснение; все", "Срок"]
    assert [cell.value for cell in sheet[2]] == [7, "4.1", "Ждём ответа", datetime(2022, 6, 3)]
    assert sheet["D2"].is_date
    assert [cell.value for cell in sheet[3]] == [8, "1.1", None, None]
    assert sheet.freeze_panes == "A2"
    assert sheet.auto_filter.ref == "A1:D3"
    assert [cell.value for cell in book.worksheets[1][1]] == ["План", "План 2022"]


def test_an_empty_list_is_a_file_with_a_header() -> None:
    assert len(as_csv([])[1]) == 1
    assert as_sheet([]).worksheets[0].max_row == 1


def test_memory_does_not_grow_with_the_list() -> None:
    def peak(number: int) -> int:
        lines: list[Cell] = [1, "4.1", "Объяснение " * 20, date(2022, 6, 3)]
        tracemalloc.start()
        with open(os.devnull, "wb") as sink:
            write_csv(table(), (lines for _ in range(number)), sink)
        with tempfile.TemporaryFile() as file:
            write_xlsx(table(), (lines for _ in range(number)), file)
        largest = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
        return largest

    peak(10)
    assert peak(4000) < peak(400) + 500_000
