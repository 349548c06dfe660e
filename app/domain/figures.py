"""What the figures of an indicator add up to. Exact arithmetic: nothing is rounded before it is shown.

The five kinds are those of the first order (seeds/2022): a share of sums, a count, the worst case over
events, growth against a baseline, the divergence of two registers.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from fractions import Fraction

from app.domain.rounding import half_up

SHARE = "share"
COUNT = "count"
WORST_CASE = "worst_case"
GROWTH = "growth"
DIVERGENCE = "divergence"
KINDS = (SHARE, COUNT, WORST_CASE, GROWTH, DIVERGENCE)
#: Kinds whose value and target are per cent.
PERCENT_KINDS = frozenset({SHARE, WORST_CASE, DIVERGENCE})

#: where a number stands: it waits for the controller, it counts, something newer took its place, or the
#: controller declined it
PENDING, COUNTED, REPLACED, DECLINED = "pending", "counted", "replaced", "declined"

AT_LEAST = "at_least"
AT_MOST = "at_most"
DIRECTIONS = (AT_LEAST, AT_MOST)

#: Decimals that a value is shown with: whole things, hundredths of "times", tenths of a per cent.
_PLACES = {COUNT: 0, GROWTH: 2}
_PERCENT_PLACES = 1


@dataclass(frozen=True, slots=True)
class Figure:
    """What one task says about one indicator: the numbers that are current in it, not the corrected ones.

    By kind, numerator and denominator are: the part and the whole (share); the number of things and None
    (count); those who were fully unsatisfied and those who answered (worst_case); the figure now and the
    baseline (growth); those that differ and those that were compared (divergence).
    """

    organization: str | int
    activity: str
    as_of: date
    numerator: Decimal | None
    denominator: Decimal | None
    #: the controller accepted the task that carries it
    accepted: bool
    #: a count: takes the place of the organisation's earlier figure of this activity; else adds to it
    running_total: bool = True
    #: what to call it on the screen, such as the name of an event
    label: str = ""


@dataclass(frozen=True, slots=True)
class IndicatorRule:
    """How an indicator is counted and when it is reached; the target is per cent for `PERCENT_KINDS`.

    `as_of` is the day for which the target is set; None: the end of the plan's period. `whole` is the
    denominator of an at_least share where it is known beforehand (35 institutions, each counting one), so
    that whoever has not reported counts against the share; any other indicator ignores it, for there it
    would make silence a pass.
    """

    number: int
    kind: str
    direction: str
    target: Decimal
    unit: str = ""
    as_of: date | None = None
    whole: Decimal | None = None

    def __post_init__(self) -> None:
        if self.kind not in KINDS or self.direction not in DIRECTIONS:
            raise ValueError(f"indicator {self.number}: no such kind as {self.kind} {self.direction}")

    @property
    def fixed_whole(self) -> Decimal | None:
        """`whole` where it applies."""
        return self.whole if (self.kind, self.direction) == (SHARE, AT_LEAST) else None


@dataclass(frozen=True, slots=True)
class Evaluation:
    """The value in the unit of the target, None when there is no data or it is undefined.

    `reported` and `pending` count organisations, events for a worst case, that have an accepted figure and
    that have one waiting for acceptance; the two may overlap. `parts` are the figures that were used,
    `violations` the events of a worst case that break its target. Of a worst case, numerator and
    denominator are those of the worst event.
    """

    value: Fraction | None
    numerator: Decimal | None
    denominator: Decimal | None
    reported: int
    pending: int
    parts: tuple[Figure, ...] = ()
    violations: tuple[Figure, ...] = ()


def evaluate(rule: IndicatorRule, figures: Iterable[Figure]) -> Evaluation:
    """What the accepted figures add up to; figures that lack a number are no data.

    - share: pooled over the newest figure of every organisation, a sum over a sum, never a mean of shares;
    - count: the sum over all tasks, where of a running total only the newest one of an organisation's
      activity counts;
    - worst_case: the worst event of those with a survey; no answers are no data and no pass;
    - growth: what is now over the newest baseline given, which may stand in an earlier figure; undefined
      while an organisation's baseline is missing or 0;
    - divergence: pooled over the newest date as of which anybody compared.

    Of two figures as of the same day the later in the given order counts.
    """
    given = tuple(figures)
    usable = [figure for figure in given if figure.accepted and _has_data(rule.kind, figure)]
    pending = _reporters(rule.kind, [figure for figure in given if not figure.accepted])
    numerator, denominator, parts, violations = _FORMULAS[rule.kind](rule, usable)
    return Evaluation(
        value=_ratio(rule.kind, numerator, denominator),
        numerator=numerator,
        denominator=denominator,
        reported=_reporters(rule.kind, parts),
        pending=pending,
        parts=tuple(parts),
        violations=tuple(violations),
    )


def passes(rule: IndicatorRule, value: Fraction | None) -> bool:
    """Whether the value reaches the target, which itself passes; no data does not."""
    if value is None:
        return False
    target = Fraction(rule.target)
    return value >= target if rule.direction == AT_LEAST else value <= target


def display(rule: IndicatorRule, value: Fraction | None) -> Decimal | None:
    """The value rounded half up for the screen: one decimal of a per cent, two of a ratio, none of a count.

    More decimals where fewer would contradict the verdict: 62,46 of 62,5 is not shown as 62,5.
    """
    if value is None:
        return None
    places = _PLACES.get(rule.kind, _PERCENT_PLACES)
    while passes(rule, Fraction(half_up(value, places))) != passes(rule, value):
        places += 1
    return half_up(value, places)


def event_value(figure: Figure) -> Fraction | None:
    """The per cent of one figure by itself, as for an event of a worst case; None without a survey."""
    return _ratio(WORST_CASE, figure.numerator, figure.denominator)


_Sums = tuple[Decimal | None, Decimal | None, Sequence[Figure], Sequence[Figure]]


def _share(rule: IndicatorRule, figures: list[Figure]) -> _Sums:
    parts = _newest(figures, lambda figure: figure.organization)
    if not parts:
        return None, None, (), ()
    whole = rule.fixed_whole
    return _total(parts), _total_of(parts) if whole is None else whole, parts, ()


def _count(rule: IndicatorRule, figures: list[Figure]) -> _Sums:
    totals = [figure for figure in figures if figure.running_total]
    steps = [figure for figure in figures if not figure.running_total]
    parts = [*_newest(totals, lambda figure: (figure.organization, figure.activity)), *steps]
    return (_total(parts) if parts else None), None, parts, ()


def _worst_case(rule: IndicatorRule, events: list[Figure]) -> _Sums:
    if not events:
        return None, None, (), ()
    worst = (max if rule.direction == AT_MOST else min)(events, key=lambda event: event_value(event) or 0)
    violations = [event for event in events if not passes(rule, event_value(event))]
    return worst.numerator, worst.denominator, events, violations


def _growth(rule: IndicatorRule, figures: list[Figure]) -> _Sums:
    measured = [figure for figure in figures if figure.numerator is not None]
    parts = _newest(measured, lambda figure: figure.organization)
    reporters = {figure.organization for figure in parts}
    with_baseline = [f for f in figures if f.denominator is not None and f.organization in reporters]
    baselines = _newest(with_baseline, lambda figure: figure.organization)
    if not parts or len(baselines) < len(parts) or any(not base.denominator for base in baselines):
        return (_total(parts) if parts else None), None, parts, ()
    return _total(parts), _total_of(baselines), parts, ()


def _divergence(rule: IndicatorRule, figures: list[Figure]) -> _Sums:
    if not figures:
        return None, None, (), ()
    last = max(figure.as_of for figure in figures)
    parts = _newest(
        [figure for figure in figures if figure.as_of == last], lambda figure: figure.organization
    )
    return _total(parts), _total_of(parts), parts, ()


_FORMULAS: dict[str, Callable[[IndicatorRule, list[Figure]], _Sums]] = {
    SHARE: _share,
    COUNT: _count,
    WORST_CASE: _worst_case,
    GROWTH: _growth,
    DIVERGENCE: _divergence,
}


def _has_data(kind: str, figure: Figure) -> bool:
    if kind == COUNT:
        return figure.numerator is not None
    if kind == GROWTH:
        return figure.numerator is not None or figure.denominator is not None
    if kind == WORST_CASE and not figure.denominator:
        return False
    return figure.numerator is not None and figure.denominator is not None


def _reporters(kind: str, figures: Sequence[Figure]) -> int:
    return len(figures) if kind == WORST_CASE else len({figure.organization for figure in figures})


def _newest(figures: Iterable[Figure], key: Callable[[Figure], Hashable]) -> list[Figure]:
    newest: dict[Hashable, Figure] = {}
    for figure in figures:
        held = newest.get(key(figure))
        if held is None or figure.as_of >= held.as_of:
            newest[key(figure)] = figure
    return list(newest.values())


def _total(figures: Iterable[Figure]) -> Decimal:
    return sum((figure.numerator or Decimal() for figure in figures), Decimal())


def _total_of(figures: Iterable[Figure]) -> Decimal:
    return sum((figure.denominator or Decimal() for figure in figures), Decimal())


def _ratio(kind: str, numerator: Decimal | None, denominator: Decimal | None) -> Fraction | None:
    if numerator is None:
        return None
    if kind == COUNT:
        return Fraction(numerator)
    if not denominator:
        return None
    ratio = Fraction(numerator) / Fraction(denominator)
    return ratio * 100 if kind in PERCENT_KINDS else ratio
