"""A tick that is not taken is told to the program and on the task's page."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

import pytest
from flask.testing import FlaskClient

from app.db import Database
from app.domain.permissions import Actor
from app.models import Task
from app.services import activities, tasks
from app.storage import EvidenceStore
from tests import factories
from tests.web.acting import Login, stands, words
from tests.web.caldav.noted import acted, controls
from tests.web.caldav.program import D, Program, conditions, ticked, unticked

pytestmark = pytest.mark.data("plan")

TICK_REFUSED = [f"{D}need-privileges", "{urn:x-vekha}tick-refused"]


def test_a_tick_without_proof_is_refused_and_the_task_says_what_is_missing(
    college: Program, database: Database, login: Login, task_id: int
) -> None:
    item = college.item_of(task_id)
    text, tag = college.read(item)
    refused = college.put(item, ticked(text), If_Match=tag)
    assert refused.status_code == 403
    assert conditions(refused) == TICK_REFUSED
    assert "Please attach: Approved plan." in refused.text
    assert stands(database, task_id).state == "planned"
    assert acted(database, task_id) == ["tick_refused"]
    page = words(login("college01").get(f"/tasks/{task_id}"))
    notice = page.partition('class="notice notice-warning"')[2].partition("</div>\n</div>")[0]
    assert "A tick in a calendar program was not taken" in notice
    assert "Tasks.org" in notice
    assert "Please attach: Approved plan." in notice
    history = page.partition('class="history"')[2]
    assert "A tick in a calendar program was not taken: Tasks.org; Please attach" in history


def test_the_notice_is_in_the_readers_language(
    college: Program, sign_in: Callable[..., FlaskClient], task_id: int
) -> None:
    item = college.item_of(task_id)
    college.put(item, ticked(college.read(item)[0]))
    page = words(sign_in("college01").get(f"/tasks/{task_id}"))
    assert "Отметка из программы-календаря не принята" in page
    assert "Приложите: " in page.partition("notice-warning")[2].partition("</ul>")[0]


@pytest.mark.parametrize("answered", ["attach", "submit"])
def test_the_notice_goes_once_something_is_done_about_it(
    college: Program,
    database: Database,
    people: dict[str, Actor],
    store: EvidenceStore,
    now: datetime,
    login: Login,
    task_id: int,
    answered: str,
) -> None:
    item, page = college.item_of(task_id), login("college01")
    college.put(item, ticked(college.read(item)[0]))
    notice = "A tick in a calendar program was not taken</p>"
    assert notice in page.get(f"/tasks/{task_id}").text
    with database.transaction() as session:
        proof = factories.proof(session, session.get_one(Task, task_id))
        here = (session, store, people["college01"], task_id)
        if answered == "attach":
            tasks.attach(*here, now=now, submission=proof)
        else:
            tasks.fire(*here, "submit", now=now, submission=proof)
    assert notice not in page.get(f"/tasks/{task_id}").text
    # Returned later, the task does not speak of the old tick again.
    if answered == "submit":
        controls(database, store, people["deputy"], now, task_id, "return")
        assert notice not in page.get(f"/tasks/{task_id}").text


def test_a_refused_tick_is_taken_back_by_the_program_and_counts_once_the_proof_is_there(
    college: Program,
    database: Database,
    people: dict[str, Actor],
    store: EvidenceStore,
    now: datetime,
    task_id: int,
) -> None:
    item, token = college.item_of(task_id), college.changes().token
    text, tag = college.read(item)
    assert college.put(item, ticked(text), If_Match=tag).status_code == 403
    assert college.changes(token).there == {item}
    text, new_tag = college.read(item)
    assert new_tag != tag
    assert "STATUS:NEEDS-ACTION" in text
    with database.transaction() as session:
        proof = factories.proof(session, session.get_one(Task, task_id))
        tasks.attach(session, store, people["college01"], task_id, now=now, submission=proof)
    text, tag = college.read(item)
    assert college.put(item, ticked(text), If_Match=tag).status_code == 204
    assert stands(database, task_id).state == "submitted"


@pytest.mark.parametrize("phase", ["review", "accepted"])
def test_a_tick_is_not_taken_back_in_a_program(
    college: Program,
    database: Database,
    people: dict[str, Actor],
    store: EvidenceStore,
    now: datetime,
    handed_in: int,
    phase: str,
) -> None:
    if phase == "accepted":
        controls(database, store, people["deputy"], now, handed_in, "accept")
    item = college.item_of(handed_in)
    token = college.changes().token
    text, tag = college.read(item)
    assert "STATUS:COMPLETED" in text
    for sent in (unticked(text), text.replace("STATUS:COMPLETED", "STATUS:CANCELLED")):
        refused = college.put(item, sent, If_Match=tag)
        tag = college.read(item)[1]
        assert refused.status_code == 403
        assert conditions(refused) == [f"{D}need-privileges"]
        assert "Only the controller returns it" in refused.text
    assert stands(database, handed_in).phase == phase
    assert acted(database, handed_in)[-1] == "untick_refused"
    assert item in college.changes(token).there


def test_what_was_withdrawn_cannot_be_ticked(
    college: Program,
    database: Database,
    people: dict[str, Actor],
    store: EvidenceStore,
    now: datetime,
    proven: int,
) -> None:
    controls(database, store, people["deputy"], now, proven, "withdraw")
    item = college.item_of(proven)
    text, tag = college.read(item)
    assert "STATUS:CANCELLED" in text
    refused = college.put(item, ticked(text), If_Match=tag)
    assert refused.status_code == 403
    assert "the state is “Withdrawn”" in refused.text
    assert stands(database, proven).state == "withdrawn"


def test_what_is_suspended_cannot_be_ticked(
    college: Program, database: Database, people: dict[str, Actor], now: datetime, proven: int
) -> None:
    with database.transaction() as session:
        activity_id = session.get_one(Task, proven).activity_id
        activities.act(session, people["deputy"], activity_id, "suspend", now=now, note="приостановлено")
    item = college.item_of(proven)
    text, tag = college.read(item)
    refused = college.put(item, ticked(text), If_Match=tag)
    assert refused.status_code == 403
    assert "suspended or withdrawn" in refused.text
    assert stands(database, proven).state == "planned"


def test_a_refused_tick_is_noted_anew_after_something_was_done(
    college: Program,
    database: Database,
    people: dict[str, Actor],
    now: datetime,
    task_id: int,
) -> None:
    item = college.item_of(task_id)
    for _ in range(2):
        college.put(item, ticked(college.read(item)[0]))
    with database.transaction() as session:
        tasks.explain(session, people["college01"], task_id, now=now, explanation="Ждём", expected_on=None)
    for _ in range(2):
        college.put(item, ticked(college.read(item)[0]))
    assert acted(database, task_id) == ["tick_refused", "explain", "tick_refused"]


def test_the_task_page_tells_everything_that_was_refused(
    college: Program,
    database: Database,
    people: dict[str, Actor],
    store: EvidenceStore,
    now: datetime,
    login: Login,
    handed_in: int,
) -> None:
    item = college.item_of(handed_in)
    text, _ = college.read(item)
    college.put(item, unticked(text))
    college.put(item, text.replace("SUMMARY:", "SUMMARY:Forged "))
    college.ask("DELETE", item)
    for client in (login("college01"), login("deputy")):
        page = words(client.get(f"/tasks/{handed_in}"))
        for said in (
            "A calendar program may not take a tick back: Tasks.org",
            "A change in a calendar program was not taken: Tasks.org; title",
            "A calendar program may not delete the task: Tasks.org",
        ):
            assert said in page
