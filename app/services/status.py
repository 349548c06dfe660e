"""The status of a plan as a record that programs read: activities, tasks, what is overdue, indicators."""

from __future__ import annotations

from datetime import date
from typing import Any

from sqlalchemy import bindparam, case, func, select
from sqlalchemy.orm import Session

from app.models import Activity, Row, Task
from app.services.counters import counted, moment
from app.services.indicators import IndicatorLine, indicator_lines
from app.services.overdue import OverdueItem, overdue_items
from app.services.plans import PlanInfo

_ROWS = select(func.count()).select_from(Row).where(Row.plan_id == bindparam("plan_id"))
_ACTIVITIES = (
    select(
        Activity.code,
        Row.number.label("row"),
        Activity.title,
        Activity.workflow,
        Activity.state,
        func.count(Task.id).label("tasks"),
        func.coalesce(func.sum(case((Task.state == "accepted", 1), else_=0)), 0).label("accepted"),
        *counted("overdue"),
    )
    .join(Row, Row.id == Activity.row_id)
    .outerjoin(Task, Task.activity_id == Activity.id)
    .where(Activity.plan_id == bindparam("plan_id"))
    .group_by(Activity.id, Row.id)
    .order_by(Row.position, Activity.position)
)
_STATES = (
    select(Task.state, func.count())
    .where(Task.plan_id == bindparam("plan_id"))
    .group_by(Task.state)
    .order_by(Task.state)
)
#: what the record keeps of an overdue task
_OVERDUE = ("task", "activity", "organization", "due", "days_late", "indicators")


def plan_status(session: Session, plan: PlanInfo, today: date) -> dict[str, Any]:
    """How the plan stands on that day; the interface of `flask plan status --json`.

    Every task is in `tasks`, also one that was withdrawn. An indicator's value is exact and in its unit,
    None when there is no data; `reported` and `expected` count organisations, events for a worst case.
    """
    states = {state: number for state, number in session.execute(_STATES, {"plan_id": plan.id})}  # noqa: C416
    activities = session.execute(_ACTIVITIES, {"plan_id": plan.id, **moment(today)})
    return {
        "plan": plan.code,
        "as_of": today,
        "rows": session.scalar(_ROWS, {"plan_id": plan.id}),
        "activities": [dict(row) for row in activities.mappings()],
        "tasks": {"total": sum(states.values()), "by_state": states},
        "overdue": [_overdue(item) for item in overdue_items(session, plan, today)],
        "indicators": [_indicator(line) for line in indicator_lines(session, plan, today)],
    }


def _overdue(item: OverdueItem) -> dict[str, Any]:
    record = item.as_record()
    return {name: record[name] for name in _OVERDUE}


def _indicator(line: IndicatorLine) -> dict[str, Any]:
    return {
        "number": line.number,
        "kind": line.kind,
        "direction": line.direction,
        "target": line.target,
        "unit": line.unit_en,
        "value": line.value,
        "reported": line.reported,
        "expected": line.expected,
        "standing": line.standing.code,
    }
