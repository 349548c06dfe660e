"""A list as a file: its columns with what they hold, and what the file says of itself."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

#: what a column holds; a code is a text like "3.4", which a spreadsheet must not take for a date or a number
TEXT, CODE, NUMBER, DAY = "text", "code", "number", "day"

Cell = str | int | date | None


@dataclass(frozen=True, slots=True)
class Column:
    """A column of a list."""

    title: str
    kind: str = TEXT
    #: characters
    width: int = 12


@dataclass(frozen=True, slots=True)
class Table:
    """A list without its lines, in the words of one language."""

    #: ru | en
    language: str
    title: str
    author: str
    made_at: datetime
    columns: Sequence[Column]
    #: what the file says of itself: names and values
    about_title: str
    about: Sequence[tuple[str, str]]
