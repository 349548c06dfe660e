"""What the bar over a list asks for, and the preview's form again."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date

from werkzeug.datastructures import MultiDict

from app.domain.texts import LONGEST_TEXT, several_lines
from app.services.bulk import ACTS, Wanted
from app.web.auth.inside import inside
from app.web.numbers import whole

_DAY = re.compile(r"\d{4}-\d{2}-\d{2}", re.ASCII)


@dataclass(frozen=True, slots=True)
class Asked:
    """The form. `back` is the list that it came from, "" for none of this site."""

    wanted: Wanted
    #: the date as it was typed
    due: str
    back: str
    #: what was shown has been confirmed
    confirmed: bool

    @classmethod
    def of_form(cls, form: MultiDict[str, str]) -> Asked:
        """Read it: `act` is the button that was pressed, and each act has its own words and date.

        They are `note.<act>` (or `note`, where a list has but one) and `due.<act>`; `task` is "id:version".
        """
        act = form.get("act", "")
        note = several_lines(form.get(f"note.{act}", form.get("note", "")))
        due = form.get(f"due.{act}", "").strip()
        chosen = tuple(pair for text in form.getlist("task") if (pair := _pair(text)))
        wanted = Wanted(act if act in ACTS else "", chosen, note, _day(due))
        return cls(wanted, due, inside(form.get("back")) or "", form.get("confirmed") == "1")

    @property
    def too_long(self) -> bool:
        """More words than are kept."""
        return len(self.wanted.note) > LONGEST_TEXT


def _pair(text: str) -> tuple[int, int] | None:
    task, _, version = text.partition(":")
    id_, number = whole(task), whole(version)
    return None if id_ is None or number is None else (id_, number)


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text) if _DAY.fullmatch(text) else None
    except ValueError:
        return None
