"""The year of a plan: every activity with its windows, grouped by section or by who leads it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from sqlalchemy.orm import Session

from app.services.plan_page import PlannedActivity, planned_activities
from app.services.plans import PlanInfo


@dataclass(frozen=True, slots=True)
class Group:
    """A section, or the activities of one lead. `number` and the names are empty where nobody leads."""

    number: int | None
    short_title: str
    gloss_en: str
    activities: list[PlannedActivity]


def by_section(session: Session, plan: PlanInfo, today: date) -> list[Group]:
    """The activities in the order of the plan, a group for each section."""
    groups: dict[int, Group] = {}
    for planned in planned_activities(session, plan, today):
        line = planned.line
        empty = Group(line.section, line.section_title, line.section_gloss, [])
        groups.setdefault(line.section, empty).activities.append(planned)
    return list(groups.values())


def by_lead(session: Session, plan: PlanInfo, today: date) -> list[Group]:
    """A group for each leading organisation, the busiest first; last those that nobody leads."""
    groups: dict[int | None, Group] = {}
    for planned in planned_activities(session, plan, today):
        line = planned.line
        empty = Group(None, line.lead or "", line.lead_gloss or "", [])
        groups.setdefault(line.lead_id, empty).activities.append(planned)
    return sorted(groups.values(), key=lambda group: (not group.short_title, -len(group.activities)))
