"""Overdue tasks and what they endanger, joined with how the indicators stand."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction

from app.domain.endangered import NOTHING, Stake, distance, weight
from app.services.indicators import IndicatorLine
from app.services.overdue import OverdueItem
from app.services.task_list import Endangered


@dataclass(frozen=True, slots=True)
class AtStake:
    """An indicator that overdue tasks endanger: how many, and how many of them feed it directly."""

    line: IndicatorLine
    tasks: int
    direct: int


def gravest_first(items: Iterable[OverdueItem], lines: Iterable[IndicatorLine]) -> list[OverdueItem]:
    """The items, and the indicators of each, by the weight of what is endangered; then the longest late."""
    by_number = {line.number: line for line in lines}
    ranked = [
        replace(item, indicators=tuple(sorted(item.indicators, key=lambda one: _weight(one, by_number))))
        for item in items
    ]
    return sorted(ranked, key=lambda item: (_first(item, by_number), -item.late.days))


def at_stake(items: Sequence[OverdueItem], lines: Iterable[IndicatorLine]) -> list[AtStake]:
    """The indicators that the items endanger, by weight; of equals the one with more tasks first."""
    found = []
    for line in lines:
        links = [one.strength for item in items for one in item.indicators if one.number == line.number]
        if links:
            found.append(AtStake(line, len(links), links.count("direct")))
    return sorted(found, key=lambda one: (weight(_stake(one.line, direct=one.direct > 0)), -one.tasks))


def _first(item: OverdueItem, by_number: dict[int, IndicatorLine]) -> tuple[bool, int, Fraction]:
    return min((_weight(one, by_number) for one in item.indicators), default=NOTHING)


def _weight(one: Endangered, by_number: dict[int, IndicatorLine]) -> tuple[bool, int, Fraction]:
    return weight(_stake(by_number[one.number], direct=one.strength == "direct"))


def _stake(line: IndicatorLine, *, direct: bool) -> Stake:
    return Stake(direct, line.standing.code, distance(line.rule, line.value))
