"""How an indicator came to its value: what its figures added up to month by month, and what was corrected."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from fractions import Fraction
from typing import NamedTuple

from app.domain.indicators import Figure, IndicatorRule, display, evaluate
from app.services.indicator_figures import Given, Report, taken
from app.services.indicator_sources import Source


class Point(NamedTuple):
    """The value as of a day, by the figures that speak for that day or one before it."""

    day: date
    value: Fraction | None
    #: the value rounded for the screen
    display: Decimal | None
    numerator: Decimal | None
    denominator: Decimal | None
    reported: int


def month_points(rule: IndicatorRule, sources: Sequence[Source], reports: Sequence[Report]) -> list[Point]:
    """The value as it grew: for each month that figures speak for, as of the last day that they do.

    Only figures that the controller has confirmed. A figure that was replaced later still speaks for the
    time until the newer one's day; a correction for the same day takes its place from then on.
    """
    stories = [
        story
        for source in sources
        for report in taken(source, reports)
        if (story := _story(source, report)).days
    ]
    last = {(day.year, day.month): day for day in sorted({day for story in stories for day in story.days})}
    return [
        _point(rule, day, [figure for story in stories if (figure := story.at(day))]) for day in last.values()
    ]


class _Story(NamedTuple):
    """The figures of one task for one source, as they followed each other."""

    days: list[date]
    figures: list[Figure]

    def at(self, day: date) -> Figure | None:
        number = bisect_right(self.days, day)
        return self.figures[number - 1] if number else None


def _story(source: Source, report: Report) -> _Story:
    numbers: dict[str, Given] = {}
    story = _Story([], [])
    confirmed = [each for each in report.given if each.confirmed and each.figure in source.keys]
    for number in sorted(confirmed, key=lambda each: (each.as_of, each.id)):
        numbers[number.figure] = number
        figure = report.made_of(source, numbers, accepted=True)
        if story.days and story.days[-1] == number.as_of:
            story.figures[-1] = figure
        else:
            story.days.append(number.as_of)
            story.figures.append(figure)
    return story


def _point(rule: IndicatorRule, day: date, figures: Sequence[Figure]) -> Point:
    found = evaluate(rule, figures)
    return Point(
        day, found.value, display(rule, found.value), found.numerator, found.denominator, found.reported
    )
