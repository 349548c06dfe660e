"""The overdue tracker: what is late, whose, and what that endangers.

`overdue_items` is the one list behind the page, the command line, the status of a plan and the feeds.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy.orm import Session

from app.domain.overdue import Lateness
from app.domain.permissions import Actor, may_see_task
from app.services.extension_list import ExtensionLine, pending_extensions
from app.services.plans import PlanInfo
from app.services.task_filter import Filter
from app.services.task_list import EVERYTHING, Endangered, TaskLine, indicators_by_activity, task_lines


@dataclass(frozen=True, slots=True)
class OverdueItem:
    """One overdue task. Dates of the plan's time zone."""

    line: TaskLine
    late: Lateness
    #: what the activity moves, direct links first
    indicators: tuple[Endangered, ...]
    #: the later date that its executor asks for
    extension: ExtensionLine | None

    @property
    def extended_from(self) -> date | None:
        """The first date, when another one is in force now."""
        return self.line.due_first if self.line.due_first != self.line.due else None

    def as_record(self) -> dict[str, Any]:
        """The item as `flask overdue --json` and `flask plan status --json` print it."""
        line = self.line
        return {
            "task": line.id,
            "activity": line.code,
            "organization": line.organization_key,
            "due": line.due,
            "first_due": line.due_first,
            "days_late": self.late.days,
            "working_days_late": self.late.working_days,
            "state": line.state,
            "reminders": line.reminders,
            "reminded_at": line.reminded_at,
            "explanation": line.explanation,
            "expected_on": line.expected_on,
            "extension_asked": self.extension.due_asked if self.extension else None,
            "indicators": [indicator.number for indicator in self.indicators],
        }


#: orders of the tracker; each ends in the order of the plan, so that equals keep their places
ORDERS: dict[str, Callable[[OverdueItem], tuple[Any, ...]]] = {
    "latest": lambda item: (-item.late.days,),
    "newest": lambda item: (item.late.days,),
    "plan": lambda item: (),
    "executor": lambda item: (item.line.short_name,),
    "reminders": lambda item: (item.line.reminders, -item.late.days),
}


def overdue_items(
    session: Session,
    plan: PlanInfo,
    today: date,
    narrowed: Filter = EVERYTHING,
    *,
    visible_to: Actor | None = None,
    extensions: Mapping[int, ExtensionLine] | None = None,
    order: str = "latest",
) -> list[OverdueItem]:
    """What is overdue today, the longest first unless another of `ORDERS` is named.

    `visible_to` leaves out what that person may not see. `extensions` are the pending ones by task, for
    a caller that has read them already. At most three statements.
    """
    asked = pending_extensions(session, plan.id) if extensions is None else extensions
    endangered = indicators_by_activity(session, plan.id)
    items = []
    late_tasks = task_lines(
        session, plan, today, "overdue", narrowed=narrowed, reader=visible_to, order="plan"
    )
    for line in late_tasks:
        if visible_to is not None and not may_see_task(visible_to, line.organization_id, line.coordinator_id):
            continue
        late = line.lateness(today, plan)
        assert late is not None, "the selection and the rule disagree about what is overdue"
        indicators = tuple(endangered.get(line.activity_id, ()))
        items.append(OverdueItem(line, late, indicators, asked.get(line.id)))
    return sorted(items, key=ORDERS[order])
