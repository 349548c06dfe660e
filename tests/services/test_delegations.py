"""Delegation: who may stand in for whom, with which rights, for how long, and who is told."""

from __future__ import annotations

from datetime import date, datetime, timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.db import Database
from app.domain.errors import InvalidInputError, NotAllowedError, NotFoundError, WrongStateError
from app.domain.permissions import Actor, may_stand_in, task_roles
from app.models import Evidence, JournalEntry, LoginSession, Notice, Person
from app.services import (
    app_passwords,
    comments,
    delegations,
    digests,
    history,
    journal,
    ladder,
    sessions,
    tasks,
)
from app.services.plans import find_plan
from app.services.publishing import materials, publications
from app.services.publishing.words import PublicWords
from app.storage import EvidenceStore
from tests import factories
from tests.services.cast import People

pytestmark = pytest.mark.data("plan")

ROLES = ("executor", "controller", "auditor", "administrator")


@pytest.mark.parametrize("role", ROLES)
@pytest.mark.parametrize("deputy", ROLES)
@pytest.mark.parametrize("same_house", [True, False])
def test_rights_pass_within_a_house_and_from_the_controller_to_who_neither_audits_nor_administers(
    role: str, deputy: str, same_house: bool
) -> None:
    expected = {
        ("executor", "executor"): same_house,
        ("controller", "controller"): True,
        ("controller", "executor"): True,
    }
    organizations = (7, 7 if same_house else 8)
    found = may_stand_in(role, organizations[0], deputy, organizations[1])
    assert found is expected.get((role, deputy), False)


def named(
    session: Session, person: Actor, deputy: Actor, today: date, now: datetime, days: tuple[int, int] = (0, 7)
) -> int:
    first, last = (today + timedelta(days=number) for number in days)
    made = delegations.name_deputy(
        *(session, person, person.person_id, deputy.person_id),
        starts_on=first,
        ends_on=last,
        today=today,
        now=now,
    )
    return made.id


def hat(session: Session, deputy: Actor, delegation_id: int, today: date) -> Actor:
    """The deputy as it acts that day, having chosen that delegation."""
    entrusted = delegations.entrusted(session, deputy.person_id, today)
    return delegations.acting(deputy, entrusted, delegation_id)


def test_who_acts_for_the_controller_decides_as_it_does_but_not_about_its_own_house(
    database: Database, store: EvidenceStore, people: People, today: date, now: datetime
) -> None:
    with database.transaction() as session:
        own = factories.submit(session, store, people.college, "2.3", now)
        others = factories.submit(session, store, people.other, "2.3", now)
        id_ = named(session, people.deputy, people.college, today, now)
        # Named, but not chosen: it is who it was.
        assert delegations.acting(people.college, [], None) is people.college
        acting = hat(session, people.college, id_, today)
        assert (acting.person_id, acting.role, acting.for_id) == (
            *(people.college.person_id, "controller"),
            people.deputy.person_id,
        )
        tasks.fire(session, store, acting, others.id, "accept", now=now)
        for trigger in ("accept", "return", "withdraw"):
            with pytest.raises(NotAllowedError):
                tasks.fire(session, store, acting, own.id, trigger, now=now, note="Нельзя.")
        proof = session.scalars(select(Evidence.id).where(Evidence.task_id == own.id)).first()
        assert proof is not None
        nothing = materials.Prepared(None, "")
        with pytest.raises(NotAllowedError):
            materials.publish(session, store, acting, proof, nothing, title="Отчёт", now=now)
        with pytest.raises(NotAllowedError):
            publications.correct(session, acting, own.id, "announced", PublicWords("Скоро"), now=now)
        assert task_roles(acting, own.organization_id, None) == frozenset()
        [entry] = [
            each
            for each in history.of_task(session, others.id, others.activity_id)
            if each.action == "accept"
        ]
        assert (entry.person, entry.details["for"]["name"]) == (people.college.name, people.deputy.name)
        app_passwords.make(session, acting, name="Телефон", language="ru", now=now)
        own_act = session.scalars(select(JournalEntry).order_by(JournalEntry.position.desc())).first()
        assert own_act is not None
        assert (own_act.action, own_act.details) == ("app_password", {"program": "Телефон"})
        assert journal.first_broken(session, others.plan_id) is None
        comments.write(session, acting, others.id, "Принято.", now=now)
        assert comments.thread(session, others.id)[0].for_name == people.deputy.name


@pytest.mark.parametrize(
    ("day", "acts"),
    [(-1, False), (0, True), (7, True), (8, False)],  # both ends belong to it
)
def test_it_begins_and_ends_by_itself(
    database: Database, people: People, today: date, now: datetime, day: int, acts: bool
) -> None:
    with database.transaction() as session:
        id_ = named(session, people.deputy, people.college, today, now)
        acting = hat(session, people.college, id_, today + timedelta(days=day))
        assert (acting.role == "controller") is acts


def test_it_ends_at_once_when_it_is_ended_or_an_account_is_disabled_or_a_role_no_longer_fits(
    database: Database, people: People, today: date, now: datetime
) -> None:
    with database.transaction() as session:
        id_ = named(session, people.deputy, people.college, today, now)

        def acts() -> bool:
            return hat(session, people.college, id_, today).role == "controller"

        for person in (people.deputy, people.college):
            row = session.get_one(Person, person.person_id)
            row.active = False
            session.flush()
            assert not acts()
            row.active = True
            session.flush()
            assert acts()
        session.get_one(Person, people.college.person_id).role = "auditor"
        session.flush()
        assert not acts()
        session.get_one(Person, people.college.person_id).role = "executor"
        session.flush()
        # Another's is as if it were not there.
        with pytest.raises(NotFoundError):
            delegations.end(session, people.other, id_, now=now)
        assert acts()
        # The deputy need not go on.
        assert delegations.end(session, people.college, id_, now=now) == people.deputy.person_id
        assert not acts()
        with pytest.raises(WrongStateError):
            delegations.end(session, people.deputy, id_, now=now)
        with pytest.raises(NotFoundError):
            delegations.end(session, people.deputy, 999, now=now)
        actions = session.scalars(
            select(JournalEntry.action).where(JournalEntry.subject_id == people.deputy.person_id)
        ).all()
        assert {"delegate", "end_delegation"} <= set(actions)


def test_nobody_passes_on_what_was_passed_to_it_nor_names_a_deputy_for_another(
    database: Database, people: People, today: date, now: datetime
) -> None:
    with database.transaction() as session:
        administrator = factories.actor(session, "administrator", now, role="administrator")
        colleague = factories.actor(session, "colleague", now, organization="college01")
        id_ = named(session, people.deputy, people.college, today, now)
        acting = hat(session, people.college, id_, today)

        def name(actor: Actor, person: Actor, deputy: Actor) -> None:
            delegations.name_deputy(
                *(session, actor, person.person_id, deputy.person_id),
                starts_on=today,
                ends_on=today,
                today=today,
                now=now,
            )

        for actor, person in (
            (acting, people.deputy),
            (acting, people.college),
            (people.other, people.deputy),
        ):
            with pytest.raises(NotAllowedError):
                name(actor, person, people.other)
        # The deputy's own deputy gets the deputy's own rights and no others.
        name(people.college, people.college, colleague)
        [own] = delegations.entrusted(session, colleague.person_id, today)
        assert hat(session, colleague, own.id, today).role == "executor"
        name(administrator, people.other, factories.actor(session, "second", now, organization="college02"))
        for person, deputy in (
            (people.centre, people.college),  # another house
            (people.deputy, people.deputy),  # oneself
            (people.deputy, administrator),
            (people.auditor, people.college),
        ):
            with pytest.raises(InvalidInputError) as refused:
                name(administrator, person, deputy)
            assert "deputy" in refused.value.fields


@pytest.mark.parametrize(
    ("days", "field"),
    [
        ((3, 2), "ends_on"),
        ((-9, -1), "ends_on"),  # it has passed
        ((7, 9), "starts_on"),  # somebody acts then already
        ((None, 3), "starts_on"),
        ((3, None), "ends_on"),
    ],
)
def test_the_days_must_make_sense(
    database: Database,
    people: People,
    today: date,
    now: datetime,
    days: tuple[int | None, int | None],
    field: str,
) -> None:
    with database.transaction() as session:
        named(session, people.deputy, people.college, today, now)
        first, last = (None if number is None else today + timedelta(days=number) for number in days)
        with pytest.raises(InvalidInputError) as refused:
            delegations.name_deputy(
                *(session, people.deputy, people.deputy.person_id, people.other.person_id),
                starts_on=first,
                ends_on=last,
                today=today,
                now=now,
            )
        assert list(refused.value.fields) == [field]


def test_the_deputy_is_told_what_the_controller_is_told(
    database: Database, people: People, today: date, now: datetime
) -> None:
    with database.transaction() as session:
        plan = find_plan(session, "2022")
        digests.set_letters(session, people.college.person_id, "college@example.org", "day", now=now)
        named(session, people.deputy, people.college, today, now)
        task = factories.find_task(session, "2.3", "college02")
        comments.write(session, people.other, task.id, "@controller, прошу перенести.", now=now)
        told = set(session.scalars(select(Notice.person_id).where(Notice.kind == "mention")))
        assert told == {people.deputy.person_id, people.college.person_id}
        ladder.climb(session, plan.id, now)

        def late(actor: Actor) -> set[int | None]:
            return set(
                session.scalars(
                    select(Notice.task_id).where(Notice.person_id == actor.person_id, Notice.kind == "after")
                )
            )

        assert late(people.deputy) <= late(people.college)
        assert task.id in late(people.college)
        assert task.id not in late(people.centre) or task.id in late(people.deputy)
        letter = digests.take_digest(session, people.college.person_id, [plan], now)
        assert letter is not None
        assert task.id in {line.id for line in letter.plans[0].late}


def test_a_browser_acts_for_another_only_as_its_own_session_has_chosen(
    database: Database, people: People, today: date, now: datetime
) -> None:
    with database.transaction() as session:
        id_ = named(session, people.deputy, people.college, today, now)
        person = session.get_one(Person, people.college.person_id)
        token, other = (sessions.begin(session, person, now, "") for _ in range(2))
        session.flush()
        ids = list(session.scalars(select(LoginSession.id).order_by(LoginSession.id)))
        with pytest.raises(NotFoundError):
            delegations.switch(session, people.other, ids[0], id_, today=today)
        delegations.switch(session, people.college, ids[0], id_, today=today)

        def chosen(token: str) -> tuple[int | None, bool]:
            found = sessions.signed_in(session, token, now=now, idle=3600, life=3600)
            assert found is not None
            return found.delegation_id, found.is_deputy

        assert (chosen(token), chosen(other)) == ((id_, True), (None, True))
        delegations.switch(session, people.college, ids[0], None, today=today)
        assert chosen(token) == (None, True)
