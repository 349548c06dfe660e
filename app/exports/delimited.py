"""Tables as CSV for the spreadsheet programs of Russian offices: semicolons, decimal commas, a mark of UTF-8.

What a program would take for a formula begins with an apostrophe: the words come from people, and a
spreadsheet runs what begins with an equals sign.
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterable, Sequence
from datetime import date, datetime
from decimal import Decimal

#: what a spreadsheet takes for the beginning of a formula, after blanks too, in either width
_FORMULA = re.compile(r"\s*[=+\-@＝＋－＠\t\r\n]")

Value = str | int | bool | Decimal | date | datetime | None


def delimited(columns: Sequence[str], rows: Iterable[Sequence[Value]]) -> bytes:
    """A table with its names in the first line. Instants and dates are written as ISO 8601."""
    written = io.StringIO()
    writer = csv.writer(written, delimiter=";", lineterminator="\r\n")
    writer.writerow(columns)
    writer.writerows([_cell(value) for value in row] for row in rows)
    return written.getvalue().encode("utf-8-sig", "replace")


def _cell(value: Value) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, int):
        return str(value)
    if isinstance(value, Decimal):
        return f"{value.normalize():f}".replace(".", ",")
    return f"'{value}" if _FORMULA.match(value) else value
