"""Requests on the screen: registered with a date or without."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from app.db import Database
from app.models import Organization, Task
from tests.web.acting import Login, post, words

pytestmark = pytest.mark.data("plan")

NEW = "/plans/2022/requests/new"
OPEN = "/plans/2022/requests"


def opened(database: Database) -> list[Task]:
    with database.read() as session:
        return list(session.scalars(select(Task).where(Task.workflow == "request").order_by(Task.id)))


def own(login: Login, **more: str) -> dict[str, str]:
    page = login("college01").get(NEW).text
    organization = page.split('name="organization"')[1].split('value="')[1].split('"')[0]
    return {"activity": "4.5", "organization": organization, **more}


def test_my_tasks_lead_to_the_form_where_one_provides_something(login: Login) -> None:
    assert NEW in login("college01").get("/tasks").text


def test_a_request_without_a_date_becomes_a_task_that_has_none(database: Database, login: Login) -> None:
    client = login("college01")
    answer = post(client, OPEN, own(login, subject="Десять выпускников просят курс сметчиков", due=""))
    (task,) = opened(database)
    assert (answer.status_code, answer.location) == (303, f"/tasks/{task.id}")
    assert (task.state, task.due) == ("requested", None)
    text = words(client.get("/tasks"))
    assert "Десять выпускников просят курс сметчиков" in text.split("No due date", 1)[1]


def test_a_request_with_a_date_is_due_then(database: Database, login: Login) -> None:
    answer = post(login("college01"), OPEN, own(login, subject="Курс сварщиков", due="2022-07-15"))
    assert answer.status_code == 303
    assert str(opened(database)[0].due) == "2022-07-15"


def test_a_wrong_form_names_the_field_and_keeps_what_was_typed(database: Database, login: Login) -> None:
    client = login("college01")
    for wrong, reason in (
        ({"subject": ""}, "Please say who asks for what."),
        ({"subject": "Курс", "due": "вчера"}, "Please enter a date like"),
        ({"subject": "Курс", "due": "2022-W24-3"}, "Please enter a date like"),
        ({"subject": "Курс", "due": "2022-06-01"}, "This day has passed."),
        ({"subject": "Курс", "due": "2023-06-01"}, "between 1 January 2022 and 31 December 2022"),
        ({"subject": "Курс", "activity": "2.3"}, "Please choose the activity."),
        ({"subject": "Курс", "organization": "999999"}, "an organisation that takes part"),
    ):
        answer = post(client, OPEN, own(login) | wrong)
        assert answer.status_code == 422
        assert reason in words(answer)
        assert wrong.get("subject", "") in words(answer)
    assert opened(database) == []


def test_the_coordinator_and_the_controller_register_for_others(database: Database, login: Login) -> None:
    with database.read() as session:
        college = session.scalars(select(Organization.id).where(Organization.key == "college07")).one()
    for who in ("centre", "deputy"):
        data = {"activity": "4.5", "organization": str(college), "subject": "Курс токарей"}
        answer = post(login(who), OPEN, data)
        assert answer.status_code == 303
        assert login(who).get(answer.location).status_code == 200
    assert len(opened(database)) == 2


def test_who_only_looks_registers_nothing(database: Database, login: Login) -> None:
    auditor = login("auditor")
    assert auditor.get(NEW).status_code == 403
    assert post(auditor, OPEN, {"activity": "4.5", "subject": "Курс"}).status_code == 403
    assert opened(database) == []
