"""Comments on a task: written, withdrawn, and the people whom they mention.

A comment moves nothing: neither the task's version, so that a form that is being filled in stays good, nor
its `changed_at`, from which calendars follow.
"""

from __future__ import annotations

import hashlib
from collections.abc import Collection
from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy import Select, bindparam, or_, select
from sqlalchemy.orm import Session, aliased

from app.domain.comments import LONGEST_COMMENT, named
from app.domain.errors import InvalidInputError, NotAllowedError, NotFoundError, WrongStateError
from app.domain.permissions import (
    ADMINISTRATOR_ROLE,
    AUDITOR_ROLE,
    CONTROLLER_ROLE,
    EXECUTOR_ROLE,
    Actor,
    may_comment,
)
from app.domain.texts import kept_lines, one_line
from app.models import Comment, Mention, Organization, Person
from app.services import notices, search_index
from app.services.delegations import in_force
from app.services.journal import record
from app.services.tasks import OpenTask, take

#: characters of a comment that a notice quotes
_QUOTED = 200


class Reader(NamedTuple):
    """Somebody who may see a task, and so may be mentioned there."""

    id: int
    username: str
    name: str
    role: str
    #: of the organisation that it acts for; empty for the others
    short_name: str
    gloss_en: str


class Written(NamedTuple):
    """A comment that was written: how many people it tells, and the names that told nobody."""

    id: int
    told: int
    #: user names in the text that nobody has who may see the task
    nobody: list[str]


class Line(NamedTuple):
    """A comment in the thread. `mentioned` are those who were told, by name."""

    id: int
    at: datetime
    text: str
    withdrawn_at: datetime | None
    person_id: int
    person: str
    #: of whom the author acted for; "" for nobody
    for_name: str
    short_name: str
    gloss_en: str
    mentioned: tuple[Reader, ...]


_NAMED = (
    Person.id,
    Person.username,
    Person.name,
    Person.role,
    Organization.short_name,
    Organization.gloss_en,
)
_READERS: Select[*tuple[Any, ...]] = (
    select(*_NAMED)
    .outerjoin(Organization, Organization.id == Person.organization_id)
    .where(
        Person.active,
        or_(
            Person.role.in_((CONTROLLER_ROLE, AUDITOR_ROLE, ADMINISTRATOR_ROLE)),
            Person.organization_id.in_((bindparam("organization"), bindparam("coordinator"))),
        ),
    )
    .order_by(Person.role != EXECUTOR_ROLE, Organization.position, Person.role != CONTROLLER_ROLE, Person.id)
)
_AUTHOR, _HOUSE = aliased(Person, name="author"), aliased(Organization, name="house")
_THREAD: Select[*tuple[Any, ...]] = (
    select(
        *(Comment.id, Comment.created_at, Comment.text, Comment.withdrawn_at),
        *(_AUTHOR.id, _AUTHOR.name, Comment.for_name, _HOUSE.short_name, _HOUSE.gloss_en),
        *_NAMED,
    )
    .join(_AUTHOR, _AUTHOR.id == Comment.person_id)
    .outerjoin(_HOUSE, _HOUSE.id == _AUTHOR.organization_id)
    .outerjoin(Mention, Mention.comment_id == Comment.id)
    .outerjoin(Person, Person.id == Mention.person_id)
    .outerjoin(Organization, Organization.id == Person.organization_id)
    .where(Comment.task_id == bindparam("task"))
    .order_by(Comment.id, Person.id)
)


def write(
    session: Session, actor: Actor, task_id: int, text: str, *, now: datetime, tell: Collection[int] = ()
) -> Written:
    """Write a comment; `tell` are ids of people to mention beside those whom the text names by @username.

    Who may not see the task is not told and not found: a name of such a person is the same as one that
    nobody has. Raises NotFoundError, NotAllowedError, InvalidInputError.
    """
    text = kept_lines("text", text, LONGEST_COMMENT)
    open_ = take(session, actor, task_id)
    task, coordinator_id = open_.task, open_.activity.coordinator_id
    if not may_comment(actor, task.organization_id, coordinator_id):
        raise NotAllowedError
    if not text:
        raise InvalidInputError({"text": "Please write a few words."})
    found = readers(session, task.organization_id, coordinator_id)
    names = named(text)
    mentioned = [reader for reader in found if reader.username in names or reader.id in tell]
    comment = Comment(
        task_id=task.id, person_id=actor.person_id, for_name=actor.for_name, text=text, created_at=now
    )
    session.add(comment)
    session.flush()
    search_index.index(session, search_index.COMMENT, comment.id)
    session.add_all(Mention(comment_id=comment.id, person_id=reader.id) for reader in mentioned)
    task.comments += 1
    told = {reader.id for reader in mentioned}
    if told:
        deputies = in_force(session, open_.plan.today(now))
        told |= {each.deputy_id for id_ in told for each in deputies.get(id_, ())}
    told -= {actor.person_id}
    quoted = one_line(text)
    note = quoted if len(quoted) <= _QUOTED else f"{quoted[: _QUOTED - 1].rstrip()}…"
    notices.tell(session, told, task, notices.MENTION, now, comment=comment.id, by=actor.name, note=note)
    # The chain vouches for the words without spreading them to all who read it.
    details = {
        "sha256": hashlib.sha256(text.encode()).hexdigest(),
        "mentioned": [reader.username for reader in mentioned],
    }
    _record(session, open_, actor, now, comment, "write", details)
    known = {reader.username for reader in found}
    return Written(comment.id, len(told), [name for name in names if name not in known])


def withdraw(session: Session, actor: Actor, task_id: int, comment_id: int, *, now: datetime) -> None:
    """Take an own comment back: it stays where it was, marked as withdrawn.

    Raises NotFoundError, NotAllowedError, WrongStateError.
    """
    open_ = take(session, actor, task_id)
    comment = session.get(Comment, comment_id, populate_existing=True)
    if comment is None or comment.task_id != task_id:
        raise NotFoundError
    if comment.person_id != actor.person_id:
        raise NotAllowedError
    if comment.withdrawn_at is not None:
        raise WrongStateError("This comment was withdrawn already.")
    comment.withdrawn_at = now
    search_index.index(session, search_index.COMMENT, comment.id)
    open_.task.comments -= 1
    notices.take_back(session, comment.id, task_id, now)
    _record(session, open_, actor, now, comment, "withdraw")


def readers(session: Session, organization_id: int, coordinator_id: int | None) -> list[Reader]:
    """Who may see a task of that organisation and coordinator, its executors first. One statement."""
    scope = {"organization": organization_id, "coordinator": coordinator_id}
    return [_reader(*row) for row in session.execute(_READERS, scope)]


def thread(session: Session, task_id: int) -> list[Line]:
    """The comments on a task, the oldest first. One statement."""
    lines: dict[int, Line] = {}
    for row in session.execute(_THREAD, {"task": task_id}):
        id_, at, text, withdrawn_at, person_id, person, for_name, short_name, gloss_en, *mentioned = row
        line = lines.get(id_) or Line(
            *(id_, at, text, withdrawn_at, person_id, person, for_name),
            *(short_name or "", gloss_en or "", ()),
        )
        if mentioned[0] is not None:
            line = line._replace(mentioned=(*line.mentioned, _reader(*mentioned)))
        lines[id_] = line
    return list(lines.values())


def _reader(
    id_: int, username: str, name: str, role: str, short_name: str | None, gloss_en: str | None
) -> Reader:
    return Reader(id_, username, name, role, short_name or "", gloss_en or "")


def _record(
    session: Session,
    open_: OpenTask,
    actor: Actor,
    now: datetime,
    comment: Comment,
    action: str,
    details: dict[str, Any] | None = None,
) -> None:
    record(
        *(session, open_.task.plan_id, actor, now),
        subject="comment",
        subject_id=comment.id,
        action=action,
        activity_id=open_.task.activity_id,
        task_id=open_.task.id,
        details=details,
    )
