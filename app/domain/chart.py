"""An indicator over time as places in a picture: axes, lines, a band, and labels that cover nothing.

Pure geometry in pixels from the upper left corner; colours and markup are for the screen. The horizontal
axis is the period of the plan. The vertical one begins at 0 where that leaves the lines room to differ, and
else a little below what is shown.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from fractions import Fraction
from math import ceil, floor
from typing import NamedTuple

from app.domain.chart_labels import LETTERS, Label, Spot, Wanted, along, labels
from app.domain.forecast import Forecast, Observation
from workflows.lettering import text_width

#: steps of the vertical axis, at most, and how much of a scale from 0 the lines must fill to begin there
_STEPS = 5
_FILLED = Fraction(3, 5)
#: pixels around the plot; on the left there is room for the numbers
_TOP, _RIGHT, _BOTTOM, _GAP = 26, 14, 40, 8
#: pixels around a picture without axes
_EDGE = 4


class Tick(NamedTuple):
    """A number on the vertical axis."""

    y: float
    value: Fraction
    words: str


class Month(NamedTuple):
    """A month on the horizontal axis; `named` where its name has room."""

    first: date
    x: float
    width: float
    named: bool


@dataclass(frozen=True, slots=True)
class Shown:
    """What the picture shows."""

    start: date
    end: date
    today: date
    target: Fraction
    values: Sequence[Observation]
    #: the two ends of the straight way to the target, or nothing
    path: Sequence[Observation]
    forecast: Forecast | None


@dataclass(frozen=True, slots=True)
class Wording:
    """The words on the lines, in the reader's language; `number` writes a number of the axis."""

    number: Callable[[Fraction], str]
    target: str
    value: str
    path: str
    forecast: str


@dataclass(frozen=True, slots=True)
class Chart:
    """Everything in its place."""

    width: int
    height: int
    left: float
    right: float
    top: float
    bottom: float
    ticks: list[Tick]
    months: list[Month]
    target: float
    values: list[Spot]
    path: list[Spot]
    #: from the first value on; the band only where nothing has been measured yet
    forecast: list[Spot]
    band: list[Spot]
    today: float | None
    labels: list[Label]


def chart(shown: Shown, words: Wording, width: int, height: int) -> Chart:
    """The picture in that size."""
    steps = scale(_held(shown))
    written = [words.number(each) for each in steps]
    left = _GAP + max(text_width(text, LETTERS) for text in written)
    plot = _Plot(shown.start, shown.end, left, width - _RIGHT, _TOP, height - _BOTTOM, steps[0], steps[-1])
    days = _days(shown)
    line = [] if shown.forecast is None else [shown.forecast.at(day) for day in days]
    ahead = [each for each in line if each.day >= shown.values[-1].day]
    drawn = Chart(
        width=width,
        height=height,
        left=left,
        right=plot.right,
        top=plot.top,
        bottom=plot.bottom,
        ticks=[Tick(plot.y(value), value, text) for value, text in zip(steps, written, strict=True)],
        months=_months(plot),
        target=plot.y(shown.target),
        values=[plot.spot(each.day, each.value) for each in shown.values],
        path=[plot.spot(each.day, each.value) for each in shown.path],
        forecast=[plot.spot(each.day, each.value) for each in line],
        band=[
            *(plot.spot(each.day, each.high) for each in ahead),
            *(plot.spot(each.day, each.low) for each in reversed(ahead)),
        ],
        today=plot.x(shown.today) if shown.start <= shown.today <= shown.end else None,
        labels=[],
    )
    drawn.labels.extend(_labels(drawn, words))
    return drawn


def _labels(drawn: Chart, words: Wording) -> Iterator[Label]:
    target = [Spot(drawn.left, drawn.target), Spot(drawn.right, drawn.target)]
    wanted = [
        Wanted("value", words.value, drawn.values[-1:]),
        Wanted("forecast", words.forecast, drawn.forecast[-1:]),
        Wanted("target", words.target, target),
        Wanted("path", words.path, along(drawn.path)[-20::-10]),
    ]
    lines = [drawn.values, drawn.forecast, drawn.path, target]
    return labels(wanted, lines, drawn.left, drawn.right, drawn.top, drawn.bottom)


@dataclass(frozen=True, slots=True)
class Spark:
    """The same without axes and words."""

    width: int
    height: int
    target: float
    values: list[Spot]
    #: from the last value on
    forecast: list[Spot]


def spark(shown: Shown, width: int, height: int) -> Spark:
    """The picture so small that it only shows a shape."""
    low, high = min(_held(shown)), max(_held(shown))
    if low == high:
        low, high = low - 1, high + 1
    plot = _Plot(shown.start, shown.end, _EDGE, width - _EDGE, _EDGE, height - _EDGE, low, high)
    heading = shown.forecast
    last = [] if heading is None else [heading.at(shown.values[-1].day), heading.projection]
    return Spark(
        width=width,
        height=height,
        target=plot.y(shown.target),
        values=[plot.spot(each.day, each.value) for each in shown.values],
        forecast=[plot.spot(each.day, each.value) for each in last],
    )


def _held(shown: Shown) -> list[Fraction]:
    """Every value that must have room."""
    held = [shown.target, *(each.value for each in (*shown.values, *shown.path))]
    if shown.forecast is not None:
        # A band is the widest at its ends, a line the highest or lowest.
        since, now = (shown.forecast.at(each.day) for each in (shown.values[0], shown.values[-1]))
        held += [since.value, now.low, now.high, *shown.forecast.projection[1:]]
    return held


def scale(values: Iterable[Fraction]) -> list[Fraction]:
    """The numbers of an axis that holds the values, none below 0: at most six, 1, 2 or 5 · 10ⁿ apart."""
    held = list(values)
    low, high = min(held), max(held)
    if low == high or high - low >= _FILLED * high:
        low, high = Fraction(), high or Fraction(1)
    step = next(step for step in _round_steps((high - low) / _STEPS) if _count(low, high, step) <= _STEPS)
    first = floor(low / step)
    return [step * (first + number) for number in range(_count(low, high, step) + 1)]


def _count(low: Fraction, high: Fraction, step: Fraction) -> int:
    return max(ceil(high / step) - floor(low / step), 1)


def _round_steps(least: Fraction) -> Iterator[Fraction]:
    power = Fraction(1)
    while power > least:
        power /= 10
    while power * 10 <= least:
        power *= 10
    while True:
        yield from (power, power * 2, power * 5)
        power *= 10


@dataclass(frozen=True, slots=True)
class _Plot:
    start: date
    end: date
    left: float
    right: float
    top: float
    bottom: float
    low: Fraction
    high: Fraction

    def x(self, day: date) -> float:
        """The middle of a day; days outside the period stand at its edge."""
        days = (self.end - self.start).days + 1
        gone = min(max((day - self.start).days + 0.5, 0), days)
        return round(self.left + (self.right - self.left) * gone / days, 1)

    def y(self, value: Fraction) -> float:
        part = float((value - self.low) / (self.high - self.low))
        return round(self.bottom - (self.bottom - self.top) * part, 1)

    def spot(self, day: date, value: Fraction) -> Spot:
        return Spot(self.x(day), self.y(value))


def _days(shown: Shown) -> list[date]:
    """Days close enough that the edge of the band looks as round as it is."""
    if shown.forecast is None:
        return []
    first, last = shown.values[0].day, shown.forecast.day
    days = {first + timedelta(days=number) for number in range(0, (last - first).days, 7)}
    return sorted(days | {shown.values[-1].day, last})


def _months(plot: _Plot) -> list[Month]:
    found: list[Month] = []
    days = (plot.end - plot.start).days + 1
    first = plot.start
    while first <= plot.end:
        following = (first.replace(day=1) + timedelta(days=32)).replace(day=1)
        x = plot.left + (plot.right - plot.left) * (first - plot.start).days / days
        width = (plot.right - plot.left) * (min((following - plot.start).days, days)) / days + plot.left - x
        every = max(ceil(_NAME / max(width, 1)), 1)
        found.append(
            Month(first, round(x, 1), round(width, 1), len(found) % every == 0 and width > _NAME / 3)
        )
        first = following
    return found


#: pixels that the short name of a month takes
_NAME = 34
