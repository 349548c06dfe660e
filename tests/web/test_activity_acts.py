"""What is done on the page of an activity: the controller's acts, answers to invitations, reminders."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select
from werkzeug.test import TestResponse

from app.db import Database
from app.models import Activity, Organization, Participation, Reminder, Task
from tests.infrastructure.forms import in_english, send, words
from tests.web.test_activity import address, panel

pytestmark = pytest.mark.data("story")

SignIn = Callable[..., FlaskClient]


def state_of(database: Database, code: str) -> str:
    with database.read() as session:
        return session.scalars(select(Activity.state).where(Activity.code == code)).one()


def act(client: FlaskClient, code: str, trigger: str, note: str, version: object = "") -> TestResponse:
    data = {"trigger": trigger, "note": note, "version": version}
    return send(client, address(code), address(code, "/transitions"), data)


def test_an_act_needs_a_basis_and_keeps_what_was_typed(sign_in: SignIn, database: Database) -> None:
    client = in_english(sign_in("deputy"))
    answer = act(client, "4.4", "suspend", "   ")
    assert answer.status_code == 422
    assert "Please write the reason" in answer.text
    answer = act(client, "4.4", "explode", "Приказ № 12")
    assert answer.status_code == 409
    assert "Приказ № 12</textarea>" in answer.text
    assert "the state is “In progress”" in answer.text
    assert state_of(database, "4.4") == "in_progress"


def test_a_suspended_activity_says_so_its_tasks_are_not_late_and_it_can_go_on(
    sign_in: SignIn, database: Database
) -> None:
    client = in_english(sign_in("deputy"))
    assert "kind-overdue" in panel(client.get(address("2.4")).text, "tasks")
    assert act(client, "2.4", "suspend", "Приказ № 12").status_code == 303
    html = client.get(address("2.4")).text
    assert "kind-overdue" not in html
    assert "Приказ № 12" in words(panel(html, "history"))
    assert "Activity suspended" in words(panel(html, "history"))
    assert 'value="resume"' in panel(html, "acts")
    assert act(client, "2.4", "resume", "").status_code == 303
    assert state_of(database, "2.4") == "in_progress"
    assert "kind-overdue" in panel(client.get(address("2.4")).text, "tasks")


def test_an_act_on_what_has_changed_meanwhile_is_refused_and_says_what_changed(
    sign_in: SignIn, database: Database
) -> None:
    client = in_english(sign_in("deputy"))
    seen = re.search(r'name="version" value="(\d+)"', panel(client.get(address("2.4")).text, "acts"))
    assert seen
    act(client, "2.4", "suspend", "Приказ № 12")
    answer = act(client, "2.4", "withdraw", "Приказ № 13", seen[1])
    assert answer.status_code == 409
    shown = words(answer.text)
    assert "What changed meanwhile Activity suspended" in shown
    assert "Приказ № 13" in shown
    assert state_of(database, "2.4") == "suspended"


@pytest.mark.parametrize("username", ["college07", "centre", "auditor", "admin"])
def test_only_the_controller_acts(username: str, sign_in: SignIn, database: Database) -> None:
    client = sign_in(username)
    assert 'id="acts"' not in client.get(address("2.4")).text
    assert act(client, "2.4", "suspend", "Приказ").status_code == 403
    assert state_of(database, "2.4") == "in_progress"


def part_of(database: Database, code: str, organization: str) -> Participation:
    with database.read() as session:
        return session.scalars(
            select(Participation)
            .join(Activity, Activity.id == Participation.activity_id)
            .join(Organization, Organization.id == Participation.organization_id)
            .where(Activity.code == code, Organization.key == organization)
        ).one()


def test_the_invited_answers_for_itself(sign_in: SignIn, database: Database) -> None:
    client = in_english(sign_in("pfr"))
    part = part_of(database, "4.4", "pfr")
    form = address("4.4", f"/participations/{part.id}")
    assert form in client.get(address("4.4")).text
    refused = send(client, address("4.4"), form, {"trigger": "decline", "note": "", "version": part.version})
    assert refused.status_code == 422
    assert "Please write the reason" in panel(refused.text, "executors")
    note = "Нет специалиста в июле"
    done = send(client, address("4.4"), form, {"trigger": "decline", "note": note, "version": part.version})
    assert done.status_code == 303
    html = client.get(address("4.4")).text
    assert "Declined" in words(panel(html, "executors"))
    assert re.search(rf"Participation declined: Отделение ПФР .*{note}", words(panel(html, "history")))
    # To invite again is not its own.
    assert form not in html
    assert form in sign_in("centre").get(address("4.4")).text


def test_nobody_is_offered_an_answer_for_another(sign_in: SignIn, database: Database) -> None:
    part = part_of(database, "4.4", "pfr")
    form = address("4.4", f"/participations/{part.id}")
    for username, status in (("college07", 404), ("mybusiness", 404), ("centre", 403), ("auditor", 403)):
        client = sign_in(username)
        assert form not in client.get(address("4.4")).text
        assert send(client, address("4.4"), form, {"trigger": "agree"}).status_code == status
    assert part_of(database, "4.4", "pfr").consent == "invited"


def test_an_answer_belongs_to_the_activity_of_its_address(sign_in: SignIn, database: Database) -> None:
    part = part_of(database, "4.4", "pfr")
    elsewhere = address("2.3", f"/participations/{part.id}")
    assert send(sign_in("deputy"), address("2.3"), elsewhere, {"trigger": "agree"}).status_code == 404
    assert part_of(database, "4.4", "pfr").consent == "invited"


def reminded(database: Database) -> Counter[str]:
    """Reminders by organisation."""
    with database.read() as session:
        keys = session.scalars(
            select(Organization.key)
            .join(Task, Task.organization_id == Organization.id)
            .join(Reminder, Reminder.task_id == Task.id)
        ).all()
    return Counter(keys)


def test_the_coordinator_reminds_all_who_are_missing(sign_in: SignIn, database: Database) -> None:
    before = reminded(database)
    client = in_english(sign_in("centre"))
    page = client.get(address("2.4")).text
    assert "Remind all 2 who have not submitted" in page
    answer = send(client, address("2.4"), address("2.4", "/reminders"), {}, follow=True)
    assert "2 reminders sent." in words(answer.text)
    assert reminded(database) - before == Counter({"college19": 1, "college26": 1})


def test_those_of_one_date_can_be_reminded_alone(sign_in: SignIn, database: Database) -> None:
    before = reminded(database)
    client = sign_in("deputy")
    dates = panel(client.get(address("4.1")).text, "dates")
    april = re.findall(r'form="remind" name="occurrence" value="(\d+)"', dates)
    # April, May and June have begun and are not all in.
    assert len(april) == 3
    send(client, address("4.1"), address("4.1", "/reminders"), {"occurrence": april[0]})
    assert reminded(database) - before == Counter({"college31": 1})


@pytest.mark.parametrize(
    ("username", "code", "status"),
    [
        ("college07", "2.4", 403),
        # Everybody is in: there is nobody to remind.
        ("centre", "2.3", 409),
        # Not theirs to collect.
        ("bpoo", "2.4", 403),
        ("auditor", "2.4", 403),
    ],
)
def test_a_reminder_that_is_nobodys_business_is_refused(
    username: str, code: str, status: int, sign_in: SignIn, database: Database
) -> None:
    before = reminded(database)
    client = sign_in(username)
    assert 'id="remind"' not in client.get(address(code)).text
    assert send(client, address(code), address(code, "/reminders"), {}).status_code == status
    assert reminded(database) == before


def test_a_version_that_is_no_number_is_refused(sign_in: SignIn) -> None:
    assert act(sign_in("deputy"), "2.3", "suspend", "Приказ № 12", "many").status_code == 422
