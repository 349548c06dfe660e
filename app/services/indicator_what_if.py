"""What an indicator would come to if what waits were accepted, and if those who are missing reported."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from fractions import Fraction

from app.domain.figures import PERCENT_KINDS
from app.domain.forecast import Observation, forecast
from app.domain.indicators import Evaluation, Standing, display, evaluate, standing
from app.domain.what_if import LEVELS, Missing, Needed, levels, needed, suppose
from app.services.indicator_contributions import Contribution
from app.services.indicator_figures import Told
from app.services.indicator_sources import Definition
from app.services.indicators import IndicatorLine
from app.services.plans import PlanInfo

#: if what waits is accepted and nobody else reports; if everybody who is missing reports what the reader says
ACCEPTED, GIVEN = "accepted", "given"


@dataclass(frozen=True, slots=True)
class Outcome:
    """One supposition, and what would follow."""

    #: ACCEPTED | one of `app.domain.what_if.LEVELS` | GIVEN
    supposed: str
    #: what each of the missing reports, in the indicator's unit; None where nobody is supposed to report
    level: Fraction | None
    value: Fraction | None
    #: the value rounded for the screen
    display: Decimal | None
    standing: Standing


@dataclass(frozen=True, slots=True)
class WhatIf:
    """Who is missing, and what would follow; what waits for the controller is taken as accepted."""

    #: those who are late or have never reported; where there are none, those who will report again
    missing: list[Contribution]
    #: whether they are late or have never reported
    lacking: bool
    waiting: int
    outcomes: list[Outcome]
    needed: Needed | None


def what_if(
    definition: Definition,
    line: IndicatorLine,
    told: Sequence[Told],
    contributions: Sequence[Contribution],
    plan: PlanInfo,
    today: date,
    given: Fraction | None = None,
) -> WhatIf:
    """The suppositions that say something; `given` is the level that the reader has entered, or None.

    A level that nothing can have, more than 100 per cent, is not supposed.

    The best and the worst report stand among them only where the person may see the reports of all; so does
    what would follow if what waits were accepted, from which a single hidden number could be worked out.
    """
    lacking = [one for one in contributions if one.lacking]
    missing = lacking or [one for one in contributions if one.next_due]
    sees_all = all(one.visible for one in contributions)
    figures = [replace(one.figure, accepted=True) if sees_all else one.figure for one in told]
    accepted = evaluate(line.rule, figures)
    absent = [_absent(definition, one, accepted) for one in missing]
    as_of = max((each.as_of for each in figures), default=today) if lacking else today
    known = levels(line.rule, accepted.parts, absent) if lacking else {}
    if not sees_all:
        known = {name: level for name, level in known.items() if name == LEVELS[0]}
    if given is not None and missing and (given <= 100 or line.kind not in PERCENT_KINDS):
        known[GIVEN] = given
    waiting = sum(one.waiting is not None for one in contributions) if sees_all else 0
    outcomes = []
    if waiting:
        outcomes.append(_outcome(line, ACCEPTED, None, accepted, waiting, (), plan, today))
    for name, level in known.items():
        found = suppose(line.rule, figures, absent, level, as_of)
        outcomes.append(_outcome(line, name, level, found, waiting, missing, plan, today))
    return WhatIf(
        missing=missing,
        lacking=bool(lacking),
        waiting=waiting,
        outcomes=outcomes,
        needed=needed(line.rule, figures, absent, as_of),
    )


def _absent(definition: Definition, one: Contribution, accepted: Evaluation) -> Missing:
    source = next(source for source in definition.sources if source.activity_id == one.task.activity_id)
    missing = Missing(one.reporter.id, one.task.code, None, source.running_total)
    own = [part for part in accepted.parts if missing.is_of(definition.rule(0), part)]
    return replace(missing, known=max(own, key=lambda part: part.as_of, default=None))


def _outcome(
    line: IndicatorLine,
    supposed: str,
    level: Fraction | None,
    found: Evaluation,
    waiting: int,
    missing: Sequence[Contribution],
    plan: PlanInfo,
    today: date,
) -> Outcome:
    """Where it would stand: each of the missing has handed in what it owes, what waited is accepted."""
    late = sum(len(one.overdue) for one in missing)
    handed_in = sum(max(len(one.overdue), 1) for one in missing)
    observed = _observed(line, found, today)
    return Outcome(
        supposed=supposed,
        level=level,
        value=found.value,
        display=display(line.rule, found.value),
        standing=standing(
            line.rule,
            found,
            today=today,
            period_start=plan.period_start,
            period_end=plan.period_end,
            expected=line.expected,
            open_drivers=max(line.open_drivers - waiting - handed_in, 0),
            overdue_drivers=max(line.overdue_drivers - late, 0),
            forecast=forecast(line.rule, observed, today, plan.period_end),
        ),
    )


def _observed(line: IndicatorLine, found: Evaluation, today: date) -> list[Observation]:
    """The values month by month, the newest one as supposed."""
    points = [Observation(point.day, point.value) for point in line.points if point.value is not None]
    if found.value is None:
        return points
    day = max((part.as_of for part in found.parts), default=today)
    earlier = [point for point in points if (point.day.year, point.day.month) < (day.year, day.month)]
    return [*earlier, Observation(day, found.value)]
