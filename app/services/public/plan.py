"""The plan as its public page has it: found by its code, if it is public at all."""

from __future__ import annotations

from datetime import date, datetime
from typing import NamedTuple
from zoneinfo import ZoneInfo

from sqlalchemy import bindparam, select

from app.db import Database, Lookup
from app.domain.errors import NotFoundError
from app.domain.schedule import plan_today
from app.models import JournalHead, Plan


class PublicPlan(NamedTuple):
    """What an answer depends on. `revision` is the position of the plan's journal."""

    id: int
    code: str
    revision: int
    zone: ZoneInfo
    shows_lateness: bool

    def today(self, now: datetime) -> date:
        """The date in the plan's time zone at that instant."""
        return plan_today(now, self.zone)


#: all that an unchanged answer costs
_PUBLIC = Lookup(
    select(Plan.id, Plan.code, JournalHead.position, Plan.time_zone, Plan.is_public, Plan.shows_lateness)
    .join(JournalHead, JournalHead.plan_id == Plan.id)
    .where(Plan.code == bindparam("code"))
)


def public_plan(database: Database, code: str) -> PublicPlan:
    """The public plan of that code. Raises NotFoundError, also for a plan that is not public."""
    row = database.look_up(_PUBLIC, code=code)
    if row is None or not row.is_public:
        raise NotFoundError
    return PublicPlan(row.id, row.code, row.position, ZoneInfo(row.time_zone), bool(row.shows_lateness))
