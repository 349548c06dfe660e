"""Uploads and downloads: what is refused leaves nothing, what is kept comes back as it was."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select

from app import create_app
from app.db import Database
from app.domain.permissions import Actor
from app.inspection import child
from app.models import Evidence
from config import Config
from tests.infrastructure.files import EXE, PDF, archive, docm, docx
from tests.web.acting import Login, id_of, post, stands, upload, words

pytestmark = pytest.mark.data("plan")


@pytest.fixture
def app(app_config: Config) -> Iterator[Flask]:
    """The application with a limit that a test can pass: 1 MB a file."""
    app = create_app(replace(app_config, max_file=1024 * 1024))
    yield app
    app.extensions["vekha"].database.dispose()


def stored(config: Config) -> list[Path]:
    """Every file in the store, waiting or kept."""
    return [path for path in config.evidence.rglob("*") if path.is_file()]


def waiting(config: Config) -> list[bytes]:
    """What waits in the store for its form to be sent again; nothing else may be there."""
    assert {path.parent.name for path in stored(config)} <= {"incoming"}
    return [path.read_bytes() for path in stored(config)]


def rows(database: Database) -> list[Evidence]:
    with database.read() as session:
        return list(session.scalars(select(Evidence).order_by(Evidence.id)))


REFUSED = [
    ("пусто.pdf", b"", "is empty"),
    ("большой.pdf", PDF + b" " * 1024 * 1024 + PDF, "is larger than 1 MB"),
    ("программа.pdf", EXE, "is not a PDF file"),
    ("программа.exe", EXE, "Please use PDF, DOCX, XLSX, ODT, ODS"),
    ("архив.docx", archive(note="hello"), "is not a DOCX file"),
    ("макрос.docm", docm(), "files of this type are not taken"),
    ("макрос.docx", docm(), "holds macros"),
]


@pytest.mark.parametrize("field", ["evidence", "evidence.document"])
@pytest.mark.parametrize(("name", "content", "reason"), REFUSED, ids=[each[0] for each in REFUSED])
def test_a_file_that_is_not_taken_is_named_with_the_reason_and_nothing_is_stored(
    database: Database,
    login: Login,
    app_config: Config,
    task_id: int,
    field: str,
    name: str,
    content: bytes,
    reason: str,
) -> None:
    data = {"trigger": "submit", "version": "1", "note": "Пояснение", field: upload(name, content)}
    answer = post(login("college01"), f"/tasks/{task_id}/transitions", data)
    text = words(answer)
    assert answer.status_code == 422
    assert f"“{name}”" in text
    assert reason in text
    assert "Пояснение" in text
    assert (stored(app_config), rows(database)) == ([], [])
    assert stands(database, task_id).state == "planned"


def test_one_bad_file_keeps_the_good_ones_waiting_and_all_bad_ones_are_named(
    database: Database, login: Login, app_config: Config, task_id: int
) -> None:
    files = [upload("хороший.pdf", PDF), upload("первый.exe", EXE), upload("второй.pdf", EXE)]
    data = {"trigger": "submit", "version": "1", "evidence.document": files}
    text = words(post(login("college01"), f"/tasks/{task_id}/transitions", data))
    assert "“первый.exe”" in text
    assert "“второй.pdf”" in text
    assert (waiting(app_config), rows(database)) == ([PDF], [])


def test_files_of_a_refused_click_wait_and_prove_nothing(
    database: Database, login: Login, app_config: Config, task_id: int
) -> None:
    client = login("college01")
    for version, trigger, status in (("9", "submit", 409), ("1", "jump", 409), ("x", "submit", 422)):
        data = {"trigger": trigger, "version": version, "evidence": upload("План.pdf", PDF)}
        assert post(client, f"/tasks/{task_id}/transitions", data).status_code == status
    assert (waiting(app_config), rows(database)) == ([PDF] * 3, [])


def test_a_form_brings_eight_files_and_those_beyond_are_named_and_not_looked_at(
    database: Database,
    login: Login,
    app_config: Config,
    task_id: int,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    looked_at: list[Path] = []
    look = child.inspect

    def counted(path: Path, extension: str) -> str:
        looked_at.append(path)
        return look(path, extension)

    monkeypatch.setattr(child, "inspect", counted)
    client, url = login("college01"), f"/tasks/{task_id}/transitions"
    sent = [upload(f"акт {number}.pdf", PDF) for number in range(1, 11)]
    data: dict[str, Any] = {"trigger": "submit", "version": "1", "note": "Пояснение"}
    data["evidence.document"] = sent
    answer = post(client, url, data)
    text = words(answer)
    assert answer.status_code == 422
    assert "At most 8 files come with one form. Not taken: акт 9.pdf, акт 10.pdf." in text
    assert "Пояснение" in text
    assert (len(looked_at), waiting(app_config), rows(database)) == (8, [PDF] * 8, [])

    tickets = re.findall(r'name="waiting" value="([^"]+)"', answer.text)
    data |= {"waiting": tickets, "evidence.document": upload("акт 9.pdf", PDF)}
    assert "Not taken: акт 9.pdf." in words(post(client, url, data))
    del data["evidence.document"]
    assert post(client, url, data).status_code == 303
    assert (len(looked_at), len(rows(database))) == (8, 8)
    assert {path.parent.name for path in stored(app_config)} != {"incoming"}


def test_of_one_person_as_many_files_wait_as_one_form_brings_and_the_oldest_go(
    login: Login, app_config: Config, task_id: int
) -> None:
    client, url = login("college01"), f"/tasks/{task_id}/transitions"
    foreign = app_config.evidence / "incoming" / "of-987654321.file"
    foreign.parent.mkdir(parents=True, exist_ok=True)
    foreign.write_bytes(b"of somebody else")
    for number in range(4):
        sent = [upload("План.pdf", PDF + b"%%%d" % number) for _ in range(3)]
        data = {"trigger": "submit", "version": "9", "evidence": sent}
        assert post(client, url, data).status_code == 409
    assert sorted(waiting(app_config)) == (
        [PDF + b"%1"] * 2 + [PDF + b"%2"] * 3 + [PDF + b"%3"] * 3 + [b"of somebody else"]
    )


def test_a_slot_that_the_task_does_not_have_is_refused(
    database: Database, login: Login, app_config: Config, task_id: int
) -> None:
    data = {"trigger": "submit", "version": "1", "evidence.weather": upload("План.pdf", PDF)}
    answer = post(login("college01"), f"/tasks/{task_id}/transitions", data)
    assert answer.status_code == 422
    assert "This kind of proof is not asked for here." in words(answer)
    assert (waiting(app_config), rows(database)) == ([PDF], [])


def test_attaching_nothing_is_refused(login: Login, task_id: int) -> None:
    answer = post(login("college01"), f"/tasks/{task_id}/evidence", {"version": "1"})
    assert answer.status_code == 422
    assert "Please add a file" in words(answer)


def test_the_same_name_again_is_the_next_version_and_the_old_one_can_be_fetched(
    database: Database, login: Login, task_id: int
) -> None:
    client, url = login("college01"), f"/tasks/{task_id}/evidence"
    draft, final = docx("черновик"), docx("итог")
    for version, content in (("1", draft), ("2", final)):
        data = {"version": version, "evidence.document": upload("План.docx", content)}
        assert post(client, url, data).status_code == 303
    text = words(client.get(f"/tasks/{task_id}"))
    assert "version 2" in text
    assert "replaces version 1" in text
    old, new = rows(database)
    assert client.get(f"/evidence/{old.id}").data == draft
    assert client.get(f"/evidence/{new.id}").data == final
    assert stands(database, task_id).state == "planned"


def test_a_file_of_another_name_a_link_and_a_note_can_be_replaced(database: Database, login: Login) -> None:
    client, task_id = login("college01"), id_of(database, "4.1")
    url = f"/tasks/{task_id}/evidence"
    first = {
        "version": "1",
        "evidence.table": upload("черновик.pdf", PDF),
        "link.table": "https://example.org/old",
        "note.table": "Старая заметка",
    }
    assert post(client, url, first).status_code == 303
    file, link, note = rows(database)
    second = {
        "version": "2",
        f"replace.{file.id}": upload("итог.pdf", PDF + b" "),
        f"replace.{link.id}": "https://example.org/new",
        f"replace.{note.id}": "Новая заметка",
    }
    assert post(client, url, second).status_code == 303
    current = [item for item in rows(database) if item.replaced_by is None]
    assert [(item.slot, item.version) for item in current] == [("table", 2)] * 3
    assert [item.name or item.url or item.note for item in current] == [
        "итог.pdf",
        "https://example.org/new",
        "Новая заметка",
    ]
    gone = {"version": "3", f"replace.{file.id}": upload("поздно.pdf", PDF)}
    answer = post(client, url, gone)
    assert answer.status_code == 422
    assert "has been replaced already" in words(answer)


@pytest.mark.parametrize("link", ["javascript:alert(1)", "example.org/plan", "https://"])
def test_a_link_that_cannot_be_followed_is_refused_at_its_field(
    database: Database, login: Login, task_id: int, link: str
) -> None:
    data = {"trigger": "submit", "version": "1", "link.document": link}
    answer = post(login("college01"), f"/tasks/{task_id}/transitions", data)
    assert answer.status_code == 422
    assert "Please enter an address like https://" in words(answer)
    assert link in words(answer)
    assert rows(database) == []


@pytest.fixture
def evidence_id(database: Database, login: Login, task_id: int) -> int:
    """A file of college01 with a Russian name."""
    data = {"version": "1", "evidence.document": upload("План “содействия” 2022; №1.pdf", PDF)}
    assert post(login("college01"), f"/tasks/{task_id}/evidence", data).status_code == 303
    return rows(database)[0].id


def test_a_download_is_an_attachment_with_its_own_name_and_is_kept_by_no_cache(
    login: Login, evidence_id: int
) -> None:
    answer = login("deputy").get(f"/evidence/{evidence_id}")
    assert (answer.status_code, answer.data, answer.mimetype) == (200, PDF, "application/pdf")
    disposition = answer.headers["Content-Disposition"]
    assert disposition.startswith("attachment;")
    name = "%D0%9F%D0%BB%D0%B0%D0%BD%20%E2%80%9C"
    assert f"filename*=UTF-8''{name}" in disposition
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert answer.headers["Content-Security-Policy"] == "default-src 'none'; sandbox"
    assert answer.headers["Cross-Origin-Resource-Policy"] == "same-origin"
    assert answer.headers["Cache-Control"] == "private, no-store"


def test_evidence_is_for_those_who_may_see_its_task_and_for_others_it_is_missing(
    login: Login, evidence_id: int
) -> None:
    statuses = {name: login(name).get(f"/evidence/{evidence_id}").status_code for name in PEOPLE}
    assert statuses == {"college01": 200, "centre": 200, "deputy": 200, "auditor": 200, "college02": 404}
    other = login("college02")
    foreign, missing = (other.get(f"/evidence/{number}") for number in (evidence_id, evidence_id + 1))
    assert len(foreign.data) == len(missing.data)
    assert foreign.status_code == missing.status_code == 404
    assert other.get("/evidence/99999999999999999999").status_code == 404


PEOPLE = ("college01", "centre", "deputy", "auditor", "college02")


def test_nobody_fetches_evidence_without_signing_in(
    app: Flask, people: dict[str, Actor], evidence_id: int
) -> None:
    answer = app.test_client().get(f"/evidence/{evidence_id}")
    assert answer.status_code == 302
    assert answer.location.startswith("/login")


def test_a_link_is_no_file_to_fetch(database: Database, login: Login, task_id: int) -> None:
    client = login("college01")
    post(client, f"/tasks/{task_id}/evidence", {"version": "1", "link.document": "https://example.org/"})
    assert client.get(f"/evidence/{rows(database)[0].id}").status_code == 404


def test_a_file_that_the_store_has_lost_says_so(login: Login, app_config: Config, evidence_id: int) -> None:
    for path in stored(app_config):
        path.unlink()
    answer = login("college01").get(f"/evidence/{evidence_id}")
    assert answer.status_code == 503
    assert "cannot be read now" in words(answer)
