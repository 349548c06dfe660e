"""What a list of tasks can be narrowed to: the plan's sections, executors, indicators and activities."""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.models import Activity, Indicator, Organization, Section, Task


class NumberedChoice(NamedTuple):
    """A section or an indicator."""

    number: int
    short_title: str
    gloss_en: str


class ExecutorChoice(NamedTuple):
    """An organisation that answers for at least one task of the plan."""

    key: str
    short_name: str
    gloss_en: str


class ActivityChoice(NamedTuple):
    """An activity."""

    code: str
    short_title: str
    gloss_en: str


class Choices(NamedTuple):
    """The options of the filters, each in the order of the plan."""

    sections: list[NumberedChoice]
    executors: list[ExecutorChoice]
    indicators: list[NumberedChoice]


class ListChoices(NamedTuple):
    """The options of the filters over a list of tasks."""

    sections: list[NumberedChoice]
    executors: list[ExecutorChoice]
    indicators: list[NumberedChoice]
    activities: list[ActivityChoice]


_SECTIONS = select(Section.number, Section.short_title, Section.gloss_en).order_by(Section.number)
_EXECUTORS = select(Organization.key, Organization.short_name, Organization.gloss_en).order_by(
    Organization.position
)
_ACTIVITIES = select(Activity.code, Activity.short_title, Activity.gloss_en).order_by(Activity.position)
_INDICATORS = select(Indicator.number, Indicator.short_title, Indicator.gloss_en).order_by(Indicator.number)


def choices(session: Session, plan_id: int, indicators: Iterable[NumberedChoice] | None = None) -> Choices:
    """What the lists of this plan can be narrowed to; a caller may have read the `indicators` already."""
    if indicators is None:
        rows = session.execute(_INDICATORS.where(Indicator.plan_id == plan_id))
        indicators = (NumberedChoice(*row) for row in rows)
    answering = select(Task.organization_id).where(Task.plan_id == plan_id)
    return Choices(
        [NumberedChoice(*row) for row in session.execute(_SECTIONS.where(Section.plan_id == plan_id))],
        [ExecutorChoice(*row) for row in session.execute(_EXECUTORS.where(Organization.id.in_(answering)))],
        list(indicators),
    )


def list_choices(
    session: Session, plan_id: int, indicators: Iterable[NumberedChoice] | None = None
) -> ListChoices:
    """The same for a list of tasks, with the plan's activities."""
    activities = session.execute(_ACTIVITIES.where(Activity.plan_id == plan_id))
    return ListChoices(*choices(session, plan_id, indicators), [ActivityChoice(*row) for row in activities])
