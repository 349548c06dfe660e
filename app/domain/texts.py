"""Texts that people enter: one rule for what is kept of them and how long they may be.

A database refuses some characters (NUL, half a surrogate pair), calendars, documents and XML refuse others
(controls, what is no character), and marks that turn the direction of writing around deceive the eye. All
of them are left out, whether a text comes from a page, the command line or another program; a seed that
holds one is refused, for its words must stay as they are.
"""

from __future__ import annotations

import re
import unicodedata

from app.domain.errors import InvalidInputError

#: characters of a note, a reason, an explanation
LONGEST_TEXT = 4000

#: what one program or another takes for the end of a line
_BREAK = re.compile("\r\n|[\n\r\v\f\x1c-\x1e\x85\u2028\u2029]")
_LEFT_OUT = re.compile(
    "["
    "\x00-\x08\x0b-\x1f\x7f-\x9f"  # controls but the tab and the line feed
    "\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069"  # directions of writing
    "\ud800-\udfff"  # halves of surrogate pairs
    "\ufdd0-\ufdef"  # no characters, and two at the end of every plane
    + "".join(f"{chr(plane + 0xFFFE)}{chr(plane + 0xFFFF)}" for plane in range(0, 0x110000, 0x10000))
    + "\ufeff]"  # the mark of byte order
)
#: kinds of characters that leave no trace on a screen by themselves
_UNSEEN = frozenset({"Cc", "Cf", "Mn", "Me", "Zs", "Zl", "Zp"})


def several_lines(text: str) -> str:
    """The text as it is kept: composed (NFC), every break a line feed, no blanks around it."""
    text = unicodedata.normalize("NFC", _LEFT_OUT.sub("", _BREAK.sub("\n", text)))
    return text.strip() if any(unicodedata.category(char) not in _UNSEEN for char in text) else ""


def one_line(text: str) -> str:
    """The same in one line: breaks and every run of blanks become one space."""
    return " ".join(several_lines(text).split())


def kept_lines(field: str, text: str, longest: int = LONGEST_TEXT) -> str:
    """`several_lines` of at most so many characters. Raises InvalidInputError naming the field."""
    return _bounded(field, several_lines(text), longest)


def kept_line(field: str, text: str, longest: int) -> str:
    """`one_line` of at most so many characters. Raises InvalidInputError naming the field."""
    return _bounded(field, one_line(text), longest)


def unfit(text: str) -> str:
    """The first character that may not be kept, as U+0000; "" when all may. Only a line feed is a break."""
    found = _LEFT_OUT.search(text) or next((each for each in _BREAK.finditer(text) if each[0] != "\n"), None)
    return f"U+{ord(found[0][0]):04X}" if found else ""


def _bounded(field: str, text: str, longest: int) -> str:
    if len(text) > longest:
        raise InvalidInputError({field: "Please use at most %(length)s characters."}, length=longest)
    return text
