"""What a program does to the list: it ticks. Everything else is refused, and noted on the task."""

from __future__ import annotations

from http import HTTPStatus
from typing import NoReturn
from xml.etree.ElementTree import Element

from flask import Response, request
from flask_babel import LazyString
from flask_babel import lazy_gettext as _l

from app.domain.errors import ConflictError, GuardRefusedError, NotAllowedError, WrongStateError
from app.domain.texts import one_line
from app.services import tasks, todo_list
from app.web.caldav import words
from app.web.caldav.elements import C, D, V, element, href
from app.web.caldav.items import Item
from app.web.caldav.places import TASKS, Place, Tree
from app.web.caldav.refusals import DavError
from app.web.caldav.sent import LARGEST_TODO, SentTodo, read_todo
from app.web.state import changing, now, vekha

_DONE = "COMPLETED"
_LONGEST_NOTED = 200


def put(tree: Tree, place: Place) -> Response:
    """Take a tick, and leave everything else as it is; 204 without a tag unless the bytes are the same.

    1. Read the one task that is sent. 2. Compare the tags. 3. A tick submits the task; when that is
    refused, note why. 4. Taking a tick back is refused. 5. Other changes are noted, so that the program
    is sent the task as it is. Raises DavError.
    """
    item = _item(place)
    content = _content()
    sent = read_todo(content, tree.todos.zone)
    if sent.uid != item.todo.uid:
        conflict = element(f"{C}no-uid-conflict", [href(place.href)])
        raise DavError(HTTPStatus.FORBIDDEN, _l("This is another task: its UID differs."), conflict)
    _check_tags(item, sent)
    done = item.todo.status == _DONE
    if done and sent.unticked:
        _refuse_unticking(tree, place, item)
    elif sent.ticked and not done:
        _tick(tree, place, item)
    elif content == item.content:
        return _unchanged(ETag=f'"{item.etag}"')
    elif asked := _asked(sent, item):
        _note(tree, item, todo_list.CHANGE, asked)
    return _unchanged()


def delete(tree: Tree, place: Place) -> Response:
    """Refuse to delete; a task comes back to the program that has deleted it already. Raises DavError."""
    if place.item is not None:
        _note(tree, place.item, todo_list.DELETE, {})
    words_ = _l("Nothing of this list can be deleted here.")
    raise need_privilege(words_, tree.href(TASKS), "unbind")


def refuse_creation(tree: Tree) -> NoReturn:
    """Raises DavError (403)."""
    raise need_privilege(_l("Tasks come from the plan; none can be added here."), tree.href(TASKS), "bind")


def need_privilege(words_: LazyString, path: str, privilege: str, *more: Element) -> DavError:
    """A refusal that programs take quietly: they put back what they have changed (RFC 3744, 7.1.1)."""
    wanted = element(f"{D}privilege", [element(f"{D}{privilege}")])
    resource = element(f"{D}resource", [href(path), wanted])
    condition = element(f"{D}need-privileges", [resource])
    return DavError(HTTPStatus.FORBIDDEN, words_, condition, *more)


def _item(place: Place) -> Item:
    assert place.item is not None, "only an item is put"
    return place.item


def _content() -> bytes:
    """The body. Raises DavError (415) and RequestEntityTooLarge."""
    if request.mimetype not in {"", "text/calendar"} or request.headers.get("Content-Encoding"):
        words_ = _l("Please send an iCalendar text: text/calendar.")
        raise DavError(HTTPStatus.UNSUPPORTED_MEDIA_TYPE, words_)
    request.max_content_length = LARGEST_TODO
    return request.get_data(cache=False)


def _check_tags(item: Item, sent: SentTodo) -> None:
    """RFC 9110, 13.1.1 and 13.1.2. Raises DavError (412).

    A tick of yesterday's bytes is not stale where only the days of lateness have grown: what was ticked is
    the same task, and some programs give up what they are told is stale.
    """
    known = request.if_match
    stale = "If-Match" in request.headers and not known.contains(item.etag)
    if stale and sent.ticked:
        stale = not any(map(item.is_of_this_revision, known.as_set()))
    if stale or request.if_none_match.contains_weak(item.etag):
        raise _changed_meanwhile()


def _tick(tree: Tree, place: Place, item: Item) -> None:
    actor = tree.account.actor
    try:
        with changing() as session:
            tasks.fire(session, vekha().store, actor, item.task_id, "submit", now=now(), version=item.version)
    except ConflictError as error:
        raise _changed_meanwhile() from error
    except (GuardRefusedError, WrongStateError, NotAllowedError) as error:
        # What was refused left nothing behind; that it was is noted by itself.
        with changing() as session:
            details = todo_list.note_refused_tick(
                session, actor, item.task_id, error, program=tree.account.program, now=now()
            )
        told = " ".join([str(_l("The tick was not taken.")), *words.missing(details)])
        raise need_privilege(told, place.href, "write-content", element(f"{V}tick-refused")) from error


def _refuse_unticking(tree: Tree, place: Place, item: Item) -> NoReturn:
    _note(tree, item, todo_list.UNTICK, {})
    words_ = _l("The task was handed in. Only the controller returns it.")
    raise need_privilege(words_, place.href, "write-content")


def _asked(sent: SentTodo, item: Item) -> dict[str, str]:
    """What is sent otherwise than it stands, among what the plan says; the rest is the program's own."""
    todo = item.todo
    pairs = {
        "summary": (sent.summary, todo.summary),
        "description": (sent.description, todo.description),
        "due": (sent.due, todo.due.isoformat() if todo.due else ""),
        "repeats": ("RRULE" if sent.repeats else "", ""),
        "status": (sent.status or todo.status, todo.status),
        "percent": (str(todo.percent if sent.percent is None else sent.percent), str(todo.percent)),
    }
    lines = {name: (one_line(theirs), one_line(ours)) for name, (theirs, ours) in pairs.items()}
    return {name: theirs[:_LONGEST_NOTED] for name, (theirs, ours) in lines.items() if theirs != ours}


def _note(tree: Tree, item: Item, action: str, asked: dict[str, str]) -> None:
    details = {"program": tree.account.program, "asked": asked}
    with changing() as session:
        todo_list.note_refused(session, tree.account.actor, item.task_id, action, details=details, now=now())


def _unchanged(**headers: str) -> Response:
    response = Response(status=HTTPStatus.NO_CONTENT, headers=headers)
    response.headers.remove("Content-Type")
    return response


def _changed_meanwhile() -> DavError:
    words_ = _l("The task has changed meanwhile. Please fetch it anew.")
    return DavError(HTTPStatus.PRECONDITION_FAILED, words_)
