"""What a report of a period takes from the whole plan, for its own part of the plan cannot tell it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from app.domain.discipline import Discipline
from app.services.discipline.measuring import DisciplineLine
from app.services.indicators import IndicatorLine


@dataclass(frozen=True, slots=True)
class Whole:
    """Counted of the whole plan: an indicator has no period, and discipline goes by dates of its own.

    The period of discipline is of the dates that it is measured against, as on its page; an extension that
    was granted after the lapse moves the date in force, but not that one.
    """

    indicators: Sequence[IndicatorLine]
    #: of the period, by organisation and of all together
    discipline: Sequence[DisciplineLine]
    together: DisciplineLine

    def discipline_of(self, organization: str) -> tuple[Discipline, Discipline]:
        """Of the organisation of that key: against the dates in force and against the first ones."""
        for line in self.discipline:
            if line.subject.key == organization:
                return line.in_force.counts, line.first.counts
        return Discipline(), Discipline()
