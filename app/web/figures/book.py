"""The workbook of figures in the reader's language, and its faults in words."""

from __future__ import annotations

from collections.abc import Iterable

from flask_babel import gettext
from flask_babel import lazy_gettext as _l

from app.exports.figures_book import (
    BookWords,
    FigureColumn,
    FigureRow,
    FigureSheet,
    sheet_mark,
    sheet_name,
)
from app.exports.figures_reading import Fault
from app.services.figure_sheets import Sheet
from app.web.formats import in_language

#: code of a fault → its words
_FAULTS = {
    "unreadable": _l("This is not a workbook that can be read. Please use the template."),
    "too_large": _l("The file is larger than a filled-in template can be."),
    "unfolds": _l("The file unfolds into more than a template can hold."),
    "entities": _l("The file declares entities; a template has none."),
    "merged": _l("The file has merged cells. Please leave the table of the template as it is."),
    "too_long": _l("The file has more rows than a template can have."),
    "old_template": _l(
        "This is not the present template. Please download it again and copy the numbers over."
    ),
    "no_template": _l("This is not the template of Vekha. Please download it and fill it in."),
    "foreign": _l("This row is none of your open tasks. Please download the template again."),
    "twice": _l("This task stands in the table twice."),
    "at_least": _l("a whole number of at least %(minimum)s is expected"),
    "between": _l("a whole number from %(minimum)s to %(maximum)s is expected"),
    "formula": _l("a number is expected and not a formula"),
    "yes_no": _l("yes or no is expected"),
}


def of_book(sheets: Iterable[Sheet]) -> tuple[FigureSheet, ...]:
    """The sheets as the workbook has them."""
    return tuple(
        FigureSheet(
            name=sheet_name(sheet.code, sheet.cohort),
            mark=sheet_mark(sheet.code, sheet.cohort),
            columns=tuple(
                FigureColumn(
                    asked.key,
                    in_language(asked, "label"),
                    asked.kind == "yes_no",
                    asked.minimum,
                    asked.maximum,
                )
                for asked in sheet.asked
            ),
            rows=tuple(
                FigureRow(line.task_id, line.subject or in_language(line, "label"), line.due, line.given)
                for line in sheet.lines
            ),
        )
        for sheet in sheets
    )


def words() -> BookWords:
    """What stands in the workbook."""
    return BookWords(
        task=gettext("Task"),
        due=gettext("Due"),
        yes=gettext("Yes"),
        no=gettext("No"),
        # The bounds are filled in by the workbook, column by column.
        between=gettext("a whole number from %(minimum)s to %(maximum)s is expected"),
        at_least=gettext("a whole number of at least %(minimum)s is expected"),
    )


def fault_words(fault: Fault) -> str:
    """A fault with its cell: «4.1 (2021), C7: ожидается целое число от 0 до 1200»."""
    words = str(_FAULTS[fault.code]) % dict(fault.params)
    place = ", ".join(part for part in (fault.sheet, fault.cell) if part)
    return f"{place}: {words}" if place else words
