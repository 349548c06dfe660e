"""Who and what a story speaks of: looked up in the seed, refused where the seed has no such thing."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, timedelta
from functools import cached_property
from typing import NamedTuple
from zoneinfo import ZoneInfo

from app.domain.permissions import EXECUTOR_ROLE
from app.domain.schedule import due_dates
from app.domain.seed import Activity, Occurrence, Organization, Seed, SeedError, class_members, lead_of
from app.domain.seed.records import TASKS_FOR_LEAD
from app.domain.working_days import working_calendar
from app.services.story.script import FILE, Script


class Part(NamedTuple):
    """An account of the story."""

    username: str
    name: str
    role: str
    organization: str | None


class Cast:
    """Answers what the script asks of the seed. Every method raises SeedError naming the entry."""

    def __init__(self, script: Script, seed: Seed) -> None:
        self.script = script
        self.seed = seed
        self.zone = ZoneInfo(seed.plan.time_zone)
        self.calendar = working_calendar(
            seed.plan.holidays_country, seed.plan.period_start.year - 1, seed.plan.period_end.year + 1
        )

    @cached_property
    def parts(self) -> Mapping[str, Part]:
        """Every account by its name."""
        parts: dict[str, Part] = {}
        for account in self.script.accounts:
            keys = self._members(account.class_key) if account.class_key else (account.organization,)
            for key in keys:
                username = account.username or key
                entry = f"account {username}"
                organization = self.organization(entry, key) if key else None
                name = account.name.replace("{organization}", organization.short_name if organization else "")
                if username in parts:
                    raise SeedError(FILE, entry, "username", "stands twice")
                parts[username] = Part(username, name, account.role, key or None)
        return parts

    @cached_property
    def _account_of(self) -> Mapping[str, str]:
        executors = [part for part in self.parts.values() if part.role == EXECUTOR_ROLE]
        return {part.organization: part.username for part in executors if part.organization}

    @cached_property
    def _organizations(self) -> Mapping[str, Organization]:
        return {each.key: each for each in self.seed.organizations}

    @cached_property
    def _activities(self) -> Mapping[str, Activity]:
        return {each.code: each for each in self.seed.activities}

    def account(self, entry: str, username: str) -> str:
        if username not in self.parts:
            raise SeedError(FILE, entry, "by", f"there is no account “{username}”")
        return username

    def account_of(self, entry: str, organization: str) -> str:
        """The account that acts for an organisation."""
        if organization not in self._account_of:
            raise SeedError(FILE, entry, "by", f"nobody has an account for “{organization}”")
        return self._account_of[organization]

    def organization(self, entry: str, key: str) -> Organization:
        if key not in self._organizations:
            raise SeedError(FILE, entry, "who", f"there is no organisation “{key}”")
        return self._organizations[key]

    def activity(self, entry: str, code: str) -> Activity:
        if code not in self._activities:
            raise SeedError(FILE, entry, "activity", f"there is no activity “{code}”")
        return self._activities[code]

    def occurrence(self, entry: str, activity: Activity, key: str) -> Occurrence:
        """The occurrence of that key; the only one for an empty key."""
        if not key and len(activity.occurrences) == 1:
            return activity.occurrences[0]
        found = next((each for each in activity.occurrences if each.key == key), None)
        if found is None:
            keys = ", ".join(each.key for each in activity.occurrences) or "none"
            raise SeedError(FILE, entry, "occurrence", f"“{key}” is none of {keys}")
        return found

    def owing(self, entry: str, activity: Activity) -> tuple[str, ...]:
        """Keys of the organisations that have a task in the activity, in the seed's order."""
        if activity.tasks_for == TASKS_FOR_LEAD:
            return (lead_of(activity) or "",)
        if activity.tasks_for not in {each.key for each in self.seed.classes}:
            raise SeedError(FILE, entry, "activity", f"{activity.code} has a task only where a request is")
        return self._members(activity.tasks_for)

    def due(self, occurrence: Occurrence) -> date:
        """The date in force, before any extension."""
        return due_dates(occurrence.due, self.seed.plan.non_working_policy, self.calendar).first

    def working_days(self, entry: str, first: date, last: date) -> list[date]:
        """The days of a window that are worked; at least one."""
        days = (first + timedelta(days=number) for number in range((last - first).days + 1))
        working = [day for day in days if self.calendar.is_working(day)]
        if not working:
            raise SeedError(FILE, entry, "", f"no working day between {first} and {last}")
        return working

    def _members(self, class_key: str) -> tuple[str, ...]:
        try:
            return class_members(self.seed, class_key)
        except KeyError:
            raise SeedError(FILE, "account", "class", f"there is no class “{class_key}”") from None
