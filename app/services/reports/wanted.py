"""What a report tells: the plan as of a day, all of it or what is due in a period."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date

from sqlalchemy.orm import Session

from app.services.indicators import IndicatorLine, indicator_lines
from app.services.past import as_of
from app.services.plans import PlanInfo
from app.services.reports.card import Card, card
from app.services.reports.execution import Execution, execution
from app.services.reports.period import Period, keep_period


@contextmanager
def then(
    session: Session, plan: PlanInfo, day: date, period: Period | None, today: date
) -> Iterator[tuple[Session, list[IndicatorLine] | None]]:
    """A session over the plan at the end of that day, or now for today, narrowed to the period.

    With the indicators as they stood, where the session holds too little to compute them: an indicator is of
    the whole plan, whatever the period.
    """
    if day == today and period is None:
        yield session, None
        return
    with as_of(session, plan, day) as past:
        indicators = None
        if period is not None:
            indicators = indicator_lines(past, plan, day)
            keep_period(past, period)
        yield past, indicators


def execution_of(
    session: Session,
    plan: PlanInfo,
    day: date,
    period: Period | None,
    today: date,
    *,
    with_tasks: bool = False,
) -> Execution:
    """What the report of execution and the note tell of that day."""
    with then(session, plan, day, period, today) as (past, indicators):
        return execution(past, plan, day, indicators=indicators, with_tasks=with_tasks)


def card_of(
    session: Session, plan: PlanInfo, key: str, day: date, period: Period | None, today: date
) -> Card:
    """What the card of the organisation of that key tells of that day."""
    with then(session, plan, day, period, today) as (past, indicators):
        return card(past, plan, key, day, indicators=indicators)
