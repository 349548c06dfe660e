"""The parts of a plan that can have a calendar of their own."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, NamedTuple

from sqlalchemy import (
    BindParameter,
    Integer,
    Select,
    String,
    bindparam,
    cast,
    literal,
    select,
    true,
    union_all,
)
from sqlalchemy.orm import Session

from app.domain.errors import InvalidInputError
from app.domain.permissions import Actor, may_control, may_see_organization
from app.models import Activity, Indicator, Organization, Plan, Section

PLAN = "plan"
SECTION = "section"
ORGANIZATION = "organization"
ACTIVITY = "activity"
INDICATOR = "indicator"
#: what the person's own organisation owes, whichever that is at the time
MINE = "mine"
#: what waits for the controller's decision
REVIEW = "review"

_ALONE = frozenset({PLAN, MINE, REVIEW})
_KEYED = frozenset({SECTION, ORGANIZATION, ACTIVITY, INDICATOR})


@dataclass(frozen=True, slots=True)
class Scope:
    """What part of the plan a calendar shows.

    As text: plan, section:2, organization:KEY, activity:2.3, indicator:4, mine, review.
    """

    kind: str
    key: str = ""

    @classmethod
    def parse(cls, text: str) -> Scope:
        """Raises InvalidInputError (field `scope`)."""
        kind, colon, key = text.strip().partition(":")
        if kind in _ALONE and not colon:
            return cls(kind)
        if kind in _KEYED and key:
            return cls(kind, key)
        raise InvalidInputError(
            {
                "scope": "Please give plan, section:NUMBER, organization:KEY, activity:CODE, "
                "indicator:NUMBER, mine or review."
            }
        )

    def __str__(self) -> str:
        return f"{self.kind}:{self.key}" if self.key else self.kind


class Part(NamedTuple):
    """A part of a plan that can have a calendar of its own, with what it is called.

    The scopes that follow a person have no name of their own: they are `mine` and `review` for everybody.
    """

    id: int
    code: str
    short_title: str
    gloss_en: str


_PLAN_ID: BindParameter[int] = bindparam("plan_id", type_=Integer)


def _parts_of(
    kind: str, group: int, table: type[Any], code: Any, title: Any, position: Any, condition: Any
) -> Select[*tuple[Any, ...]]:
    return select(
        literal(kind).label("kind"),
        table.id,
        cast(code, String).label("code"),
        title.label("short_title"),
        table.gloss_en,
        literal(group).label("part_group"),
        cast(position, Integer).label("position"),
    ).where(condition)


_PARTS = union_all(
    _parts_of(PLAN, 0, Plan, Plan.code, Plan.short_title, literal(0), Plan.id == _PLAN_ID),
    _parts_of(
        SECTION, 1, Section, Section.number, Section.short_title, Section.number, Section.plan_id == _PLAN_ID
    ),
    _parts_of(
        ORGANIZATION,
        2,
        Organization,
        Organization.key,
        Organization.short_name,
        Organization.position,
        true(),
    ),
    _parts_of(
        ACTIVITY,
        3,
        Activity,
        Activity.code,
        Activity.short_title,
        Activity.position,
        Activity.plan_id == _PLAN_ID,
    ),
    _parts_of(
        INDICATOR,
        4,
        Indicator,
        Indicator.number,
        Indicator.short_title,
        Indicator.number,
        Indicator.plan_id == _PLAN_ID,
    ),
).order_by("part_group", "position")


def parts(session: Session, plan_id: int) -> dict[Scope, Part]:
    """Everything in a plan that can have a calendar, in its order, in one statement."""
    found = {
        Scope(row.kind, row.code if row.kind != PLAN else ""): Part(row.id, row.code, *row[3:5])
        for row in session.execute(_PARTS, {"plan_id": plan_id})
    }
    return found | {Scope(kind): Part(plan_id, "", "", "") for kind in (MINE, REVIEW)} if found else {}


def offered(actor: Actor, scope: Scope, part: Part) -> bool:
    """Whether a person may have that calendar: asked when it is made, and again at each fetch."""
    if scope.kind == ORGANIZATION:
        return may_see_organization(actor, part.id)
    if scope.kind == MINE:
        return not actor.sees_everything and actor.organization_id is not None
    return scope.kind != REVIEW or may_control(actor)


def home_scope(session: Session, actor: Actor) -> Scope:
    """What concerns a person most: an executor's own organisation, the whole plan for the others."""
    if actor.sees_everything or actor.organization_id is None:
        return Scope(PLAN)
    key = select(Organization.key).where(Organization.id == actor.organization_id)
    return Scope(ORGANIZATION, session.scalars(key).one())
