"""The administration on screen: what an administrator does there, and what it is told when it cannot."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import Engine, event, select, update

from app.db import Database
from app.jobs import JOBS
from app.models import JournalEntry, Person
from app.services import people as accounts
from app.services.sign_in import sign_in as prove
from tests import factories
from tests.infrastructure.forms import in_english, words
from tests.infrastructure.signing_in import csrf_token
from tests.infrastructure.tampering import behind_the_triggers
from tests.web.filling_in import change, fields, press

pytestmark = pytest.mark.data("plan")

NEW = "a brand new password"


@pytest.fixture
def admin(database: Database, now: datetime, sign_in: Callable[..., FlaskClient]) -> FlaskClient:
    """An administrator's browser, in English; an auditor has an account too."""
    with database.transaction() as session:
        factories.actor(session, "admin", now, role="administrator")
        factories.actor(session, "auditor", now, role="auditor")
    return in_english(sign_in("admin"))


def number_of(database: Database, username: str) -> int:
    with database.read() as session:
        return accounts.find_person(session, username).id


def test_the_list_shows_who_there_is_and_finds_by_role_name_and_organisation(
    admin: FlaskClient, database: Database, now: datetime
) -> None:
    with database.transaction() as session:
        factories.actor(session, "college07", now)
    page = words(admin.get("/admin/people").text)
    assert "3 accounts" in page
    assert "Administrator — 15.06.2022" in page or "Administrator — 15 Jun 2022" in page
    found = {
        query: [name for name in ("admin", "auditor", "college07") if f">{name}</a>" in html]
        for query in ("role=executor", "q=ЛЛЕДЖ", "q=audit", "q=nothing")
        if (html := admin.get(f"/admin/people?{query}").text)
    }
    assert found == {
        "role=executor": ["college07"],
        "q=ЛЛЕДЖ": ["college07"],
        "q=audit": ["auditor"],
        "q=nothing": [],
    }


def test_an_added_account_can_sign_in(admin: FlaskClient, database: Database, now: datetime) -> None:
    answer = change(
        admin,
        "/admin/people/new",
        username="College07",
        name="Ответственный",
        role="executor",
        organization="college07",
        password=NEW,
    )
    assert (answer.status_code, answer.location) == (303, "/admin/people")
    assert "The account college07 was added." in words(admin.get(answer.location).text)
    found = prove(database, "college07", NEW, now=now)
    assert found is not None
    assert found[1].name == "Ответственный"


@pytest.mark.parametrize(
    ("field", "wrong", "status"),
    [
        ("username", {"username": ""}, 422),
        ("username", {"username": "two words"}, 422),
        ("password", {"password": "short"}, 422),
        ("password", {"password": ""}, 422),
        ("organization", {"role": "executor"}, 422),
        ("organization", {"organization": "college99"}, 422),
        ("role", {"role": "king"}, 422),
        ("name", {"name": "n" * 201}, 422),
        ("", {"username": "auditor"}, 409),
    ],
)
def test_an_account_that_cannot_be_added_names_the_field_and_keeps_what_was_typed(
    admin: FlaskClient, database: Database, field: str, wrong: dict[str, str], status: int
) -> None:
    right = {"username": "new", "name": "Имя на экране", "role": "auditor", "password": NEW}
    answer = change(admin, "/admin/people/new", **(right | wrong))
    assert answer.status_code == status
    if field:
        assert f'id="{field}-error"' in answer.text
    else:
        assert "There is already an account “auditor”." in words(answer.text)
    if "name" not in wrong:
        assert 'value="Имя на экране"' in answer.text
    assert NEW not in answer.text
    with database.read() as session:
        assert set(session.scalars(select(Person.username))) == {"admin", "auditor"}


def test_an_edited_account_keeps_what_the_form_left(admin: FlaskClient, database: Database) -> None:
    number = number_of(database, "auditor")
    answer = change(admin, f"/admin/people/{number}", role="executor", organization="centre", heads="y")
    assert answer.status_code == 303
    with database.read() as session:
        values = accounts.person_values(session, accounts.find_person(session, "auditor"))
    assert values == {"name": "auditor", "role": "executor", "organization": "centre", "heads": True}


def test_a_conflict_shows_what_stands_there_now_and_lets_the_words_be_sent_again(
    admin: FlaskClient, database: Database, now: datetime
) -> None:
    number = number_of(database, "auditor")
    page = f"/admin/people/{number}"
    typed = fields(admin.get(page).text) | {"name": "Typed here"}
    with database.transaction() as session:
        accounts.edit_person(
            session, None, number, name="Changed there", role="executor", organization="centre", now=now
        )
    refused = admin.post(page, data=typed)
    assert refused.status_code == 409
    told = words(refused.text)
    assert "Changed there" in told
    assert "Role Executor" in told
    assert 'value="Typed here"' in refused.text
    assert admin.post(page, data=fields(refused.text)).status_code == 303
    with database.read() as session:
        assert accounts.find_person(session, "auditor").name == "Typed here"


def test_a_disabled_account_is_out_and_back_when_it_is_enabled(
    admin: FlaskClient, database: Database, sign_in: Callable[..., FlaskClient]
) -> None:
    page = f"/admin/people/{number_of(database, 'auditor')}"
    victim = sign_in("auditor")
    assert press(admin, page, f"{page}/state", active="0").status_code == 303
    assert victim.get("/account").status_code == 302
    assert "Disabled" in words(admin.get(page).text)
    assert press(admin, page, f"{page}/state", active="1").status_code == 303
    assert sign_in("auditor").get("/account").status_code == 200


def test_the_last_administrator_is_told_why_it_stays(admin: FlaskClient, database: Database) -> None:
    page = f"/admin/people/{number_of(database, 'admin')}"
    for answer in (press(admin, page, f"{page}/state", active="0"), change(admin, page, role="auditor")):
        assert answer.status_code == 409
        assert "This is the last administrator" in words(answer.text)
    assert admin.get(page).status_code == 200


def test_a_password_is_set_for_somebody_and_its_sessions_end(
    admin: FlaskClient, database: Database, now: datetime, sign_in: Callable[..., FlaskClient]
) -> None:
    page = f"/admin/people/{number_of(database, 'auditor')}"
    victim = sign_in("auditor")
    refused = press(admin, page, f"{page}/password", password="short")
    assert refused.status_code == 422
    assert 'id="password-error"' in refused.text
    assert victim.get("/account").status_code == 200
    assert press(admin, page, f"{page}/password", password=NEW).status_code == 303
    assert victim.get("/account").status_code == 302
    assert prove(database, "auditor", NEW, now=now)


def test_the_sessions_of_an_account_are_shown_and_ended(
    admin: FlaskClient, database: Database, sign_in: Callable[..., FlaskClient]
) -> None:
    page = f"/admin/people/{number_of(database, 'auditor')}"
    browsers = [sign_in("auditor"), sign_in("auditor")]
    assert "Signed in now 2" in words(admin.get(page).text)
    ended = press(admin, page, f"{page}/sessions/end")
    assert "2 sessions were ended." in words(admin.get(ended.location).text)
    assert [each.get("/account").status_code for each in browsers] == [302, 302]


@pytest.mark.parametrize(
    "address", ["/admin/people/999999", "/admin/people/99999999999999", "/admin/organizations/college99",
                "/admin/plans/2022/activities/9.9", "/admin/plans/1999/activities"],
)  # fmt: skip
def test_what_is_not_there_is_missing(admin: FlaskClient, address: str) -> None:
    assert admin.get(address).status_code == 404
    token = csrf_token(admin.get("/admin/people").text)
    if not address.endswith("activities"):
        assert admin.post(address, data={"csrf_token": token}).status_code in {404, 405}


def test_jobs_are_run_by_hand_and_tell_how_it_went(admin: FlaskClient, database: Database) -> None:
    page = words(admin.get("/admin/jobs").text)
    assert page.count("Never run") + page.count(" is not set.") == len(JOBS)
    for name in JOBS:
        assert press(admin, "/admin/jobs", f"/admin/jobs/{name}/run").status_code == 303
    page = words(admin.get("/admin/jobs").text)
    assert "Never run" not in page
    assert "Plans: 1; Entries: " in page
    with behind_the_triggers(database) as session:
        session.execute(update(JournalEntry).values(note="never said"))
    press(admin, "/admin/jobs", "/admin/jobs/journal/run")
    page = words(admin.get("/admin/jobs").text)
    assert "Failed" in page
    assert "Journal of plan 2022: entry 1 was changed after it was written." in page
    assert press(admin, "/admin/jobs", "/admin/jobs/everything/run").status_code == 404


PAGES = [
    *("/admin/people", "/admin/people/new", "/admin/people/1", "/admin/jobs", "/account"),
    *("/admin/organizations", "/admin/organizations/college07"),
    *("/admin/plans/2022/activities", "/admin/plans/2022/activities/2.3"),
]


@pytest.mark.parametrize("page", PAGES)
def test_a_page_takes_few_statements(admin: FlaskClient, page: str) -> None:
    statements: list[str] = []

    def note(_connection: Any, _cursor: Any, statement: str, *_more: Any) -> None:
        statements.append(statement)

    event.listen(Engine, "before_cursor_execute", note)
    try:
        assert admin.get(page).status_code == 200
    finally:
        event.remove(Engine, "before_cursor_execute", note)
    assert 2 < len(statements) <= 13
