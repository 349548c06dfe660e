"""Comments: what in their text is a link or names a person, and how long they may be. Pure."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from typing import NamedTuple

#: characters of a comment
LONGEST_COMMENT = 2000

TEXT = "text"
LINK = "link"
MENTION = "mention"

_SPECIAL = re.compile(
    r"(?P<link>https?://[^\s<>\"«»]+)"
    # not within an address of mail, and not after another @
    r"|(?<![\w@.-])@(?P<mention>\w[\w.-]*)"
)
#: what ends a sentence rather than an address
_AFTER_A_LINK = ".,;:!?'…"
_AFTER_A_NAME = ".-"
_BRACKETS = {")": "(", "]": "[", "}": "{"}


class Piece(NamedTuple):
    """A part of a comment: `kind` is TEXT, LINK or MENTION; `text` is as it was written."""

    kind: str
    text: str

    @property
    def username(self) -> str:
        """Whom a mention names, as user names are kept."""
        return unicodedata.normalize("NFC", self.text[1:]).lower()


def pieces(text: str) -> Iterator[Piece]:
    """The text in its order; joined again it is the same text."""
    done = 0
    for found in _SPECIAL.finditer(text):
        kind = LINK if found["link"] else MENTION
        special = _link(found[0]) if kind == LINK else found[0].rstrip(_AFTER_A_NAME)
        if found.start() > done:
            yield Piece(TEXT, text[done : found.start()])
        yield Piece(kind, special)
        done = found.start() + len(special)
    if done < len(text):
        yield Piece(TEXT, text[done:])


def named(text: str) -> list[str]:
    """The user names that a text mentions, each once, in their order."""
    return list(dict.fromkeys(piece.username for piece in pieces(text) if piece.kind == MENTION))


def _link(text: str) -> str:
    """An address without what closes the sentence or the bracket around it."""
    while text and (text[-1] in _AFTER_A_LINK or _closes_nothing(text)):
        text = text[:-1]
    return text


def _closes_nothing(text: str) -> bool:
    """Whether the last character is a bracket that was opened before the address."""
    opening = _BRACKETS.get(text[-1])
    return opening is not None and text.count(text[-1]) > text.count(opening)
