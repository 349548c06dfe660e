"""Where an indicator stands, in plain words, for tests that walk a year day by day.

It imports nothing of the product, so that it cannot repeat its mistakes.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from fractions import Fraction
from typing import NamedTuple

from tests.services.plain_year import PlainTask

START, END = date(2022, 1, 1), date(2022, 12, 31)


@dataclass(frozen=True)
class Source:
    """Which numbers of which tasks an indicator is made of."""

    activity: str
    cohort: str
    part: str
    whole: str
    constant: Decimal | None
    running_total: bool
    organizations: tuple[str, ...]

    def takes(self, task: PlainTask) -> bool:
        return (
            task.activity == self.activity
            and self.cohort in ("", task.cohort)
            and (not self.organizations or task.organization_key in self.organizations)
        )


@dataclass(frozen=True)
class PlainIndicator:
    """An indicator of the plan."""

    number: int
    kind: str
    at_least: bool
    target: Fraction
    day: date
    sources: tuple[Source, ...]

    def passes(self, value: Fraction) -> bool:
        return value >= self.target if self.at_least else value <= self.target


class Pair(NamedTuple):
    """What one task says: as of when, the part and the whole."""

    task: PlainTask
    as_of: date
    part: Decimal | None
    whole: Decimal | None
    running_total: bool


class Told(NamedTuple):
    """What is told of an indicator."""

    value: Fraction | None
    reported: int
    expected: int
    standing: str


def told(indicator: PlainIndicator, tasks: Sequence[PlainTask], today: date) -> Told:
    """Its value today, who has reported of how many, and where it stands."""
    drivers = [task for task in tasks if task.counts and _feeds(indicator, task)]
    worst = indicator.kind == "worst_case"
    expected = len(drivers) if worst else len({task.organization for task in drivers})
    known_whole = indicator.kind == "share" and indicator.at_least
    known_whole = known_whole and all(source.constant == 1 for source in indicator.sources)
    whole = expected if known_whole and expected else None
    value, used = _value(indicator, _pairs(indicator, tasks), whole)
    reported = len(used) if worst else len({pair.task.organization for pair in used})
    late = any(task.late(today) for task in drivers)
    unfinished = any(task.state != "accepted" for task in drivers)
    standing = _standing(
        indicator,
        value,
        today,
        complete=not unfinished and reported >= expected,
        late=late,
        lacking=worst and reported < expected,
        heading=None if worst or whole else _heading(indicator, tasks, today),
        rest=_rest(indicator, used, whole, reported < expected),
    )
    return Told(value, reported, expected, standing)


def _feeds(indicator: PlainIndicator, task: PlainTask) -> bool:
    return any(source.takes(task) for source in indicator.sources)


def _pairs(indicator: PlainIndicator, tasks: Sequence[PlainTask], until: date | None = None) -> list[Pair]:
    """What counts; with `until`, what counted then or now and speaks for a day up to that one."""
    found = []
    for source in indicator.sources:
        for task in filter(source.takes, tasks):
            numbers = {
                number.key: number
                for number in sorted(task.numbers, key=lambda number: number.as_of)
                if (number.standing == "counts" if until is None else number.counted)
                and (until is None or number.as_of <= until)
            }
            given = [numbers[key] for key in (source.part, source.whole) if key in numbers]
            if given:
                part = numbers[source.part].value if source.part in numbers else None
                whole = numbers[source.whole].value if source.whole in numbers else source.constant
                day = max(number.as_of for number in given)
                found.append(Pair(task, day, part, whole, source.running_total))
    return found


def _value(
    indicator: PlainIndicator, pairs: list[Pair], whole: int | None
) -> tuple[Fraction | None, list[Pair]]:
    """The value, and the pairs that it is made of."""
    if indicator.kind == "count":
        used = [pair for pair in pairs if not pair.running_total]
        used += _newest([pair for pair in pairs if pair.running_total], by_activity=True)
        return (Fraction(sum(pair.part or 0 for pair in used)) if used else None), used
    if indicator.kind == "growth":
        used = _newest([pair for pair in pairs if pair.part is not None])
        base = sum(pair.whole or 0 for pair in _newest([pair for pair in pairs if pair.whole is not None]))
        return (Fraction(used[0].part or 0) / Fraction(base) if used and base else None), used
    asked = [pair for pair in pairs if pair.part is not None and pair.whole is not None]
    if indicator.kind == "worst_case":
        asked = [pair for pair in asked if pair.whole]
        shares = [100 * Fraction(pair.part or 0) / Fraction(pair.whole or 1) for pair in asked]
        return max(shares, default=None), asked
    if indicator.kind == "divergence" and asked:
        last = max(pair.as_of for pair in asked)
        asked = [pair for pair in asked if pair.as_of == last]
    used = _newest(asked)
    below = Fraction(whole if whole is not None else sum(pair.whole or 0 for pair in used))
    if not used or not below:
        return None, used
    return 100 * Fraction(sum(pair.part or 0 for pair in used)) / below, used


def _newest(pairs: list[Pair], by_activity: bool = False) -> list[Pair]:
    """Of each organisation the pair that speaks for the latest day."""
    newest: dict[tuple[int, str], Pair] = {}
    for pair in pairs:
        key = pair.task.organization, pair.task.activity if by_activity else ""
        if key not in newest or pair.as_of >= newest[key].as_of:
            newest[key] = pair
    return list(newest.values())


def _heading(indicator: PlainIndicator, tasks: Sequence[PlainTask], today: date) -> Fraction | None:
    """The straight line of least squares through the ends of the months, on the day of the target."""
    spoken = {
        number.as_of
        for source in indicator.sources
        for task in filter(source.takes, tasks)
        for number in task.numbers
        if number.counted and number.key in (source.part, source.whole)
    }
    ends = {(day.year, day.month): day for day in sorted(spoken)}.values()
    values = [(day, _value(indicator, _pairs(indicator, tasks, day), None)[0]) for day in ends]
    points = [(day.toordinal(), value) for day, value in values if value is not None]
    if len(points) < 3 or today >= indicator.day or points[-1][0] >= indicator.day.toordinal():
        return None
    count = len(points)
    sum_x, sum_y = sum(x for x, _ in points), sum(y for _, y in points)
    slope = (count * sum(x * y for x, y in points) - sum_x * sum_y) / Fraction(
        count * sum(x * x for x, _ in points) - sum_x**2
    )
    value = (sum_y - slope * sum_x) / count + slope * indicator.day.toordinal()
    value = max(value, points[-1][1] if indicator.kind == "count" else Fraction())
    return value if indicator.kind in ("count", "growth") else min(value, Fraction(100))


def _rest(indicator: PlainIndicator, used: list[Pair], whole: int | None, missing: bool) -> bool:
    """Whether a whole that is known would be reached if those who are missing were like the others."""
    if whole is None or not missing or not used:
        return False
    part, asked = sum(pair.part or 0 for pair in used), sum(pair.whole or 0 for pair in used)
    return bool(asked) and indicator.passes(100 * Fraction(part) / Fraction(asked))


def _standing(
    indicator: PlainIndicator,
    value: Fraction | None,
    today: date,
    *,
    complete: bool,
    late: bool,
    lacking: bool,
    heading: Fraction | None,
    rest: bool,
) -> str:
    if value is None:
        return "no_data"
    reached = indicator.passes(value)
    if indicator.kind == "worst_case" and not reached:
        return "missed"
    if indicator.kind == "count" and reached == indicator.at_least:
        return "met" if reached else "missed"
    if reached and (complete or today > indicator.day):
        return "at_risk" if lacking else "met"
    if not reached and today > END:
        return "missed"
    if late:
        return "at_risk"
    if heading is not None:
        return "on_course" if indicator.passes(heading) else "at_risk"
    if reached:
        return "on_course"
    if indicator.kind in ("count", "growth") and indicator.at_least:
        gone = Fraction(min((today - START).days + 1, 365), 365)
        origin = 1 if indicator.kind == "growth" else 0
        return "on_course" if value >= origin + (indicator.target - origin) * gone else "at_risk"
    return "on_course" if rest else "at_risk"
