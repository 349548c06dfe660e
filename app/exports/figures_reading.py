"""Reading the workbook of figures that somebody filled in: every fault is told by its cell.

What comes is not trusted: an archive that unfolds into more than a template can hold, entities, merged cells,
formulas and what stands outside the table are refused before or while it is read.
"""

from __future__ import annotations

import lzma
import re
import zipfile
import zlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from pathlib import Path
from typing import Any, NamedTuple

from app.exports.figures_book import FIRST_FIGURE, HEAD, MARKS, FigureColumn, FigureSheet

#: bytes of the file, bytes of all its parts unfolded, parts
LARGEST_FILE = 2 * 1024 * 1024
_LARGEST_CONTENT = 16 * 1024 * 1024
_MOST_PARTS = 200
#: rows of a sheet; an organisation has a few dozen tasks
_MOST_ROWS = 1000
_BESIDE = 20
#: what a column of numbers can hold
_TOO_LARGE = 10**12
#: the words of both languages, whichever the template was made in
_ANSWERS = {"да": 1, "нет": 0, "yes": 1, "no": 0}

_ROW = re.compile(rb"<(?:\w+:)?row\b[^>]*?\br=[\"'](\d+)")
_DECLARATION = re.compile(rb"<!(?:DOCTYPE|ENTITY)|<\x00!\x00[DE]\x00|\x00<\x00!\x00[DE]")
_MERGED = re.compile(rb"<(?:\w+:)?mergeCell\b")
#: how openpyxl marks a cell that holds one
_FORMULA = "f"
#: what reading a damaged or dishonest workbook can end in
_DAMAGED = (
    zipfile.BadZipFile,
    zlib.error,
    lzma.LZMAError,
    KeyError,
    ValueError,
    TypeError,
    AttributeError,
    IndexError,
    EOFError,
    OSError,
    NotImplementedError,
    RuntimeError,
    SyntaxError,
)


class Fault(NamedTuple):
    """What is wrong, as a code; the screen has the words. `cell` is its address, "" for the whole file."""

    sheet: str
    cell: str
    code: str
    params: Mapping[str, object]


@dataclass(slots=True)
class Filled:
    """What was read: numbers by task and figure, with the cell that each stands in, and every fault."""

    numbers: dict[tuple[int, str], Decimal] = field(default_factory=dict)
    cells: dict[tuple[int, str], tuple[str, str]] = field(default_factory=dict)
    faults: list[Fault] = field(default_factory=list)


def read_figures(path: Path, sheets: tuple[FigureSheet, ...]) -> Filled:
    """The figures of a workbook that was made from the template of those sheets.

    An empty cell says nothing. Raises nothing: every fault is told.
    """
    # It takes a tenth of a second to import, and a server is to start at once.
    from openpyxl import load_workbook

    filled = Filled()
    try:
        if told := _dishonest(path):
            filled.faults.append(Fault("", "", told, {}))
            return filled
        # A stream: the library judges a path by its extension, which a staged file has none of.
        with path.open("rb") as stream:
            book = load_workbook(stream, read_only=True, data_only=False, keep_links=False)
            _read(book, {sheet.mark: sheet for sheet in sheets}, filled)
            book.close()
    except _DAMAGED:
        filled.faults.append(Fault("", "", "unreadable", {}))
    return filled


def _dishonest(path: Path) -> str:
    """Why the file is not even opened; "" when it may be."""
    if path.stat().st_size > LARGEST_FILE:
        return "too_large"
    with zipfile.ZipFile(path) as package:
        parts = package.infolist()
        if len(parts) > _MOST_PARTS or sum(part.file_size for part in parts) > _LARGEST_CONTENT:
            return "unfolds"
        for part in parts:
            # The table of contents may lie: no more is unfolded than it says.
            with package.open(part) as stream:
                content = stream.read(part.file_size + 1)
            if len(content) > part.file_size:
                return "unfolds"
            if part.filename.endswith((".xml", ".rels")) and _DECLARATION.search(content):
                return "entities"
            if part.filename.startswith("xl/worksheets/"):
                if _MERGED.search(content):
                    return "merged"
                if any(int(row) > _MOST_ROWS for row in _ROW.findall(content)):
                    return "too_long"
                if content.count(b"<row") > _MOST_ROWS:
                    return "too_long"
    return ""


def _read(book: Any, known: Mapping[str, FigureSheet], filled: Filled) -> None:
    widest = FIRST_FIGURE + max((len(sheet.columns) for sheet in known.values()), default=0)
    found = False
    for page in book.worksheets:
        page.reset_dimensions()
        rows = list(page.iter_rows(max_row=_MOST_ROWS, max_col=widest))
        marks = [cell.value for cell in rows[MARKS]] if len(rows) > MARKS else []
        if not marks or not str(marks[0]).startswith("vekha-figures"):
            continue
        found = True
        sheet = known.get(str(marks[0]))
        columns = {column.key: column for column in sheet.columns} if sheet else {}
        keys = [key for key in marks[FIRST_FIGURE:] if key is not None]
        if sheet is None or sorted(map(str, keys)) != sorted(columns):
            filled.faults.append(Fault(page.title, "", "old_template", {}))
            continue
        _read_sheet(page.title, rows[HEAD:], sheet, [columns[key] for key in keys], filled)
    if not found:
        filled.faults.append(Fault("", "", "no_template", {}))


def _read_sheet(
    title: str, rows: Sequence[Any], sheet: FigureSheet, columns: Sequence[FigureColumn], filled: Filled
) -> None:
    own = {row.task_id for row in sheet.rows}
    seen: set[int] = set()
    for line, cells in enumerate(rows, start=HEAD + 1):
        task_id = cells[0].value if cells else None
        inside = cells[FIRST_FIGURE : FIRST_FIGURE + len(columns)]
        if all(cell.value is None for cell in inside):
            continue
        if isinstance(task_id, bool) or not isinstance(task_id, int) or task_id not in own:
            filled.faults.append(Fault(title, f"A{line}", "foreign", {}))
            continue
        if task_id in seen:
            filled.faults.append(Fault(title, f"A{line}", "twice", {}))
            continue
        seen.add(task_id)
        for place, (cell, column) in enumerate(zip(inside, columns, strict=False)):
            address = f"{_letter(FIRST_FIGURE + place)}{line}"
            if cell.value is None or cell.value == "":
                continue
            number = _number(cell, column)
            if isinstance(number, Decimal):
                filled.numbers[task_id, column.key] = number
                filled.cells[task_id, column.key] = (title, address)
            else:
                filled.faults.append(Fault(title, address, *number))


def _number(cell: Any, column: FigureColumn) -> Decimal | tuple[str, Mapping[str, object]]:
    """The number of a cell, or why it is none."""
    value = cell.value
    bounds = {"minimum": column.minimum, "maximum": column.maximum}
    expected: tuple[str, Mapping[str, object]] = (
        ("at_least", bounds) if column.maximum is None else ("between", bounds)
    )
    if cell.data_type == _FORMULA:
        return "formula", {}
    if column.yes_no and isinstance(value, str):
        answer = _ANSWERS.get(value.strip().casefold())
        return Decimal(answer) if answer is not None else ("yes_no", {})
    if isinstance(value, str):
        digits = "".join(value.split())
        if not digits.isascii() or not digits.isdigit() or len(digits) > len(str(_TOO_LARGE)):
            return expected
        value = int(digits)
    if isinstance(value, bool) or not isinstance(value, int | float) or value != value // 1:
        return expected
    number = Decimal(int(value))
    if number >= _TOO_LARGE:
        return expected
    if number < column.minimum or (column.maximum is not None and number > column.maximum):
        return expected
    return number


def _letter(place: int) -> str:
    """The letter of a column that is counted from 0; a template has fewer than 26."""
    return chr(ord("A") + place)
