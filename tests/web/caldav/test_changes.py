"""What has changed since a token, told without keeping anything about a token."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import date, datetime

import pytest
from flask import Flask
from sqlalchemy import select

from app import create_app
from app.db import Database
from app.domain.permissions import Actor
from app.models import Occurrence, Organization, Person, Task
from app.services import activities, editing, organizations, tasks
from app.services import people as accounts
from app.services.plans import find_plan
from app.storage import EvidenceStore
from config import Config
from tests import factories
from tests.web.caldav.days import travel
from tests.web.caldav.program import CS, ETAG, TOKEN, D, Program, conditions

pytestmark = pytest.mark.data("plan")


def items_of_activity(database: Database, college: Program, code: str) -> set[str]:
    with database.read() as session:
        activity_id = factories.find_task(session, code, "college01").activity_id
        own = (
            select(Task.occurrence_id)
            .join(Organization)
            .where(Organization.key == "college01", Task.activity_id == activity_id)
        )
        return {f"{college.tasks}occ-{each}.ics" for each in session.scalars(own)}


def test_without_a_token_everything_is_told_with_one_nothing_while_nothing_happens(college: Program) -> None:
    first = college.changes()
    assert {href: told.text(ETAG) for href, told in first.answers.items()} == college.items()
    assert first.token
    again = college.changes(first.token)
    assert (again.answers, again.token) == ({}, first.token)
    told = college.propfind(college.tasks, TOKEN, f"{CS}getctag")[college.tasks]
    assert (told.text(TOKEN), told.text(f"{CS}getctag")) == (first.token, first.token)


def test_what_happened_to_a_task_is_told(
    college: Program,
    database: Database,
    people: dict[str, Actor],
    store: EvidenceStore,
    now: datetime,
    task_id: int,
) -> None:
    item = college.item_of(task_id)
    before = college.changes()
    with database.transaction() as session:
        factories.submit(session, store, people["college01"], "2.3", now)
    after = college.changes(before.token)
    assert (after.there, after.gone) == ({item}, set())
    assert after[item].text(ETAG) != before[item].text(ETAG)
    assert after.token != before.token
    assert college.changes(after.token).answers == {}
    # An older token still tells everything since.
    with database.transaction() as session:
        tasks.fire(session, store, people["deputy"], task_id, "return", now=now, note="нет подписи")
    assert college.changes(before.token).there == college.changes(after.token).there == {item}


def test_what_others_do_in_an_occurrence_changes_no_item_of_mine(
    college: Program,
    database: Database,
    people: dict[str, Actor],
    store: EvidenceStore,
    now: datetime,
    task_id: int,
) -> None:
    before = college.changes()
    with database.transaction() as session:
        factories.submit(session, store, people["college02"], "2.3", now)
    assert college.items() == {href: before[href].text(ETAG) for href in before.there}


def test_what_happens_to_an_activity_is_told_of_all_its_dates(
    college: Program, database: Database, people: dict[str, Actor], now: datetime
) -> None:
    before = college.changes()
    expected = items_of_activity(database, college, "4.1")
    assert len(expected) > 1
    with database.transaction() as session:
        activity_id = factories.find_task(session, "4.1", "college01").activity_id
        activities.act(session, people["deputy"], activity_id, "suspend", now=now, note="приостановлено")
    after = college.changes(before.token)
    assert after.there == expected
    assert all(after[item].text(ETAG) != before[item].text(ETAG) for item in expected)


def test_what_is_about_neither_is_told_of_everything(
    college: Program, database: Database, now: datetime
) -> None:
    token = college.changes().token
    with database.transaction() as session:
        present = organizations.organization_values(organizations.find_organization(session, "centre"))
        organizations.edit_organization(
            session, None, "centre", present | {"short_name": "Новый центр"}, now=now
        )
    assert college.changes(token).there == set(college.items())


def test_accounts_are_in_no_text(college: Program, database: Database, now: datetime) -> None:
    token = college.changes().token
    with database.transaction() as session:
        factories.actor(session, "college03", now)
    after = college.changes(token)
    assert (after.answers, after.token == token) == ({}, False)


def test_a_changed_title_is_told_of_its_items(college: Program, database: Database, now: datetime) -> None:
    token = college.changes().token
    with database.transaction() as session:
        plan_id = find_plan(session, "2022").id
        text = editing.activity_text(session, plan_id, "3.2")
        editing.edit_activity(session, None, plan_id, "3.2", replace(text, gloss_en="Another title"), now=now)
    after = college.changes(token)
    assert after.there == items_of_activity(database, college, "3.2")
    assert all("Another title" in college.texts()[item] for item in after.there)


def test_on_another_day_everything_is_looked_at_again(app: Flask, college: Program) -> None:
    before = college.changes()
    travel(app, date(2022, 6, 16))
    after = college.changes(before.token)
    assert after.there == set(college.items())
    changed = {item for item, tag in college.items().items() if tag != before[item].text(ETAG)}
    late = {item for item, text in college.texts().items() if "⚠" in text}
    assert late
    # Lateness counts its days; nothing else depends on the day.
    assert changed == late
    assert college.changes(after.token).answers == {}


def test_what_was_withdrawn_leaves_the_list_and_the_program(
    app: Flask,
    college: Program,
    database: Database,
    people: dict[str, Actor],
    store: EvidenceStore,
    now: datetime,
    task_id: int,
) -> None:
    item = college.item_of(task_id)
    with database.transaction() as session:
        tasks.fire(session, store, people["deputy"], task_id, "withdraw", now=now, note="закрыто")
    token = college.changes().token
    assert "STATUS:CANCELLED" in college.texts()[item]
    travel(app, date(2022, 7, 15))
    token = college.changes(token).token
    assert item in college.items()
    travel(app, date(2022, 7, 16))
    assert item not in college.items()
    after = college.changes(token)
    assert after.gone == {item}
    assert college.ask("GET", item).status_code == 404
    assert college.multiget(item).gone == {item}
    assert item not in college.changes().answers


def test_what_is_asked_for_without_a_date_is_in_the_list(college: Program, database: Database) -> None:
    with database.read() as session:
        undated = set(
            session.scalars(
                select(Task.occurrence_id)
                .join(Organization, Organization.id == Task.organization_id)
                .where(Organization.key == "college01", Task.due.is_(None))
            )
        )
    shown = {href for href, text in college.texts().items() if "\nDUE" not in text}
    assert shown == {f"{college.tasks}occ-{each}.ics" for each in undated}


@pytest.mark.parametrize(
    "token",
    [
        *("x", "data:,", "urn:x-vekha:sync:", "http://localhost/1", "-1"),
        *("urn:x-vekha:sync:1:2022-06-15:0123456789abcdef", "urn:x-vekha:sync:1:2022-13-45:0123456789abcdef"),
        "urn:x-vekha:sync:" + "9" * 5000 + ":2022-06-15:0123456789abcdef",
        "urn:x-vekha:sync:٣:2022-06-15:0123456789abcdef",
    ],
)
def test_a_token_of_elsewhere_is_refused_so_that_the_program_begins_anew(
    college: Program, token: str
) -> None:
    refused = college.ask_changes(token)
    assert refused.status_code == 403
    assert conditions(refused) == [f"{D}valid-sync-token"]


def altered(token: str, **parts: str) -> str:
    present = token.removeprefix("urn:x-vekha:sync:").split(":")
    fields = dict(zip(("position", "day", "whose"), present, strict=True))
    return "urn:x-vekha:sync:" + ":".join((fields | parts).values())


def test_a_token_of_the_future_is_refused(college: Program) -> None:
    token = college.changes().token
    assert college.ask_changes(altered(token)).status_code == 207
    for parts in ({"position": "999999"}, {"day": "2022-06-16"}, {"whose": "0" * 16}):
        assert conditions(college.ask_changes(altered(token, **parts))) == [f"{D}valid-sync-token"], parts


def test_a_token_from_the_beginning_tells_everything(college: Program) -> None:
    token = college.changes().token
    assert college.changes(altered(token, position="0")).there == set(college.items())


def test_a_token_of_another_language_or_person_is_refused(program: Callable[..., Program]) -> None:
    token = program("college01", language="en").changes().token
    # Another program of the same person, in the same language, may use it: it says the same.
    assert program("college01", language="en").ask_changes(token).status_code == 207
    for other in (program("college01", language="ru"), program("college02"), program("deputy")):
        assert conditions(other.ask_changes(token)) == [f"{D}valid-sync-token"]


def test_a_token_dies_when_its_person_goes_elsewhere_or_becomes_somebody_else(
    college: Program, database: Database, now: datetime
) -> None:
    token = college.changes().token
    for role, organization in (("executor", "college02"), ("auditor", None)):
        with database.transaction() as session:
            number = session.scalars(select(Person.id).where(Person.username == "college01")).one()
            accounts.edit_person(
                session, None, number, name="x", role=role, organization=organization, now=now
            )
        assert conditions(college.ask_changes(token)) == [f"{D}valid-sync-token"]
    assert college.changes().answers == {}


def test_a_token_holds_in_every_process_and_after_a_restart(app_config: Config, college: Program) -> None:
    first = college.changes()
    other = create_app(app_config)
    elsewhere = Program(other.test_client(), college.username, college.secret)
    assert elsewhere.changes(first.token).answers == {}
    assert elsewhere.items() == college.items()
    other.extensions["vekha"].database.dispose()


def test_another_public_address_makes_programs_fetch_the_links_anew(
    app_config: Config, college: Program
) -> None:
    token = college.changes().token
    moved = create_app(replace(app_config, base_url="https://vekha.example.ru"))
    elsewhere = Program(moved.test_client(), college.username, college.secret)
    assert conditions(elsewhere.ask_changes(token)) == [f"{D}valid-sync-token"]
    assert all("URL:https://vekha.example.ru/tasks/" in text for text in elsewhere.texts().values())
    moved.extensions["vekha"].database.dispose()


@pytest.mark.parametrize(("level", "status"), [("1", 207), ("infinite", 207), ("", 207), ("2", 400)])
def test_one_level_is_all_there_is(college: Program, level: str, status: int) -> None:
    assert college.ask_changes(level=level).status_code == status


def test_half_a_list_is_not_told(college: Program) -> None:
    def limited(number: str) -> str:
        return f"<D:limit><D:nresults>{number}</D:nresults></D:limit>"

    assert college.ask_changes(more=limited("1000")).status_code == 207
    assert college.ask_changes(more=limited("x")).status_code == 207
    refused = college.ask_changes(more=limited("2"))
    assert refused.status_code == 507
    assert conditions(refused) == [f"{D}number-of-matches-within-limits"]
    assert college.ask_changes(college.changes().token, more=limited("0")).status_code == 207


def test_nothing_is_told_that_did_not_happen_here(college: Program, database: Database) -> None:
    with database.read() as session:
        occurrences = set(session.scalars(select(Occurrence.id)))
    told = college.changes(altered(college.changes().token, position="0", day="2022-01-01"))
    assert {int(href.rpartition("-")[2].removesuffix(".ics")) for href in told.answers} < occurrences
    assert told.gone == set()
