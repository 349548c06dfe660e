"""Numbers and days that came with an address or a form: what is none is taken for nothing."""

from __future__ import annotations

import re
from datetime import date

#: the largest key that the databases hold
LARGEST_KEY = 2**31 - 1

_DAY = re.compile(r"\d{4}-\d{2}-\d{2}", re.ASCII)


def whole(text: str | None) -> int | None:
    """The whole number from 0 to `LARGEST_KEY` that the text is, or None."""
    if not text or not text.isascii() or not text.isdigit() or len(text) > 10:
        return None
    number = int(text)
    return number if number <= LARGEST_KEY else None


def day_of(text: str | None) -> date | None:
    """The date that the text is, as a field of a form gives it (2022-06-15), or None."""
    if not text or not _DAY.fullmatch(text.strip()):
        return None
    try:
        return date.fromisoformat(text.strip())
    except ValueError:
        return None
