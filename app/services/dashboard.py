"""The dashboard: counters and progress from one aggregate statement, and what needs attention first."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, NamedTuple

from sqlalchemy import bindparam, case, func, select
from sqlalchemy.orm import Session

from app.models import Activity, Section, Task
from app.services.counters import SELECTIONS, SHARES, counted, moment
from app.services.extension_list import ExtensionLine
from app.services.overdue import OverdueItem
from app.services.plans import PlanInfo
from app.services.task_list import Endangered, ExecutorName

#: what the dashboard counts: the shares of a plan, and what is due soon
COUNTED = (*SHARES, "soon")
#: lines under "Needs attention", and how many of them are kept for what waits for the controller
ATTENTION_LINES = 10
_KEPT = 4

_SHARE = case(*((SELECTIONS[name], name) for name in SHARES)).label("share")
#: the tasks of each activity by share: added up first, then named
_TASKS = (
    select(
        Task.activity_id,
        _SHARE,
        func.count().label("tasks"),
        *counted("soon"),
        func.min(Task.due).label("oldest_due"),
        func.min(case((SELECTIONS["soon"], Task.due))).label("nearest_due"),
        func.min(Task.submitted_at).label("waiting_since"),
    )
    .where(Task.plan_id == bindparam("plan_id"))
    .group_by(Task.activity_id, "share")
    .subquery()
)
_ACTIVITIES = (
    select(
        Section.number,
        Section.short_title,
        Section.gloss_en,
        Activity.code,
        Activity.short_title,
        Activity.gloss_en,
        Activity.state,
        *(column for column in _TASKS.c if column.key != "activity_id"),
    )
    .join(Section, Section.id == Activity.section_id)
    # Activities on request have no task until somebody asks.
    .outerjoin(_TASKS, _TASKS.c.activity_id == Activity.id)
    .where(Activity.plan_id == bindparam("plan_id"))
    .order_by(Activity.position)
)


class _Row(NamedTuple):
    """The tasks of an activity in one share; without a share, an activity without tasks."""

    section: int
    section_title: str
    section_gloss: str
    code: str
    short_title: str
    gloss_en: str
    state: str
    share: str | None
    tasks: int | None
    soon: int | None
    oldest_due: date | None
    nearest_due: date | None
    waiting_since: datetime | None


@dataclass(slots=True)
class SectionProgress:
    """How far a section of the plan is."""

    number: int
    short_title: str
    gloss_en: str
    #: activities that are not withdrawn, and those of them that are done
    activities: int
    done: int
    #: tasks by the names of `COUNTED`
    tasks: dict[str, int]

    @property
    def total(self) -> int:
        """Tasks that are or were to be done."""
        return sum(self.tasks[name] for name in SHARES) - self.tasks["off"]


class WaitingActivity(NamedTuple):
    """An activity of which submitted tasks wait for the controller."""

    code: str
    short_title: str
    gloss_en: str
    tasks: int
    since: datetime


@dataclass(frozen=True, slots=True)
class Board:
    """The counters of a plan. Dates of the plan's time zone."""

    sections: list[SectionProgress]
    #: tasks of the whole plan by the names of `COUNTED`
    tasks: dict[str, int]
    #: the earliest due date that has passed, and the next one to come
    oldest_due: date | None
    nearest_due: date | None
    #: the longest waiting first
    waiting: list[WaitingActivity]

    @property
    def total(self) -> int:
        """Tasks that are or were to be done: withdrawn ones are left out."""
        return sum(section.total for section in self.sections)

    @property
    def activities(self) -> int:
        return sum(section.activities for section in self.sections)


def board(session: Session, plan: PlanInfo, today: date) -> Board:
    """Count the plan's tasks and activities. One statement."""
    found: Iterable[Any] = session.execute(_ACTIVITIES, {"plan_id": plan.id, **moment(today)})
    rows = [_Row(*row) for row in found]
    sections: dict[int, SectionProgress] = {}
    seen: set[str] = set()
    for row in rows:
        section = sections.get(row.section)
        if section is None:
            section = sections[row.section] = SectionProgress(
                row.section, row.section_title, row.section_gloss, 0, 0, dict.fromkeys(COUNTED, 0)
            )
        if row.code not in seen:
            seen.add(row.code)
            section.activities += row.state != "withdrawn"
            section.done += row.state == "done"
        if row.share is not None:
            section.tasks[row.share] += int(row.tasks or 0)
            section.tasks["soon"] += int(row.soon or 0)
    waiting = [
        WaitingActivity(row.code, row.short_title, row.gloss_en, int(row.tasks or 0), row.waiting_since)
        for row in rows
        if row.share == "review" and row.waiting_since is not None
    ]
    return Board(
        [sections[number] for number in sorted(sections)],
        {name: sum(section.tasks[name] for section in sections.values()) for name in COUNTED},
        min((row.oldest_due for row in rows if row.share == "overdue" and row.oldest_due), default=None),
        min((row.nearest_due for row in rows if row.nearest_due), default=None),
        sorted(waiting, key=lambda line: line.since),
    )


@dataclass(frozen=True, slots=True)
class Attention:
    """A line under "Needs attention": one occurrence of an activity, with all who are late in it."""

    #: overdue | extension | review
    kind: str
    code: str
    short_title: str
    gloss_en: str
    label_ru: str
    label_en: str
    #: whose it is; empty for a review
    organizations: tuple[ExecutorName, ...]
    #: how many tasks
    number: int
    #: days late, or days that it has waited for the controller
    days: int
    #: the date that passed, or the day since when it waits
    since: date
    #: the tasks that a reminder goes to
    tasks: tuple[int, ...] = ()
    indicators: tuple[Endangered, ...] = ()
    coordinator_id: int | None = None
    extension_id: int | None = None

    @property
    def direct(self) -> bool:
        """Whether an indicator is fed by it."""
        return any(indicator.strength == "direct" for indicator in self.indicators)


def attention(
    plan: PlanInfo,
    today: date,
    overdue: Iterable[OverdueItem],
    extensions: Iterable[ExtensionLine],
    waiting: Iterable[WaitingActivity],
) -> tuple[list[Attention], int]:
    """The lines that matter most, and how many there are in all.

    Overdue first, together by occurrence, in the order in which the items come (see
    `app.services.endangered.gravest_first`). Then what waits for the controller, the longest first; a few
    places are kept for it.
    """
    late = _late(overdue)
    asked = [_asked(extension, plan, today) for extension in extensions]
    submitted = [_submitted(line, plan, today) for line in waiting]
    mine = sorted([*asked, *submitted], key=lambda line: -line.days)
    places = ATTENTION_LINES - min(len(mine), _KEPT)
    shown = late[:places]
    return [*shown, *mine[: ATTENTION_LINES - len(shown)]], len(late) + len(mine)


def _late(items: Iterable[OverdueItem]) -> list[Attention]:
    groups: dict[int, list[OverdueItem]] = {}
    for item in items:
        groups.setdefault(item.line.occurrence_id, []).append(item)
    return [_late_group(sorted(group, key=lambda item: -item.late.days)) for group in groups.values()]


def _late_group(group: Sequence[OverdueItem]) -> Attention:
    worst = group[0]
    line = worst.line
    assert line.due is not None
    return Attention(
        "overdue",
        line.code,
        line.short_title,
        line.gloss_en,
        line.label_ru,
        line.label_en,
        tuple(item.line.executor for item in group),
        len(group),
        worst.late.days,
        line.due,
        tuple(item.line.id for item in group),
        worst.indicators,
        line.coordinator_id,
    )


def _asked(extension: ExtensionLine, plan: PlanInfo, today: date) -> Attention:
    since = extension.asked_at.astimezone(plan.zone).date()
    return Attention(
        "extension",
        extension.code,
        extension.short_title,
        extension.gloss_en,
        extension.label_ru,
        extension.label_en,
        (extension.executor,),
        1,
        (today - since).days,
        since,
        extension_id=extension.id,
    )


def _submitted(line: WaitingActivity, plan: PlanInfo, today: date) -> Attention:
    since = line.since.astimezone(plan.zone).date()
    return Attention(
        "review",
        line.code,
        line.short_title,
        line.gloss_en,
        "",
        "",
        (),
        line.tasks,
        (today - since).days,
        since,
    )
