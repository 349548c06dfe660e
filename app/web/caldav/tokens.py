"""Sync tokens: where in the plan's journal a program has looked. Nothing about one is kept anywhere."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date

_TOKEN = re.compile(r"urn:x-vekha:sync:(\d{1,9}):(\d{4}-\d\d-\d\d):([0-9a-f]{16})", re.ASCII)


@dataclass(frozen=True, slots=True)
class Token:
    """A moment of a list as a URI (RFC 6578, 3.2)."""

    #: of the plan's newest entry in the journal
    position: int
    #: in the plan's time zone
    day: date
    #: whose list it is, in which language, under which address, in short
    whose: str

    def __str__(self) -> str:
        return f"urn:x-vekha:sync:{self.position}:{self.day.isoformat()}:{self.whose}"

    @classmethod
    def parse(cls, text: str) -> Token | None:
        """The token; None for what none of ours looks like."""
        match = _TOKEN.fullmatch(text)
        try:
            return cls(int(match[1]), date.fromisoformat(match[2]), match[3]) if match else None
        except ValueError:
            return None
