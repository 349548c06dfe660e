"""What a page of the calendar is asked for by its address. What makes no sense there is left alone."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from flask import request
from werkzeug.datastructures import MultiDict

from app.domain.errors import NotAllowedError
from app.domain.permissions import Actor
from app.domain.texts import one_line
from app.services.feed_scopes import ORGANIZATION, PLAN, Scope, home_scope
from app.services.plans import PlanInfo
from app.web.addresses import list_url
from app.web.numbers import whole
from app.web.state import actor, plan, reading, today

MONTH = "month"
AGENDA = "agenda"
#: kinds of `CalendarOccurrence.kind`, in the order of the filter
STATES = ("overdue", "returned", "progress", "planned", "review", "done", "off")
#: what an executor gives for the whole plan: without an executor its pages show its own tasks
WHOLE = "all"
#: how many years around the plan's period can be leafed through
_YEARS_AROUND = 5

_MONTH = re.compile(r"\d{4}-\d{2}", re.ASCII)
_DAY = re.compile(r"\d{4}-\d{2}-\d{2}", re.ASCII)


@dataclass(frozen=True, slots=True)
class Asked:
    """A page of the calendar; two that are equal show the same on the same day of the same plan."""

    #: month | agenda
    view: str
    #: the first of the month that is shown; None: that of today
    month: date | None
    #: the first day of the agenda; None: today, or the plan's first day where a state is looked for
    start: date | None
    #: the whole plan, or one organisation's own tasks
    scope: Scope
    #: what the person's pages show unless they are asked otherwise
    home: Scope
    section: int | None = None
    #: one of STATES; "": all
    state: str = ""

    @property
    def own(self) -> bool:
        """Whether it speaks of one organisation's own tasks."""
        return self.scope.kind == ORGANIZATION

    def first_of_month(self) -> date:
        """The first of the month that the page shows."""
        return self.month or today().replace(day=1)

    def first_day(self) -> date:
        """The day that the agenda begins with."""
        return self.start or (plan().period_start if self.state else today())

    def url(self, **changes: Any) -> str:
        """The address of the same page with something else in it; fields by their names."""
        other = replace(self, **changes)
        return list_url("calendar.show", other._arguments())

    def kept(self, *without: str) -> dict[str, object]:
        """What a form hands on of the address, but for the arguments that it asks for itself."""
        return {
            name: value
            for name, value in self._arguments().items()
            if value not in (None, "") and name not in without
        }

    def _arguments(self) -> dict[str, object]:
        in_view = self.month if self.view == MONTH else self.start
        return {
            "view": AGENDA if self.view == AGENDA else None,
            "month": f"{in_view:%Y-%m}" if in_view and self.view == MONTH else None,
            "from": in_view.isoformat() if in_view and self.view == AGENDA else None,
            "section": self.section,
            "executor": None if self.scope == self.home else self.scope.key or WHOLE,
            "state": self.state,
        }


def asked() -> Asked:
    """What the address of this request asks for. Raises NotAllowedError: another organisation's tasks."""
    arguments, person = request.args, actor()
    home = home_scope(reading(), person)
    state = arguments.get("state", "")
    return Asked(
        view=AGENDA if arguments.get("view") == AGENDA else MONTH,
        month=_month(arguments, plan()),
        start=_day(arguments, plan()),
        scope=_scope(one_line(arguments.get("executor", ""))[:40], home, person),
        home=home,
        section=whole(arguments.get("section")),
        state=state if state in STATES else "",
    )


def _scope(executor: str, home: Scope, person: Actor) -> Scope:
    if not executor:
        return home
    if executor == WHOLE:
        return Scope(PLAN)
    scope = Scope(ORGANIZATION, executor)
    if scope != home and not person.sees_everything:
        raise NotAllowedError
    return scope


def _month(arguments: MultiDict[str, str], plan: PlanInfo) -> date | None:
    text = arguments.get("month", "").strip()
    return _within(f"{text}-01", plan) if _MONTH.fullmatch(text) else None


def _day(arguments: MultiDict[str, str], plan: PlanInfo) -> date | None:
    text = arguments.get("from", "").strip()
    return _within(text, plan) if _DAY.fullmatch(text) else None


def _within(text: str, plan: PlanInfo) -> date | None:
    """The day, or the nearest one that can be leafed to; None for what is no day."""
    try:
        day = date.fromisoformat(text)
    except ValueError:
        return None
    first = date(plan.period_start.year - _YEARS_AROUND, 1, 1)
    last = date(plan.period_end.year + _YEARS_AROUND, 12, 1)
    return min(max(day, first), last)
