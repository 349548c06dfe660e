"""The list «my tasks» of one account: its items as they are sent, and what has changed since a token."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from functools import cached_property
from zoneinfo import ZoneInfo

from flask import current_app, request

from app import __version__
from app.domain.errors import NotFoundError
from app.exports import ics
from app.services import todo_list
from app.services.app_passwords import Account
from app.services.feed_events import CalendarOccurrence, occurrences
from app.services.feed_scopes import ORGANIZATION, Scope
from app.services.plans import PlanInfo
from app.services.todo_list import Refused
from app.web.caldav.tokens import Token
from app.web.feeds import links, words
from app.web.state import now, plan, reading, vekha

#: ids that a database can hold, each written in one way
_NAME = re.compile(r"occ-([1-9]\d{0,8})\.ics", re.ASCII)


@dataclass(frozen=True)
class Item:
    """A task as it is sent; `etag` says the same of two only when their bytes are the same."""

    name: str
    task_id: int
    #: of the task that the bytes were made from
    version: int
    #: the stored revision that they tell of, whatever day it is
    revision: int
    todo: ics.Todo
    content: bytes

    @cached_property
    def etag(self) -> str:
        """Without the quotes: the revision, and a hash of the bytes."""
        return f"{self.revision}-{hashlib.sha256(self.content).hexdigest()[:32]}"

    def is_of_this_revision(self, etag: str) -> bool:
        """Whether a tag is of the same revision, if perhaps of another day of lateness."""
        return etag.partition("-")[0] == str(self.revision)


@dataclass(frozen=True, slots=True)
class Changes:
    """What a program does not know yet: items that may say something new, and names that are no more."""

    items: list[Item]
    gone: list[str]


class TodoCollection:
    """The tasks of the account's organisation in the installation's plan, all of one moment.

    Empty for who owes nothing, and as long as there is no plan.
    """

    def __init__(self, account: Account) -> None:
        self.account = account

    @cached_property
    def plan(self) -> PlanInfo | None:
        try:
            return plan()
        except NotFoundError:
            return None

    @property
    def zone(self) -> ZoneInfo:
        """The plan's time zone, in which a due day begins and ends."""
        return self.plan.zone if self.plan else ZoneInfo("UTC")

    @cached_property
    def items(self) -> dict[str, Item]:
        """Every item by its name, in the order of the plan."""
        return {item.name: item for item in self._items()}

    def item(self, name: str) -> Item | None:
        """The item of that name, looked up by itself."""
        occurrence_id = _occurrence_id(name)
        return next(self._items(occurrence_id), None) if occurrence_id is not None else None

    @cached_property
    def token(self) -> Token:
        """What a program presents to be told what has changed since now."""
        if self.plan is None:
            return Token(0, date.min, self._whose)
        return Token(self.plan.revision, self.plan.today(now()), self._whose)

    def changes(self, since: Token) -> Changes | None:
        """What has changed since a token; None when nobody can tell, for it is not of this list.

        On another day than the token's everything is looked at again: lateness counts its days, and what
        was withdrawn leaves. A program compares the tags and fetches nothing in vain.
        """
        present = self.token
        if since.whose != present.whose or since.position > present.position or since.day > present.day:
            return None
        if self.plan is None:
            return Changes([], [])
        plan_id, organization_id = self.plan.id, self.account.organization_id
        if since.day != present.day:
            changed = todo_list.all_occurrences(reading(), plan_id, organization_id)
        else:
            changed = todo_list.changed_occurrences(reading(), plan_id, organization_id, since.position)
        names = {_name(each) for each in changed} | self._returned()
        return Changes(
            [item for item in self.items.values() if item.name in names],
            sorted(names - self.items.keys()),
        )

    def _returned(self) -> set[str]:
        return {
            item.name
            for item in self.items.values()
            if (refused := self._refusals.get(item.task_id)) and todo_list.is_returned(refused, now())
        }

    @cached_property
    def _refusals(self) -> dict[int, Refused]:
        if self.plan is None:
            return {}
        return todo_list.refusals(reading(), self.plan.id, self.account.organization_id)

    def _items(self, occurrence_id: int | None = None) -> Iterator[Item]:
        if self.plan is None or not self.account.organization:
            return
        found = occurrences(
            reading(),
            self.plan.id,
            Scope(ORGANIZATION, self.account.organization),
            today=self.plan.today(now()),
            zone=self.plan.zone,
            occurrence_id=occurrence_id,
            undated=True,
        )
        writer = words.Writer(links.Pages.of_plan(self.plan.code), self.plan.zone, own=True)
        for each in found:
            try:
                item = self._item(each, writer)
            except words.UNWRITABLE:
                current_app.logger.exception("Occurrence %s is in no list of tasks.", each.id)
            else:
                yield item

    def _item(self, occurrence: CalendarOccurrence, writer: words.Writer) -> Item:
        todo = writer.todo(occurrence)
        revision = occurrence.revision
        if refused := self._refusals.get(occurrence.task_id):
            # Some programs fetch an item again only when its tag is another one.
            todo = replace(
                todo,
                sequence=todo.sequence + refused.times,
                revised_at=max(todo.revised_at, refused.at),
            )
        content = ics.object_bytes(ics.todo_bytes(todo))
        return Item(
            _name(occurrence.id), occurrence.task_id, occurrence.task_version, revision, todo, content
        )

    @cached_property
    def _whose(self) -> str:
        """Everything but plan and day that the texts depend on, in short."""
        parts = (
            # Another version may say the same in other words.
            __version__,
            self.plan.id if self.plan else 0,
            self.account.organization_id,
            self.account.language,
            vekha().config.uid_domain,
            links.base(),
            request.script_root,
        )
        return hashlib.sha256("|".join(map(str, parts)).encode()).hexdigest()[:16]


def modified_at(item: Item) -> datetime:
    """When the item came to say what it says, UTC."""
    return item.todo.revised_at.astimezone(UTC)


def _name(occurrence_id: int) -> str:
    return f"occ-{occurrence_id}.ics"


def _occurrence_id(name: str) -> int | None:
    found = _NAME.fullmatch(name)
    return int(found[1]) if found else None
