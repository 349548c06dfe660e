"""An administrator words the plan and names its organisations; neither touches the order's own words."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.db import Database
from app.domain.errors import ConflictError, InvalidInputError, NotAllowedError, NotFoundError
from app.domain.permissions import Actor
from app.domain.seed import read_seed
from app.models import Activity, JournalEntry, Occurrence, Organization, Row
from app.services import organizations, people
from app.services.changes import fingerprint
from app.services.editing import ActivityText, Proof, activity_text, edit_activity
from app.services.journal import first_broken
from app.services.plans import PlanInfo, find_plan
from app.services.seeding import load_plan

SEED = Path(__file__).resolve().parents[2] / "seeds" / "2022"
CODE = "2.3"

pytestmark = pytest.mark.data("plan")


@pytest.fixture
def admin(database: Database, now: datetime) -> Actor:
    with database.transaction() as session:
        people.add_person(
            session, "admin", name="", role="administrator", password="a good long password", now=now
        )
        return people.find_actor(session, "admin")


@pytest.fixture
def plan(database: Database) -> PlanInfo:
    with database.read() as session:
        return find_plan(session, "2022")


def reworded(text: ActivityText) -> ActivityText:
    """Every field otherwise than it was."""
    other = {"direct": "context", "context": "direct"}
    return ActivityText(
        short_title="Другое название",
        gloss_en="Another title",
        coordinator="bpoo",
        note_ru="Первая строка\nВторая строка",
        note_en="A note",
        proofs={
            key: Proof(f"Документ {key}", f"Document {key}", not proof.required)
            for key, proof in text.proofs.items()
        },
        strengths={number: other[strength] for number, strength in text.strengths.items()},
    )


def edits(session: Session) -> list[JournalEntry]:
    found = session.scalars(
        select(JournalEntry).where(JournalEntry.action == "edit").order_by(JournalEntry.position)
    )
    return list(found)


def test_every_editorial_field_of_an_activity_can_be_worded_anew(
    database: Database, admin: Actor, plan: PlanInfo, now: datetime
) -> None:
    with database.transaction() as session:
        before = activity_text(session, plan.id, CODE)
        assert before.proofs
        assert before.strengths
        wanted = reworded(before)
        edit_activity(session, admin, plan.id, CODE, wanted, now=now)
    with database.read() as session:
        assert activity_text(session, plan.id, CODE) == wanted
        (entry,) = edits(session)
        assert first_broken(session, plan.id) is None
    assert (entry.subject, entry.person_id) == ("activity", admin.person_id)
    assert entry.details == {"before": before.values(), "after": wanted.values()}


def test_the_words_of_the_order_stay_as_they_are(
    database: Database, admin: Actor, plan: PlanInfo, now: datetime
) -> None:
    def verbatim(session: Session) -> list[Any]:
        rows = select(Row.number, Row.title, Row.deadline, Row.executors, Row.lines).order_by(Row.id)
        titles = select(Activity.code, Activity.title).order_by(Activity.id)
        return [*session.execute(rows).all(), *session.execute(titles).all()]

    with database.transaction() as session:
        before = verbatim(session)
        edit_activity(session, admin, plan.id, CODE, reworded(activity_text(session, plan.id, CODE)), now=now)
        session.flush()
        session.expire_all()
        assert verbatim(session) == before


def test_loading_the_seed_again_leaves_what_an_administrator_edited(
    database: Database, admin: Actor, plan: PlanInfo, now: datetime
) -> None:
    names = {"name": "Колледж связи № 54", "short_name": "Колледж связи", "gloss_en": "College 54"}
    with database.transaction() as session:
        wanted = reworded(activity_text(session, plan.id, CODE))
        edit_activity(session, admin, plan.id, CODE, wanted, now=now)
        organizations.edit_organization(session, admin, "college07", names, now=now)
    with database.transaction() as session:
        again = load_plan(session, read_seed(SEED), now)
        assert (again.created, again.updated) == (0, 0)
    with database.read() as session:
        assert activity_text(session, plan.id, CODE) == wanted
        college = organizations.find_organization(session, "college07")
        assert organizations.organization_values(college) == names


def test_a_form_sent_back_as_it_was_changes_nothing(
    database: Database, admin: Actor, plan: PlanInfo, now: datetime
) -> None:
    with database.transaction() as session:
        positions = session.scalar(select(func.max(JournalEntry.position)))
        revisions = session.scalar(select(func.sum(Occurrence.revision)))
        for code in session.scalars(select(Activity.code)).all():
            edit_activity(session, admin, plan.id, code, activity_text(session, plan.id, code), now=now)
        assert session.scalar(select(func.max(JournalEntry.position))) == positions
        assert session.scalar(select(func.sum(Occurrence.revision))) == revisions


@pytest.mark.parametrize(
    ("change", "revised"),
    [({"short_title": "Иначе"}, True), ({"coordinator": "bpoo"}, True), ({"proofs": "other"}, False)],
)
def test_calendars_are_told_what_their_readers_would_notice(
    database: Database,
    admin: Actor,
    plan: PlanInfo,
    now: datetime,
    change: dict[str, Any],
    revised: bool,
) -> None:
    with database.transaction() as session:
        text = activity_text(session, plan.id, CODE)
        if "proofs" in change:
            change = {"proofs": reworded(text).proofs}
        edit_activity(session, admin, plan.id, CODE, replace(text, **change), now=now)
        activity_id = session.scalars(select(Activity.id).where(Activity.code == CODE)).one()
        own = session.scalars(select(Occurrence.revision).where(Occurrence.activity_id == activity_id))
        others = session.scalars(select(Occurrence.revision).where(Occurrence.activity_id != activity_id))
        assert all((revision > 0) == revised for revision in own.all())
        assert not any(others.all())


@pytest.mark.parametrize(
    ("field", "change"),
    [
        ("short_title", {"short_title": " \n "}),
        ("short_title", {"short_title": "н" * 201}),
        ("gloss_en", {"gloss_en": "n" * 401}),
        ("note_ru", {"note_ru": "н" * 4001}),
        ("coordinator", {"coordinator": "nobody"}),
        ("indicator.99", {"strengths": {99: "direct"}}),
        ("other.label_ru", {"proofs": {"other": Proof("а", "a", True)}}),
    ],
)
def test_a_text_that_cannot_be_taken_is_refused_with_its_field(
    database: Database, admin: Actor, plan: PlanInfo, now: datetime, field: str, change: dict[str, Any]
) -> None:
    with database.read() as session:
        before = activity_text(session, plan.id, CODE)
    with pytest.raises(InvalidInputError) as refused, database.transaction() as session:
        edit_activity(session, admin, plan.id, CODE, replace(before, **change), now=now)
    assert field in refused.value.fields
    with database.read() as session:
        assert activity_text(session, plan.id, CODE) == before


def test_a_strength_is_direct_or_context(
    database: Database, admin: Actor, plan: PlanInfo, now: datetime
) -> None:
    with database.transaction() as session:
        before = activity_text(session, plan.id, CODE)
        number = next(iter(before.strengths))
        wrong = replace(before, strengths={number: "strong"})
        with pytest.raises(InvalidInputError) as refused:
            edit_activity(session, admin, plan.id, CODE, wrong, now=now)
    assert list(refused.value.fields) == [f"indicator.{number}"]


def test_an_activity_that_is_not_there_cannot_be_edited(
    database: Database, admin: Actor, plan: PlanInfo, now: datetime
) -> None:
    with pytest.raises(NotFoundError), database.transaction() as session:
        edit_activity(session, admin, plan.id, "9.9", activity_text(session, plan.id, CODE), now=now)


@pytest.mark.parametrize("role", ["executor", "controller", "auditor"])
def test_nobody_but_an_administrator_words_the_plan(
    database: Database, plan: PlanInfo, now: datetime, role: str
) -> None:
    with database.transaction() as session:
        people.add_person(
            session,
            "actor",
            name="",
            role=role,
            password="a good long password",
            organization="centre" if role == "executor" else None,
            now=now,
        )
        actor = people.find_actor(session, "actor")
        text = activity_text(session, plan.id, CODE)
        with pytest.raises(NotAllowedError):
            edit_activity(session, actor, plan.id, CODE, reworded(text), now=now)
        with pytest.raises(NotAllowedError):
            organizations.edit_organization(session, actor, "college07", {"name": "x"}, now=now)


def test_who_edits_what_somebody_else_changed_meanwhile_is_refused(
    database: Database, admin: Actor, plan: PlanInfo, now: datetime
) -> None:
    with database.transaction() as session:
        text = activity_text(session, plan.id, CODE)
        edit_activity(
            session, admin, plan.id, CODE, replace(text, short_title="Первое"), now=now,
            seen=fingerprint(text.values()),
        )  # fmt: skip
    with pytest.raises(ConflictError), database.transaction() as session:
        edit_activity(
            session, admin, plan.id, CODE, replace(text, short_title="Второе"), now=now,
            seen=fingerprint(text.values()),
        )  # fmt: skip
    with database.read() as session:
        assert activity_text(session, plan.id, CODE).short_title == "Первое"


def test_a_placeholder_gets_its_real_name_everywhere_and_in_the_journal(
    database: Database, admin: Actor, plan: PlanInfo, now: datetime
) -> None:
    names = {"name": "  Колледж связи\n№ 54 ", "short_name": "Колледж связи", "gloss_en": ""}
    with database.transaction() as session:
        before = organizations.organization_values(organizations.find_organization(session, "college07"))
        organizations.edit_organization(session, admin, "college07", names, now=now, seen=fingerprint(before))
        with pytest.raises(ConflictError):
            organizations.edit_organization(
                session, admin, "college07", before, now=now, seen=fingerprint(before)
            )
    with database.read() as session:
        lines = {line.key: line for line in organizations.organization_lines(session)}
        (entry,) = edits(session)
        assert first_broken(session, plan.id) is None
    assert lines["college07"].name == "Колледж связи № 54"
    assert lines["college08"].name != "Колледж связи № 54"
    assert len([key for key in lines if key.startswith("college")]) == 35
    assert entry.subject == "organization"
    assert entry.details["before"]["name"] == before["name"]


@pytest.mark.parametrize(
    ("field", "text"), [("name", " "), ("short_name", ""), ("name", "н" * 401), ("short_name", "н" * 121)]
)
def test_an_organisation_keeps_a_name_that_fits(
    database: Database, admin: Actor, now: datetime, field: str, text: str
) -> None:
    with pytest.raises(InvalidInputError) as refused, database.transaction() as session:
        organizations.edit_organization(session, admin, "college07", {field: text}, now=now)
    assert list(refused.value.fields) == [field]


def test_calendars_are_told_of_the_new_name_of_who_leads(
    database: Database, admin: Actor, plan: PlanInfo, now: datetime
) -> None:
    with database.transaction() as session:
        organizations.edit_organization(session, admin, "centre", {"short_name": "Центр"}, now=now)
        centre = session.scalars(select(Organization.id).where(Organization.key == "centre")).one()
        found = session.execute(
            select(Activity.lead_id, Activity.coordinator_id, Occurrence.revision).join(
                Occurrence, Occurrence.activity_id == Activity.id
            )
        ).all()
    assert {centre in (lead, coordinator) for lead, coordinator, _ in found} == {True, False}
    assert all((revision > 0) == (centre in (lead, coordinator)) for lead, coordinator, revision in found)
