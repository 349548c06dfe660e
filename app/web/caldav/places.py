"""The tree below /caldav/: one principal, one home, one list of tasks with its items; one's own alone."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from urllib.parse import quote, unquote, urlsplit

from flask import url_for

from app.services.app_passwords import Account
from app.services.people import normal_username
from app.web.caldav.items import Item, TodoCollection

#: kinds of places
ROOT = "root"
PRINCIPALS = "principals"
PRINCIPAL = "principal"
HOMES = "homes"
HOME = "home"
TASKS = "tasks"
ITEM = "item"


@dataclass(frozen=True, slots=True)
class Place:
    """A resource: what it is, and its address on this server, percent-encoded."""

    kind: str
    href: str
    item: Item | None = None


class Tree:
    """What an account can see; for everything else there is nothing, whether it exists or not."""

    def __init__(self, account: Account) -> None:
        self.account = account
        self.todos = TodoCollection(account)
        self._root: str = url_for("caldav.tree", path="")
        name = quote(account.username, safe="")
        self._hrefs = {
            ROOT: self._root,
            PRINCIPALS: f"{self._root}principals/",
            PRINCIPAL: f"{self._root}principals/{name}/",
            HOMES: f"{self._root}calendars/",
            HOME: f"{self._root}calendars/{name}/",
            TASKS: f"{self._root}calendars/{name}/tasks/",
        }

    def href(self, kind: str) -> str:
        """The address of the place of that kind, of which there is one."""
        return self._hrefs[kind]

    def find(self, path: str) -> Place | None:
        """The place at a path below the root, decoded; a collection may lack its last slash."""
        kind = self._kind(path)
        if kind is not None:
            return Place(kind, self._hrefs[kind])
        name = self.item_name(path)
        item = self.todos.item(name) if name else None
        return self.place_of(item) if item else None

    def item_name(self, path: str) -> str:
        """The name that an item at the path has or would have; "" where none can be."""
        above, _, name = path.rpartition("/")
        return name if above and self._kind(above) == TASKS else ""

    def named(self, address: str) -> str:
        """The path below the root of an address that a program wrote; "?" for one of elsewhere."""
        try:
            path = urlsplit(address.strip()).path
        except ValueError:
            return "?"
        root = unquote(self._root)
        path = unquote(path)
        return path.removeprefix(root) if path.startswith(root) else "?"

    def place_of(self, item: Item) -> Place:
        return Place(ITEM, self.address_of(item.name), item)

    def address_of(self, name: str) -> str:
        """The address of an item of that name, be it there or not."""
        return self._hrefs[TASKS] + quote(name, safe="")

    def below(self, place: Place) -> Iterator[Place]:
        """What the place contains itself."""
        inner = {ROOT: (PRINCIPALS, HOMES), PRINCIPALS: (PRINCIPAL,), HOMES: (HOME,), HOME: (TASKS,)}
        for kind in inner.get(place.kind, ()):
            yield Place(kind, self._hrefs[kind])
        if place.kind == TASKS:
            yield from map(self.place_of, self.todos.items.values())

    def _kind(self, path: str) -> str | None:
        match path.removesuffix("/").split("/"):
            case [""]:
                return ROOT if path == "" else None
            case ["principals"]:
                return PRINCIPALS
            case ["calendars"]:
                return HOMES
            case ["principals", name] if self._is_own(name):
                return PRINCIPAL
            case ["calendars", name] if self._is_own(name):
                return HOME
            case ["calendars", name, "tasks"] if self._is_own(name):
                return TASKS
        return None

    def _is_own(self, username: str) -> bool:
        return normal_username(username) == self.account.username
