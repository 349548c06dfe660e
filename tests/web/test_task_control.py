"""The page of a task for those who do not execute it: who may decide, see, or know that it exists."""

from __future__ import annotations

import re
from datetime import datetime

import pytest

from app.db import Database
from app.domain.permissions import Actor
from app.models import Task
from app.services import activities
from tests.infrastructure.files import PDF
from tests.web.acting import Login, id_of, post, stands, upload, words

pytestmark = pytest.mark.data("plan")


def test_the_controller_returns_with_a_reason_that_the_executor_reads_and_accepts(
    database: Database, login: Login, handed_in: int
) -> None:
    deputy, college = login("deputy"), login("college01")
    url = f"/tasks/{handed_in}/transitions"
    assert "Approved plan" in words(deputy.get(f"/tasks/{handed_in}"))
    refused = post(deputy, url, {"trigger": "return", "version": "2", "note": " "})
    assert refused.status_code == 422
    assert "Please give the reason." in words(refused)
    assert post(deputy, url, {"trigger": "return", "version": "2", "note": "Нет подписи."}).status_code == 303
    page = words(college.get(f"/tasks/{handed_in}"))
    assert "Нет подписи." in page.split("Correct and send again")[0]
    assert post(college, url, {"trigger": "submit", "version": "3"}).status_code == 303
    assert post(deputy, url, {"trigger": "accept", "version": "4"}).status_code == 303
    assert stands(database, handed_in).state == "accepted"
    reopened = {"trigger": "reopen", "version": "5", "note": "Приказ отменён."}
    assert post(deputy, url, reopened).status_code == 303
    withdrawn = {"trigger": "withdraw", "version": "6", "note": "Приказ № 7."}
    assert post(deputy, url, withdrawn).status_code == 303
    history = words(deputy.get(f"/tasks/{handed_in}")).split('id="history"')[1]
    said = re.findall(r'history-line"><strong>([^<:]+)', history)
    assert said == [
        "Withdrawn from control",
        "Reopened",
        "Accepted",
        "Marked as done and sent for review",
        "Sent back for rework",
        "Marked as done and sent for review",
    ]


@pytest.mark.parametrize(
    ("who", "trigger"),
    [("college01", "accept"), ("centre", "accept"), ("auditor", "accept"), ("auditor", "return")],
)
def test_what_is_not_one_s_own_step_is_forbidden(
    database: Database, login: Login, handed_in: int, who: str, trigger: str
) -> None:
    data = {"trigger": trigger, "version": "2", "note": "Так."}
    assert post(login(who), f"/tasks/{handed_in}/transitions", data).status_code == 403
    assert stands(database, handed_in).state == "submitted"


def test_the_controller_attaches_nothing_for_others(database: Database, login: Login, handed_in: int) -> None:
    data = {"trigger": "accept", "version": "2", "evidence": upload("План.pdf", PDF)}
    assert post(login("deputy"), f"/tasks/{handed_in}/transitions", data).status_code == 403
    assert stands(database, handed_in).state == "submitted"


def test_who_only_looks_is_offered_nothing_to_do(login: Login, handed_in: int, task_id: int) -> None:
    page = login("auditor").get(f"/tasks/{handed_in}").text
    actions = set(re.findall(r'<form[^>]*action="([^"]+)"', page))
    assert actions == {"/search", "/preferences", "/logout"}


def test_a_foreign_task_answers_exactly_as_a_missing_one(database: Database, login: Login) -> None:
    client = login("college01")
    foreign, missing = id_of(database, "2.3", "college02"), 999_999
    posts = ("transitions", "evidence", "explanation", "extensions", "reminders", "figures")

    def answers(task_id: int) -> list[tuple[int, str]]:
        data = {"trigger": "submit", "version": "1", "evidence": upload("virus.exe", b"MZ")}
        found = [client.get(f"/tasks/{task_id}")]
        for path in posts:
            found.append(post(client, f"/tasks/{task_id}/{path}", data))
            data["evidence"] = upload("virus.exe", b"MZ")
        return [(answer.status_code, _without_token(answer.text)) for answer in found]

    assert answers(foreign) == answers(missing)
    assert {status for status, _ in answers(foreign)} == {404}


def _without_token(html: str) -> str:
    html = re.sub(r'(name="csrf_token" value=")[^"]+', r"\1", html)
    return re.sub(r"/tasks/\d+", "/tasks/N", html)


def test_a_number_that_no_task_can_have_is_a_missing_task(login: Login) -> None:
    assert login("college01").get("/tasks/99999999999999999999").status_code == 404


def test_interim_figures_wait_until_the_controller_confirms_them(database: Database, login: Login) -> None:
    task_id = id_of(database, "3.7", "centre")
    centre, deputy = login("centre"), login("deputy")
    sent = post(centre, f"/tasks/{task_id}/evidence", {"version": "1", "figure.subscribers_now": "2390"})
    assert sent.status_code == 303
    assert "waits for confirmation" in words(deputy.get(f"/tasks/{task_id}"))
    assert post(centre, f"/tasks/{task_id}/figures", {"version": "2"}).status_code == 403
    assert post(deputy, f"/tasks/{task_id}/figures", {"version": "2"}).status_code == 303
    assert "waits for confirmation" not in words(deputy.get(f"/tasks/{task_id}"))
    assert "2,390" in words(deputy.get(f"/tasks/{task_id}"))


def test_a_suspended_activity_owes_nothing_and_takes_nothing(
    database: Database, people: dict[str, Actor], login: Login, task_id: int, now: datetime
) -> None:
    with database.transaction() as session:
        activity_id = session.get_one(Task, task_id).activity_id
        activities.act(session, people["deputy"], activity_id, "suspend", now=now, note="Приказ № 5")
    client = login("college01")
    assert "Suspended" in words(client.get(f"/tasks/{task_id}"))
    data = {"trigger": "submit", "version": "2", "evidence": upload("План.pdf", PDF)}
    answer = post(client, f"/tasks/{task_id}/transitions", data)
    assert answer.status_code == 422
    assert "suspended or withdrawn" in words(answer)


def test_a_form_without_its_token_changes_nothing(database: Database, login: Login, task_id: int) -> None:
    answer = login("college01").post(
        f"/tasks/{task_id}/transitions", data={"trigger": "start", "version": "1"}
    )
    assert answer.status_code == 400
    assert stands(database, task_id).state == "planned"
