"""Delegation: while a person is away, somebody named acts with its rights, and with those alone.

Whether one stands in for another is asked anew at every click: the days, both accounts, and both roles
must still fit. So a delegation ends by itself, and with the account of either.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, datetime
from typing import Any, NamedTuple

from sqlalchemy import Select, bindparam, or_, select, update
from sqlalchemy.orm import Session, aliased

from app.domain.errors import InvalidInputError, NotAllowedError, NotFoundError, WrongStateError
from app.domain.permissions import CONTROLLER_ROLE, Actor, may_administer, may_stand_in
from app.models import Delegation, LoginSession, Person
from app.services.changes import hold_plans, record_in_plans


class StandIn(NamedTuple):
    """That a person acts for another until a day, inclusive, of the plan's time zone."""

    id: int
    person_id: int
    person: str
    role: str
    organization_id: int | None
    deputy_id: int
    deputy: str
    deputy_role: str
    deputy_organization_id: int | None
    starts_on: date
    ends_on: date

    @property
    def fits(self) -> bool:
        """Whether the one may act for the other, as their roles are now."""
        return may_stand_in(self.role, self.organization_id, self.deputy_role, self.deputy_organization_id)


_PERSON, _DEPUTY = aliased(Person, name="absent"), aliased(Person, name="deputy")
_STANDING: Select[*tuple[Any, ...]] = (
    select(
        *(Delegation.id, _PERSON.id, _PERSON.name, _PERSON.role, _PERSON.organization_id),
        *(_DEPUTY.id, _DEPUTY.name, _DEPUTY.role, _DEPUTY.organization_id),
        *(Delegation.starts_on, Delegation.ends_on),
    )
    .join(_PERSON, _PERSON.id == Delegation.person_id)
    .join(_DEPUTY, _DEPUTY.id == Delegation.deputy_id)
    .where(
        *(Delegation.ended_at.is_(None), Delegation.ends_on >= bindparam("today")),
        *(_PERSON.active, _DEPUTY.active),
    )
    .order_by(Delegation.starts_on, Delegation.id)
)
_IN_FORCE = _STANDING.where(Delegation.starts_on <= bindparam("today"))


def name_deputy(
    session: Session,
    actor: Actor,
    person_id: int,
    deputy_id: int | None,
    *,
    starts_on: date | None,
    ends_on: date | None,
    today: date,
    now: datetime,
) -> Delegation:
    """Let somebody act for a person from one day to another, both inclusive.

    A person names its own deputy, an administrator anybody's; who acts for another names none. `today` is of
    the plan's time zone. Raises NotAllowedError, NotFoundError, InvalidInputError.
    """
    if not _may_name(actor, person_id):
        raise NotAllowedError
    plans = hold_plans(session)
    person = session.get(Person, person_id, populate_existing=True)
    if person is None:
        raise NotFoundError
    deputy = session.get(Person, deputy_id, populate_existing=True) if deputy_id else None
    problems = {}
    if deputy is None or not _may_be(person, deputy):
        problems["deputy"] = "Please choose one of these people."
    if starts_on is None:
        problems["starts_on"] = "Please enter the first day."
    if ends_on is None:
        problems["ends_on"] = "Please enter the last day."
    elif ends_on < today:
        problems["ends_on"] = "This day has passed."
    elif starts_on is not None and ends_on < starts_on:
        problems["ends_on"] = "The last day comes before the first one."
    if problems or deputy is None or starts_on is None or ends_on is None:
        raise InvalidInputError(problems)
    others = named(session, person_id, today)
    if any(each.starts_on <= ends_on and each.ends_on >= starts_on for each in others):
        raise InvalidInputError({"starts_on": "Somebody acts in these days already; end that first."})
    delegation = Delegation(
        person_id=person_id,
        deputy_id=deputy.id,
        starts_on=starts_on,
        ends_on=ends_on,
        made_at=now,
        made_by=actor.person_id,
    )
    session.add(delegation)
    session.flush()
    details = {"deputy": deputy.name, "from": starts_on.isoformat(), "until": ends_on.isoformat()}
    record_in_plans(
        *(session, plans, actor, now),
        subject="person",
        subject_id=person_id,
        action="delegate",
        details=details,
    )
    return delegation


def end(session: Session, actor: Actor, delegation_id: int, *, now: datetime) -> int:
    """End a delegation at once; whose it was. Raises NotFoundError (also for a foreign one), WrongStateError.

    The person itself may, an administrator, and the deputy, who need not go on.
    """
    plans = hold_plans(session)
    delegation = session.get(Delegation, delegation_id, populate_existing=True)
    if delegation is None or not (
        actor.person_id == delegation.deputy_id or _may_name(actor, delegation.person_id)
    ):
        raise NotFoundError
    if delegation.ended_at is not None:
        raise WrongStateError("This has been ended already.")
    _end(session, actor, delegation, plans, now)
    return delegation.person_id


def end_all(
    session: Session, actor: Actor | None, person_id: int, plans: list[int], *, now: datetime
) -> None:
    """End what a person has entrusted to others and what was entrusted to it: its place is another one now.

    Otherwise whoever acts for an executor would act for a controller once that is what it has become. The
    caller holds the plans.
    """
    found = session.scalars(
        select(Delegation).where(
            or_(Delegation.person_id == person_id, Delegation.deputy_id == person_id),
            *(Delegation.ended_at.is_(None), Delegation.ends_on >= now.date()),
        )
    )
    for delegation in found.all():
        _end(session, actor, delegation, plans, now)


def named(session: Session, person_id: int, today: date) -> list[StandIn]:
    """Who acts for a person, now or on days to come."""
    return _found(session, _STANDING.where(_PERSON.id == person_id), today)


def entrusted(session: Session, deputy_id: int, today: date) -> list[StandIn]:
    """For whom a person may act today."""
    return _found(session, _IN_FORCE.where(_DEPUTY.id == deputy_id), today)


def in_force(session: Session, today: date) -> dict[int, list[StandIn]]:
    """Everybody who acts for somebody today, by the id of the absent one."""
    found: dict[int, list[StandIn]] = {}
    for each in _found(session, _IN_FORCE, today):
        found.setdefault(each.person_id, []).append(each)
    return found


def controls_for_another(session: Session, person_id: int, today: date) -> bool:
    """Whether a person acts for a controller today."""
    return any(each.role == CONTROLLER_ROLE for each in entrusted(session, person_id, today))


def candidates(session: Session, person: Person) -> Sequence[Person]:
    """Who may be named as the deputy of a person."""
    everybody = session.scalars(select(Person).where(Person.active).order_by(Person.name, Person.id))
    return [other for other in everybody if _may_be(person, other)]


def switch(
    session: Session, actor: Actor, session_id: int, delegation_id: int | None, *, today: date
) -> StandIn | None:
    """From the next click on, act in this browser for another, or (None) for oneself again.

    Raises NotFoundError: it ended, or is nobody's.
    """
    chosen = None
    if delegation_id is not None:
        own = entrusted(session, actor.person_id, today)
        chosen = next((each for each in own if each.id == delegation_id), None)
        if chosen is None:
            raise NotFoundError
    session.execute(
        update(LoginSession)
        .where(LoginSession.id == session_id, LoginSession.person_id == actor.person_id)
        .values(delegation_id=delegation_id)
    )
    return chosen


def acting(actor: Actor, stands_in: Sequence[StandIn], delegation_id: int | None) -> Actor:
    """The deputy with the rights of the absent one; as it is when that delegation is no more in force."""
    for each in stands_in:
        if each.id == delegation_id:
            return replace(
                actor,
                role=each.role,
                organization_id=each.organization_id,
                home_id=actor.organization_id,
                for_id=each.person_id,
                for_name=each.person,
            )
    return actor


def _end(
    session: Session, actor: Actor | None, delegation: Delegation, plans: list[int], now: datetime
) -> None:
    delegation.ended_at, delegation.ended_by = now, actor.person_id if actor else None
    record_in_plans(
        *(session, plans, actor, now),
        subject="person",
        subject_id=delegation.person_id,
        action="end_delegation",
        details={"deputy": session.get_one(Person, delegation.deputy_id).name},
    )


def _found(session: Session, statement: Select[*tuple[Any, ...]], today: date) -> list[StandIn]:
    found = [StandIn(*row) for row in session.execute(statement, {"today": today})]
    return [each for each in found if each.fits]


def _may_be(person: Person, deputy: Person) -> bool:
    return (
        deputy.id != person.id
        and deputy.active
        and person.active
        and may_stand_in(person.role, person.organization_id, deputy.role, deputy.organization_id)
    )


def _may_name(actor: Actor, person_id: int) -> bool:
    own = actor.person_id == person_id and actor.for_id is None
    return own or may_administer(actor)
