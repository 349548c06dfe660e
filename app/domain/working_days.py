"""Which days are worked, by the production calendar of a country and a plan's own exceptions to it.

The official transfers of days off (for Russia the yearly decrees of the Government) come with the package
`holidays`; a plan's overrides correct what it does not know. Dates are plain dates of the plan's time zone.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from functools import lru_cache
from types import MappingProxyType
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from holidays import HolidayBase

PRECEDING = "preceding"
NEXT = "next"
NONE = "none"
#: What a plan may do with a due date on a non-working day.
POLICIES = (PRECEDING, NEXT, NONE)

AS_WRITTEN = "as_written"
MOVED_TO_PRECEDING = "moved_to_preceding"
MOVED_TO_NEXT = "moved_to_next"

#: The languages that a holiday is named in, as the package calls them. One that it does not know gives the
#: name of the country's own calendar.
_LANGUAGES = {"ru": "ru", "en": "en_US"}


class Adjusted(NamedTuple):
    """A date after the policy for non-working days, with the code of the rule that made it."""

    date: date
    rule: str


class _Year(NamedTuple):
    working: tuple[date, ...]
    days: frozenset[date]


@dataclass(frozen=True, eq=False)
class WorkingCalendar:
    """The working days of a country; `overrides` maps a date to whether it is worked.

    `years` are made ready together on first use, any other year when it is asked for. Every method
    raises ValueError when there is no production calendar for the country.
    """

    country: str
    years: Sequence[int]
    overrides: Mapping[date, bool] = field(default_factory=lambda: MappingProxyType({}))
    _ready: dict[int, _Year] = field(init=False, repr=False, default_factory=dict)

    def is_working(self, day: date) -> bool:
        """Whether the day is worked."""
        return day in self._year(day.year).days

    def name(self, day: date, language: str = "ru") -> str | None:
        """The name of the official day off, ru | en; None for a worked day, a plain weekend and an override.

        A date in an English name stands as the package has it: month/day/year.
        """
        return None if self.is_working(day) else _names(self.country, day.year, language).get(day)

    def working_days_between(self, start: date, end: date) -> int:
        """Working days after `start` up to and including `end`; 0 unless `end` is later."""
        if end <= start:
            return 0
        before = bisect_right(self._year(start.year).working, start)
        until = bisect_right(self._year(end.year).working, end)
        whole_years = sum(len(self._year(year).working) for year in range(start.year, end.year))
        return whole_years - before + until

    def add_working_days(self, day: date, count: int) -> date:
        """The `count`-th working day after `day`, before it for a negative count; 0 gives `day` itself."""
        if count == 0:
            return day
        year = day.year
        working = self._year(year).working
        position = count + (bisect_right(working, day) - 1 if count > 0 else bisect_left(working, day))
        while position < 0:
            year -= 1
            working = self._year(year).working
            position += len(working)
        while position >= len(working):
            position -= len(working)
            year += 1
            working = self._year(year).working
        return working[position]

    def adjust(self, day: date, policy: str) -> Adjusted:
        """The due date in force for what the order says.

        `preceding` is the practice of instructions of public bodies, `next` the Civil Code of the Russian
        Federation, art. 193; `none` leaves every date. Raises ValueError for any other policy.
        """
        if policy not in POLICIES:
            raise ValueError(f"unknown policy for non-working days: {policy!r}")
        if policy == NONE or self.is_working(day):
            return Adjusted(day, AS_WRITTEN)
        if policy == PRECEDING:
            return Adjusted(self.add_working_days(day, -1), MOVED_TO_PRECEDING)
        return Adjusted(self.add_working_days(day, 1), MOVED_TO_NEXT)

    def _year(self, year: int) -> _Year:
        ready = self._ready.get(year)
        if ready is None:
            wanted = {year, *self.years} - self._ready.keys()
            self._ready.update(_years(self.country, wanted, self.overrides))
            ready = self._ready[year]
        return ready


@lru_cache(maxsize=32)
def working_calendar(
    country: str, first_year: int, last_year: int, overrides: tuple[tuple[date, bool], ...] = ()
) -> WorkingCalendar:
    """The calendar of a country for the years from the first to the last, shared by all who ask for it."""
    return WorkingCalendar(country, range(first_year, last_year + 1), MappingProxyType(dict(overrides)))


def _official(country: str, wanted: set[int], language: str) -> HolidayBase:
    # Importing it costs a sixth of a second, which a server that answers with a cached feed never needs.
    import holidays

    # A transfer may be written down under the year that the day off comes from.
    around = {year + step for year in wanted for step in (-1, 0, 1)}
    try:
        return holidays.country_holidays(country, years=around, language=_LANGUAGES[language])
    except NotImplementedError as unknown:
        raise ValueError(f"no production calendar for country {country!r}") from unknown


@lru_cache(maxsize=64)
def _names(country: str, year: int, language: str) -> Mapping[date, str]:
    official = _official(country, {year}, language)
    return MappingProxyType({day: official[day] for day in official if day.year == year})


def _years(country: str, wanted: set[int], overrides: Mapping[date, bool]) -> dict[int, _Year]:
    official = _official(country, wanted, "ru")
    made = {}
    for year in wanted:
        days = (date(year, 1, 1) + timedelta(days=number) for number in range(366))
        working = tuple(
            day for day in days if day.year == year and overrides.get(day, bool(official.is_working_day(day)))
        )
        made[year] = _Year(working, frozenset(working))
    return made
