"""A TOML file and its tables, read strictly: every field typed, none unknown, none left over."""

from __future__ import annotations

import tomllib
from collections.abc import Callable, Sequence
from datetime import date
from decimal import Decimal, InvalidOperation
from itertools import pairwise
from pathlib import Path
from typing import Any, TypeVar

from app.domain.seed.errors import SeedError
from app.domain.texts import unfit

T = TypeVar("T")
V = TypeVar("V")

_WORDS = {str: "text", int: "a whole number", bool: "true or false", date: "a date", dict: "a table"}


class Table:
    """One table of a seed file.

    Each reading method takes a field and raises SeedError when it is missing or of another type. Read
    a table through `as_row`, which refuses the fields that nobody asked for.
    """

    def __init__(self, file: str, row: str, values: dict[str, Any]) -> None:
        self.file = file
        self.row = row
        self._left = dict(values)

    def error(self, field: str, reason: str) -> SeedError:
        return SeedError(self.file, self.row, field, reason)

    def has(self, field: str) -> bool:
        return field in self._left

    def text(self, field: str) -> str:
        value = self._take(field, str)
        if not value.strip():
            raise self.error(field, "is empty")
        return value

    def text_or(self, field: str, default: str = "") -> str:
        return self.text(field) if self.has(field) else default

    def choice(self, field: str, allowed: Sequence[str]) -> str:
        return self._allowed(field, self.text(field), allowed)

    def choice_or(self, field: str, allowed: Sequence[str], default: str) -> str:
        return self.choice(field, allowed) if self.has(field) else default

    def number(self, field: str, minimum: int = 0) -> int:
        value = self._take(field, int)
        if value < minimum:
            raise self.error(field, f"{value} is less than {minimum}")
        return value

    def number_or(self, field: str, default: V, minimum: int = 0) -> int | V:
        return self.number(field, minimum) if self.has(field) else default

    def decimal(self, field: str) -> Decimal:
        """A decimal number in quotes, so that it stays exact."""
        value = self.text(field)
        try:
            number = Decimal(value)
        except InvalidOperation:
            raise self.error(field, f"“{value}” is not a decimal number") from None
        if not number.is_finite() or number < 0:
            raise self.error(field, f"“{value}” is not a decimal number of at least 0")
        return number

    def flag(self, field: str) -> bool:
        return self._take(field, bool)

    def flag_or(self, field: str, default: bool) -> bool:
        return self.flag(field) if self.has(field) else default

    def day(self, field: str) -> date:
        return self._take(field, date)

    def day_or_none(self, field: str) -> date | None:
        return self.day(field) if self.has(field) else None

    def days(self, field: str) -> tuple[date, ...]:
        return self._list(field, date)

    def numbers(self, field: str) -> tuple[int, ...]:
        return self._list(field, int)

    def names(self) -> tuple[str, ...]:
        """The fields that have not been read: for a table whose keys are names of the seed's own."""
        return tuple(self._left)

    def lines(self, field: str) -> tuple[int, ...]:
        """Line numbers of the order's text: at least one, ascending."""
        numbers = self._list(field, int)
        if not numbers:
            raise self.error(field, "is empty")
        if numbers[0] < 1 or any(a >= b for a, b in pairwise(numbers)):
            raise self.error(field, "must be ascending numbers of lines, the first line being 1")
        return numbers

    def texts(self, field: str, allowed: Sequence[str] | None = None) -> tuple[str, ...]:
        """A list of texts without repetition; empty where the field is missing."""
        values = self._list(field, str) if self.has(field) else ()
        for value in values:
            if not value.strip():
                raise self.error(field, "holds an empty text")
            if allowed is not None:
                self._allowed(field, value, allowed)
        if len(set(values)) < len(values):
            raise self.error(field, "says the same twice")
        return values

    def table(self, field: str, name: str, build: Callable[[Table], T]) -> T:
        return as_row(Table(self.file, name, self._take(field, dict)), build)

    def tables(self, field: str, build: Callable[[Table], T], *labels: str) -> tuple[T, ...]:
        """Every table of a list, each named in errors by the field and the values of its `labels`.

        A list that is missing is empty.
        """
        if not self.has(field):
            return ()
        within = f"{self.row}, " if self.row else ""
        built = []
        for place, values in enumerate(self._list(field, dict), start=1):
            found = [str(values[label]) for label in labels if values.get(label)]
            called = " ".join(found) if len(found) == len(labels) else f"no. {place}"
            built.append(as_row(Table(self.file, f"{within}{field} {called}", values), build))
        return tuple(built)

    def refuse_rest(self) -> None:
        if self._left:
            raise self.error(next(iter(self._left)), "is not known here")

    def _allowed(self, field: str, value: str, allowed: Sequence[str]) -> str:
        if value not in allowed:
            raise self.error(field, f"“{value}” is none of {', '.join(allowed)}")
        return value

    def _take(self, field: str, kind: type[T]) -> T:
        if not self.has(field):
            raise self.error(field, "is missing")
        return self._typed(field, self._left.pop(field), kind, "must be")

    def _list(self, field: str, kind: type[T]) -> tuple[T, ...]:
        values = self._take(field, list)
        return tuple(self._typed(field, value, kind, "must hold only:") for value in values)

    def _typed(self, field: str, value: object, kind: type[T], demand: str) -> T:
        # Exactly this type: TOML's true is an int to Python, and a moment in time is a date.
        if type(value) is not kind:
            raise self.error(field, f"{demand} {_WORDS.get(kind, 'a list')}")
        if isinstance(value, str) and (character := unfit(value)):
            raise self.error(field, f"holds {character}, a character that cannot be kept")
        return value


def as_row(table: Table, build: Callable[[Table], T]) -> T:
    """Build a record from a table and refuse the fields that it did not read."""
    record = build(table)
    table.refuse_rest()
    return record


def read_file(folder: Path, name: str, build: Callable[[Table], T]) -> T:
    """Read a TOML file of the folder. Raises SeedError for a file that is missing or is not TOML."""
    try:
        values = tomllib.loads((folder / name).read_text(encoding="utf-8"))
    except OSError as error:
        raise SeedError(name, "", "", f"cannot be opened ({error.strerror})") from error
    except UnicodeDecodeError as error:
        raise SeedError(name, "", "", "is not UTF-8 text") from error
    except tomllib.TOMLDecodeError as error:
        raise SeedError(name, "", "", f"is not TOML: {error}") from error
    return as_row(Table(name, "", values), build)
