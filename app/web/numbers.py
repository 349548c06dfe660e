"""Numbers that came with an address or a form: what is none, or larger than any key, is taken for nothing."""

from __future__ import annotations

#: the largest key that the databases hold
LARGEST_KEY = 2**31 - 1


def whole(text: str | None) -> int | None:
    """The whole number from 0 to `LARGEST_KEY` that the text is, or None."""
    if not text or not text.isascii() or not text.isdigit() or len(text) > 10:
        return None
    number = int(text)
    return number if number <= LARGEST_KEY else None
