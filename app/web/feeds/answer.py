"""What an address answers. It never asks who is signed in: the token is the whole proof.

An answer that costs nothing is one statement: who asks for what, and the revision of the plan. The body
comes from the cache unless the plan or the day has changed; then only the components that are of another
revision are written anew.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Sequence
from datetime import UTC, date, datetime, time, timedelta
from functools import partial
from typing import Any
from urllib.parse import quote

from flask import Response, current_app, request
from flask_babel import LazyString, force_locale
from flask_babel import lazy_gettext as _l
from sqlalchemy.exc import OperationalError
from werkzeug.http import http_date

from app.domain.errors import FeedRevokedError, NotFoundError, OutageError
from app.domain.schedule import plan_today
from app.exports import ics
from app.services import feed_events, feeds
from app.services.feed_events import CalendarOccurrence
from app.services.feed_scopes import ORGANIZATION, parts
from app.services.feeds import Subscription
from app.web.context import LANGUAGES
from app.web.errors import outage_headers, outage_of, status_of
from app.web.feeds import links, words
from app.web.feeds.cache import Body, BodyCache, ComponentCache, Written
from app.web.feeds.options import EVENTS, TAKEN, TODOS, Options, OptionsRefusedError
from app.web.state import noting, now, reading, vekha

_BODIES = "vekha.calendars"
_COMPONENTS = "vekha.components"
CONTENT_TYPE = "text/calendar; charset=utf-8"
_SECOND = timedelta(seconds=1)
_MESSAGES: dict[int, LazyString] = {
    404: _l("There is no calendar at this address."),
    405: _l("A calendar can only be read."),
    410: _l("This calendar address was withdrawn."),
    500: _l("Something went wrong on our side. Nothing was changed."),
}


def prepare(extensions: dict[str, Any]) -> None:
    """Give an application room for what it has written."""
    extensions[_BODIES], extensions[_COMPONENTS] = BodyCache[Body](), ComponentCache()


def answer(token: str) -> Response:
    """The calendar behind a token; 304, 400, 404 and 410 in plain words that name nobody."""
    try:
        return _answer(token)
    except OptionsRefusedError as error:
        return _plain(400, [TAKEN[name] for name in error.names])
    except FeedRevokedError:
        return _plain(410)
    except NotFoundError:
        return _plain(404)
    except (OutageError, OperationalError) as error:
        return _unavailable(outage_of(error))
    except Exception:
        # Flask would log the address of the request, and with it the token.
        current_app.logger.exception("A calendar could not be made.")
        return _plain(500)


def _answer(token: str) -> Response:
    if twice := [name for name, values in request.args.lists() if name in TAKEN and len(values) > 1]:
        raise OptionsRefusedError(tuple(twice))
    options = Options.parse(request.args)
    moment, subscription = now(), feeds.subscription(vekha().database, token)
    body = _body(subscription, options, plan_today(moment, subscription.zone))
    if subscription.use_is_worth_noting(moment):
        _note_use(subscription)
    return _respond(body, moment)


def refuse_method() -> Response:
    """What a program is told that would write a calendar: no page, whoever is signed in."""
    return _plain(405)


def occurrence_file(plan_code: str, event: ics.Event) -> Response:
    """One event as a file to keep; it has the same UID as in the calendars."""
    response = Response(ics.object_bytes(ics.event_bytes(event)), headers={"Content-Type": CONTENT_TYPE})
    name = f"vekha-{plan_code}-{event.uid.partition('@')[0]}.ics"
    response.headers["Content-Disposition"] = f"attachment; filename*=UTF-8''{quote(name)}"
    return response


def _body(subscription: Subscription, options: Options, today: date) -> Body:
    kept: BodyCache[Body] = current_app.extensions[_BODIES]
    calendar = (
        subscription.plan_id,
        subscription.scope,
        subscription.shown,
        options,
        subscription.language,
        links.origin(),
    )
    version = (subscription.revision, today)

    def make() -> Body:
        with force_locale(subscription.language):
            return _make(subscription, options, today)

    return kept.get(calendar, version, make)


def _make(subscription: Subscription, options: Options, today: date) -> Body:
    session, plan_id, zone = reading(), subscription.plan_id, subscription.zone
    part = parts(session, plan_id).get(subscription.scope)
    if part is None:
        raise NotFoundError
    changed_at = feeds.changed_at(session, plan_id)
    found = feed_events.occurrences(session, plan_id, subscription.shown, today=today, zone=zone)
    name = words.calendar_name(subscription.plan_code, subscription.scope, part)
    content = ics.calendar_bytes(ics.Calendar(name), _components(found, subscription, options))
    etag = hashlib.sha256(content).hexdigest()[:32]
    headers_of_304 = [
        ("ETag", f'"{etag}"'),
        ("Cache-Control", "private, max-age=300"),
        ("X-Robots-Tag", "noindex"),
    ]
    headers = [
        *headers_of_304,
        ("Content-Type", CONTENT_TYPE),
        ("Content-Disposition", f"inline; filename*=UTF-8''{quote(f'{name}.ics', safe='')}"),
    ]
    # What it says follows from the plan's last change, be it one that took something out, and the day.
    midnight = datetime.combine(today, time(), zone)
    modified_at = max(changed_at or midnight, midnight).astimezone(UTC).replace(microsecond=0) + _SECOND
    last_modified = ("Last-Modified", http_date(modified_at))
    return Body(content, etag, modified_at, last_modified, headers, headers_of_304)


def _components(
    found: Sequence[CalendarOccurrence], subscription: Subscription, options: Options
) -> Iterator[bytes]:
    """The bytes of each occurrence: those that stand at its revision already, or made now."""
    own, zone = subscription.shown.kind == ORGANIZATION, subscription.zone
    pages = links.Pages.of_plan(subscription.plan_code)
    kept: ComponentCache = current_app.extensions[_COMPONENTS]
    # A section, an activity and the whole plan say the same of an occurrence; an organisation says its own.
    whose = subscription.shown.key if own else ""
    way = (subscription.plan_id, whose, options, subscription.language, zone.key, pages)
    written: Written = kept.written(way)
    writer = words.Writer(pages, zone, own=own, shown=options.show, alarms=options.alarms)

    def write(each: CalendarOccurrence) -> bytes:
        try:
            event = ics.event_bytes(writer.event(each)) if options.components != TODOS else b""
            todo = ics.todo_bytes(writer.todo(each)) if options.components != EVENTS else b""
        except words.UNWRITABLE:
            current_app.logger.exception("Occurrence %s is in no calendar.", each.id)
            return b""
        return event + todo

    for each in found:
        yield written.get(each.id, (each.revision, each.days_late, each.revised_at), partial(write, each))


def _respond(body: Body, moment: datetime) -> Response:
    # Until that second is over the plan may change within it, and no date could tell.
    dated = [body.last_modified] if body.modified_at <= moment else []
    if _is_known(body, moment):
        return Response(status=304, headers=[*body.headers_of_304, *dated])
    return Response(body.content, headers=[*body.headers, *dated])


def _is_known(body: Body, moment: datetime) -> bool:
    """Whether the client has these bytes already."""
    asked = request.environ.get("HTTP_IF_NONE_MATCH")
    if asked is not None:
        # RFC 9110, 13.1.2: * matches whatever there is, and tags compare weakly here.
        return asked == f'"{body.etag}"' or request.if_none_match.contains_weak(body.etag)
    # 13.1.3: only without If-None-Match. A date that has not come yet is none of ours.
    since = request.if_modified_since
    return since is not None and body.modified_at <= since <= moment


def _plain(status: int, lines: Sequence[LazyString] = ()) -> Response:
    """The words in every language: nobody is known here, and so nobody's language is."""
    written = []
    for language in LANGUAGES:
        with force_locale(language):
            written += [f"{line}\n" for line in lines or (_MESSAGES[status],)]
    # What is not there now may be there again: somebody is enabled, or comes back to an organisation.
    headers = {"Cache-Control": "no-store", "X-Robots-Tag": "noindex"}
    headers["Content-Type"] = "text/plain; charset=utf-8"
    return Response("".join(dict.fromkeys(written)), status=status, headers=headers)


def _unavailable(outage: OutageError) -> Response:
    response = _plain(status_of(outage), [_l(outage.message)])
    response.headers.update(outage_headers(outage))
    return response


def _note_use(subscription: Subscription) -> None:
    with noting() as session:
        feeds.note_use(session, subscription.feed_id, now())
