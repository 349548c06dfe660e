"""Who may ask for a report and read it: those who see everything, and an organisation its own card."""

from __future__ import annotations

from sqlalchemy import bindparam, select
from sqlalchemy.orm import Session

from app.domain.errors import NotAllowedError
from app.domain.permissions import Actor, may_see_organization
from app.models import Organization

#: the kind whose scope is the key of an organisation
CARD = "organization"

_ID = select(Organization.id).where(Organization.key == bindparam("key"))


def ask_reader(session: Session, actor: Actor, kind: str = "", scope: str = "") -> None:
    """Reports tell of everybody, but a card of one organisation alone. Raises NotAllowedError."""
    if actor.sees_everything:
        return
    if kind == CARD and scope:
        organization_id = session.execute(_ID, {"key": scope}).scalar_one_or_none()
        if organization_id is not None and may_see_organization(actor, organization_id):
            return
    raise NotAllowedError
