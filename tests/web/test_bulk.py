"""Acts on what is marked: a preview of each, one confirmation, and an account of what was left alone."""

from __future__ import annotations

import re
from datetime import date, datetime
from html import unescape

import pytest

from app.db import Database
from app.domain.permissions import Actor
from app.models import Task
from app.services import tasks
from app.storage import EvidenceStore
from tests import factories
from tests.infrastructure.signing_in import csrf_token
from tests.web.acting import Login, id_of, post, stands, words

pytestmark = pytest.mark.data("plan")

BULK = "/plans/2022/bulk"
TASKS = "/plans/2022/tasks"


def fields(html: str) -> dict[str, object]:
    """What the confirmation would send: its hidden fields and its button."""
    found = re.search(rf'<form method="post" action="{BULK}"[^>]*>(.*?)</form>', html, re.DOTALL)
    assert found, html
    sent: dict[str, object] = {}
    for name, value in re.findall(r'name="([^"]+)" value="([^"]*)"', unescape(found[1])):
        sent[name] = [*sent.get(name, []), value] if name == "task" else value  # type: ignore[misc]
    return sent


@pytest.fixture
def two(database: Database, people: dict[str, Actor], store: EvidenceStore, now: datetime) -> list[Task]:
    """The plans of two colleges, under review."""
    with database.transaction() as session:
        return [
            factories.submit(session, store, people[name], "2.3", now) for name in ("college01", "college02")
        ]


def test_the_queue_leads_to_a_preview_and_one_click_does_what_it_said(
    login: Login, database: Database, store: EvidenceStore, people: dict[str, Actor], two: list[Task]
) -> None:
    deputy = login("deputy")
    queue = deputy.get("/plans/2022/review").text
    marked = re.findall(r'name="task" value="(\d+:\d+)"', queue)
    assert len(marked) == 2
    assert f'name="act" value="accept" formaction="{BULK}"' in queue
    shown = post(deputy, BULK, {"task": marked, "act": "accept", "back": "/plans/2022/review"})
    assert shown.status_code == 200
    told = words(shown)
    assert "Nothing has been done yet." in told
    assert "It will be done to 2 tasks." in told
    assert "2 notices will be shown, none goes by letter." in told
    assert {stands(database, task.id).state for task in two} == {"submitted"}
    answer = deputy.post(BULK, data=fields(shown.text))
    assert (answer.status_code, answer.location) == (303, "/plans/2022/review")
    assert "2 tasks were accepted." in deputy.get("/plans/2022/review").text
    assert {stands(database, task.id).state for task in two} == {"accepted"}


def test_what_changed_between_the_preview_and_the_click_is_left_alone_and_named(
    login: Login,
    database: Database,
    store: EvidenceStore,
    people: dict[str, Actor],
    two: list[Task],
    now: datetime,
) -> None:
    deputy = login("deputy")
    marked = [f"{task.id}:{task.version}" for task in two]
    shown = post(deputy, BULK, {"task": marked, "act": "return", "note.return": "Нет <b>печати</b>"})
    with database.transaction() as session:
        tasks.fire(session, store, people["deputy"], two[1].id, "accept", now=now)
    answer = deputy.post(BULK, data=fields(shown.text))
    assert answer.status_code == 200
    told = words(answer)
    assert "1 task was returned." in told
    assert "It was changed after the list was shown. It is now: Done." in told
    assert "Нет &lt;b&gt;печати&lt;/b&gt;" in answer.text
    assert [stands(database, task.id).state for task in two] == ["returned", "accepted"]
    assert stands(database, two[0].id).return_reason == "Нет <b>печати</b>"
    # Once more, as by reloading: nothing is left to do, and nothing is done twice.
    again = deputy.post(BULK, data=fields(shown.text))
    assert again.status_code == 409
    assert stands(database, two[0].id).returns == 1


def test_the_list_offers_what_can_be_done_and_a_missing_reason_is_asked_for(
    login: Login, database: Database, task_id: int, two: list[Task]
) -> None:
    deputy = login("deputy")
    offered = {
        show: set(re.findall(r'name="act" value="(\w+)"', deputy.get(f"{TASKS}?show={show}").text))
        for show in ("all", "overdue", "review", "accepted")
    }
    assert offered == {
        "all": {"accept", "return", "remind", "extend", "withdraw"},
        "overdue": {"remind", "extend", "withdraw"},
        "review": {"accept", "return", "withdraw"},
        "accepted": set(),
    }
    assert 'name="task"' not in login("college01").get(TASKS).text
    owed = id_of(database, "3.2")
    sent = {"task": f"{owed}:1", "act": "extend", "due.extend": "2022-13-40", "back": f"{TASKS}?show=overdue"}
    asked = post(deputy, BULK, sent)
    assert asked.status_code == 422
    told = words(asked)
    assert "Please give the reason." in told
    assert "Please enter the new date." in told
    assert "Show what will happen" in told
    assert f'href="{TASKS}?show=overdue"' in asked.text
    shown = post(deputy, BULK, {**sent, "due.extend": "2022-09-15", "note.extend": "Педсовет в августе."})
    assert "instead of" in words(shown)
    assert deputy.post(BULK, data=fields(shown.text)).location == f"{TASKS}?show=overdue"
    assert stands(database, owed).due is not None
    assert stands(database, owed).due.isoformat() == "2022-09-15"  # type: ignore[union-attr]
    assert "1 due date was moved." in deputy.get(TASKS).text


def test_reminders_tell_how_many_read_them_and_who_cannot(
    login: Login, database: Database, task_id: int
) -> None:
    centre = login("centre")
    nobodys = id_of(database, "2.3", "college30")
    sent = {"task": [f"{task_id}:1", f"{nobodys}:1"], "act": "remind", "note.remind": "Ждём"}
    shown = post(centre, BULK, {**sent, "back": "//evil.example/"})
    told = words(shown)
    assert "1 notice will be shown" in told
    assert "nobody has an account to read it" in told
    assert "evil" not in shown.text
    assert deputyless(shown.text) == {"remind"}
    assert deputyless(centre.get("/plans/2022/overdue").text) == {"remind"}
    assert centre.post(BULK, data=fields(shown.text)).location == TASKS
    assert stands(database, task_id).reminders == stands(database, nobodys).reminders == 1


def deputyless(html: str) -> set[str]:
    """The acts that somebody who is not the controller is offered."""
    return set(re.findall(r'name="act" value="(\w+)"', html))


def test_what_is_not_ones_own_is_neither_done_nor_named(
    login: Login, database: Database, task_id: int
) -> None:
    stranger = login("college02")
    for sent in ({"act": "remind"}, {"act": "return"}, {"act": "remind", "confirmed": "1"}):
        answer = post(stranger, BULK, {"task": f"{task_id}:1", **sent})
        assert answer.status_code in {200, 409, 422}
        assert "2.3" not in words(answer)
    assert stands(database, task_id).reminders == 0
    assert post(login("auditor"), BULK, {"task": f"{task_id}:1", "act": "remind"}).status_code == 403


@pytest.mark.parametrize("data", [{}, {"act": "accept"}, {"act": "x", "task": "1:1"}, {"task": "²:1"}])
def test_a_form_that_chooses_nothing_does_nothing_and_keeps_the_words(
    login: Login, data: dict[str, str]
) -> None:
    deputy = login("deputy")
    answer = post(deputy, BULK, {**data, "confirmed": "1", "note": "До пятницы"})
    assert answer.status_code == 422
    assert deputy.get(BULK).location == TASKS
    long = post(deputy, BULK, {"act": "return", "task": "1:1", "note": "я" * 4001})
    assert long.status_code == 422
    assert "я" * 4001 in long.text


def test_the_explanation_of_a_delay_becomes_a_later_date_by_two_clicks(
    login: Login, database: Database, people: dict[str, Actor], now: datetime
) -> None:
    with database.transaction() as session:
        task_id = factories.find_task(session, "2.3", "college01").id
        told = {"explanation": "Директор в отпуске", "expected_on": date(2022, 6, 24)}
        tasks.explain(session, people["college01"], task_id, now=now, **told)
    deputy = login("deputy")
    page = deputy.get(f"/tasks/{task_id}").text
    assert "Move the date to 24 Jun 2022" in page
    shown = deputy.post(BULK, data=fields(page) | {"act": "extend", "csrf_token": csrf_token(page)})
    assert "Директор в отпуске" in words(shown)
    assert stands(database, task_id).due == date(2022, 2, 4)
    assert deputy.post(BULK, data=fields(shown.text)).location == f"/tasks/{task_id}"
    assert stands(database, task_id).due == date(2022, 6, 24)
    assert "Move the date to" not in words(deputy.get(f"/tasks/{task_id}"))
