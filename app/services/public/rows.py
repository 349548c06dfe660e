"""The rows of the order with their states and dates."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import NamedTuple

from sqlalchemy import Integer, bindparam, func, select
from sqlalchemy.orm import Session

from app.domain.publicity import DONE, state_of_date, state_of_row, state_on_request
from app.models import Task
from app.services.plan_page import PlannedActivity, plan_sections
from app.services.plans import PlanInfo
from app.services.progress import OccurrenceLine, Progress
from workflows.definition import ACCEPTED

#: the kind of activities that are carried out when somebody asks
_REQUEST = "request"


class PublicDate(NamedTuple):
    """One date of an activity. Dates of the plan's time zone."""

    id: int
    key: str
    label_ru: str
    label_en: str
    #: on | within | by | throughout
    mode: str
    window_start: date | None
    #: in force, with extensions
    due: date | None
    state: str
    #: when the last of its executors handed in what was accepted; None: not done, or not told
    done_on: date | None
    #: when the last of it was accepted; None: not done
    accepted_at: datetime | None
    #: executors that have done it, and that are to do it
    done: int
    wanted: int


@dataclass(frozen=True, slots=True)
class PublicActivity:
    """What is carried out for a row."""

    code: str
    short_title: str
    gloss_en: str
    state: str
    on_request: bool
    dates: Sequence[PublicDate]


@dataclass(frozen=True, slots=True)
class PublicRow:
    """A row of the order, verbatim, and how far it has come."""

    section: int
    number: str
    title: str
    deadline: str
    executors: str
    activities: Sequence[PublicActivity]

    @property
    def dates(self) -> list[PublicDate]:
        """All of its dates, in the order of the plan."""
        return [date for activity in self.activities for date in activity.dates]

    @property
    def state(self) -> str:
        return state_of_row(activity.state for activity in self.activities)

    @property
    def due(self) -> date | None:
        """The last of its dates; None: it is done on request."""
        return max((date.due for date in self.dates if date.due), default=None)

    @property
    def next_due(self) -> date | None:
        """The next of its dates that is not done."""
        return min((each.due for each in self.dates if each.due and each.state != DONE), default=None)

    @property
    def done_on(self) -> date | None:
        """When the last of it was done; None while something of it is not, or when that is not told."""
        if self.state != DONE:
            return None
        return max((date.done_on for date in self.dates if date.done_on), default=None)

    @property
    def done(self) -> int:
        return sum(date.done for date in self.dates)

    @property
    def wanted(self) -> int:
        return sum(date.wanted for date in self.dates)


@dataclass(frozen=True, slots=True)
class PublicSection:
    """A section of the order with its rows."""

    number: int
    title: str
    gloss_en: str
    rows: Sequence[PublicRow]


class _Accepted(NamedTuple):
    done_on: date | None
    accepted_at: datetime | None


_NOTHING = _Accepted(None, None)
_ACCEPTED = (
    select(Task.occurrence_id, func.max(Task.submitted_on), func.max(Task.accepted_at))
    .where(Task.plan_id == bindparam("plan_id", type_=Integer), Task.phase == ACCEPTED)
    .group_by(Task.occurrence_id)
)


def public_sections(
    session: Session, plan: PlanInfo, today: date, *, shows_lateness: bool
) -> list[PublicSection]:
    """The rows of the order as they stand today. Five statements.

    Without `shows_lateness` a late row is told as in progress, and nothing says when it was handed in.
    """
    accepted = {row[0]: _Accepted(*row[1:]) for row in session.execute(_ACCEPTED, {"plan_id": plan.id})}

    def activity(planned: PlannedActivity) -> PublicActivity:
        line = planned.line
        on_request = line.workflow == _REQUEST
        # What somebody asked for is between who asked and who provides it.
        dates = () if on_request else tuple(_dates(planned, accepted, shows_lateness))
        state = state_on_request(line.state) if on_request else state_of_row(date.state for date in dates)
        return PublicActivity(line.code, line.short_title, line.gloss_en, state, on_request, dates)

    return [
        PublicSection(
            section.number,
            section.title,
            section.gloss_en,
            [
                PublicRow(
                    section.number,
                    row.number,
                    row.title,
                    row.deadline,
                    row.executors,
                    [activity(planned) for planned in row.activities],
                )
                for row in section.rows
            ],
        )
        for section in plan_sections(session, plan, today)
    ]


def _dates(
    planned: PlannedActivity, accepted: dict[int, _Accepted], shows_lateness: bool
) -> Iterator[PublicDate]:
    for line in planned.occurrences:
        progress = line.progress
        state = state_of_date(
            planned.line.state,
            total=progress.total,
            accepted=progress.accepted,
            overdue=progress.overdue,
            begun=progress.begun,
            shows_lateness=shows_lateness,
        )
        done = accepted.get(line.id, _NOTHING) if state == DONE else _NOTHING
        yield _date(line, progress, state, done if shows_lateness else done._replace(done_on=None))


def _date(line: OccurrenceLine, progress: Progress, state: str, done: _Accepted) -> PublicDate:
    return PublicDate(
        line.id,
        line.key,
        line.label_ru,
        line.label_en,
        line.mode,
        line.window_start,
        line.due,
        state,
        done.done_on,
        done.accepted_at,
        progress.accepted,
        progress.total,
    )
