"""A form that is sent twice, by a double click, a reload or a retry, is done once and answered alike."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import func, select, update
from werkzeug.test import TestResponse

from app.db import Database
from app.models import Evidence, JournalEntry, SentForm
from tests.infrastructure.files import PDF, pdf
from tests.infrastructure.signing_in import csrf_token
from tests.web.acting import Login, upload, words

pytestmark = pytest.mark.data("plan")


@pytest.fixture
def college(login: Login) -> FlaskClient:
    return login("college01")


def key_of(page: TestResponse) -> str:
    """The key that every form of the page carries."""
    (key,) = set(re.findall(r'name="once" value="([^"]+)"', page.text))
    return str(key)


def filled_in(client: FlaskClient, task_id: int, **more: Any) -> dict[str, Any]:
    page = client.get(f"/tasks/{task_id}")
    return {"csrf_token": csrf_token(page.text), "once": key_of(page), "version": "1", **more}


def count(database: Database, of: type) -> int:
    with database.read() as session:
        return session.scalar(select(func.count()).select_from(of)) or 0


@pytest.fixture
def explain(college: FlaskClient, task_id: int) -> Callable[..., TestResponse]:
    """Sends one and the same form, or with other words."""
    form = filled_in(college, task_id, explanation="Ждём подписи.", expected_on="")
    return lambda **more: college.post(f"/tasks/{task_id}/explanation", data={**form, **more})


def test_a_form_that_comes_twice_is_done_once_and_leads_to_the_same_page(
    explain: Callable[..., TestResponse], college: FlaskClient, database: Database
) -> None:
    before = count(database, JournalEntry)
    first, again = explain(), explain()
    assert (first.status_code, again.status_code) == (303, 303)
    assert again.location == first.location
    assert count(database, JournalEntry) == before + 1
    assert "This form came more than once. It was done once." in words(college.get(again.location))


def test_other_words_are_another_form(explain: Callable[..., TestResponse]) -> None:
    assert explain().status_code == 303
    conflict = explain(explanation="Ждём печати.")
    assert conflict.status_code == 409
    assert "Ждём печати." in words(conflict)


def test_without_its_key_a_form_is_done_as_often_as_it_may(explain: Callable[..., TestResponse]) -> None:
    assert explain(once="").status_code == 303
    assert explain(once="").status_code == 409
    assert explain(once="no key of ours").status_code == 409


def test_the_key_of_another_person_or_address_says_nothing(
    explain: Callable[..., TestResponse], college: FlaskClient, login: Login, task_id: int, database: Database
) -> None:
    assert explain().status_code == 303
    with database.read() as session:
        assert len(session.scalars(select(SentForm)).all()) == 1
    college.get("/")
    form = filled_in(college, task_id, explanation="Ждём подписи.", expected_on="")
    other = login("college02")
    token = csrf_token(other.get("/tasks").text)
    foreign = other.post(f"/tasks/{task_id}/explanation", data={**form, "csrf_token": token})
    assert foreign.status_code == 404
    elsewhere = college.post(f"/tasks/{task_id}/extensions", data=form | {"version": "2", "reason": "-"})
    assert elsewhere.status_code == 422


def test_a_file_that_comes_twice_is_attached_once(
    college: FlaskClient, task_id: int, database: Database
) -> None:
    form = filled_in(college, task_id)

    def send(content: bytes) -> TestResponse:
        file = {"evidence": upload("план.pdf", content)}
        return college.post(f"/tasks/{task_id}/evidence", data={**form, **file})

    first, again = send(PDF), send(PDF)
    assert (first.status_code, again.status_code) == (303, 303)
    assert again.location == first.location
    assert count(database, Evidence) == 1
    assert send(pdf(b"<<>>")).status_code == 409


def test_an_answer_that_was_lost_with_the_server_leads_back_to_the_page_of_the_form(
    monkeypatch: pytest.MonkeyPatch, college: FlaskClient, task_id: int, database: Database
) -> None:
    monkeypatch.setattr("app.web.once._PATIENCE", 0.1)
    form = filled_in(college, task_id, explanation="Ждём подписи.", expected_on="")
    page = f"/tasks/{task_id}"
    assert college.post(f"{page}/explanation", data=form).status_code == 303
    with database.transaction() as session:
        session.execute(update(SentForm).values(location=""))
    before = count(database, JournalEntry)
    again = college.post(f"{page}/explanation", data=form, headers={"Referer": f"http://localhost{page}"})
    assert (again.status_code, again.location) == (303, page)
    again = college.post(f"{page}/explanation", data=form, headers={"Referer": "http://evil.example/"})
    assert (again.status_code, again.location) == (303, "/")
    assert count(database, JournalEntry) == before


def test_what_is_only_foreseen_is_foreseen_as_often_as_it_is_asked(login: Login, handed_in: int) -> None:
    deputy = login("deputy")
    page = deputy.get("/plans/2022/list")
    form = {"csrf_token": csrf_token(page.text), "once": key_of(deputy.get("/plans/2022/review"))}
    form |= {"act": "remind", "task": str(handed_in), "note": "Ждём."}
    answers = [deputy.post("/plans/2022/bulk", data=form) for _ in range(2)]
    assert answers[0].status_code == answers[1].status_code != 303


def test_one_ticket_of_a_waiting_file_that_is_sent_twice_attaches_it_once(
    college: FlaskClient, task_id: int, database: Database
) -> None:
    form = filled_in(college, task_id, version="7") | {"evidence": upload("план.pdf", PDF)}
    refused = college.post(f"/tasks/{task_id}/evidence", data=form)
    assert refused.status_code == 409
    (ticket,) = re.findall(r'name="waiting" value="([^"]+)"', refused.text)
    form = filled_in(college, task_id) | {"waiting": [ticket, ticket]}
    assert college.post(f"/tasks/{task_id}/evidence", data=form).status_code == 303
    assert count(database, Evidence) == 1
