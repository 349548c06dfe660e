"""Calendar addresses: made, rotated, revoked, and asked at each fetch whether they still hold."""

from __future__ import annotations

import base64
import hashlib
import secrets
from datetime import datetime, timedelta
from typing import Any, NamedTuple
from zoneinfo import ZoneInfo

from sqlalchemy import (
    ColumnElement,
    bindparam,
    or_,
    select,
    update,
)
from sqlalchemy.orm import Session

from app.db import Database, Lookup
from app.domain.errors import FeedRevokedError, InvalidInputError, NotAllowedError, NotFoundError
from app.domain.permissions import Actor
from app.models import Feed, JournalEntry, JournalHead, Organization, Person, Plan
from app.services.feed_scopes import MINE, ORGANIZATION, Part, Scope, offered, parts

#: the use of an address is noted at most this often
_USE_NOTED_EVERY = timedelta(hours=1)
#: the id of no organisation
_NOBODY = 0


class NewFeed(NamedTuple):
    """An address that was just made. Its token is told now and kept nowhere."""

    id: int
    scope: Scope
    #: the query of the address, without its question mark
    options: str
    token: str


class FeedLine(NamedTuple):
    """An address in the list of its owner. The address itself is known to nobody any more."""

    id: int
    scope: str
    options: str
    language: str
    created_at: datetime
    used_at: datetime | None
    revoked_at: datetime | None


class Subscription(NamedTuple):
    """An address that holds, with everything that the answer depends on. `revision` is the plan's."""

    feed_id: int
    scope: Scope
    language: str
    used_at: datetime | None
    plan_id: int
    plan_code: str
    zone: ZoneInfo
    revision: int
    #: key of the organisation that the person acts for; "" for none
    organization: str

    @property
    def shown(self) -> Scope:
        """The part of the plan that the scope stands for now: "mine" follows the person."""
        return Scope(ORGANIZATION, self.organization) if self.scope.kind == MINE else self.scope

    def use_is_worth_noting(self, now: datetime) -> bool:
        """At most once an hour; a clock that was moved back counts too."""
        return self.used_at is None or abs(now - self.used_at) > _USE_NOTED_EVERY


#: all that an unchanged calendar costs
_SUBSCRIPTION = Lookup(
    select(
        Feed.id,
        Feed.scope,
        Feed.language,
        Feed.used_at,
        Feed.revoked_at,
        Feed.plan_id,
        Plan.code.label("plan_code"),
        Plan.time_zone,
        JournalHead.position,
        Feed.person_id,
        Person.active,
        Person.role,
        Person.organization_id,
        Organization.key.label("organization"),
    )
    .join(Plan, Plan.id == Feed.plan_id)
    .join(JournalHead, JournalHead.plan_id == Plan.id)
    .join(Person, Person.id == Feed.person_id)
    .outerjoin(Organization, Organization.id == Person.organization_id)
    .where(Feed.token_hash == bindparam("token_hash"))
)

_FEEDS = (
    select(
        Feed.id,
        Feed.scope,
        Feed.options,
        Feed.language,
        Feed.created_at,
        Feed.used_at,
        Feed.revoked_at,
    )
    .where(Feed.person_id == bindparam("person_id"), Feed.plan_id == bindparam("plan_id"))
    .order_by(Feed.id.desc())
)


def subscription(database: Database, token: str) -> Subscription:
    """What a token opens now, in one statement. Raises FeedRevokedError and NotFoundError.

    The rights of its person are asked anew: an address of somebody who was disabled, or has left the
    organisation, is not found for as long as that is so.
    """
    row = database.look_up(_SUBSCRIPTION, token_hash=_hash(token))
    if row is None:
        raise NotFoundError
    if row.revoked_at is not None:
        raise FeedRevokedError
    scope = Scope.parse(row.scope)
    if not row.active or not _still_open(row, scope):
        raise NotFoundError
    return Subscription(
        row.id,
        scope,
        row.language,
        row.used_at,
        row.plan_id,
        row.plan_code,
        ZoneInfo(row.time_zone),
        row.position,
        row.organization or "",
    )


def changed_at(session: Session, plan_id: int) -> datetime | None:
    """When the plan changed last; None when nothing has been written about it yet."""
    return session.scalar(
        select(JournalEntry.at)
        .join(JournalHead, JournalHead.plan_id == JournalEntry.plan_id)
        .where(JournalEntry.plan_id == plan_id, JournalEntry.position == JournalHead.position)
    )


def note_use(session: Session, feed_id: int, now: datetime) -> None:
    """Remember that somebody has fetched the calendar; only one of several at once writes."""
    earlier, later = now - _USE_NOTED_EVERY, now + _USE_NOTED_EVERY
    unknown = or_(Feed.used_at.is_(None), Feed.used_at < earlier, Feed.used_at > later)
    session.execute(update(Feed).where(Feed.id == feed_id, unknown).values(used_at=now))


def token_of(random: bytes) -> str:
    """The token that 256 random bits are written as."""
    return base64.urlsafe_b64encode(random).rstrip(b"=").decode("ascii")


def make(
    session: Session,
    actor: Actor,
    plan_id: int,
    scope: Scope,
    *,
    language: str,
    now: datetime,
    options: str = "",
    token: str | None = None,
) -> NewFeed:
    """Make an address, of a random token or of the one that is given.

    A given token of the actor's that is known already makes nothing: its address is returned as it stands.
    Raises InvalidInputError (there is no such part of the plan), NotAllowedError (it is not for the actor:
    another organisation's, or the review of somebody who controls nothing) and FeedRevokedError (the given
    token was withdrawn).
    """
    _check(session, actor, plan_id, scope)
    token = token or token_of(secrets.token_bytes(32))
    # Of two clicks at once the second waits here, and finds what the first has made.
    session.execute(select(Person.id).where(Person.id == actor.person_id).with_for_update())
    feed = _made_before(session, actor, plan_id, token)
    if feed is None:
        feed = Feed(
            token_hash=_hash(token),
            person_id=actor.person_id,
            plan_id=plan_id,
            scope=str(scope),
            options=options,
            language=language,
            created_at=now,
        )
        session.add(feed)
        session.flush()
    elif feed.revoked_at is not None:
        raise FeedRevokedError
    return NewFeed(feed.id, Scope.parse(feed.scope), feed.options, token)


def rotate(
    session: Session, actor: Actor, plan_id: int, feed_id: int, *, now: datetime, token: str | None = None
) -> NewFeed:
    """A new address for the same calendar; the old one is gone.

    With a token that has replaced it already nothing changes. Raises as `revoke` and `make`.
    """
    old = _held(session, plan_id, feed_id, actor)
    if token is None or _made_before(session, actor, plan_id, token) is None:
        _withdraw(old, now)
    return make(
        session,
        actor,
        plan_id,
        Scope.parse(old.scope),
        language=old.language,
        options=old.options,
        now=now,
        token=token,
    )


def revoke(
    session: Session, plan_id: int, feed_id: int, *, now: datetime, owner: Actor | None = None
) -> None:
    """Withdraw an address for good. Raises NotFoundError (also for a foreign one), FeedRevokedError.

    Without an owner it is the operator who asks.
    """
    _withdraw(_held(session, plan_id, feed_id, owner), now)


def feeds_of(session: Session, person_id: int, plan_id: int) -> list[FeedLine]:
    """The addresses that a person has made in a plan, the newest first, revoked ones included."""
    found = session.execute(_FEEDS, {"person_id": person_id, "plan_id": plan_id})
    return [FeedLine(*row) for row in found]


def _check(session: Session, actor: Actor, plan_id: int, scope: Scope) -> None:
    part = parts(session, plan_id).get(scope)
    if part is None:
        raise InvalidInputError({"scope": "The plan has no such part."})
    if not offered(actor, scope, part):
        raise NotAllowedError("This calendar is not for you.")


def _held(session: Session, plan_id: int, feed_id: int, owner: Actor | None) -> Feed:
    whose: tuple[ColumnElement[bool], ...] = (Feed.id == feed_id, Feed.plan_id == plan_id)
    if owner is not None:
        whose = (*whose, Feed.person_id == owner.person_id)
    feed = session.scalar(select(Feed).where(*whose).with_for_update())
    if feed is None:
        raise NotFoundError
    return feed


def _withdraw(feed: Feed, now: datetime) -> None:
    if feed.revoked_at is not None:
        raise FeedRevokedError
    feed.revoked_at = now


def _made_before(session: Session, actor: Actor, plan_id: int, token: str) -> Feed | None:
    return session.scalar(
        select(Feed).where(
            Feed.token_hash == _hash(token), Feed.person_id == actor.person_id, Feed.plan_id == plan_id
        )
    )


def _still_open(row: Any, scope: Scope) -> bool:
    person = Actor(row.person_id, "", row.role, row.organization_id)
    own = row.organization_id if scope.key == row.organization else _NOBODY
    return offered(person, scope, Part(own, scope.key, "", ""))


def _hash(token: str) -> str:
    return hashlib.sha256(token.encode("utf-8", "replace")).hexdigest()
