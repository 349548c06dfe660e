"""The review queue: accept and return, singly and many at once."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import datetime
from decimal import Decimal

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from app.db import Database
from app.models import Activity, Measurement, Organization, Task
from app.services import people, tasks
from app.services.evidence import Submission
from app.storage import EvidenceStore
from tests import factories
from tests.infrastructure.forms import in_english, send, words
from tests.infrastructure.statements import recorded_statements

pytestmark = pytest.mark.data("plan")

SignIn = Callable[..., FlaskClient]
REVIEW = "/plans/2022/review"
IN_TIME = datetime.fromisoformat("2022-02-03T09:00+00:00")
COLLEGES = [f"college{number:02}" for number in range(1, 36)]


@pytest.fixture
def store(app: Flask) -> EvidenceStore:
    kept: EvidenceStore = app.extensions["vekha"].store
    return kept


@pytest.fixture
def deputy(database: Database, sign_in: SignIn) -> FlaskClient:
    """The controller, signed in."""
    with database.transaction() as session:
        factories.actor(session, "deputy", IN_TIME, "controller")
    return in_english(sign_in("deputy"))


def handed_in(database: Database, store: EvidenceStore, colleges: list[str]) -> list[int]:
    """The tasks of 2.3 that these institutions have handed in."""
    with database.transaction() as session:
        return [
            factories.submit(
                session,
                store,
                factories.actor(session, name, IN_TIME),
                "2.3",
                IN_TIME,
                note=f"Готово: {name}",
            ).id
            for name in colleges
        ]


def marked(client: FlaskClient) -> list[str]:
    """What the boxes of the queue would send, all of them marked."""
    return re.findall(r'name="task" value="(\d+:\d+)"', client.get(REVIEW).text)


def states(database: Database, task_ids: list[int]) -> list[str]:
    with database.read() as session:
        return [session.get_one(Task, task_id).state for task_id in task_ids]


def test_what_was_submitted_stands_beside_the_decision(
    deputy: FlaskClient, database: Database, store: EvidenceStore
) -> None:
    handed_in(database, store, ["college07"])
    html = deputy.get(REVIEW).text
    told = words(html)
    assert "Employment-support plans of the institutions" in told
    assert "03.02.2022 in time" in told or "3 Feb 2022 in time" in told
    assert 'href="https://example.org/document"' in html
    assert "Approved plan" in told
    assert "Готово: college07" in told


def test_work_that_came_after_its_date_is_marked_late(
    deputy: FlaskClient, database: Database, store: EvidenceStore, now: datetime
) -> None:
    with database.transaction() as session:
        factories.submit(session, store, factories.actor(session, "college07", now), "2.3", now)
    assert "131 days after the date" in words(deputy.get(REVIEW).text)


def test_the_figures_are_shown_with_what_they_count(
    deputy: FlaskClient, database: Database, store: EvidenceStore, now: datetime
) -> None:
    with database.transaction() as session:
        factories.submit(session, store, factories.actor(session, "cluster03", now), "3.8", now)
        field = session.scalars(select(Measurement.figure)).first()
    assert field
    assert re.search(r"[Cc]ontracts[^:]*: 1\b", words(deputy.get(REVIEW).text))


def test_thirty_five_are_accepted_in_one_go(
    deputy: FlaskClient, database: Database, store: EvidenceStore
) -> None:
    submitted = handed_in(database, store, COLLEGES)
    boxes = marked(deputy)
    assert len(boxes) == 35
    answer = send(deputy, REVIEW, REVIEW, {"group": "2.3", "task": boxes, "trigger": "accept"}, follow=True)
    assert answer.status_code == 200
    assert "35 tasks were accepted." in answer.text
    assert "Nothing waits for review" in answer.text
    assert set(states(database, submitted)) == {"accepted"}
    with database.read() as session:
        assert session.scalars(select(Activity.state).where(Activity.code == "2.3")).one() == "done"


def test_only_the_marked_are_accepted(deputy: FlaskClient, database: Database, store: EvidenceStore) -> None:
    submitted = handed_in(database, store, COLLEGES[:3])
    send(deputy, REVIEW, REVIEW, {"group": "2.3", "task": marked(deputy)[:2], "trigger": "accept"})
    assert sorted(states(database, submitted)) == ["accepted", "accepted", "submitted"]


def test_the_button_of_a_line_accepts_that_one_alone(
    deputy: FlaskClient, database: Database, store: EvidenceStore
) -> None:
    submitted = handed_in(database, store, COLLEGES[:3])
    boxes = marked(deputy)
    send(deputy, REVIEW, REVIEW, {"group": "2.3", "task": boxes, "one": f"{boxes[1]}:accept"})
    accepted = int(boxes[1].partition(":")[0])
    assert [
        task
        for task, state in zip(submitted, states(database, submitted), strict=True)
        if state == "accepted"
    ] == [accepted]


def test_who_changed_meanwhile_is_named_and_left_alone(
    deputy: FlaskClient, database: Database, store: EvidenceStore, now: datetime
) -> None:
    submitted = handed_in(database, store, COLLEGES[:3])
    boxes = marked(deputy)
    with database.transaction() as session:
        controller = people.find_actor(session, "deputy")
        tasks.fire(session, store, controller, submitted[1], "return", now=now, note="Нет подписи")
    answer = send(deputy, REVIEW, REVIEW, {"group": "2.3", "task": boxes, "trigger": "accept"}, follow=True)
    told = words(answer.text)
    assert "2 tasks were accepted." in told
    with database.read() as session:
        name = session.scalars(select(Organization.gloss_en).where(Organization.key == "college02")).one()
    assert f"2.3 · {name} was changed meanwhile" in told
    assert "was changed meanwhile and left alone. It is now: Returned for rework." in told
    assert states(database, submitted) == ["accepted", "returned", "accepted"]


def test_a_stale_decision_about_one_says_what_it_is_now(
    deputy: FlaskClient, database: Database, store: EvidenceStore, now: datetime
) -> None:
    [task] = handed_in(database, store, ["college02"])
    stale = re.search(r'value="(\d+:\d+:accept)"', deputy.get(REVIEW).text)
    assert stale
    with database.transaction() as session:
        controller = people.find_actor(session, "deputy")
        tasks.fire(session, store, controller, task, "return", now=now, note="Нет подписи")
    answer = send(deputy, "/plans/2022/overdue", REVIEW, {"one": stale[1]})
    assert answer.status_code == 409
    assert "It is now: Returned for rework." in answer.text
    assert states(database, [task]) == ["returned"]


@pytest.mark.parametrize("trigger", ["promote", "", "submit"])
def test_a_wrong_trigger_changes_nothing(
    deputy: FlaskClient, database: Database, store: EvidenceStore, trigger: str
) -> None:
    submitted = handed_in(database, store, COLLEGES[:2])
    answer = send(deputy, REVIEW, REVIEW, {"group": "2.3", "task": marked(deputy), "trigger": trigger})
    assert answer.status_code in {403, 409}
    assert set(states(database, submitted)) == {"submitted"}


def test_a_return_needs_its_reason_and_keeps_what_was_marked(
    deputy: FlaskClient, database: Database, store: EvidenceStore
) -> None:
    submitted = handed_in(database, store, COLLEGES[:3])
    boxes = marked(deputy)
    sent = {"group": "2.3", "task": boxes[:2], "trigger": "return", "note": "  "}
    answer = send(deputy, REVIEW, REVIEW, sent)
    assert answer.status_code == 422
    assert "Please say why it is returned" in answer.text
    assert 'href="#note-2.3"' in answer.text
    assert len(re.findall(r'name="task"[^>]* checked', answer.text)) == 2
    assert set(states(database, submitted)) == {"submitted"}


def test_the_single_return_needs_its_reason_too(
    deputy: FlaskClient, database: Database, store: EvidenceStore
) -> None:
    [task] = handed_in(database, store, ["college02"])
    one = re.search(r'value="(\d+:\d+:return)"', deputy.get(REVIEW).text)
    assert one
    answer = send(deputy, REVIEW, REVIEW, {"group": "2.3", "one": one[1], f"reason.{task}": ""})
    assert answer.status_code == 422
    assert f'href="#reason-{task}"' in answer.text
    assert states(database, [task]) == ["submitted"]


def test_the_reason_reaches_those_who_are_returned(
    deputy: FlaskClient, database: Database, store: EvidenceStore
) -> None:
    submitted = handed_in(database, store, COLLEGES[:3])
    sent = {"group": "2.3", "task": marked(deputy), "trigger": "return", "note": "Нет печати"}
    answer = send(deputy, REVIEW, REVIEW, sent, follow=True)
    assert "3 tasks were returned." in answer.text
    with database.read() as session:
        reasons = [session.get_one(Task, task).return_reason for task in submitted]
    assert reasons == ["Нет печати"] * 3


def test_deciding_about_nothing_is_refused(deputy: FlaskClient) -> None:
    answer = send(deputy, "/plans/2022/overdue", REVIEW, {"group": "2.3", "trigger": "accept"})
    assert answer.status_code == 422
    assert "Please choose what to decide about." in answer.text


@pytest.mark.parametrize("chosen", ["1", "x:1", "1:", "::", "²:1", "99999999999999999999:1"])
def test_a_broken_choice_decides_nothing(deputy: FlaskClient, chosen: str) -> None:
    answer = send(deputy, "/plans/2022/overdue", REVIEW, {"task": chosen, "trigger": "accept"})
    assert answer.status_code in {404, 422}


@pytest.mark.parametrize("role", ["executor", "auditor", "administrator"])
def test_only_the_controller_decides(
    sign_in: SignIn, database: Database, store: EvidenceStore, role: str
) -> None:
    [task] = handed_in(database, store, ["college02"])
    with database.transaction() as session:
        factories.actor(session, "college03", IN_TIME, role, "college03" if role == "executor" else None)
    client = sign_in("college03")
    assert client.get(REVIEW).status_code == 403
    sent = {"task": f"{task}:2", "trigger": "accept"}
    assert send(client, "/plans/2022/", REVIEW, sent).status_code == 403
    assert states(database, [task]) == ["submitted"]


def test_interim_figures_count_once_they_are_confirmed(
    deputy: FlaskClient, database: Database, store: EvidenceStore, now: datetime
) -> None:
    with database.transaction() as session:
        centre = factories.actor(session, "centre", now)
        task = factories.find_task(session, "3.7", "centre")
        given = Submission(figures={key: Decimal(12) for key in factories.proof(session, task).figures})
        tasks.attach(session, store, centre, task.id, now=now, submission=given)
    html = deputy.get(REVIEW).text
    assert "Interim figures" in html
    button = re.search(r'value="(\d+:\d+:confirm)"', html)
    assert button
    answer = send(deputy, REVIEW, f"{REVIEW}/figures", {"one": button[1]}, follow=True)
    assert "The figures of 1 task count now." in answer.text
    assert "Interim figures" not in answer.text
    with database.read() as session:
        assert set(session.scalars(select(Measurement.standing))) == {"counted"}


def test_figures_that_were_returned_are_not_offered_for_confirmation(
    deputy: FlaskClient, database: Database, store: EvidenceStore, now: datetime
) -> None:
    with database.transaction() as session:
        cluster = factories.actor(session, "cluster03", now)
        task = factories.submit(session, store, cluster, "3.8", now)
        controller = people.find_actor(session, "deputy")
        tasks.fire(session, store, controller, task.id, "return", now=now, note="Не те договоры")
    assert "Interim figures" not in deputy.get(REVIEW).text


def test_the_oldest_stand_first(
    deputy: FlaskClient, database: Database, store: EvidenceStore, now: datetime
) -> None:
    with database.transaction() as session:
        factories.submit(session, store, factories.actor(session, "cluster03", now), "3.8", now)
    handed_in(database, store, ["college02"])
    html = deputy.get(REVIEW).text
    assert html.index('id="activity-2.3"') < html.index('id="activity-3.8"')


def test_thirty_five_that_wait_cost_at_most_twelve_statements(
    deputy: FlaskClient, app: Flask, database: Database, store: EvidenceStore
) -> None:
    handed_in(database, store, COLLEGES)
    with recorded_statements(app.extensions["vekha"].database) as statements:
        html = deputy.get(REVIEW).text
    assert html.count("data-bulk-item") == 35
    assert len(statements) <= 12


def test_what_waits_of_another_organisation_keeps_its_name(
    deputy: FlaskClient, database: Database, store: EvidenceStore
) -> None:
    handed_in(database, store, ["college05", "college06"])
    told = words(deputy.get(REVIEW).text)
    with database.read() as session:
        names = session.scalars(
            select(Organization.gloss_en).where(Organization.key.in_(("college05", "college06")))
        ).all()
    assert all(name in told for name in names)
