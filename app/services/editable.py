"""What an administrator finds beside the editorial text of an activity: the order's words, figures, links."""

from __future__ import annotations

from typing import NamedTuple

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.domain.errors import NotFoundError
from app.models import Activity, ActivityIndicator, FigureField, Indicator, Row
from app.services.editing import figure_name


class EditableActivity(NamedTuple):
    """An activity, and the words of the order that stay as they are."""

    code: str
    short_title: str
    gloss_en: str
    note_ru: str
    note_en: str
    #: the activity's own title, and the row of the order that it comes from
    title: str
    row: str
    row_title: str
    deadline: str
    executors: str


_EDITABLE = (
    select(
        Activity.code,
        Activity.short_title,
        Activity.gloss_en,
        Activity.note_ru,
        Activity.note_en,
        Activity.title,
        Row.number,
        Row.title,
        Row.deadline,
        Row.executors,
    )
    .join(Row, Row.id == Activity.row_id)
    .order_by(Activity.position)
)


def editable_activities(session: Session, plan_id: int) -> list[EditableActivity]:
    """The activities of a plan, in its order."""
    found = session.execute(_EDITABLE.where(Activity.plan_id == plan_id))
    return [EditableActivity._make(row) for row in found]


def editable_activity(session: Session, plan_id: int, code: str) -> EditableActivity:
    """One of them. Raises NotFoundError."""
    found = session.execute(_EDITABLE.where(Activity.plan_id == plan_id, Activity.code == code)).first()
    if found is None:
        raise NotFoundError
    return EditableActivity._make(found)


class LinkedIndicator(NamedTuple):
    """An indicator that an activity is said to move."""

    number: int
    short_title: str
    gloss_en: str


class NumberAsked(NamedTuple):
    """A figure that the tasks of an activity ask for."""

    cohort: str
    key: str
    label_ru: str
    label_en: str

    @property
    def name(self) -> str:
        """As `ActivityText.bounds` names it."""
        return figure_name(self.cohort, self.key)


def numbers_asked(session: Session, plan_id: int, code: str) -> list[NumberAsked]:
    """The numbers that the tasks of an activity ask for, in the order of their form."""
    found = session.execute(
        select(*(getattr(FigureField, name) for name in NumberAsked._fields))
        .join(Activity, Activity.id == FigureField.activity_id)
        .where(Activity.plan_id == plan_id, Activity.code == code, FigureField.kind == "number")
        .order_by(FigureField.position)
    )
    return [NumberAsked._make(row) for row in found]


def linked_indicators(session: Session, plan_id: int, code: str) -> list[LinkedIndicator]:
    """The indicators that an activity is said to move, by number."""
    found = session.execute(
        select(Indicator.number, Indicator.short_title, Indicator.gloss_en)
        .join(ActivityIndicator, ActivityIndicator.indicator_id == Indicator.id)
        .join(Activity, Activity.id == ActivityIndicator.activity_id)
        .where(Activity.plan_id == plan_id, Activity.code == code)
        .order_by(Indicator.number)
    )
    return [LinkedIndicator._make(row) for row in found]
