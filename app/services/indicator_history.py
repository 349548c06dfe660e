"""How an indicator came to its value: what its figures added up to month by month, and what was corrected."""

from __future__ import annotations

from bisect import bisect_right
from calendar import monthrange
from collections.abc import Iterable, Sequence
from datetime import date, datetime
from decimal import Decimal
from fractions import Fraction
from typing import NamedTuple

from app.domain.indicators import Figure, IndicatorRule, display, evaluate
from app.services.indicator_figures import COUNTED, REPLACED, Report
from app.services.indicator_records import Collecting, Given
from app.services.indicator_sources import Source


class Point(NamedTuple):
    """The state as at a day, by the figures that speak for that day or one before it."""

    day: date
    value: Fraction | None
    #: the value rounded for the screen
    display: Decimal | None
    numerator: Decimal | None
    denominator: Decimal | None
    reported: int


class Correction(NamedTuple):
    """A number and the one of the same task that took its place."""

    task: Collecting
    figure: str
    as_of: date
    number: Decimal
    now: Decimal
    #: when the later one was given
    at: datetime
    #: whether it had been confirmed before
    counted: bool


def month_points(
    rule: IndicatorRule,
    sources: Sequence[Source],
    tasks: Sequence[Collecting],
    given: Iterable[Given],
    today: date,
) -> list[Point]:
    """The value at the end of each month from the first figure's to the last one's, of this one today.

    Only figures that the controller has confirmed. A figure that was replaced later still speaks for the
    time until the newer one's day; a correction for the same day takes its place from then on.
    """
    confirmed = [number for number in given if number.confirmed_at is not None]
    stories = _stories(sources, tasks, confirmed)
    days = _month_ends(sorted({number.as_of for number in confirmed}), today)
    return [_point(rule, day, [figure for story in stories if (figure := story.at(day))]) for day in days]


def corrections(
    tasks: Iterable[Collecting], given: Sequence[Given], keys: frozenset[str]
) -> list[Correction]:
    """The numbers that were replaced by another one, newest first."""
    by_id = {task.id: task for task in tasks}
    later: dict[tuple[int, str], Given] = {}
    found = []
    for number in reversed(given):
        newer = later.get((number.task_id, number.figure))
        replaced = number.standing == REPLACED and newer is not None and newer.number != number.number
        if replaced and newer is not None and number.figure in keys:
            task = by_id[number.task_id]
            found.append(
                Correction(
                    task,
                    number.figure,
                    number.as_of,
                    number.number,
                    newer.number,
                    newer.created_at,
                    number.confirmed_at is not None,
                )
            )
        later[number.task_id, number.figure] = number
    return found


class _Story(NamedTuple):
    """The figures of one task for one source, as they followed each other."""

    days: list[date]
    figures: list[Figure]

    def at(self, day: date) -> Figure | None:
        number = bisect_right(self.days, day)
        return self.figures[number - 1] if number else None


def _stories(
    sources: Sequence[Source], tasks: Sequence[Collecting], confirmed: Iterable[Given]
) -> list[_Story]:
    by_task: dict[int, list[Given]] = {}
    for number in confirmed:
        by_task.setdefault(number.task_id, []).append(number)
    return [
        story
        for source in sources
        for task in tasks
        if task.id in by_task and source.takes(task.activity_id, task.cohort, task.organization)
        if (story := _story(source, task, by_task[task.id])).days
    ]


def _story(source: Source, task: Collecting, numbers: list[Given]) -> _Story:
    report = Report(task.id, task.activity_id, task.cohort, task.organization_id, task.organization, {}, {})
    story = _Story([], [])
    for number in sorted(numbers, key=lambda number: (number.as_of, number.id)):
        report.counted[number.figure] = (number.as_of, number.number)
        figure = report.figure(source, COUNTED)
        if figure is None:
            continue
        if story.days and story.days[-1] == number.as_of:
            story.figures[-1] = figure
        else:
            story.days.append(number.as_of)
            story.figures.append(figure)
    return story


def _month_ends(days: Sequence[date], today: date) -> list[date]:
    if not days:
        return []
    first, last = days[0], days[-1]
    found = []
    for month in range(first.year * 12 + first.month - 1, last.year * 12 + last.month):
        year, number = month // 12, month % 12 + 1
        found.append(date(year, number, monthrange(year, number)[1]))
    if found[-1] > today >= last:
        found[-1] = today
    return found


def _point(rule: IndicatorRule, day: date, figures: Sequence[Figure]) -> Point:
    found = evaluate(rule, figures)
    return Point(
        day, found.value, display(rule, found.value), found.numerator, found.denominator, found.reported
    )
