"""Where an indicator stands: its value, its trend and the tasks that drive it. Codes, never sentences."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from fractions import Fraction
from types import MappingProxyType

from app.domain.figures import (
    AT_LEAST,
    COUNT,
    DIVERGENCE,
    GROWTH,
    SHARE,
    WORST_CASE,
    Evaluation,
    Figure,
    IndicatorRule,
    display,
    evaluate,
    event_value,
    passes,
)
from app.domain.forecast import Forecast, Observation

__all__ = [
    "STANDINGS",
    "Evaluation",
    "Figure",
    "IndicatorRule",
    "Reason",
    "Standing",
    "display",
    "evaluate",
    "event_value",
    "expected_path",
    "passes",
    "standing",
]

MET = "met"
ON_COURSE = "on_course"
AT_RISK = "at_risk"
MISSED = "missed"
NO_DATA = "no_data"
#: Every standing, the gravest first.
STANDINGS = (MISSED, AT_RISK, NO_DATA, ON_COURSE, MET)


@dataclass(frozen=True, slots=True)
class Reason:
    """A fact that the standing rests on; the screen has the words for `code` and fills in `params`."""

    code: str
    params: Mapping[str, object] = field(default_factory=lambda: MappingProxyType({}))


@dataclass(frozen=True, slots=True)
class Standing:
    """The verdict, one of `STANDINGS`, and the facts behind it, the most telling first."""

    code: str
    reasons: tuple[Reason, ...]


@dataclass(frozen=True, slots=True)
class _Situation:
    rule: IndicatorRule
    found: Evaluation
    today: date
    start: date
    end: date
    expected: int
    open_drivers: int
    overdue_drivers: int
    forecast: Forecast | None

    @property
    def complete(self) -> bool:
        nothing_open = not self.open_drivers and not self.overdue_drivers
        return nothing_open and self.found.reported >= self.expected

    @property
    def pace(self) -> Fraction | None:
        """The value that a steady year would have reached by the end of today; None where none is asked."""
        return _pace(self.rule, self.today, self.start, self.end)


def _pace(rule: IndicatorRule, day: date, start: date, end: date) -> Fraction | None:
    """A count starts from nothing, growth from 1, the baseline over itself."""
    if rule.direction != AT_LEAST or rule.kind not in {COUNT, GROWTH}:
        return None
    days = (end - start).days + 1
    gone = min(max((day - start).days + 1, 0), days)
    origin = 1 if rule.kind == GROWTH else 0
    return origin + (Fraction(rule.target) - origin) * Fraction(gone, days)


def expected_path(
    rule: IndicatorRule, observed: Sequence[Observation], start: date, end: date
) -> tuple[Observation, ...]:
    """The two ends of the straight way to the target; empty where there is none to go.

    A count and growth are to rise steadily over the period, which is inclusive. A share and a divergence
    have no beginning of their own: their way leads from the first value, where that does not reach the
    target, to the day of the target. The worst of several events is on no way.
    """
    first = _pace(rule, start, start, end)
    if first is not None:
        return (Observation(start, first), Observation(end, Fraction(rule.target)))
    day = rule.as_of or end
    if rule.kind not in {SHARE, DIVERGENCE} or not observed:
        return ()
    if passes(rule, observed[0].value) or observed[0].day >= day:
        return ()
    return (observed[0], Observation(day, Fraction(rule.target)))


def standing(
    rule: IndicatorRule,
    evaluation: Evaluation,
    *,
    today: date,
    period_start: date,
    period_end: date,
    expected: int,
    open_drivers: int,
    overdue_drivers: int,
    forecast: Forecast | None = None,
) -> Standing:
    """Met, on_course, at_risk, missed or no_data, with every fact that decided it.

    `expected` counts what `Evaluation.reported` counts: organisations, or events for a worst case.
    `open_drivers` are the tasks that feed the indicator and are not accepted or off, `overdue_drivers`
    those of them that are overdue. The period is inclusive. `forecast` is that of `app.domain.forecast`;
    None where there is none. The first rule that applies decides:

    1. no accepted figure, or an undefined value: no_data, also after the end;
    2. what cannot be undone: a worst case with a violation, or a count over its ceiling, is missed; a
       count that reached its floor is met;
    3. reached, and the day of the target is over or all expected have reported and nothing is open: met;
       but a worst case lacking events after that day is at_risk, for no data is no pass;
    4. not reached after the period's end: missed;
    5. a driver is overdue: at_risk;
    6. a forecast: on_course when the line reaches the target on its day, at_risk when it does not,
       whatever has been reached so far;
    7. reached so far: on_course;
    8. a count or growth at or above the steady pace of the period: on_course, below: at_risk;
    9. an at_least share of a whole fixed beforehand, some still to report, and the reporters' own share
       reaches the target: on_course;
    10. anything else not reached: at_risk. A share pooled over its reporters, carried over to the rest,
        only gives itself, and a ceiling that is broken now is broken.
    """
    situation = _Situation(
        rule, evaluation, today, period_start, period_end, expected, open_drivers, overdue_drivers, forecast
    )
    code = _code(situation)
    return Standing(code, tuple(_reasons(situation, settled=code in (MET, MISSED))))


def _code(here: _Situation) -> str:
    value = here.found.value
    if value is None:
        return NO_DATA
    reached = passes(here.rule, value)
    final = _irrevocable(here.rule, reached)
    if final is not None:
        return final
    if reached and (here.complete or here.today > (here.rule.as_of or here.end)):
        lacking = here.rule.kind == WORST_CASE and here.found.reported < here.expected
        return AT_RISK if lacking else MET
    if not reached and here.today > here.end:
        return MISSED
    if here.overdue_drivers:
        return AT_RISK
    if here.forecast is not None:
        return ON_COURSE if passes(here.rule, here.forecast.projection.value) else AT_RISK
    if reached:
        return ON_COURSE
    if here.pace is not None:
        return ON_COURSE if value >= here.pace else AT_RISK
    return ON_COURSE if _rest_would_reach(here) else AT_RISK


def _irrevocable(rule: IndicatorRule, reached: bool) -> str | None:
    if rule.kind == WORST_CASE and not reached:
        return MISSED
    if rule.kind == COUNT and rule.direction == AT_LEAST and reached:
        return MET
    if rule.kind == COUNT and rule.direction != AT_LEAST and not reached:
        return MISSED
    return None


def _rest_would_reach(here: _Situation) -> bool:
    """Whether those still to report reach the target if they are like those who have."""
    if here.rule.fixed_whole is None or here.found.reported >= here.expected:
        return False
    part = sum((figure.numerator or Decimal() for figure in here.found.parts), Decimal())
    asked = sum((figure.denominator or Decimal() for figure in here.found.parts), Decimal())
    return bool(asked) and passes(here.rule, 100 * Fraction(part) / Fraction(asked))


def _reasons(here: _Situation, *, settled: bool) -> Iterator[Reason]:
    for event in here.found.violations:
        yield Reason(
            "violation",
            {
                "activity": event.activity,
                "organization": event.organization,
                "label": event.label,
                "value": event_value(event),
            },
        )
    yield from _value_reasons(here)
    if here.forecast is not None and not settled:
        yield _heading(here.forecast)
    if here.overdue_drivers:
        yield Reason("overdue_drivers", {"number": here.overdue_drivers})
    yield Reason("reported", {"reported": here.found.reported, "expected": here.expected})
    if here.found.pending:
        yield Reason("pending", {"number": here.found.pending})
    if here.complete:
        yield Reason("complete")
    elif here.open_drivers and not here.overdue_drivers:
        yield Reason("not_due_yet", {"number": here.open_drivers})
    if here.today > here.end:
        yield Reason("period_over", {"end": here.end})


def _value_reasons(here: _Situation) -> Iterator[Reason]:
    value, rule = here.found.value, here.rule
    if value is None:
        if here.found.reported:
            yield Reason("undefined")
        return
    params = {"value": value, "target": rule.target, "direction": rule.direction}
    yield Reason("value_against_target", params)
    if here.pace is not None and not passes(rule, value) and here.today <= here.end:
        code = "below_pace" if value < here.pace else "at_pace"
        yield Reason(code, {"value": value, "by_now": here.pace})


def _heading(forecast: Forecast) -> Reason:
    day, value, low, high = forecast.projection
    return Reason(
        "forecast",
        {"value": value, "low": low, "high": high, "day": day, "points": len(forecast.observed)},
    )
