"""The plan as the rest of the product needs it: a small frozen record, read in one statement."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import bindparam, func, select
from sqlalchemy.orm import Session

from app.domain.errors import NotFoundError
from app.domain.schedule import plan_today
from app.domain.working_days import WorkingCalendar, working_calendar
from app.models import JournalHead, Occurrence, Plan
from app.models.plan import overrides_key


@dataclass(frozen=True, slots=True)
class PlanInfo:
    """A plan's own settings, and its revision: the position of its journal."""

    id: int
    code: str
    title: str
    short_title: str
    gloss_en: str
    order_number: str
    order_date: date
    period_start: date
    period_end: date
    zone: ZoneInfo
    policy: str
    calendar: WorkingCalendar
    revision: int
    #: whether anybody may read its public page
    is_public: bool = False

    def today(self, now: datetime) -> date:
        """The date in the plan's time zone at that instant."""
        return plan_today(now, self.zone)


_PLAN = (
    select(
        Plan.id,
        Plan.code,
        Plan.title,
        Plan.short_title,
        Plan.gloss_en,
        Plan.order_number,
        Plan.order_date,
        Plan.period_start,
        Plan.period_end,
        Plan.time_zone,
        Plan.non_working_policy,
        Plan.holidays_country,
        Plan.calendar_overrides,
        Plan.is_public,
        JournalHead.position,
    )
    .join(JournalHead, JournalHead.plan_id == Plan.id)
    .order_by(Plan.id)
)


_BY_CODE = _PLAN.where(Plan.code == bindparam("plan_code"))
_BY_ID = _PLAN.where(Plan.id == bindparam("plan_id"))
_LOADED_AT = (
    select(func.min(Occurrence.created_at))
    .join(Plan, Plan.id == Occurrence.plan_id)
    .where(Plan.code == bindparam("plan_code"))
)


def find_plan(session: Session, code: str) -> PlanInfo:
    """The plan of that code. Raises NotFoundError."""
    row = session.execute(_BY_CODE, {"plan_code": code}).first()
    if row is None:
        raise NotFoundError
    return plan_info(row, row.position)


def plan_by_id(session: Session, plan_id: int) -> PlanInfo:
    """The plan with that id. Raises NotFoundError."""
    row = session.execute(_BY_ID, {"plan_id": plan_id}).first()
    if row is None:
        raise NotFoundError
    return plan_info(row, row.position)


def loaded_at(session: Session, code: str) -> datetime | None:
    """When the plan of that code was loaded first; None: it is not there."""
    return session.scalar(_LOADED_AT, {"plan_code": code})


def all_plans(session: Session) -> list[PlanInfo]:
    """Every plan of the installation, oldest first."""
    return [plan_info(row, row.position) for row in session.execute(_PLAN)]


def plan_info(row: Any, revision: int) -> PlanInfo:
    """A plan's settings, from its row or from columns of the same names, at that revision."""
    calendar = working_calendar(
        row.holidays_country,
        row.period_start.year - 1,
        row.period_end.year + 1,
        overrides_key(row.calendar_overrides),
    )
    return PlanInfo(
        id=row.id,
        code=row.code,
        title=row.title,
        short_title=row.short_title,
        gloss_en=row.gloss_en,
        order_number=row.order_number,
        order_date=row.order_date,
        period_start=row.period_start,
        period_end=row.period_end,
        zone=ZoneInfo(row.time_zone),
        policy=row.non_working_policy,
        calendar=calendar,
        revision=revision,
        is_public=row.is_public,
    )
