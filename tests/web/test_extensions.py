"""A later date: granted, refused, taken back."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime

import pytest
from flask.testing import FlaskClient

from app.db import Database
from app.models import Extension, Task
from app.services import extensions
from tests import factories
from tests.infrastructure.forms import in_english, send, words

pytestmark = pytest.mark.data("plan")

SignIn = Callable[..., FlaskClient]
ASKED = date(2022, 6, 30)


@pytest.fixture
def asked(database: Database, now: datetime) -> int:
    """college12 asks for a later date in 2.4; the id of its request."""
    with database.transaction() as session:
        factories.actor(session, "deputy", now, "controller")
        college = factories.actor(session, "college12", now)
        task = factories.find_task(session, "2.4", "college12")
        return extensions.ask(session, college, task.id, due=ASKED, reason="Отпуск комиссии", now=now).id


def outcome(database: Database, extension_id: int) -> tuple[str, date | None]:
    """The state of the request, and the date that is in force."""
    with database.read() as session:
        extension = session.get_one(Extension, extension_id)
        return extension.state, session.get_one(Task, extension.task_id).due


def answered(client: FlaskClient, extension_id: int, **data: object) -> int:
    page = f"/extensions/{extension_id}"
    return send(client, page, f"{page}/transitions", {"version": "1", **data}).status_code


def test_the_queue_grants_what_was_asked_with_one_click(
    sign_in: SignIn, database: Database, asked: int
) -> None:
    client = in_english(sign_in("deputy"))
    html = client.get("/plans/2022/review").text
    assert "Отпуск комиссии" in html
    address = f"/extensions/{asked}/transitions?back=review"
    assert f'action="{address}"' in html
    answer = send(client, "/plans/2022/review", address, {"version": "1", "trigger": "grant"}, follow=True)
    assert "The later date was granted." in answer.text
    assert outcome(database, asked) == ("granted", ASKED)


def test_another_date_may_be_granted(sign_in: SignIn, database: Database, asked: int) -> None:
    assert answered(sign_in("deputy"), asked, trigger="grant", due="2022-06-20") == 303
    assert outcome(database, asked) == ("granted", date(2022, 6, 20))


@pytest.mark.parametrize("due", ["2022-02-01", "2023-05-05", "30.06.2022", "soon"])
def test_a_date_that_cannot_be_granted_is_named_and_kept(
    sign_in: SignIn, database: Database, asked: int, due: str
) -> None:
    client = sign_in("deputy")
    page = f"/extensions/{asked}"
    sent = {"version": "1", "trigger": "grant", "due": due, "note": "Согласовано"}
    answer = send(client, page, f"{page}/transitions", sent)
    assert answer.status_code == 422
    assert 'id="due-error"' in answer.text
    assert f'value="{due}"' in answer.text
    assert "Согласовано" in answer.text
    assert outcome(database, asked) == ("requested", date(2022, 2, 11))


def test_a_refusal_needs_its_reason(sign_in: SignIn, database: Database, asked: int) -> None:
    client = in_english(sign_in("deputy"))
    page = f"/extensions/{asked}"
    answer = send(client, page, f"{page}/transitions", {"version": "1", "trigger": "refuse", "note": " "})
    assert answer.status_code == 422
    assert 'id="note-error"' in answer.text
    assert outcome(database, asked)[0] == "requested"
    assert answered(client, asked, trigger="refuse", note="Срок прошёл") == 303
    assert outcome(database, asked) == ("refused", date(2022, 2, 11))
    assert "Срок прошёл" in words(client.get(page).text)


def test_a_stale_answer_is_refused(sign_in: SignIn, database: Database, asked: int) -> None:
    assert answered(sign_in("deputy"), asked, trigger="grant", version="7") == 409
    assert outcome(database, asked)[0] == "requested"


@pytest.mark.parametrize("trigger", ["promote", ""])
def test_a_wrong_trigger_is_refused(sign_in: SignIn, database: Database, asked: int, trigger: str) -> None:
    assert answered(sign_in("deputy"), asked, trigger=trigger) == 409
    assert outcome(database, asked)[0] == "requested"


def test_an_answer_is_given_once(sign_in: SignIn, database: Database, asked: int) -> None:
    client = sign_in("deputy")
    token_page = "/plans/2022/review"
    address = f"/extensions/{asked}/transitions"
    assert answered(client, asked, trigger="grant") == 303
    again = send(client, token_page, address, {"trigger": "refuse", "note": "Передумали"})
    assert again.status_code == 409
    assert outcome(database, asked) == ("granted", ASKED)


def test_whoever_asked_can_take_it_back_but_not_grant_it(
    sign_in: SignIn, database: Database, asked: int
) -> None:
    client = sign_in("college12")
    assert answered(client, asked, trigger="grant") == 403
    assert outcome(database, asked)[0] == "requested"
    assert answered(client, asked, trigger="withdraw") == 303
    assert outcome(database, asked) == ("withdrawn", date(2022, 2, 11))


def test_a_foreign_request_answers_as_a_missing_one(
    sign_in: SignIn, database: Database, asked: int, now: datetime
) -> None:
    with database.transaction() as session:
        factories.actor(session, "college13", now)
    client = sign_in("college13")
    for page in (f"/extensions/{asked}", "/extensions/999999"):
        assert client.get(page).status_code == 404
        sent = {"trigger": "withdraw", "version": "1"}
        assert send(client, "/plans/2022/", f"{page}/transitions", sent).status_code == 404
    assert outcome(database, asked)[0] == "requested"
