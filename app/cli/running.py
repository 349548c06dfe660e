"""What every command needs: the installation, the moment, and errors as sentences."""

from __future__ import annotations

import functools
import json
from collections.abc import Callable
from datetime import date, datetime
from decimal import Decimal
from fractions import Fraction
from typing import Any, NoReturn, TypeVar

import click
from sqlalchemy.exc import OperationalError, ProgrammingError

from app.domain.errors import InvalidInputError, VekhaError
from app.domain.seed import SeedError
from config import ConfigError

Command = TypeVar("Command", bound=Callable[..., Any])


def told(command: Command) -> Command:
    """Turn the product's errors into one line on stderr and exit code 1."""

    @functools.wraps(command)
    def wrapper(*args: Any, **kwargs: Any) -> Any:
        try:
            return command(*args, **kwargs)
        except InvalidInputError as error:
            refuse("; ".join(f"{field}: {_filled(text, error)}" for field, text in error.fields.items()))
        except (VekhaError, SeedError, ConfigError) as error:
            refuse(str(error))
        except (OperationalError, ProgrammingError) as error:
            refuse(f"the database says: {error.orig}; `flask db upgrade` brings it up to date")

    return wrapper  # type: ignore[return-value]


def refuse(message: str) -> NoReturn:
    """Say why not, and end with exit code 1."""
    click.echo(f"Error: {message}", err=True)
    raise SystemExit(1)


def print_json(content: object) -> None:
    """One JSON document on stdout; dates as ISO text, exact numbers as numbers."""
    click.echo(json.dumps(content, ensure_ascii=False, indent=2, default=_plain))


def _plain(value: object) -> object:
    if isinstance(value, date | datetime):
        return value.isoformat()
    if isinstance(value, Decimal | Fraction):
        return float(value)
    raise TypeError(f"{value!r} has no form in JSON")


def _filled(text: str, error: VekhaError) -> str:
    return text % error.params if error.params else text
