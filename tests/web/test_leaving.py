"""Whoever is moved to another organisation, or disabled, loses all of the old one with the same commit."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import date, datetime, timedelta
from io import BytesIO
from typing import NamedTuple

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select

from app import jobs
from app.db import Database
from app.domain.permissions import Actor
from app.making import make_next
from app.models import Evidence, JournalEntry, Notice, OutboxMessage, Report
from app.services import (
    app_passwords,
    comments,
    delegations,
    digests,
    feeds,
    outbox,
    reminders,
    saved_filters,
    tasks,
)
from app.services import people as people_
from app.services.evidence import Submission
from app.services.feed_scopes import Scope
from app.services.outbox import Letter
from app.services.plans import find_plan
from app.services.reports import asked
from app.services.reports.asked import Asked
from app.storage import EvidenceStore
from app.work import Making, Work
from config import Config
from tests import factories
from tests.infrastructure.files import PDF
from tests.services.cast import file
from tests.web.acting import Login

pytestmark = pytest.mark.data("plan")

Leave = Callable[[], None]


class Place(NamedTuple):
    """What the person of college01 has of it: ids, secrets, and a browser in which it is signed in."""

    client: FlaskClient
    task: int
    occurrence: int
    evidence: int
    report: int
    feed: str
    mine: str
    secret: str


@pytest.fixture
def administrator(database: Database, now: datetime) -> Actor:
    with database.transaction() as session:
        return factories.actor(session, "admin", now, role="administrator")


@pytest.fixture
def place(
    database: Database,
    people: dict[str, Actor],
    store: EvidenceStore,
    login: Login,
    now: datetime,
    today: date,
) -> Place:
    college = people["college01"]
    with database.transaction() as session:
        plan = find_plan(session, "2022")
        task = factories.submit(session, store, college, "2.3", now)
        owed = factories.find_task(session, "3.2", "college01")
        tasks.attach(
            *(session, store, college, owed.id), now=now, submission=Submission([file(store, "a.pdf")])
        )
        evidence = session.scalars(select(Evidence.id).where(Evidence.kind == "file")).one()
        tokens = [
            feeds.make(session, college, plan.id, scope, language="ru", now=now).token
            for scope in (Scope("organization", "college01"), Scope("mine"))
        ]
        secret = app_passwords.make(session, college, name="Телефон", language="ru", now=now).secret
        saved_filters.save(*(session, college, plan.id, "tasks", "Наши", {"executor": "college01"}), now=now)
        kept = store.stage(BytesIO(PDF), "card.pdf")
        store.keep(kept)
        report = Report(
            **{"plan_id": plan.id, "kind": "organization", "format": "pdf", "scope": "college01"},
            **{"as_of": today, "person_id": college.person_id, "state": "ready", "made_at": now},
            **{"name": "card.pdf", "size": kept.size, "sha256": kept.sha256},
        )
        session.add(report)
        digests.set_letters(session, college.person_id, "college@example.org", "day", now=now)
        reminders.remind(session, people["deputy"], [owed.id], now=now, note="Ждём до пятницы.")
        comments.write(session, people["deputy"], owed.id, "@college01, где печать?", now=now)
        session.flush()
        made = (task.id, owed.occurrence_id, evidence, report.id, *tokens, secret)
    return Place(login("college01"), *made)


@pytest.fixture
def work(app_config: Config, database: Database, store: EvidenceStore, now: datetime) -> Work:
    return Work(app_config, database, store, now)


def move(database: Database, administrator: Actor, person: Actor, to: str, now: datetime) -> None:
    with database.transaction() as session:
        people_.edit_person(
            *(session, administrator, person.person_id),
            name=person.name,
            role="executor",
            organization=to,
            now=now,
        )


def disable(
    database: Database, administrator: Actor, person: Actor, now: datetime, active: bool = False
) -> None:
    with database.transaction() as session:
        people_.set_active(session, administrator, person.person_id, active, now=now)


def to_send(database: Database, now: datetime) -> list[OutboxMessage]:
    """The letters that the mail job would still send, some day."""
    with database.read() as session:
        return list(session.scalars(select(OutboxMessage).where(OutboxMessage.next_at.is_not(None))))


def statuses(place: Place, program: FlaskClient) -> dict[str, int]:
    """What everything of the old place answers now."""
    item = f"/caldav/calendars/college01/tasks/occ-{place.occurrence}.ics"
    return {
        "page": place.client.get(f"/tasks/{place.task}").status_code,
        "file": place.client.get(f"/evidence/{place.evidence}").status_code,
        "card": place.client.get("/plans/2022/organizations/college01").status_code,
        "report": place.client.get(f"/plans/2022/reports/{place.report}").status_code,
        "feed": program.get(f"/feeds/{place.feed}.ics").status_code,
        "caldav": program.get(item, auth=("college01", place.secret)).status_code,
    }


def test_who_is_moved_loses_pages_files_feeds_app_passwords_and_mail_at_once(
    database: Database,
    people: dict[str, Actor],
    administrator: Actor,
    place: Place,
    client: FlaskClient,
    work: Work,
    now: datetime,
) -> None:
    assert set(statuses(place, client).values()) == {200}
    assert "печать" in place.client.get("/tasks").text
    jobs.run("reminders", work)
    jobs.run("digest", work)
    assert len(to_send(database, now)) == 2
    move(database, administrator, people["college01"], "cluster01", now)
    assert statuses(place, client) == {
        **{"page": 404, "file": 404, "card": 404, "report": 403, "feed": 404, "caldav": 404}
    }
    assert to_send(database, now) == []
    # The address that follows the person follows it; what it kept and was told opens and says nothing more.
    mine = client.get(f"/feeds/{place.mine}.ics").text
    assert "BEGIN:VEVENT" in mine
    assert f"/tasks/{place.task}" not in mine
    assert "печать" not in place.client.get("/tasks").text
    kept = place.client.get("/plans/2022/tasks?executor=college01&show=all")
    assert kept.status_code == 200
    assert "/tasks/" not in kept.text.partition("<main")[2].replace("/plans/2022/tasks", "")
    with database.transaction() as session:
        plans = [find_plan(session, "2022")]
        news = digests.take_digest(session, people["college01"].person_id, plans, now + timedelta(days=1))
        assert news is None or news.news == []


def test_who_is_disabled_loses_everything_and_gets_no_letter_when_it_comes_back(
    database: Database,
    people: dict[str, Actor],
    administrator: Actor,
    place: Place,
    client: FlaskClient,
    work: Work,
    now: datetime,
) -> None:
    jobs.run("reminders", work)
    assert len(to_send(database, now)) == 1
    disable(database, administrator, people["college01"], now)
    found = statuses(place, client)
    assert (found.pop("feed"), found.pop("caldav")) == (404, 401)
    assert set(found.values()) == {302}
    with database.transaction() as session:
        assert outbox.take(session, now) is None
        # Written by a job that had found its receivers a moment before.
        assert (
            digests.take_digest(session, people["college01"].person_id, [find_plan(session, "2022")], now)
            is None
        )
    disable(database, administrator, people["college01"], now, active=True)
    with database.transaction() as session:
        assert outbox.take(session, now) is None


def test_a_letter_that_was_given_up_is_not_revived_for_who_has_left(
    database: Database, people: dict[str, Actor], administrator: Actor, now: datetime
) -> None:
    college = people["college01"]
    with database.transaction() as session:
        letter = Letter(
            "digest:1", college.person_id, "college@example.org", "О сроках", "Текст", "<p>Текст</p>"
        )
        outbox.write(session, letter, domain="vekha.test", now=now)
        row = session.scalars(select(OutboxMessage)).one()
        row.next_at, row.dead_at = None, now
    move(database, administrator, college, "cluster01", now)
    with database.read() as session:
        assert outbox.dead_letters(session) == []


def test_who_has_another_place_entrusts_nothing_of_the_old_one(
    database: Database, people: dict[str, Actor], administrator: Actor, now: datetime, today: date
) -> None:
    """A colleague who acts for an executor must not act for a controller once that is what it has become."""
    college = people["college01"]
    with database.transaction() as session:
        colleague = factories.actor(session, "colleague", now, organization="college01")
        for person, deputy in ((college, colleague), (people["deputy"], college)):
            delegations.name_deputy(
                *(session, person, person.person_id, deputy.person_id),
                **{"starts_on": today, "ends_on": today, "today": today, "now": now},
            )
        assert delegations.entrusted(session, colleague.person_id, today)
        people_.edit_person(
            *(session, administrator, college.person_id),
            **{"name": "college01", "role": "controller", "organization": None, "now": now},
        )
        assert delegations.entrusted(session, colleague.person_id, today) == []
        assert delegations.entrusted(session, college.person_id, today) == []
        ended = session.scalars(select(JournalEntry).where(JournalEntry.action == "end_delegation"))
        assert len(ended.all()) == 2


def test_a_deputy_is_not_mailed_what_was_told_before_its_time_ended(
    database: Database, people: dict[str, Actor], now: datetime, today: date
) -> None:
    college, deputy = people["college01"], people["deputy"]
    with database.transaction() as session:
        digests.set_letters(session, college.person_id, "college@example.org", "day", now=now)
        delegation = delegations.name_deputy(
            *(session, deputy, deputy.person_id, college.person_id),
            **{"starts_on": today, "ends_on": today, "today": today, "now": now},
        )
        task = factories.find_task(session, "2.3", "college02")
        comments.write(session, people["college02"], task.id, "@deputy, просим перенести.", now=now)
        notice = session.scalars(select(Notice.id).where(Notice.person_id == college.person_id)).one()
        plans = [find_plan(session, "2022")]
        delegation_id = delegation.id

        def told() -> set[int]:
            trial = session.begin_nested()
            letter = digests.take_digest(session, college.person_id, plans, now)
            trial.rollback()
            return {line.id for line in letter.news} if letter else set()

        assert notice in told()
        delegations.end(session, deputy, delegation_id, now=now)
        assert notice not in told()


def test_a_report_that_a_deputy_asks_for_is_made_with_the_rights_and_in_the_name_of_the_absent_one(
    database: Database, people: dict[str, Actor], work: Work, now: datetime, today: date
) -> None:
    college, deputy = people["college01"], people["deputy"]
    acting = replace(
        college,
        **{"role": "controller", "organization_id": None, "home_id": college.organization_id},
        **{"for_id": deputy.person_id, "for_name": deputy.name},
    )
    with database.transaction() as session:
        plan = find_plan(session, "2022")
        wanted = Asked("note", "docx", today, "note.docx")
        report_id = asked.ask_for(session, acting, plan, wanted, now=now)
        assert asked.ask_for(session, acting, plan, wanted, now=now) == report_id

    def make(making: Making) -> None:
        assert making.actor.sees_everything
        making.out.write(PDF)

    assert make_next(work, make) == ""
    with database.read() as session:
        entry = session.scalars(select(JournalEntry).where(JournalEntry.subject == "report")).one()
    assert entry.person_id == college.person_id
    assert entry.details["for"] == {"id": deputy.person_id, "name": deputy.name}
