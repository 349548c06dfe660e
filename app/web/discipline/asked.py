"""What a page of discipline is asked for by its address. What makes no sense there is left alone."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from flask import request
from flask_babel import gettext
from flask_babel import lazy_gettext as _l

from app.domain.discipline import DIRECTUM, METHODS, SIMPLE
from app.services.discipline.measuring import BASES, ORGANIZATION, PERSON, SECTION, Question
from app.web.addresses import list_url
from app.web.asked_day import asked_day, kept_day
from app.web.formats import short_day
from app.web.numbers import day_of

BASIS_NAMES = {ORGANIZATION: _l("By organisation"), SECTION: _l("By section"), PERSON: _l("By person")}
METHOD_NAMES = {
    SIMPLE: _l("Simple: on time ÷ planned"),
    DIRECTUM: _l("As Directum RX counts for an employee"),
}


@dataclass(frozen=True, slots=True)
class Asked:
    """A page of discipline."""

    question: Question
    #: whose state it shows: today's, or that of a day before
    day: date

    @property
    def backwards(self) -> bool:
        """Whether the period ends before it begins, so that nothing can be due in it."""
        start, end = self.question.start, self.question.end
        return start is not None and end is not None and end < start

    def url(self, endpoint: str = "discipline.show", **more: object) -> str:
        """The address of a page that asks the same."""
        asked = self.question
        return list_url(
            endpoint,
            {
                "by": asked.by if asked.by != ORGANIZATION else None,
                "method": asked.method if asked.method != SIMPLE else None,
                "from": asked.start,
                "to": asked.end,
                **kept_day(),
                **more,
            },
        )

    def file_arguments(self) -> dict[str, object]:
        """What the address of the page's file says."""
        asked = self.question
        given = {"by": asked.by, "method": asked.method, "from": asked.start, "to": asked.end, **kept_day()}
        return {name: value for name, value in given.items() if value}

    def asking(self, **changes: Any) -> Asked:
        """The same page with something else asked."""
        return replace(self, question=replace(self.question, **changes))

    def bases(self) -> list[dict[str, Any]]:
        """Tabs that tell it by something else."""
        return [
            {"label": name, "url": self.asking(by=by).url(), "active": by == self.question.by}
            for by, name in BASIS_NAMES.items()
        ]

    def periods(self) -> list[dict[str, Any]]:
        """Links to the usual periods, which end on the day that is shown."""
        day = self.day
        starts = [
            (_l("Whole plan"), None, None),
            (_l("This month"), day.replace(day=1), day),
            (_l("This quarter"), day.replace(month=day.month - (day.month - 1) % 3, day=1), day),
            (_l("This year"), day.replace(month=1, day=1), day),
        ]
        present = self.question.start, self.question.end
        # In January to March three of them are the same: one is enough to be marked.
        chosen = next((name for name, *period in starts if tuple(period) == present), None)
        return [
            {"label": name, "url": self.asking(start=start, end=end).url(), "active": name == chosen}
            for name, start, end in starts
        ]

    def period(self) -> str:
        """The period in words."""
        start, end = self.question.start, self.question.end
        if start and end:
            return str(gettext("due from %(start)s to %(end)s", start=short_day(start), end=short_day(end)))
        if start:
            return str(gettext("due from %(start)s on", start=short_day(start)))
        return str(gettext("due until %(end)s", end=short_day(end)) if end else gettext("the whole plan"))


def asked() -> Asked:
    """What the address of this request asks for. Raises NoDayError and DayToComeError for its day."""
    arguments = request.args
    by, method = arguments.get("by", ""), arguments.get("method", "")
    question = Question(
        by if by in BASES else ORGANIZATION,
        method if method in METHODS else SIMPLE,
        day_of(arguments.get("from")),
        day_of(arguments.get("to")),
    )
    return Asked(question, asked_day())
