"""What a report tells: the plan as of a day, all of it or what is due in a period."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date

from sqlalchemy.orm import Session

from app.domain.permissions import Actor
from app.services.discipline.measuring import Question, measure_discipline
from app.services.indicators import indicator_lines
from app.services.past import as_of
from app.services.plans import PlanInfo
from app.services.reports.card import Card, card
from app.services.reports.execution import Execution, execution
from app.services.reports.period import Period, keep_period
from app.services.reports.whole import Whole


@contextmanager
def then(
    session: Session, actor: Actor, plan: PlanInfo, day: date, period: Period | None, today: date
) -> Iterator[tuple[Session, Whole | None]]:
    """A session over the plan at the end of that day, or now for today, narrowed to the period.

    With what was counted of the whole plan before, where the session holds too little to count it.
    """
    if day == today and period is None:
        yield session, None
        return
    with as_of(session, plan, day) as past:
        whole = None
        if period is not None:
            asked = Question(start=period.start, end=period.end)
            lines, together = measure_discipline(past, plan, day, asked, actor)
            whole = Whole(indicator_lines(past, plan, day), lines, together)
            keep_period(past, period)
        yield past, whole


def execution_of(
    session: Session,
    actor: Actor,
    plan: PlanInfo,
    day: date,
    period: Period | None,
    today: date,
    *,
    with_tasks: bool = False,
) -> Execution:
    """What the report of execution and the note tell of that day."""
    with then(session, actor, plan, day, period, today) as (past, whole):
        return execution(past, plan, day, whole=whole, with_tasks=with_tasks)


def card_of(
    session: Session, actor: Actor, plan: PlanInfo, key: str, day: date, period: Period | None, today: date
) -> Card:
    """What the card of the organisation of that key tells of that day."""
    with then(session, actor, plan, day, period, today) as (past, whole):
        return card(past, plan, key, day, whole=whole)
