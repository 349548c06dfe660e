"""What a request below /caldav/ is answered: who asks, where, what; refusals as plain words or XML."""

from __future__ import annotations

from collections.abc import Callable
from http import HTTPStatus

from flask import Response, current_app, request
from flask_babel import LazyString, force_locale
from flask_babel import lazy_gettext as _l
from sqlalchemy.exc import OperationalError
from werkzeug.exceptions import HTTPException
from werkzeug.http import http_date

from app.domain.errors import NotFoundError, OutageError
from app.services.app_passwords import Account
from app.web.caldav import acts, authentication
from app.web.caldav.elements import D, element, respond
from app.web.caldav.items import modified_at
from app.web.caldav.places import ITEM, TASKS, Place, Tree
from app.web.caldav.properties import CONTENT_TYPE
from app.web.caldav.propfind import propfind, proppatch
from app.web.caldav.refusals import DavError
from app.web.caldav.reports import report
from app.web.context import LANGUAGES
from app.web.errors import outage_headers, outage_of, status_of
from app.web.state import stop_reading

#: RFC 4918, 18; RFC 4791, 5.1
_CAPABILITIES = "1, 3, calendar-access"
#: would make something: nothing can be made here, wherever it is tried
_CREATING = frozenset({"MKCALENDAR", "MKCOL", "COPY", "MOVE"})
#: taken of a collection, of the list, of an item; what is always refused is not promised
_EVERYWHERE = ("OPTIONS", "PROPFIND", "PROPPATCH")
_TAKEN = {TASKS: (*_EVERYWHERE, "REPORT"), ITEM: ("GET", "HEAD", *_EVERYWHERE, "PUT", "REPORT")}
#: every method of a route; those that are not taken somewhere are answered 405 there
METHODS = (*_TAKEN[ITEM], "DELETE", *sorted(_CREATING), "ACL", "LOCK", "PATCH", "POST", "UNLOCK")

_WORDS: dict[HTTPStatus, LazyString] = {
    HTTPStatus.UNAUTHORIZED: _l("Please sign in with an app password; one is made on the page “My account”."),
    HTTPStatus.NOT_FOUND: _l("There is nothing here."),
    HTTPStatus.METHOD_NOT_ALLOWED: _l("This address is for calendar programs; it does not take that here."),
    HTTPStatus.REQUEST_ENTITY_TOO_LARGE: _l("What you sent is too large."),
    HTTPStatus.INTERNAL_SERVER_ERROR: _l("Something went wrong on our side. Nothing was changed."),
}
_UNANSWERABLE = _l("This request cannot be answered.")


def answer(path: str) -> Response:
    """The answer to whatever a program asks of the path; never anything of another person."""
    try:
        account = authentication.account()
        if account is None:
            headers = {"WWW-Authenticate": authentication.CHALLENGE}
            return _in_every_language(HTTPStatus.UNAUTHORIZED, headers)
        with force_locale(account.language):
            response = _answer(account, path)
        authentication.note_use(account)
    except (OutageError, OperationalError) as error:
        outage = outage_of(error)
        stop_reading()
        return _in_every_language(status_of(outage), outage_headers(outage), _l(outage.message))
    except Exception:
        current_app.logger.exception("A request of a calendar program could not be answered.")
        return _in_every_language(HTTPStatus.INTERNAL_SERVER_ERROR)
    response.headers["DAV"] = _CAPABILITIES
    return response


def _answer(account: Account, path: str) -> Response:
    try:
        return _act(Tree(account), path)
    except DavError as error:
        return _refuse(error)
    except NotFoundError:
        return _refuse(_error(HTTPStatus.NOT_FOUND))
    except HTTPException as error:
        return _refuse(_error(HTTPStatus(error.code or 500)))


def _act(tree: Tree, path: str) -> Response:
    method = "GET" if request.method == "HEAD" else request.method
    if method in _CREATING:
        acts.refuse_creation(tree)
    place = tree.find(path)
    if place is None and method == "PUT":
        acts.refuse_creation(tree)
    if place is None:
        raise _error(HTTPStatus.NOT_FOUND)
    taken = _TAKEN.get(place.kind, _EVERYWHERE)
    if method not in taken and method not in {"DELETE", "REPORT"}:
        raise _error(HTTPStatus.METHOD_NOT_ALLOWED, Allow=", ".join(taken))
    return _ACTS[method](tree, place)


def _options(_tree: Tree, place: Place) -> Response:
    response = Response(
        status=HTTPStatus.OK, headers={"Allow": ", ".join(_TAKEN.get(place.kind, _EVERYWHERE))}
    )
    response.headers.remove("Content-Type")
    return response


def _get(_tree: Tree, place: Place) -> Response:
    item = place.item
    assert item is not None, "only an item is fetched"
    headers = {"ETag": f'"{item.etag}"', "Last-Modified": http_date(modified_at(item))}
    if request.if_none_match.contains_weak(item.etag):
        return Response(status=HTTPStatus.NOT_MODIFIED, headers=headers)
    return Response(item.content, headers={**headers, "Content-Type": CONTENT_TYPE})


_ACTS: dict[str, Callable[[Tree, Place], Response]] = {
    "OPTIONS": _options,
    "GET": _get,
    "PUT": acts.put,
    "DELETE": acts.delete,
    "PROPFIND": propfind,
    "PROPPATCH": proppatch,
    "REPORT": report,
}


def _error(status: HTTPStatus, **headers: str) -> DavError:
    return DavError(status, _WORDS.get(status, _UNANSWERABLE), headers=headers)


def _refuse(error: DavError) -> Response:
    words = str(error.words)
    if error.conditions:
        told = element(f"{D}responsedescription", words)
        response = respond(element(f"{D}error", [*error.conditions, told]), error.status)
    else:
        response = Response(f"{words}\n", status=error.status, mimetype="text/plain")
    response.headers.update(error.headers)
    return response


def _in_every_language(
    status: int, headers: dict[str, str] | None = None, words: LazyString | None = None
) -> Response:
    """For whoever is not known, and so is nobody's language."""
    lines = []
    for language in LANGUAGES:
        with force_locale(language):
            lines.append(f"{words or _WORDS[HTTPStatus(status)]}\n")
    return Response("".join(dict.fromkeys(lines)), status=status, headers=headers, mimetype="text/plain")
