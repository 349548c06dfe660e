"""Everything that is shown of a plan on a day, as one value to compare."""

from __future__ import annotations

from datetime import date
from typing import Any

from sqlalchemy.orm import Session

from app.services.dashboard import board
from app.services.discipline import discipline_lines
from app.services.extension_list import pending_extensions
from app.services.indicators import indicator_lines
from app.services.overdue import overdue_items
from app.services.plans import find_plan
from app.services.reports.execution import execution
from app.services.status import plan_status
from app.services.task_list import task_lines


def shown(session: Session, day: date) -> dict[str, Any]:
    """By the page that shows it; without the versions that forms carry."""
    plan = find_plan(session, "2022")
    whole = execution(session, plan, day)
    return {
        "plan": plan,
        "tasks": [line._replace(version=0) for line in task_lines(session, plan, day, order="plan")],
        "status": plan_status(session, plan, day),
        "board": board(session, plan, day),
        "discipline": discipline_lines(session, plan.id, day),
        "overdue": [item.as_record() for item in overdue_items(session, plan, day)],
        "extensions": [line._replace(version=0) for line in pending_extensions(session, plan.id).values()],
        "indicators": indicator_lines(session, plan, day),
        "execution": [
            (each.planned, each.done_first, each.done_last, each.proofs, each.late, each.granted, each.basis)
            for section in whole.sections
            for row in section.rows
            for each in row.activities
        ],
    }
