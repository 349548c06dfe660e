"""Everything that is public of a plan, as it stands on a day: what all of its public answers are made of."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy.orm import Session

from app.services.indicators import IndicatorLine, indicator_lines
from app.services.plan_page import Order, order_of
from app.services.plans import PlanInfo, plan_by_id
from app.services.public.plan import PublicPlan
from app.services.public.published import (
    PublicEvent,
    PublicMaterial,
    public_events,
    public_materials,
    published_changed_at,
)
from app.services.public.rows import PublicRow, PublicSection, public_sections


@dataclass(frozen=True, slots=True)
class Snapshot:
    """A plan as everybody may see it."""

    plan: PlanInfo
    order: Order
    shows_lateness: bool
    today: date
    sections: Sequence[PublicSection]
    #: values and standings; what is pending or late among them is nobody's but the insiders'
    indicators: Sequence[IndicatorLine]
    events: Sequence[PublicEvent]
    materials: Sequence[PublicMaterial]
    #: when something was published, corrected or withdrawn last
    published_at: datetime | None

    @property
    def rows(self) -> list[PublicRow]:
        """The rows of all sections."""
        return [row for section in self.sections for row in section.rows]


def snapshot(session: Session, public: PublicPlan, today: date) -> Snapshot:
    """What is public of a plan today. A fixed number of statements, however many tasks it has."""
    plan = plan_by_id(session, public.id)
    return Snapshot(
        plan=plan,
        order=order_of(session, plan.id),
        shows_lateness=public.shows_lateness,
        today=today,
        sections=public_sections(session, plan, today, shows_lateness=public.shows_lateness),
        indicators=indicator_lines(session, plan, today),
        events=public_events(session, plan.id),
        materials=public_materials(session, plan.id),
        published_at=published_changed_at(session, plan.id),
    )
