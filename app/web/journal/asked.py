"""Which entries of the journal the address names, and that in words."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

from flask import request
from flask_babel import gettext

from app.services.journal_page import JournalChoices, Narrowing
from app.web.addresses import list_url
from app.web.formats import named, short_day
from app.web.history import done_words
from app.web.narrowing import Condition
from app.web.numbers import day_of, whole

#: years that a day can be of; beyond them its instants cannot be told
_FIRST, _LAST = 1900, 2199


@dataclass(frozen=True, slots=True)
class Asked:
    """The entries that are wanted, and the page of them."""

    narrowing: Narrowing
    choices: JournalChoices
    page: int

    @property
    def arguments(self) -> dict[str, object]:
        """The address says it so; what narrows nothing is left out."""
        wanted = self.narrowing
        given = {
            "from": wanted.start and wanted.start.isoformat(),
            "to": wanted.end and wanted.end.isoformat(),
            "person": wanted.person_id,
            "organization": wanted.organization,
            "activity": wanted.activity,
            "act": wanted.act,
        }
        return {name: value for name, value in given.items() if value not in (None, "")}

    def conditions(self) -> list[Condition]:
        """Each in words, with the address of the journal without it."""
        return [
            Condition(text, list_url("journal.show", {**self.arguments, name: None}))
            for name, text in self._words().items()
            if text
        ]

    def acts(self) -> list[tuple[str, str]]:
        """What has happened in this plan, by its words: (value, words)."""
        found = [
            (f"{subject}.{action}", done_words(subject, action)) for subject, action in self.choices.acts
        ]
        return sorted(found, key=lambda each: each[1].casefold())

    def _words(self) -> dict[str, Any]:
        wanted, choices = self.narrowing, self.choices
        return {
            "from": wanted.start and gettext("from %(date)s on", date=short_day(wanted.start)),
            "to": wanted.end and gettext("up to %(date)s", date=short_day(wanted.end)),
            "person": next((each.name for each in choices.people if each.id == wanted.person_id), ""),
            "organization": next(
                (named(each) for each in choices.organizations if each.key == wanted.organization), ""
            ),
            "activity": wanted.activity and gettext("activity %(code)s", code=wanted.activity),
            "act": wanted.act and done_words(*wanted.act.split(".")),
        }


def asked(choices: JournalChoices) -> Asked:
    """What the address of this request asks for; what the journal does not have narrows nothing."""
    given = request.args
    person = whole(given.get("person"))
    organization, activity, act = (given.get(name, "") for name in ("organization", "activity", "act"))
    narrowing = Narrowing(
        _day(given.get("from")),
        _day(given.get("to")),
        person if person in {each.id for each in choices.people} else None,
        organization if organization in {each.key for each in choices.organizations} else "",
        activity if activity in {each.code for each in choices.activities} else "",
        act if tuple(act.split(".")) in set(choices.acts) else "",
    )
    return Asked(narrowing, choices, max(1, whole(given.get("page")) or 1))


def _day(text: str | None) -> date | None:
    day = day_of(text)
    return day if day is not None and _FIRST <= day.year <= _LAST else None
