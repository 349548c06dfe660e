"""Lists of tasks that a person has kept under a name. They are its own: another's looks like a missing one.

Nothing of the plan changes with them, so that the plan's journal does not hear of it.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import NamedTuple

from sqlalchemy import delete, func, select
from sqlalchemy.orm import Session

from app.domain.errors import InvalidInputError, NotFoundError
from app.domain.permissions import Actor
from app.domain.texts import kept_line
from app.models import Person, SavedFilter

#: the lists that can be kept
PLACES = ("tasks", "overdue")
LONGEST_NAME = 80
#: lists of one person in one place
MOST = 30


class SavedLine(NamedTuple):
    """A list that was kept."""

    id: int
    place: str
    name: str
    arguments: dict[str, str]


_LINES = select(SavedFilter.id, SavedFilter.place, SavedFilter.name, SavedFilter.arguments).order_by(
    SavedFilter.position, SavedFilter.id
)


def saved_lines(session: Session, actor: Actor, plan_id: int, place: str) -> list[SavedLine]:
    """The person's lists, in the order in which they are shown."""
    own = SavedFilter.person_id == actor.person_id, SavedFilter.plan_id == plan_id
    return [SavedLine(*row) for row in session.execute(_LINES.where(*own, SavedFilter.place == place))]


def save(
    session: Session,
    actor: Actor,
    plan_id: int,
    place: str,
    name: str,
    arguments: Mapping[str, str],
    *,
    now: datetime,
) -> int:
    """Keep a list under a name, in the place of what had that name before; its id.

    Raises InvalidInputError, NotFoundError: there is no such place.
    """
    if place not in PLACES:
        raise NotFoundError
    name = _checked(name)
    present = _of_person(session, actor, plan_id, place)
    same = next((each for each in present if each.name == name), None)
    if same is None:
        if len(present) >= MOST:
            raise InvalidInputError({"name": "You have kept %(most)s lists; please delete one."}, most=MOST)
        same = SavedFilter(
            person_id=actor.person_id,
            plan_id=plan_id,
            place=place,
            name=name,
            position=max((each.position for each in present), default=0) + 1,
            created_at=now,
        )
        session.add(same)
    same.arguments = dict(arguments)
    session.flush()
    return same.id


def rename(session: Session, actor: Actor, filter_id: int, name: str) -> None:
    """Call a list something else. Raises NotFoundError, InvalidInputError."""
    name = _checked(name)
    renamed = _find(session, actor, filter_id)
    others = _of_person(session, actor, renamed.plan_id, renamed.place)
    if any(each.name == name and each.id != filter_id for each in others):
        raise InvalidInputError({"name": "You have a list of that name."})
    renamed.name = name


def put_first(session: Session, actor: Actor, filter_id: int) -> None:
    """Show a list before the others. Raises NotFoundError."""
    first = _find(session, actor, filter_id)
    smallest = select(func.min(SavedFilter.position)).where(
        SavedFilter.person_id == first.person_id, SavedFilter.plan_id == first.plan_id
    )
    first.position = (session.scalar(smallest) or 0) - 1


def remove(session: Session, actor: Actor, filter_id: int) -> None:
    """Delete a list. Raises NotFoundError."""
    _find(session, actor, filter_id)
    session.execute(delete(SavedFilter).where(SavedFilter.id == filter_id))


def _checked(name: str) -> str:
    name = kept_line("name", name, LONGEST_NAME)
    if not name:
        raise InvalidInputError({"name": "Please fill this in."})
    return name


def _find(session: Session, actor: Actor, filter_id: int) -> SavedFilter:
    _take(session, actor)
    found = session.get(SavedFilter, filter_id)
    if found is None or found.person_id != actor.person_id:
        raise NotFoundError
    return found


def _of_person(session: Session, actor: Actor, plan_id: int, place: str) -> list[SavedFilter]:
    _take(session, actor)
    return list(
        session.scalars(
            select(SavedFilter).where(
                SavedFilter.person_id == actor.person_id,
                SavedFilter.plan_id == plan_id,
                SavedFilter.place == place,
            )
        )
    )


def _take(session: Session, actor: Actor) -> None:
    """One after another: two clicks on one button must not both find the name free."""
    session.execute(select(Person.id).where(Person.id == actor.person_id).with_for_update())
