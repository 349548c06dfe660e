"""A list as CSV, for a spreadsheet to open by a click and for programs to read.

UTF-8 with the mark of byte order, without which Excel takes Cyrillic for another encoding. Fields are
separated by a semicolon in Russian, as Excel with Russian settings expects, and by a comma in English. Dates
are written 2022-06-15: every spreadsheet takes that for a date and nobody takes the month for the day. A code
such as 4.1 would become the 4th of January, so that it stands behind a number sign.
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterable, Sequence
from datetime import date
from typing import IO

from app.exports.tables import CODE, Cell, Column, Table

MEDIA_TYPE = "text/csv"

_SEPARATORS = {"ru": ";", "en": ","}
#: how a text begins that a spreadsheet would calculate; the last four are their full width
_CALCULATED = re.compile(r"[\t\r]|\s*[=+\-@＝＋－＠]")


def write_csv(table: Table, lines: Iterable[Sequence[Cell]], written: IO[bytes]) -> int:
    """Write the list a line at a time; how many lines it has beneath its header."""
    text = io.TextIOWrapper(written, encoding="utf-8-sig", newline="", write_through=True)
    writer = csv.writer(text, delimiter=_SEPARATORS[table.language], lineterminator="\r\n")
    writer.writerow([column.title for column in table.columns])
    number = 0
    for line in lines:
        writer.writerow([_field(cell, column) for cell, column in zip(line, table.columns, strict=True)])
        number += 1
    text.detach()
    return number


def _field(cell: Cell, column: Column) -> str | int:
    if cell is None:
        return ""
    if isinstance(cell, date):
        return cell.isoformat()
    if isinstance(cell, int):
        return cell
    if column.kind == CODE:
        return f"№ {cell}"
    return f"'{cell}" if _CALCULATED.match(cell) else cell
