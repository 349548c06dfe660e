"""Acting through the pages as people do: with the token of the page, in English."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from html import unescape
from io import BytesIO
from typing import Any

from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from app.db import Database
from app.models import Task
from tests import factories
from tests.infrastructure.signing_in import csrf_token

Login = Callable[[str], FlaskClient]


def in_english(client: FlaskClient) -> FlaskClient:
    """The client, reading English whatever the translations are."""
    client.environ_base["HTTP_ACCEPT_LANGUAGE"] = "en"
    return client


def post(client: FlaskClient, url: str, data: Mapping[str, Any] | None = None) -> TestResponse:
    """Send a form with the token of this session; every page of a signed-in person carries one."""
    token = csrf_token(client.get("/tasks/0").text)
    return client.post(url, data={"csrf_token": token, **(data or {})})


def upload(name: str, content: bytes) -> tuple[BytesIO, str]:
    """A file of a form."""
    return BytesIO(content), name


def words(answer: TestResponse) -> str:
    """The text of a page, its entities resolved."""
    return unescape(answer.text)


def id_of(database: Database, code: str, organization: str = "college01", occurrence: str = "") -> int:
    with database.read() as session:
        return factories.find_task(session, code, organization, occurrence).id


def stands(database: Database, task_id: int) -> Task:
    with database.read() as session:
        return session.get_one(Task, task_id)
