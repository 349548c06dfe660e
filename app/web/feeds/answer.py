"""What an address answers. It never asks who is signed in: the token is the whole proof.

An answer that costs nothing is one statement: who asks for what, and the revision of the plan. The body
comes from the cache unless the plan or the day has changed.
"""

from __future__ import annotations

import hashlib
from urllib.parse import quote

from flask import Response, current_app, request
from flask_babel import LazyString, force_locale
from flask_babel import lazy_gettext as _l
from sqlalchemy.exc import OperationalError

from app.domain.errors import FeedRevokedError, NotFoundError
from app.domain.schedule import plan_today
from app.exports import ics
from app.services import feed_events, feeds
from app.services.feed_events import SHOWN, WINDOW
from app.services.feed_scopes import ORGANIZATION, Scope, parts
from app.services.feeds import Subscription
from app.web.context import LANGUAGES
from app.web.feeds import links, words
from app.web.feeds.cache import Body, BodyCache
from app.web.state import changing, now, reading, vekha

#: where an application keeps its bodies
EXTENSION = "vekha.calendars"
CONTENT_TYPE = "text/calendar; charset=utf-8"
_MESSAGES: dict[int, LazyString] = {
    400: _l("?show= takes window or due."),
    404: _l("There is no calendar at this address."),
    410: _l("This calendar address was withdrawn."),
    500: _l("Something went wrong on our side. Nothing was changed."),
    503: _l("The database is busy. Nothing was changed; please try again in a moment."),
}
#: of a body's headers, how many a 304 repeats; the others describe the content
_KEPT_BY_304 = 3


def answer(token: str) -> Response:
    """The calendar behind a token; 304, 400, 404 and 410 in plain words that name nobody."""
    try:
        return _answer(token)
    except FeedRevokedError:
        return _plain(410)
    except NotFoundError:
        return _plain(404)
    except OperationalError:
        return _plain(503)
    except Exception:
        # Flask would log the address of the request, and with it the token.
        current_app.logger.exception("A calendar could not be made.")
        return _plain(500)


def _answer(token: str) -> Response:
    shown = request.args.get("show", WINDOW)
    if shown not in SHOWN:
        return _plain(400)
    subscription = feeds.subscription(vekha().database, token)
    body = _body(subscription, shown)
    if subscription.use_is_worth_noting(now()):
        _note_use(subscription)
    return _respond(body)


def occurrence_file(plan_code: str, event: ics.Event) -> Response:
    """One event as a file to keep; it has the same UID as in the calendars."""
    calendar = ics.Calendar(event.summary)
    response = Response(
        ics.calendar_bytes(calendar, [ics.event_bytes(event)]), headers={"Content-Type": CONTENT_TYPE}
    )
    name = f"vekha-{plan_code}-{event.uid.partition('@')[0]}.ics"
    response.headers["Content-Disposition"] = f"attachment; filename*=UTF-8''{quote(name)}"
    return response


def _body(subscription: Subscription, shown: str) -> Body:
    today = plan_today(now(), subscription.zone)
    kept: BodyCache = current_app.extensions[EXTENSION]
    calendar = (
        subscription.plan_id,
        subscription.scope,
        shown,
        subscription.language,
        links.base(),
        request.script_root,
    )
    version = (subscription.revision, today)

    def make() -> Body:
        scope = Scope.parse(subscription.scope)
        with force_locale(subscription.language):
            return _make(subscription, scope, shown)

    return kept.get(calendar, version, make)


def _make(subscription: Subscription, scope: Scope, shown: str) -> Body:
    session, zone, code = reading(), subscription.zone, subscription.plan_code
    part = parts(session, subscription.plan_id).get(scope)
    if part is None:
        raise NotFoundError
    found = feed_events.occurrences(
        session, subscription.plan_id, scope, today=plan_today(now(), zone), zone=zone
    )
    own = scope.kind == ORGANIZATION
    pages = links.Pages.of_plan(code)
    events = (words.event(each, pages, zone, own=own, shown=shown) for each in found)
    name = words.calendar_name(code, scope, part)
    content = ics.calendar_bytes(ics.Calendar(name), map(ics.event_bytes, events))
    etag = hashlib.sha256(content).hexdigest()[:32]
    headers = [
        ("ETag", f'"{etag}"'),
        ("Cache-Control", "private, max-age=300"),
        ("X-Robots-Tag", "noindex"),
        ("Content-Type", CONTENT_TYPE),
        ("Content-Disposition", f"inline; filename*=UTF-8''{quote(f'{name}.ics', safe='')}"),
    ]
    return Body(content, etag, headers)


def _respond(body: Body) -> Response:
    # RFC 9110, 13.1.2: * matches whatever there is, and tags compare weakly here.
    if request.if_none_match.contains_weak(body.etag):
        return Response(status=304, headers=body.headers[:_KEPT_BY_304])
    return Response(body.content, headers=body.headers)


def _plain(status: int) -> Response:
    """The words in every language: nobody is known here, and so nobody's language is."""
    lines = []
    for language in LANGUAGES:
        with force_locale(language):
            lines.append(f"{_MESSAGES[status]}\n")
    headers = {"Content-Type": "text/plain; charset=utf-8", "X-Robots-Tag": "noindex"}
    return Response("".join(dict.fromkeys(lines)), status=status, headers=headers)


def _note_use(subscription: Subscription) -> None:
    try:
        with changing() as session:
            feeds.note_use(session, subscription.feed_id, now())
    except OperationalError:
        current_app.logger.warning("The use of calendar address %s was not noted.", subscription.feed_id)
