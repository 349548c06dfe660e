"""What narrows a list of tasks, as conditions of its statement."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta

from sqlalchemy import ColumnElement, exists, literal, not_, select

from app.domain.permissions import Actor
from app.domain.search import phrases
from app.models import (
    Activity,
    ActivityIndicator,
    Evidence,
    Extension,
    Indicator,
    Organization,
    Section,
    Task,
)
from app.services.search_index import task_answers
from app.services.visibility import open_to
from workflows.definition import OWING

WITH, WITHOUT = "with", "without"
#: states of an extension that a list can be narrowed to
EXTENSIONS = ("requested", "granted", "refused")


@dataclass(frozen=True, slots=True)
class Filter:
    """What narrows a list. Empty fields let everything through. Dates of the plan's time zone."""

    section: int | None = None
    #: key of the executor
    organization: str = ""
    #: number of an indicator that the activity moves
    indicator: int | None = None
    #: code of the activity
    activity: str = ""
    #: words as people type them; all must occur in what the task is called
    text: str = ""
    #: state of its workflow
    state: str = ""
    due_from: date | None = None
    due_to: date | None = None
    #: overdue by at least so many calendar days
    late: int | None = None
    #: with | without anything attached
    evidence: str = ""
    #: one of EXTENSIONS that has been asked for
    extension: str = ""
    #: returned at least once
    returned: bool = False

    @property
    def is_private(self) -> bool:
        """Whether it asks for what only those know who may open a task."""
        return bool(self.evidence or self.extension or self.returned)


def conditions(
    narrowed: Filter, plan_id: int, today: date, reader: Actor | None
) -> Iterator[ColumnElement[bool]]:
    """The conditions over a task, its activity, section and organisation.

    `reader` None is the program itself. A filter that is private leaves nothing but what the reader may open:
    the number of lines would tell it all.
    """
    if narrowed.is_private:
        yield open_to(reader)
    if narrowed.section is not None:
        yield Section.number == narrowed.section
    if narrowed.organization:
        yield Organization.key == narrowed.organization
    if narrowed.activity:
        yield Activity.code == narrowed.activity
    if narrowed.indicator is not None:
        yield Task.activity_id.in_(
            select(ActivityIndicator.activity_id)
            .join(Indicator, Indicator.id == ActivityIndicator.indicator_id)
            .where(Indicator.plan_id == plan_id, Indicator.number == narrowed.indicator)
        )
    if asked := phrases(narrowed.text):
        yield task_answers(asked, open_to(reader))
    if narrowed.state:
        yield Task.state == narrowed.state
    yield from _dates(narrowed, today)
    if narrowed.evidence:
        attached = exists(select(Evidence.id).where(Evidence.task_id == Task.id))
        yield attached if narrowed.evidence == WITH else not_(attached)
    if narrowed.extension:
        yield exists(
            select(Extension.id).where(Extension.task_id == Task.id, Extension.state == narrowed.extension)
        )
    if narrowed.returned:
        yield Task.returns > 0


def _dates(narrowed: Filter, today: date) -> Iterator[ColumnElement[bool]]:
    if narrowed.due_from is not None:
        yield Task.due >= narrowed.due_from
    if narrowed.due_to is not None:
        yield Task.due <= narrowed.due_to
    if narrowed.late is not None:
        # Written into the statement so that the index of what is owed applies.
        yield Task.phase == literal(OWING, literal_execute=True)
        yield Task.due <= today - timedelta(days=max(narrowed.late, 1))
