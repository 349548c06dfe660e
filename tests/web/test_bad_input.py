"""What no browser sends and no database takes: control characters, numbers beyond every key, other digits."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

import pytest
from flask.testing import FlaskClient
from sqlalchemy import func, select

from app.db import Database
from app.models import Activity, Organization, Reminder, Task
from tests.infrastructure.forms import in_english, send

pytestmark = [pytest.mark.data("story"), pytest.mark.one_database]

SignIn = Callable[..., FlaskClient]

LARGE = "9" * 25
ACTIVITY = "/plans/2022/activities/3.2"


def reminders_in(database: Database) -> int:
    with database.read() as session:
        return session.scalar(select(func.count()).select_from(Reminder)) or 0


@pytest.mark.parametrize(
    "address",
    [
        "/plans/%00/",
        "/plans/2022/activities/%00",
        "/admin/organizations/%00",
        "/admin/plans/2022/activities/3.2%00",
        "/feeds/%00.ics",
        f"/plans/{'2' * 300}/",
        f"/plans/2022/indicators/{LARGE}",
        f"/tasks/{LARGE}",
        f"/evidence/{LARGE}",
    ],
)
def test_a_name_that_nothing_can_have_is_not_found(sign_in: SignIn, address: str) -> None:
    assert sign_in("admin").get(address).status_code == 404


@pytest.mark.parametrize(
    "address",
    [
        f"{ACTIVITY}?page={LARGE}",
        f"{ACTIVITY}?page=-1",
        f"/plans/2022/tasks?page={LARGE}",
        "/plans/2022/tasks?activity=%00&executor=%00&show=%00",
        f"/plans/2022/overdue?section={LARGE}&executor=%00&order=%00",
        "/plans/2022/tasks?activity=%ff",
        "/admin/people?q=%00&role=%00",
    ],
)
def test_an_address_that_asks_for_nonsense_is_still_a_page(sign_in: SignIn, address: str) -> None:
    assert sign_in("admin").get(address).status_code == 200


def test_a_control_character_in_a_note_is_left_out(sign_in: SignIn, database: Database, today: date) -> None:
    client = sign_in("deputy")
    with database.read() as session:
        late = session.scalars(select(Task.id).where(Task.phase == "owing", Task.due < today)).first()
        review = session.execute(select(Task.id, Task.version).where(Task.phase == "review")).first()
    page = "/plans/2022/overdue"
    assert send(client, page, f"{page}/reminders", {"task": late, "note": "a\0b"}).status_code == 303
    page = "/plans/2022/review"
    data = {"task": f"{review.id}:{review.version}", "trigger": "return", "note": "no\0t so"}
    assert send(client, page, page, data).status_code == 303
    page = "/plans/2022/activities/4.4"
    data = {"trigger": "suspend", "note": "until\0 autumn"}
    assert send(client, page, f"{page}/transitions", data).status_code == 303
    with database.read() as session:
        assert session.get_one(Task, review.id).return_reason == "not so"
        assert session.scalars(select(Reminder.note).order_by(Reminder.id.desc())).first() == "ab"


def test_a_note_longer_than_anybody_reads_is_refused(sign_in: SignIn, database: Database) -> None:
    client, long = in_english(sign_in("deputy")), "я" * 4001
    with database.read() as session:
        review = session.execute(
            select(Task.id, Task.version, Activity.code)
            .join(Activity, Activity.id == Task.activity_id)
            .where(Task.phase == "review")
        ).first()
    before = reminders_in(database)
    page = "/plans/2022/review"
    chosen = f"{review.id}:{review.version}"
    data = {"task": chosen, "trigger": "return", "note": long, "group": review.code}
    answer = send(client, page, page, data)
    assert answer.status_code == 422
    assert "at most 4000 characters" in answer.text
    assert long in answer.text
    page = "/plans/2022/overdue"
    answer = send(client, page, f"{page}/reminders", {"task": review.id, "note": long})
    assert answer.status_code == 422
    assert "at most 4000 characters" in answer.text
    assert reminders_in(database) == before


def test_a_choice_that_no_list_holds_is_refused_at_its_field(sign_in: SignIn) -> None:
    client = in_english(sign_in("admin"))
    person = {"username": "new.one", "name": "New", "password": "a long password 1", "organization": "a\0b"}
    page = "/admin/people/new"
    answer = send(client, page, page, {**person, "role": "executor"})
    assert answer.status_code == 422
    assert "There is no organisation" in answer.text
    page = "/admin/plans/2022/activities/3.2"
    answer = send(client, page, page, {"short_title": "x", "coordinator": "\0x"})
    assert answer.status_code in {409, 422}


def test_reminding_for_a_date_that_is_none_reminds_nobody(sign_in: SignIn, database: Database) -> None:
    client, before = sign_in("deputy"), reminders_in(database)
    for occurrence in ("x", LARGE, "-1"):
        answer = send(client, ACTIVITY, f"{ACTIVITY}/reminders", {"occurrence": occurrence})
        assert answer.status_code == 404
    assert reminders_in(database) == before


def test_an_answer_to_an_invitation_that_cannot_exist_is_not_found(sign_in: SignIn) -> None:
    address = f"{ACTIVITY}/participations/{LARGE}"
    assert send(sign_in("deputy"), ACTIVITY, address, {"trigger": "agree"}).status_code == 404


@pytest.mark.parametrize("figure", ["²", "-1", "0x1", "1e5", "maybe", LARGE * 10])
def test_a_yes_or_no_that_is_neither_is_refused(sign_in: SignIn, database: Database, figure: str) -> None:
    with database.read() as session:
        task, executor = session.execute(
            select(Task, Organization.key)
            .join(Activity, Activity.id == Task.activity_id)
            .join(Organization, Organization.id == Task.organization_id)
            .where(Activity.code == "3.2", Task.phase == "owing")
        ).first()
    page = f"/tasks/{task.id}"
    data = {"trigger": "submit", "version": task.version, "figure.included": figure}
    assert send(sign_in(executor), page, f"{page}/transitions", data).status_code == 422


@pytest.mark.parametrize(
    "header", ["", "Content-Disposition: form-data", "Content-Disposition: form-data; filename=a"]
)
def test_a_part_of_a_form_without_a_name_is_refused(sign_in: SignIn, header: str) -> None:
    body = f"--x\r\n{header}\r\n\r\nwords\r\n--x--\r\n"
    answer = sign_in("college19").post(
        "/account/letters", data=body, content_type="multipart/form-data; boundary=x"
    )
    assert answer.status_code == 400
