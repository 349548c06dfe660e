"""REPORT: several items by address, by what they hold, or by what has changed (RFC 4791, 7; RFC 6578)."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from http import HTTPStatus
from xml.etree.ElementTree import Element

from flask import Response
from flask_babel import lazy_gettext as _l

from app.web.caldav.elements import C, D, element, gone, multistatus, read_request, text_of
from app.web.caldav.filters import Filter
from app.web.caldav.items import Item
from app.web.caldav.places import ITEM, TASKS, Place, Tree
from app.web.caldav.properties import Asked
from app.web.caldav.propfind import told, wants_minimum
from app.web.caldav.refusals import DavError
from app.web.caldav.tokens import Token


def report(tree: Tree, place: Place) -> Response:
    """The report that is asked for. Raises DavError."""
    root = read_request()
    make = _REPORTS.get(root.tag) if root is not None else None
    if root is None or make is None or place.kind not in {TASKS, ITEM}:
        # RFC 3253, 3.6
        words = _l("There is no such report here.")
        raise DavError(HTTPStatus.FORBIDDEN, words, element(f"{D}supported-report"))
    _check_data_kind(root)
    return make(tree, place, root)


def _multiget(tree: Tree, place: Place, root: Element) -> Response:
    """RFC 4791, 7.9."""
    addresses = dict.fromkeys(text_of(each) for each in root.findall(f"{D}href"))
    if not addresses:
        raise DavError(HTTPStatus.BAD_REQUEST, _l("The request names no item."))
    items = {item.name: item for item in _items(tree, place)}
    found, missing = {}, []
    for address in addresses:
        item = items.get(tree.item_name(tree.named(address)))
        if item is None:
            missing.append(gone(address))
        else:
            found[item.name] = item
    return _answer(tree, root, found.values(), missing)


def _query(tree: Tree, place: Place, root: Element) -> Response:
    """RFC 4791, 7.8."""
    wanted = Filter.in_request(root, tree.todos.zone)
    return _answer(tree, root, [item for item in _items(tree, place) if wanted.takes(item.content)])


def _sync(tree: Tree, place: Place, root: Element) -> Response:
    """RFC 6578, 3.2: all there is without a token, with one what has changed since."""
    if place.kind != TASKS:
        words = _l("There is no such report here.")
        raise DavError(HTTPStatus.FORBIDDEN, words, element(f"{D}supported-report"))
    # The list contains no other one: to look into the depth is to look at it.
    if text_of(root.find(f"{D}sync-level")) not in {"1", "infinite", ""}:
        raise DavError(HTTPStatus.BAD_REQUEST, _l("The sync level takes 1."))
    said = text_of(root.find(f"{D}sync-token"))
    items, missing = list(tree.todos.items.values()), []
    if said:
        since = Token.parse(said)
        changes = tree.todos.changes(since) if since else None
        if changes is None:
            words = _l("This sync token is not of this list. Please fetch it anew.")
            raise DavError(HTTPStatus.FORBIDDEN, words, element(f"{D}valid-sync-token"))
        items, missing = changes.items, changes.gone
    _check_limit(root, len(items) + len(missing))
    here = element(f"{D}sync-token", str(tree.todos.token))
    return _answer(tree, root, items, [gone(tree.address_of(name)) for name in missing], here)


_REPORTS: dict[str, Callable[[Tree, Place, Element], Response]] = {
    f"{C}calendar-multiget": _multiget,
    f"{C}calendar-query": _query,
    f"{D}sync-collection": _sync,
}


def _answer(
    tree: Tree, root: Element, items: Iterable[Item], missing: Iterable[Element] = (), *more: Element
) -> Response:
    asked, minimal = Asked.in_request(root), wants_minimum()
    found = [asked.about(tree, tree.place_of(item), minimal=minimal) for item in items]
    return told(multistatus([*found, *missing], *more), minimal)


def _items(tree: Tree, place: Place) -> Iterable[Item]:
    return [place.item] if place.item is not None else tree.todos.items.values()


def _check_data_kind(root: Element) -> None:
    """Raises DavError (403) for a content of another kind than ours."""
    data = root.find(f"{D}prop/{C}calendar-data")
    if data is not None and (
        data.get("content-type", "text/calendar").lower() != "text/calendar"
        or data.get("version", "2.0") != "2.0"
    ):
        words = _l("There is only iCalendar 2.0 here.")
        raise DavError(HTTPStatus.FORBIDDEN, words, element(f"{C}supported-calendar-data"))


def _check_limit(root: Element, number: int) -> None:
    """Raises DavError (507) for who takes less than there is: half a list would be none (RFC 6578, 3.7)."""
    limit = text_of(root.find(f"{D}limit/{D}nresults"))
    if limit.isascii() and limit.isdigit() and int(limit[:9]) < number:
        words = _l("There are more changes than the program takes.")
        raise DavError(HTTPStatus.INSUFFICIENT_STORAGE, words, element(f"{D}number-of-matches-within-limits"))
