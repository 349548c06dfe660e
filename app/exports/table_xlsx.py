"""A list as a workbook: typed cells, a filter, a header that stays, no formula from anybody's text.

Lines go to the disk as they come: a list of any length takes the same memory.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from datetime import date
from typing import IO, Any

import xlsxwriter

from app.exports.packages import writable
from app.exports.tables import TEXT, Cell, Table

MEDIA_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"

#: what somebody wrote stays what it is, whatever it begins with
_OPTIONS = {
    "constant_memory": True,
    "strings_to_formulas": False,
    "strings_to_urls": False,
    "strings_to_numbers": False,
}
#: characters of a cell, and of the name of a sheet
_LONGEST, _LONGEST_NAME = 32767, 31
#: what Excel takes in no name of a sheet
_NOT_IN_NAMES = re.compile(r"[][:*?/\\']")
#: widths of the sheet that says what the list is
_ABOUT = (28, 90)


def write_xlsx(table: Table, lines: Iterable[Sequence[Cell]], written: IO[bytes]) -> int:
    """Write the list and a sheet that says what it is; how many lines it has beneath its header."""
    book = xlsxwriter.Workbook(written, _OPTIONS)
    book.set_properties(
        {
            "title": writable(table.title)[:255],
            "author": writable(table.author)[:255],
            "created": table.made_at.replace(tzinfo=None, microsecond=0),
        }
    )
    formats = {
        "header": book.add_format({"bold": True, "text_wrap": True, "valign": "top", "bottom": 1}),
        "text": book.add_format({"valign": "top", "text_wrap": True}),
        "plain": book.add_format({"valign": "top"}),
        "day": book.add_format({"valign": "top", "num_format": "dd.mm.yyyy"}),
    }
    number = _lines(book.add_worksheet(_sheet_name(table.title)), table, lines, formats)
    about = book.add_worksheet(_sheet_name(table.about_title))
    for place, width in enumerate(_ABOUT):
        about.set_column(place, place, width)
    for row, (name, value) in enumerate(table.about):
        about.write_string(row, 0, writable(name), formats["header"])
        about.write_string(row, 1, writable(value)[:_LONGEST], formats["text"])
    book.close()
    return number


def _sheet_name(title: str) -> str:
    return _NOT_IN_NAMES.sub("", writable(title))[:_LONGEST_NAME]


def _lines(sheet: Any, table: Table, lines: Iterable[Sequence[Cell]], formats: dict[str, Any]) -> int:
    for place, column in enumerate(table.columns):
        sheet.set_column(place, place, column.width)
        sheet.write_string(0, place, writable(column.title), formats["header"])
    kinds = [column.kind for column in table.columns]
    row = 0
    for row, line in enumerate(lines, start=1):
        for place, (cell, kind) in enumerate(zip(line, kinds, strict=True)):
            if cell is None or cell == "":
                continue
            if isinstance(cell, date):
                sheet.write_datetime(row, place, cell, formats["day"])
            elif isinstance(cell, int):
                sheet.write_number(row, place, cell, formats["plain"])
            else:
                text = writable(cell)[:_LONGEST]
                sheet.write_string(row, place, text, formats["text" if kind == TEXT else "plain"])
    sheet.freeze_panes(1, 0)
    sheet.repeat_rows(0)
    sheet.autofilter(0, 0, max(row, 1), len(kinds) - 1)
    sheet.set_landscape()
    sheet.set_paper(9)  # A4
    sheet.fit_to_pages(1, 0)
    return row
