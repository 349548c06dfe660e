"""The report of execution as a workbook: typed cells, filters, headings that stay, and no formula at all."""

from __future__ import annotations

import io
import math
from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from typing import Any

import xlsxwriter

from app.exports.execution_report import ExecutionReport, RowOfExecution
from app.exports.packages import writable

MEDIA_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"

#: what somebody wrote stays what it is, whatever it begins with
_OPTIONS = {
    # A row leaves the memory as soon as the next one begins: a plan may have a hundred thousand tasks.
    "constant_memory": True,
    "strings_to_formulas": False,
    "strings_to_urls": False,
    "strings_to_numbers": False,
}
#: characters of a cell
_LONGEST = 32767
#: widths in characters
_ROWS = (6, 32, 12, 22, 11, 11, 14, 26, 12, 26)
_COUNT = 8
_INDICATORS = (6, 52, 16, 9, 10, 10, 12, 12, 36)
_TASKS = (8, 44, 30, 24, 12, 12, 12, 12, 22, 11, 10, 12, 40)
#: points of a line of text, and what a row of Excel can have at most
_LINE, _TALLEST = 13.5, 409.0


def execution_xlsx(report: ExecutionReport) -> bytes:
    """The workbook. The same report gives the same bytes."""
    written = io.BytesIO()
    with _Workbook(written, report) as book:
        book.rows()
        book.tasks()
        book.indicators()
        book.totals()
    return written.getvalue()


class _Workbook:
    """The workbook while it is written."""

    def __init__(self, written: io.BytesIO, report: ExecutionReport) -> None:
        self._report = report
        #: where the header of a sheet stands: beneath its heading and an empty row
        self._head = len(report.subheading) + 2
        self._book = xlsxwriter.Workbook(written, _OPTIONS)
        self._book.set_properties(
            {
                "title": writable(report.heading),
                "subject": writable(report.subheading[0])[:255],
                "author": writable(report.author),
                "created": report.made_at.replace(tzinfo=None, microsecond=0),
            }
        )
        cell = {"font_name": "Times New Roman", "font_size": 10, "border": 1, "valign": "top"}
        self._formats = {
            "heading": self._book.add_format({"font_name": "Times New Roman", "font_size": 14, "bold": True}),
            "plain": self._book.add_format({"font_name": "Times New Roman", "font_size": 12}),
            "header": self._book.add_format({**cell, "bold": True, "text_wrap": True, "align": "center"}),
            "text": self._book.add_format({**cell, "text_wrap": True}),
            "line": self._book.add_format(cell),
            "date": self._book.add_format({**cell, "num_format": "dd.mm.yyyy"}),
            "number": self._book.add_format({**cell, "num_format": "#,##0"}),
            "decimal": self._book.add_format(cell),
        }

    def __enter__(self) -> _Workbook:
        return self

    def __exit__(self, *_raised: object) -> None:
        self._book.close()

    def rows(self) -> None:
        """The rows of the order, one a line, so that they can be filtered and sorted."""
        report = self._report
        columns = [*report.columns[:4], *report.done_columns, *report.columns[5:], *report.counted]
        widths = (*_ROWS, *(_COUNT for _ in report.counted))
        lines = [_cells(row) for section in report.sections for row in section.rows]
        self._sheet(report.rows_heading, columns, widths, lines)

    def tasks(self) -> None:
        """The tasks, each in one line of the usual height."""
        report = self._report
        self._sheet(report.tasks_heading, report.task_columns, _TASKS, report.tasks, wrapped=False)

    def indicators(self) -> None:
        """The indicators, their numbers in columns of their own."""
        report = self._report
        target, value, unit, reported, expected = report.indicator_numbers
        number, title, words, _, _, standing = report.indicator_columns
        columns = [number, title, words, target, value, unit, reported, expected, standing]
        lines = [
            (
                each.number,
                each.title,
                each.target,
                each.target_number,
                each.value_number if each.value_number is not None else each.value,
                each.unit,
                each.reported_number,
                each.expected_number,
                each.standing,
            )
            for each in report.indicators
        ]
        self._sheet(report.indicators_heading, columns, _INDICATORS, lines)

    def totals(self) -> None:
        """The count lines, what the columns mean, and the lines for the signature."""
        report = self._report
        sheet = self._new(report.totals_heading)
        sheet.set_column(0, 0, 120)
        blank = "_" * 30
        signature = [f"{caption}: {blank}" for caption in report.signature]
        lines = [*report.totals, "", *report.notes, "", *signature, report.signed_on]
        for place, line in enumerate(lines, start=self._head):
            self._write(sheet, place, 0, line, "plain")

    def _sheet(
        self,
        name: str,
        columns: Sequence[str],
        widths: Sequence[int],
        lines: Sequence[Sequence[object]],
        *,
        wrapped: bool = True,
    ) -> None:
        """A table, its rows from above to below: a row that has been left cannot be written any more."""
        sheet = self._new(name)
        for place, width in enumerate(widths):
            sheet.set_column(place, place, width)
        sheet.set_row(self._head, _height(columns, widths))
        for place, column in enumerate(columns):
            self._write(sheet, self._head, place, column, "header")
        kind = "text" if wrapped else "line"
        for line, cells in enumerate(lines, start=self._head + 1):
            if wrapped:
                sheet.set_row(line, _height(cells, widths))
            for place, value in enumerate(cells):
                self._write(sheet, line, place, value, kind)
        sheet.freeze_panes(self._head + 1, 2)
        sheet.repeat_rows(self._head)
        last = self._head + max(len(lines), 1), len(columns) - 1
        sheet.autofilter(self._head, 0, *last)
        # A long heading would make the sheet wider than its table.
        sheet.print_area(0, 0, *last)

    def _new(self, name: str) -> Any:
        report = self._report
        sheet = self._book.add_worksheet(name[:31])
        self._write(sheet, 0, 0, report.heading, "heading")
        for place, line in enumerate(report.subheading, start=1):
            self._write(sheet, place, 0, line, "plain")
        sheet.set_landscape()
        sheet.set_paper(9)  # A4
        sheet.set_margins(left=30 / 25.4, right=10 / 25.4, top=20 / 25.4, bottom=20 / 25.4)
        sheet.set_header("&C&P")
        sheet.fit_to_pages(1, 0)
        return sheet

    def _write(self, sheet: Any, line: int, place: int, value: object, kind: str) -> None:
        if value is None:
            sheet.write_blank(line, place, None, self._formats[kind])
        elif isinstance(value, date):
            sheet.write_datetime(line, place, value, self._formats["date"])
        elif isinstance(value, int):
            sheet.write_number(line, place, value, self._formats["number"])
        elif isinstance(value, Decimal):
            sheet.write_number(line, place, float(value), self._formats["decimal"])
        else:
            text = writable(str(value))[:_LONGEST]
            sheet.write_string(line, place, text, self._formats[kind])


def _height(cells: Sequence[object], widths: Sequence[int]) -> float:
    """Points that the row needs for its longest text: not every program finds that out by itself."""
    lines = [
        sum(max(1, math.ceil(len(part) * 0.85 / width)) for part in str(value).split("\n"))
        for value, width in zip(cells, widths, strict=True)
    ]
    return min(max(lines) * _LINE, _TALLEST)


def _cells(row: RowOfExecution) -> tuple[object, ...]:
    return (
        row.number,
        row.title,
        row.deadline,
        row.executors,
        row.done_first,
        row.done_last,
        row.result,
        row.documents,
        row.state,
        row.reasons,
        *row.counts,
    )
