"""The live properties of every place (RFC 4918, 3744, 4791, 6578, and what Apple's programs ask for)."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from xml.etree.ElementTree import Element

from flask_babel import gettext
from werkzeug.http import http_date

from app.exports import ics
from app.web.caldav.elements import APPLE, CS, C, D, element, found, href, names_in
from app.web.caldav.filters import COLLATIONS
from app.web.caldav.items import modified_at
from app.web.caldav.places import HOME, HOMES, ITEM, PRINCIPAL, PRINCIPALS, ROOT, TASKS, Place, Tree
from app.web.caldav.sent import LARGEST_TODO
from app.web.formats import named

CONTENT_TYPE = "text/calendar; charset=utf-8; component=VTODO"
REPORTS = (f"{C}calendar-multiget", f"{C}calendar-query", f"{D}sync-collection")

Maker = Callable[[Tree, Place], "str | Iterable[Element]"]


def _resource_type(*names: str) -> Maker:
    return lambda tree, place: [element(name) for name in names]


def _to(kind: str) -> Maker:
    return lambda tree, place: [href(tree.href(kind))]


def _privileges(*names: str) -> Maker:
    return lambda tree, place: [element(f"{D}privilege", [element(f"{D}{name}")]) for name in names]


def _reports(*names: str) -> Maker:
    def make(tree: Tree, place: Place) -> Iterable[Element]:
        for name in names:
            yield element(f"{D}supported-report", [element(f"{D}report", [element(name)])])

    return make


def _of_item(tell: Callable[[Place], str]) -> Maker:
    return lambda tree, place: tell(place)


def _name_of_tasks(tree: Tree, place: Place) -> str:
    plan = tree.todos.plan
    name = str(gettext("My tasks"))
    return f"{name} · {named(plan)}" if plan else name


def _description(tree: Tree, place: Place) -> str:
    return str(
        gettext("What your organisation owes. Tick a task to hand it in; everything else is read only.")
    )


def _components(tree: Tree, place: Place) -> Iterable[Element]:
    made = element(f"{C}comp")
    made.set("name", "VTODO")
    return [made]


def _data_kinds(tree: Tree, place: Place) -> Iterable[Element]:
    made = element(f"{C}calendar-data")
    made.attrib.update({"content-type": "text/calendar", "version": "2.0"})
    return [made]


def _collations(tree: Tree, place: Place) -> Iterable[Element]:
    return [element(f"{C}supported-collation", name) for name in COLLATIONS]


def _token(tree: Tree, place: Place) -> str:
    return str(tree.todos.token)


def _content(place: Place) -> bytes:
    assert place.item is not None, "only an item has a content"
    return place.item.content


def _etag(place: Place) -> str:
    assert place.item is not None, "only an item has a tag"
    return f'"{place.item.etag}"'


def _modified(place: Place) -> str:
    assert place.item is not None, "only an item was modified"
    return http_date(modified_at(place.item))


_EVERYWHERE: dict[str, Maker] = {
    f"{D}current-user-principal": _to(PRINCIPAL),
    f"{D}principal-collection-set": _to(PRINCIPALS),
}
_READ = {
    f"{D}current-user-privilege-set": _privileges("read", "read-current-user-privilege-set"),
    f"{D}supported-report-set": _reports(),
}
_TICK = {
    f"{D}owner": _to(PRINCIPAL),
    f"{D}current-user-privilege-set": _privileges("read", "read-current-user-privilege-set", "write-content"),
    f"{D}supported-report-set": _reports(*REPORTS),
}
_FOLDER = {f"{D}resourcetype": _resource_type(f"{D}collection"), **_READ}

_PROPERTIES: dict[str, dict[str, Maker]] = {
    ROOT: {**_EVERYWHERE, **_FOLDER},
    PRINCIPALS: {**_EVERYWHERE, **_FOLDER},
    HOMES: {**_EVERYWHERE, **_FOLDER},
    PRINCIPAL: {
        **_EVERYWHERE,
        **_READ,
        f"{D}resourcetype": _resource_type(f"{D}collection", f"{D}principal"),
        f"{D}displayname": lambda tree, place: tree.account.actor.name,
        f"{D}principal-URL": _to(PRINCIPAL),
        f"{C}calendar-home-set": _to(HOME),
        f"{C}calendar-user-address-set": _to(PRINCIPAL),
    },
    HOME: {**_EVERYWHERE, **_FOLDER, f"{D}owner": _to(PRINCIPAL)},
    TASKS: {
        **_EVERYWHERE,
        **_TICK,
        f"{D}resourcetype": _resource_type(f"{D}collection", f"{C}calendar"),
        f"{D}displayname": _name_of_tasks,
        f"{D}sync-token": _token,
        f"{CS}getctag": _token,
        f"{C}calendar-description": _description,
        f"{C}supported-calendar-component-set": _components,
        f"{C}supported-calendar-data": _data_kinds,
        f"{C}supported-collation-set": _collations,
        f"{C}max-resource-size": lambda tree, place: str(LARGEST_TODO),
        f"{APPLE}calendar-color": lambda tree, place: ics.Calendar("").color,
    },
    ITEM: {
        **_EVERYWHERE,
        **_TICK,
        f"{D}resourcetype": _resource_type(),
        f"{D}getetag": _of_item(_etag),
        f"{D}getcontenttype": _of_item(lambda place: CONTENT_TYPE),
        f"{D}getcontentlength": _of_item(lambda place: str(len(_content(place)))),
        f"{D}getlastmodified": _of_item(_modified),
        f"{C}calendar-data": _of_item(lambda place: _content(place).decode()),
    },
}
#: RFC 4918, 9.1: what everybody is told who asks for nothing by name
_TOLD_TO_ALL = frozenset(
    f"{D}{name}"
    for name in (
        ["resourcetype", "displayname", "getetag", "getcontenttype", "getcontentlength", "getlastmodified"]
    )
)
#: a content is told to those who ask for it, and is no property that could be listed
_NOT_LISTED = frozenset({f"{C}calendar-data"})


class Asked:
    """Which properties a request asks for: some by name, all, or the names alone."""

    def __init__(self, names: Iterable[str] = (), *, all_: bool = False, only_names: bool = False) -> None:
        self._names = list(names)
        self._all = all_
        self._only_names = only_names

    @classmethod
    def in_request(cls, root: Element) -> Asked:
        """What stands in a PROPFIND or a REPORT. Raises DavError (400)."""
        if root.find(f"{D}propname") is not None:
            return cls(only_names=True)
        if root.find(f"{D}allprop") is not None:
            return cls(names_in(root.find(f"{D}include")), all_=True)
        return cls(names_in(root.find(f"{D}prop")))

    @classmethod
    def all(cls) -> Asked:
        """What a PROPFIND without a word asks for."""
        return cls(all_=True)

    def about(self, tree: Tree, place: Place, *, minimal: bool = False) -> Element:
        """The place with what was asked; `minimal` leaves out what it has not (RFC 8144)."""
        known = _PROPERTIES[place.kind]
        if self._only_names:
            return found(place.href, [element(name) for name in known if name not in _NOT_LISTED])
        names = [name for name in known if self._all and name in _TOLD_TO_ALL]
        names += [name for name in self._names if name not in names]
        present = [element(name, known[name](tree, place)) for name in names if name in known]
        missing = () if minimal else [name for name in names if name not in known]
        return found(place.href, present, missing)


def names_of(place: Place) -> frozenset[str]:
    """The properties that the place has."""
    return frozenset(_PROPERTIES[place.kind])
