"""Organisations as an administrator keeps them: real names for the placeholders of a seed."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.domain.errors import InvalidInputError, NotFoundError
from app.domain.permissions import Actor
from app.domain.texts import kept_line
from app.models import Organization, Person
from app.services import search_index
from app.services.changes import ask_administrator, check_fresh, difference, hold_plans, record_in_plans
from app.services.revisions import naming, revise

#: the fields that an administrator edits, with the length that they may have
FIELDS = {"name": 400, "short_name": 120, "gloss_en": 400}


class OrganizationLine(NamedTuple):
    """An organisation in a list."""

    id: int
    key: str
    name: str
    short_name: str
    gloss_en: str
    kind: str
    #: how many active accounts act for it
    people: int


_PEOPLE = (
    select(Person.organization_id, func.count().label("people"))
    .where(Person.active)
    .group_by(Person.organization_id)
    .subquery()
)
_LINES = (
    select(
        Organization.id,
        Organization.key,
        Organization.name,
        Organization.short_name,
        Organization.gloss_en,
        Organization.kind,
        func.coalesce(_PEOPLE.c.people, 0),
    )
    .outerjoin(_PEOPLE, _PEOPLE.c.organization_id == Organization.id)
    .order_by(Organization.position, Organization.id)
)


def organization_lines(session: Session) -> list[OrganizationLine]:
    """Every organisation, in the order of the seed."""
    return [OrganizationLine(*row) for row in session.execute(_LINES)]


def find_organization(session: Session, key: str) -> Organization:
    """The organisation with that key. Raises NotFoundError."""
    found = session.scalar(select(Organization).where(Organization.key == key))
    if found is None:
        raise NotFoundError
    return found


def organization_values(organization: Organization) -> dict[str, Any]:
    """What an administrator can edit of an organisation."""
    return {name: getattr(organization, name) for name in FIELDS}


def edit_organization(
    session: Session,
    actor: Actor | None,
    key: str,
    values: Mapping[str, str],
    *,
    now: datetime,
    seen: str | None = None,
) -> None:
    """Give an organisation the names `values` (see FIELDS); loading the seed again leaves them.

    `seen` is the fingerprint of the values that the form showed. Raises NotAllowedError, NotFoundError,
    ConflictError, InvalidInputError.
    """
    ask_administrator(actor)
    plans = hold_plans(session)
    organization = find_organization(session, key)
    before = organization_values(organization)
    check_fresh(before, seen)
    for name, text in _checked(values).items():
        setattr(organization, name, text)
    if details := difference(before, organization_values(organization)):
        record_in_plans(
            session,
            plans,
            actor,
            now,
            subject="organization",
            subject_id=organization.id,
            action="edit",
            details=details,
        )
        revise(session, now, naming(organization.id))
        search_index.index(session, search_index.ORGANIZATION, organization.id)


def _checked(values: Mapping[str, str]) -> dict[str, str]:
    texts = {name: kept_line(name, text, FIELDS[name]) for name, text in values.items() if name in FIELDS}
    for name, text in texts.items():
        if not text and name != "gloss_en":
            raise InvalidInputError({name: "Please fill this in."})
    return texts
