"""A workbook in which an organisation fills in the figures of many tasks at once: a template.

A sheet an activity, a row a task, a column a figure. Hidden are the first column, which names the task, and
the second row, which names the template and the figures; only the cells of figures are open. There is no
formula in it, and none is read from it.
"""

from __future__ import annotations

import io
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

import xlsxwriter

from app.exports.packages import writable

#: what the mark of a sheet begins with
TEMPLATE = "vekha-figures-1"
#: the row of the marks, rows before the first task, columns before the first figure; counted from 0
MARKS, HEAD, FIRST_FIGURE = 1, 2, 3
_EPOCH = datetime(1980, 1, 1)
#: what Excel takes for the largest number to compare with
_LARGEST = 999_999_999_999
_OPTIONS = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False}


@dataclass(frozen=True, slots=True)
class FigureColumn:
    """A figure that tasks ask for."""

    key: str
    label: str
    yes_no: bool
    minimum: int
    maximum: int | None


@dataclass(frozen=True, slots=True)
class FigureRow:
    """A task, with the numbers that it has been given."""

    task_id: int
    label: str
    due: date | None
    numbers: Mapping[str, Decimal]


@dataclass(frozen=True, slots=True)
class FigureSheet:
    """The tasks of one activity (and cohort). `mark` names the sheet's version of the template."""

    name: str
    mark: str
    columns: tuple[FigureColumn, ...]
    rows: tuple[FigureRow, ...]


@dataclass(frozen=True, slots=True)
class BookWords:
    """What stands in the workbook in the reader's language."""

    task: str
    due: str
    yes: str
    no: str
    #: with `minimum`, and `maximum` where there is one
    between: str
    at_least: str


def figures_book(sheets: tuple[FigureSheet, ...], words: BookWords) -> bytes:
    """The workbook. The same sheets give the same bytes."""
    written = io.BytesIO()
    with xlsxwriter.Workbook(written, _OPTIONS) as book:
        # Without a moment of its own two templates of the same content are the same file.
        book.set_properties({"created": _EPOCH})
        formats = {
            "header": book.add_format({"bold": True, "text_wrap": True, "valign": "top", "bottom": 1}),
            "text": book.add_format({"text_wrap": True, "valign": "top"}),
            "date": book.add_format({"num_format": "dd.mm.yyyy", "valign": "top"}),
            "number": book.add_format({"num_format": "0", "locked": False, "border": 1, "valign": "top"}),
        }
        for sheet in sheets:
            _write(book.add_worksheet(sheet.name), sheet, words, formats)
    return written.getvalue()


def sheet_mark(activity: str, cohort: str) -> str:
    """What a sheet is for, and which version of the template it is of."""
    return ":".join((TEMPLATE, activity, cohort))


def sheet_name(activity: str, cohort: str) -> str:
    """What the tab of a sheet says."""
    return f"{activity} ({cohort})" if cohort else activity


def _write(
    page: xlsxwriter.worksheet.Worksheet,
    sheet: FigureSheet,
    words: BookWords,
    formats: Mapping[str, xlsxwriter.format.Format],
) -> None:
    header = ["", words.task, words.due, *(column.label for column in sheet.columns)]
    marks = [sheet.mark, "", "", *(column.key for column in sheet.columns)]
    for place, (label, mark) in enumerate(zip(header, marks, strict=True)):
        page.write_string(0, place, writable(label), formats["header"])
        page.write_string(MARKS, place, mark)
    page.set_row(MARKS, None, None, {"hidden": True})
    for line, row in enumerate(sheet.rows, start=HEAD):
        page.write_number(line, 0, row.task_id)
        page.write_string(line, 1, writable(row.label), formats["text"])
        if row.due is not None:
            page.write_datetime(line, 2, row.due, formats["date"])
        for place, column in enumerate(sheet.columns, start=FIRST_FIGURE):
            number = row.numbers.get(column.key)
            if number is None:
                page.write_blank(line, place, None, formats["number"])
            elif column.yes_no:
                page.write_string(line, place, words.yes if number else words.no, formats["number"])
            else:
                page.write_number(line, place, number, formats["number"])
    for place, column in enumerate(sheet.columns, start=FIRST_FIGURE):
        page.data_validation(HEAD, place, HEAD + len(sheet.rows) - 1, place, _validation(column, words))
    page.set_column(0, 0, None, None, {"hidden": True})
    page.set_column(1, 1, 40)
    page.set_column(2, 2, 12)
    page.set_column(FIRST_FIGURE, FIRST_FIGURE + len(sheet.columns) - 1, 24)
    page.freeze_panes(HEAD, FIRST_FIGURE)
    # No password: it only keeps the hand from slipping.
    page.protect("", {"format_columns": True, "format_rows": True})


def _validation(column: FigureColumn, words: BookWords) -> dict[str, object]:
    if column.yes_no:
        return {"validate": "list", "source": [words.yes, words.no]}
    told = words.at_least if column.maximum is None else words.between
    bounds = {"minimum": column.minimum, "maximum": column.maximum}
    return {
        "validate": "integer",
        "criteria": "between",
        "minimum": column.minimum,
        "maximum": _LARGEST if column.maximum is None else column.maximum,
        "error_title": column.label[:32],
        "error_message": (told % bounds)[:255],
    }
