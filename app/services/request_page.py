"""Which activities run on request, and who may be asked to provide what."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, NamedTuple

from sqlalchemy import Select, bindparam, select
from sqlalchemy.orm import Session

from app.domain.permissions import Actor, may_open_request
from app.models import Activity, Organization, Participation
from app.services.activities import CLOSED


class Provider(NamedTuple):
    """An organisation that can be given a request."""

    id: int
    short_name: str
    gloss_en: str


@dataclass(frozen=True, slots=True)
class OnRequest:
    """An activity on request, with the organisations to which the actor may give one."""

    id: int
    code: str
    short_title: str
    gloss_en: str
    providers: tuple[Provider, ...]


_ON_REQUEST: Select[*tuple[Any, ...]] = (
    select(
        *(Activity.id, Activity.code, Activity.short_title, Activity.gloss_en, Activity.coordinator_id),
        *(Organization.id, Organization.short_name, Organization.gloss_en),
    )
    .join(Participation, Participation.activity_id == Activity.id)
    .join(Organization, Organization.id == Participation.organization_id)
    .where(
        Activity.plan_id == bindparam("plan"),
        Activity.workflow == "request",
        Activity.state.not_in(CLOSED),
    )
    .order_by(Activity.position, Participation.position)
)


def on_request(session: Session, actor: Actor, plan_id: int) -> list[OnRequest]:
    """The open activities for which the actor may register requests; one statement."""
    found: dict[tuple[int, str, str, str], list[Provider]] = {}
    for row in session.execute(_ON_REQUEST, {"plan": plan_id}):
        id_, code, short_title, gloss, coordinator_id, *provider = row
        if may_open_request(actor, provider[0], coordinator_id):
            found.setdefault((id_, code, short_title, gloss), []).append(Provider(*provider))
    return [OnRequest(*head, tuple(providers)) for head, providers in found.items()]
