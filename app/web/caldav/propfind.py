"""PROPFIND tells properties; PROPPATCH would set some, and none can be set (RFC 4918, 9.1 and 9.2)."""

from __future__ import annotations

from collections.abc import Iterator
from http import HTTPStatus
from xml.etree.ElementTree import Element

from flask import Response, request
from flask_babel import gettext
from flask_babel import lazy_gettext as _l

from app.web.caldav.elements import D, element, href, multistatus, names_in, propstat, read_request
from app.web.caldav.places import ITEM, Place, Tree
from app.web.caldav.properties import Asked, names_of
from app.web.caldav.refusals import DavError


def propfind(tree: Tree, place: Place) -> Response:
    """The properties of a place, and with `Depth: 1` of what it contains. Raises DavError."""
    root = read_request(required=False)
    if root is not None and root.tag != f"{D}propfind":
        raise DavError(HTTPStatus.BAD_REQUEST, _l("This is not a PROPFIND request."))
    asked = Asked.in_request(root) if root is not None else Asked.all()
    places = [place]
    if place.kind != ITEM and _depth() == "1":
        places += tree.below(place)
    minimal = wants_minimum()
    return told(multistatus(asked.about(tree, each, minimal=minimal) for each in places), minimal)


def proppatch(tree: Tree, place: Place) -> Response:
    """Refuses every property by its name."""
    root = read_request()
    if root is None or root.tag != f"{D}propertyupdate":
        raise DavError(HTTPStatus.BAD_REQUEST, _l("This is not a PROPPATCH request."))
    names = list(dict.fromkeys(_named(root)))
    known = names_of(place)
    protected = [element(name) for name in names if name in known]
    others = [element(name) for name in names if name not in known]
    answer = element(f"{D}response", [href(place.href)])
    condition = element(f"{D}error", [element(f"{D}cannot-modify-protected-property")])
    words = element(f"{D}responsedescription", str(gettext("Nothing of this list can be changed here.")))
    if protected:
        answer.append(propstat(protected, HTTPStatus.FORBIDDEN, condition, words))
    if others or not protected:
        answer.append(propstat(others, HTTPStatus.FORBIDDEN, words))
    return multistatus([answer])


def wants_minimum() -> bool:
    """Whether the program can do without the names of what a place has not (RFC 8144, 2.1)."""
    said = (part.strip().lower() for part in request.headers.get("Prefer", "").split(","))
    return "return=minimal" in said


def told(response: Response, minimal: bool) -> Response:
    """The answer, saying that the program's wish was heard."""
    if minimal:
        response.headers["Preference-Applied"] = "return=minimal"
    return response


def _named(root: Element) -> Iterator[str]:
    for act in root:
        if act.tag in {f"{D}set", f"{D}remove"}:
            yield from names_in(act.find(f"{D}prop"))


def _depth() -> str:
    depth = request.headers.get("Depth", "infinity").strip().lower()
    if depth == "infinity":
        words = _l("Please look at one level at a time.")
        raise DavError(HTTPStatus.FORBIDDEN, words, element(f"{D}propfind-finite-depth"))
    if depth not in {"0", "1"}:
        raise DavError(HTTPStatus.BAD_REQUEST, _l("Depth takes 0 or 1."))
    return depth
