"""«По согласованию»: who is invited answers; who is obliged is not asked."""

from __future__ import annotations

from datetime import datetime

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.db import Database
from app.domain.errors import (
    ConflictError,
    GuardRefusedError,
    NotAllowedError,
    NotFoundError,
    VekhaError,
    WrongStateError,
)
from app.domain.permissions import Actor
from app.models import Activity, JournalEntry, Organization, Participation
from app.services import participations
from tests import factories
from tests.services.cast import People

pytestmark = pytest.mark.data("plan")


def find_part(session: Session, code: str, organization: str) -> Participation:
    return session.scalars(
        select(Participation)
        .join(Activity, Activity.id == Participation.activity_id)
        .join(Organization, Organization.id == Participation.organization_id)
        .where(Activity.code == code, Organization.key == organization)
    ).one()


@pytest.fixture
def invited(database: Database, now: datetime) -> Actor:
    """The employment service, which the order invites to 3.1."""
    with database.transaction() as session:
        return factories.actor(session, "dgszn", now)


def test_the_invited_organisation_agrees(database: Database, invited: Actor, now: datetime) -> None:
    with database.transaction() as session:
        part = find_part(session, "3.1", "dgszn")
        assert part.consent == "invited"
        participations.answer(session, invited, part.id, "agree", now=now, version=part.version)
    with database.read() as session:
        part = find_part(session, "3.1", "dgszn")
        assert (part.consent, part.version) == ("agreed", 2)
        entry = session.scalars(select(JournalEntry).where(JournalEntry.subject == "participation")).one()
        assert (entry.action, entry.person_id, entry.activity_id) == (
            "agree",
            invited.person_id,
            part.activity_id,
        )
        name = session.scalar(select(Organization.short_name).where(Organization.key == "dgszn"))
        assert entry.details == {"organization": name}


def test_it_declines_with_a_reason_and_the_coordinator_invites_it_again(
    database: Database, invited: Actor, now: datetime
) -> None:
    with database.transaction() as session:
        part = find_part(session, "3.1", "dgszn")
        with pytest.raises(GuardRefusedError):
            participations.answer(session, invited, part.id, "decline", now=now, note=" ")
        assert part.consent == "invited"
        participations.answer(session, invited, part.id, "decline", now=now, note=" Нет людей ")
        assert part.consent == "declined"
        coordinator = factories.actor(session, "soiro", now)
        participations.answer(session, coordinator, part.id, "reinvite", now=now)
        assert part.consent == "invited"
    with database.read() as session:
        entries = session.scalars(
            select(JournalEntry).where(JournalEntry.subject == "participation").order_by(JournalEntry.id)
        ).all()
        assert [(entry.action, entry.note) for entry in entries] == [
            ("decline", "Нет людей"),
            ("reinvite", ""),
        ]


def test_the_controller_records_an_answer_that_came_on_paper(
    database: Database, people: People, now: datetime
) -> None:
    with database.transaction() as session:
        part = find_part(session, "6.2", "pfr")
        participations.answer(session, people.deputy, part.id, "agree", now=now)
        assert part.consent == "agreed"


@pytest.mark.parametrize(
    ("username", "role", "trigger", "refusal"),
    [
        # What is another's is as if it were not there.
        ("college01", "executor", "agree", NotFoundError),
        # The coordinator may invite again; the answer is not its own.
        ("soiro", "executor", "agree", NotAllowedError),
        # Read only, whichever organisation pays the salary.
        ("reader", "auditor", "agree", NotAllowedError),
        ("dgszn", "executor", "reinvite", WrongStateError),
    ],
)
def test_nobody_answers_for_another(
    username: str, role: str, trigger: str, refusal: type[VekhaError], database: Database, now: datetime
) -> None:
    with database.transaction() as session:
        organization = "dgszn" if role == "auditor" else username
        person = factories.actor(session, username, now, role, organization)
        part_id = find_part(session, "3.1", "dgszn").id
    with pytest.raises(refusal), database.transaction() as session:
        participations.answer(session, person, part_id, trigger, now=now)
    with database.read() as session:
        assert find_part(session, "3.1", "dgszn").consent == "invited"


def test_who_is_obliged_is_not_asked(database: Database, people: People, now: datetime) -> None:
    with database.read() as session:
        part_id = find_part(session, "3.1", "bpoo").id
    with pytest.raises(NotFoundError), database.transaction() as session:
        participations.answer(session, people.deputy, part_id, "decline", now=now, note="Нет людей")


def test_a_second_answer_and_a_stale_form_are_refused(
    database: Database, invited: Actor, now: datetime
) -> None:
    with database.transaction() as session:
        part = find_part(session, "3.1", "dgszn")
        participations.answer(session, invited, part.id, "agree", now=now, version=1)
        with pytest.raises(ConflictError):
            participations.answer(session, invited, part.id, "decline", now=now, note="Нет", version=1)
        with pytest.raises(WrongStateError):
            participations.answer(session, invited, part.id, "decline", now=now, note="Нет", version=2)
        assert part.consent == "agreed"
