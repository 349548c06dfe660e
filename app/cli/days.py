"""`--as-of`: what a command tells of today, told of a day before."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, datetime

import click
from sqlalchemy.orm import Session

from app.services import past
from app.services.plans import PlanInfo
from app.web.state import now

day_option = click.option(
    "--as-of",
    "day",
    type=click.DateTime(["%Y-%m-%d"]),
    help="As it stood at the end of that day in the plan's time zone, e.g. 2022-05-31 (default: now).",
)


@contextmanager
def on_the_day(session: Session, plan: PlanInfo, day: datetime | None) -> Iterator[tuple[Session, date]]:
    """The session to read with, and the day that it shows. Raises DayToComeError."""
    today = plan.today(now())
    if day is None or past.check_day(plan, day.date(), now()) == today:
        yield session, today
        return
    with past.as_of(session, plan, day.date()) as then:
        yield then, day.date()
