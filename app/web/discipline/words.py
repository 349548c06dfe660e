"""Discipline in words: whose it is, against which dates, and what each category holds."""

from __future__ import annotations

from typing import Any, NamedTuple

from flask_babel import gettext
from flask_babel import lazy_gettext as _l

from app.domain.discipline import EXCLUDED, LATE, ON_TIME, OPEN, OVERDUE
from app.services.discipline.measuring import ALL, FIRST, SECTION, Subject
from app.web.formats import named


class Category(NamedTuple):
    """Where a task counts."""

    name: str
    label: Any
    #: whether its tasks are in the denominator
    counts: bool


#: in the order of the page: what spoils the share first
CATEGORIES = (
    Category(OVERDUE, _l("Overdue now"), True),
    Category(LATE, _l("Late"), True),
    Category(ON_TIME, _l("On time"), True),
    Category(OPEN, _l("Open, left out"), False),
    Category(EXCLUDED, _l("Excluded"), False),
)


def subject_name(subject: Subject, by: str) -> str:
    """How a line is called."""
    if subject == ALL:
        return str(gettext("All together"))
    name = named(subject)
    return f"{subject.key}. {name}" if by == SECTION else name


def reading_name(dates: str) -> str:
    """The dates that a figure is measured against."""
    return str(gettext("first dates") if dates == FIRST else gettext("dates in force"))
