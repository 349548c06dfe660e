"""The workbook of figures: what goes out comes back, and what is not a filled-in template is refused."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Callable
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from openpyxl import load_workbook
from openpyxl.workbook import Workbook

from app.exports.figures_book import (
    BookWords,
    FigureColumn,
    FigureRow,
    FigureSheet,
    figures_book,
    sheet_mark,
)
from app.exports.figures_reading import Filled, read_figures
from tests.exports.test_public_copies import garbled

COLUMNS = (
    FigureColumn("graduates", "=Выпускников всего", False, 0, None),
    FigureColumn("employed", "Из них заняты", False, 0, 1200),
    FigureColumn("included", "Включена", True, 0, 1),
)
ROWS = (
    FigureRow(71, "=январь", date(2022, 1, 31), {"graduates": Decimal("148.00"), "included": Decimal(0)}),
    FigureRow(72, "февраль", None, {}),
)
SHEETS = (FigureSheet("4.1 (2021)", sheet_mark("4.1", "2021"), COLUMNS, ROWS),)
WORDS = BookWords("Задача", "Срок", "Да", "Нет", "от %(minimum)s до %(maximum)s", "не меньше %(minimum)s")


def filled_in(tmp_path: Path, change: Callable[[Any], object] = lambda page: None) -> Path:
    """The template after somebody has changed its sheet."""
    book = load_workbook(io.BytesIO(figures_book(SHEETS, WORDS)))
    change(book.worksheets[0])
    book.save(tmp_path / "filled-in")
    return tmp_path / "filled-in"


def read(path: Path) -> Filled:
    return read_figures(path, SHEETS)


def faults(path: Path) -> list[tuple[str, str]]:
    return [(fault.cell, fault.code) for fault in read(path).faults]


def test_the_template_is_typed_checked_protected_and_free_of_formulas() -> None:
    content = figures_book(SHEETS, WORDS)
    assert content == figures_book(SHEETS, WORDS)
    page = load_workbook(io.BytesIO(content)).worksheets[0]
    assert [[cell.value for cell in row][1:] for row in page.iter_rows(min_row=3)] == [
        ["=январь", page["C3"].value, 148, None, "Нет"],
        ["февраль", None, None, None, None],
    ]
    assert page["C3"].is_date
    assert {cell.data_type for row in page.iter_rows() for cell in row}.isdisjoint({"f"})
    assert page.column_dimensions["A"].hidden
    assert page.row_dimensions[2].hidden
    assert page.freeze_panes == "D3"
    assert page.protection.sheet
    assert [page[cell].protection.locked for cell in ("A3", "B3", "D3", "F4")] == [True, True, False, False]
    checks = {
        str(each.sqref): (each.type, each.formula1, each.formula2)
        for each in page.data_validations.dataValidation
    }
    assert checks["E3:E4"] == ("whole", "0", "1200")
    assert checks["F3:F4"][0] == "list"


def test_numbers_come_back_with_the_cells_that_they_stand_in(tmp_path: Path) -> None:
    def change(page: Any) -> None:
        page["E3"], page["D4"], page["E4"], page["F4"] = 80.0, "1 150", "84", " да "

    found = read(filled_in(tmp_path, change))
    assert found.faults == []
    assert found.numbers == {
        (71, "graduates"): 148,
        (71, "employed"): 80,
        (71, "included"): 0,
        (72, "graduates"): 1150,
        (72, "employed"): 84,
        (72, "included"): 1,
    }
    assert found.cells[72, "employed"] == ("4.1 (2021)", "E4")


@pytest.mark.parametrize(
    ("cell", "value", "code"),
    [
        ("E3", "много", "between"),
        ("E3", 1201, "between"),
        ("E3", -1, "between"),
        ("E3", 80.5, "between"),
        ("E3", date(2022, 1, 1), "between"),
        ("E3", True, "between"),
        ("D3", 10**12, "at_least"),
        ("D3", "1" * 400, "at_least"),
        ("E3", "=40+40", "formula"),
        ("E3", '=HYPERLINK("https://example.org")', "formula"),
        ("F3", "может быть", "yes_no"),
        ("F3", 2, "between"),
        ("A3", 999, "foreign"),
        ("A3", "71", "foreign"),
        ("A3", "=71", "foreign"),
        ("A4", 71, "twice"),
    ],
)
def test_a_cell_that_cannot_be_taken_is_named(tmp_path: Path, cell: str, value: object, code: str) -> None:
    def change(page: Any) -> None:
        page["D4"], page[cell] = 7, value

    assert faults(filled_in(tmp_path, change)) == [(cell, code)]


def test_columns_are_told_by_their_marks_and_not_by_their_places(tmp_path: Path) -> None:
    def swap(page: Any) -> None:
        for row in page.iter_rows(min_col=4, max_col=5):
            row[0].value, row[1].value = row[1].value, row[0].value

    assert read(filled_in(tmp_path, swap)).numbers[71, "graduates"] == 148


def another_version(page: Any) -> None:
    page["A2"] = "vekha-figures-0:4.1:2021"


def another_figure(page: Any) -> None:
    page["D2"] = "weather"


def merged(page: Any) -> None:
    page.merge_cells("D3:D4")


def far_away(page: Any) -> None:
    page["D100000"] = 1


def no_mark(page: Any) -> None:
    page.delete_rows(2)


@pytest.mark.parametrize(
    ("change", "code"),
    [
        (another_version, "old_template"),
        (another_figure, "old_template"),
        (merged, "merged"),
        (far_away, "too_long"),
        (no_mark, "no_template"),
    ],
)
def test_what_is_no_present_template_is_refused_as_a_whole(
    tmp_path: Path, change: Callable[[Any], object], code: str
) -> None:
    found = read(filled_in(tmp_path, change))
    assert ([fault.code for fault in found.faults], found.numbers) == ([code], {})


def test_another_workbook_is_no_template(tmp_path: Path) -> None:
    Workbook().save(tmp_path / "empty")
    assert faults(tmp_path / "empty") == [("", "no_template")]


def repacked(path: Path, name: str, content: Callable[[bytes], bytes]) -> Path:
    """The workbook with one part changed."""
    with zipfile.ZipFile(path) as old, zipfile.ZipFile(f"{path}.zip", "w", zipfile.ZIP_DEFLATED) as new:
        for part in old.namelist():
            new.writestr(part, content(old.read(part)) if part == name else old.read(part))
    return Path(f"{path}.zip")


SHEET = "xl/worksheets/sheet1.xml"
ENTITY = b'<!DOCTYPE worksheet [<!ENTITY x SYSTEM "file:///etc/passwd">]>'


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (lambda old: ENTITY + old, "entities"),
        (lambda old: (ENTITY.decode() + "<worksheet/>").encode("utf-16"), "entities"),
        (lambda old: old + b" " * (17 * 1024 * 1024), "unfolds"),  # 17 KB in the archive
        (lambda old: old.replace(b"</sheetData>", b"<row/>" * 1001 + b"</sheetData>"), "too_long"),
        (lambda old: old.replace(b'r="4"', b'r="1048576"'), "too_long"),
        (lambda old: old[:200], "unreadable"),
        (lambda old: b"\x00\xff", "unreadable"),
    ],
)
def test_a_hostile_workbook_is_refused_before_it_is_unfolded(
    tmp_path: Path, content: Callable[[bytes], bytes], code: str
) -> None:
    assert faults(repacked(filled_in(tmp_path), SHEET, content)) == [("", code)]


def test_a_large_file_and_one_that_is_no_archive_are_refused(tmp_path: Path) -> None:
    (tmp_path / "large").write_bytes(b"PK\x03\x04" + b" " * (2 * 1024 * 1024))
    (tmp_path / "text").write_text("graduates;148")
    (tmp_path / "garbled").write_bytes(garbled(filled_in(tmp_path).read_bytes()))
    assert [faults(tmp_path / name) for name in ("large", "text", "garbled")] == [
        [("", "too_large")],
        [("", "unreadable")],
        [("", "unreadable")],
    ]
