"""Viruses: found at once, found later, not looked for yet; and who is told and given what."""

from __future__ import annotations

import hashlib
import io
import zipfile
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import func, select

from app import create_app, jobs
from app.db import Database
from app.domain.errors import CannotBePublishedError
from app.domain.permissions import Actor
from app.models import Evidence, JournalEntry, Notice, Person, Report
from app.scanning import INFECTED, Verdict
from app.services import scans
from app.services.publishing import materials
from app.services.reports.accepted_evidence import accepted_evidence
from app.work import Work
from config import Config
from tests.infrastructure import clamd
from tests.infrastructure.clamd import EICAR
from tests.infrastructure.files import PDF
from tests.web.acting import Login, post, stands, upload, words

pytestmark = pytest.mark.data("plan")

VIRUS = PDF + EICAR


@pytest.fixture
def scanner(monkeypatch: pytest.MonkeyPatch) -> Iterator[clamd.Clamd]:
    monkeypatch.setattr("app.storage._AT_ONCE", 0.3)
    monkeypatch.setattr("app.scan_files._PATIENCE", 0.3)
    with clamd.clamd() as server:
        yield server


@pytest.fixture
def app(app_config: Config, scanner: clamd.Clamd) -> Iterator[Flask]:
    app = create_app(replace(app_config, clamav=scanner.address))
    yield app
    app.extensions["vekha"].database.dispose()


@pytest.fixture
def work(app: Flask, database: Database) -> Work:
    parts = app.extensions["vekha"]
    return Work(parts.config, database, parts.store, parts.config.clock.now())


def hand_in(login: Login, database: Database, task_id: int, content: bytes, name: str = "План.pdf") -> int:
    data = {
        **{"trigger": "submit", "version": stands(database, task_id).version, "note": "Готово"},
        "evidence.document": upload(name, content),
    }
    return post(login("college01"), f"/tasks/{task_id}/transitions", data).status_code


def files(database: Database) -> list[Evidence]:
    with database.read() as session:
        return list(session.scalars(select(Evidence).where(Evidence.kind == "file").order_by(Evidence.id)))


def given(login: Login, evidence_id: int) -> dict[str, int]:
    people = ("college01", "centre", "deputy", "auditor", "college02")
    return {name: login(name).get(f"/evidence/{evidence_id}").status_code for name in people}


EVERYBODY = {"college01": 200, "centre": 200, "deputy": 200, "auditor": 200, "college02": 404}
NOBODY = {"college01": 409, "centre": 409, "deputy": 409, "auditor": 409, "college02": 404}


def test_a_clean_file_is_given_and_said_to_be_clean(login: Login, database: Database, task_id: int) -> None:
    assert hand_in(login, database, task_id, PDF) == 303
    (file,) = files(database)
    assert (file.scan, file.scanned_at is not None) == ("clean", True)
    assert given(login, file.id) == EVERYBODY
    assert "no viruses found" in words(login("deputy").get(f"/tasks/{task_id}"))


def test_an_infected_file_is_refused_and_the_form_keeps_what_was_typed(
    login: Login, database: Database, app: Flask, task_id: int
) -> None:
    data = {
        **{"trigger": "submit", "version": "1", "note": "Готово"},
        "evidence.document": upload("План.pdf", VIRUS),
    }
    answer = post(login("college01"), f"/tasks/{task_id}/transitions", data)
    assert answer.status_code == 422
    assert "“План.pdf” is infected with Eicar-Signature." in words(answer)
    assert "Готово" in words(answer)
    assert files(database) == []
    store = app.extensions["vekha"].store
    assert [path for path in store.root.rglob("*") if path.is_file()] == []


def test_files_that_the_scanner_cannot_take_keep_no_other_from_its_turn(
    login: Login, database: Database, scanner: clamd.Clamd, work: Work, task_id: int
) -> None:
    scanner.fall_silent()
    assert hand_in(login, database, task_id, PDF) == 303
    (small,) = files(database)
    with database.transaction() as session:
        # It came before the three, when there was no scanner.
        session.get_one(Evidence, small.id).scan = "none"
        for number in range(3):
            content = bytes([number]) * 2000
            path = work.store.path(sha256 := hashlib.sha256(content).hexdigest())
            path.parent.mkdir(exist_ok=True)
            path.write_bytes(content)
            row = {"task_id": task_id, "person_id": small.person_id, "created_at": work.now}
            session.add(Evidence(**row, kind="file", sha256=sha256, scan="pending"))
    scanner.take_at_most(1000)
    scanner.speak()
    assert "did not answer" in jobs.run("scan", work).words
    later = replace(work, now=work.now + timedelta(minutes=1))
    jobs.run("scan", later)
    assert {file.id: file.scan for file in files(database)}[small.id] == "clean"


def test_what_nobody_has_scanned_yet_counts_as_sent_and_is_given_to_nobody_else_until_it_is_clean(
    login: Login,
    database: Database,
    scanner: clamd.Clamd,
    work: Work,
    people: dict[str, Actor],
    task_id: int,
) -> None:
    scanner.fall_silent()
    assert hand_in(login, database, task_id, PDF) == 303
    assert stands(database, task_id).state == "submitted"
    (file,) = files(database)
    assert given(login, file.id) == {**NOBODY, "college01": 200}
    deputy = login("deputy")
    for address in (f"/tasks/{task_id}", "/plans/2022/review"):
        assert "Still being checked for viruses" in words(deputy.get(address)), address
    assert f"/evidence/{file.id}" not in deputy.get("/plans/2022/review").text
    with database.read() as session, pytest.raises(CannotBePublishedError, match="not checked for viruses"):
        materials.prepare(session, work.store, people["deputy"], file.id)
    assert "did not answer" in jobs.run("scan", work).words
    scanner.speak()
    assert jobs.run("scan", work).result == {"files": 1, "infected": 0}
    assert given(login, file.id) == EVERYBODY
    assert jobs.run("scan", work).result == {"files": 0, "infected": 0}


def test_what_is_found_infected_later_is_given_to_nobody_and_everybody_concerned_is_told_once(
    login: Login, database: Database, scanner: clamd.Clamd, work: Work, task_id: int
) -> None:
    scanner.fall_silent()
    assert hand_in(login, database, task_id, VIRUS) == 303
    scanner.speak()
    for _ in range(2):
        jobs.run("scan", work)
    (file,) = files(database)
    assert (file.scan, file.signature) == ("infected", "Eicar-Signature")
    assert given(login, file.id) == NOBODY
    for name, address in (
        ("deputy", f"/tasks/{task_id}"),
        ("deputy", "/plans/2022/review"),
        ("college01", f"/tasks/{task_id}"),
    ):
        assert "Infected: Eicar-Signature." in words(login(name).get(address)), (name, address)
    with database.read() as session:
        entries = session.scalars(select(JournalEntry).where(JournalEntry.action == "infected")).all()
        told = session.scalars(
            select(Person.username)
            .join(Notice, Notice.person_id == Person.id)
            .where(Notice.kind == "infected")
        ).all()
    assert [(entry.task_id, entry.note) for entry in entries] == [(task_id, "План.pdf")]
    assert sorted(told) == ["college01", "deputy"]


def test_a_verdict_belongs_to_the_bytes(
    login: Login, database: Database, scanner: clamd.Clamd, work: Work, task_id: int
) -> None:
    scanner.fall_silent()
    assert hand_in(login, database, task_id, VIRUS) == 303
    scanner.speak()
    jobs.run("scan", work)
    assert (
        post(login("deputy"), f"/tasks/{task_id}/transitions", _return(database, task_id)).status_code == 303
    )
    scanner.fall_silent()
    # The same bytes under another name, while the scanner says nothing.
    assert hand_in(login, database, task_id, VIRUS, "Другой.pdf") == 422
    # What is infected proves nothing: the task cannot be handed in without another file.
    data = {"trigger": "submit", "version": stands(database, task_id).version}
    assert post(login("college01"), f"/tasks/{task_id}/transitions", data).status_code == 422
    assert hand_in(login, database, task_id, PDF) == 303


def _return(database: Database, task_id: int) -> dict[str, object]:
    version = stands(database, task_id).version
    return {"trigger": "return", "version": version, "note": "Приложите чистый файл"}


def test_a_pack_names_what_is_withheld_and_does_not_hold_it(
    login: Login, database: Database, scanner: clamd.Clamd, work: Work, task_id: int
) -> None:
    from app.exports.evidence_pack import write_evidence_pack
    from app.services.plans import find_plan
    from app.web.reports.pack import evidence_pack

    scanner.fall_silent()
    assert hand_in(login, database, task_id, PDF) == 303
    accept = {"trigger": "accept", "version": stands(database, task_id).version}
    assert post(login("deputy"), f"/tasks/{task_id}/transitions", accept).status_code == 303
    with database.read() as session:
        plan = find_plan(session, "2022")
        proofs = accepted_evidence(session, plan.id)
    with login("deputy").application.test_request_context():
        said = evidence_pack(proofs, plan, "", plan.today(work.now), work.now, "deputy")
    out = io.BytesIO()
    write_evidence_pack(out, said, work.store.path)
    with zipfile.ZipFile(out) as archive:
        assert not [name for name in archive.namelist() if name.endswith(".pdf")]
        assert '"fault": "withheld"' in archive.read("manifest.json").decode()


def test_a_pack_that_was_made_before_a_file_of_it_was_found_infected_is_given_no_more(
    login: Login, database: Database, work: Work, task_id: int
) -> None:
    def made() -> str:
        assert post(deputy, "/plans/2022/reports/", {"report": "evidence.zip"}).status_code == 303
        with database.read() as session:
            return f"/plans/2022/reports/{session.scalars(select(func.max(Report.id))).one()}"

    deputy = login("deputy")
    assert hand_in(login, database, task_id, PDF) == 303
    accept = {"trigger": "accept", "version": stands(database, task_id).version}
    assert post(deputy, f"/tasks/{task_id}/transitions", accept).status_code == 303
    early = made()
    assert deputy.get(early).status_code == 200
    (file,) = files(database)
    with database.transaction() as session:
        scans.note(session, file.sha256, Verdict(INFECTED, "Eicar"), work.now)
    answer = deputy.get(early)
    assert answer.status_code == 409
    assert "“План.pdf” is in this pack and was found infected later. Make the pack anew" in words(answer)
    anew = deputy.get(made())
    assert anew.status_code == 200
    with zipfile.ZipFile(io.BytesIO(anew.data)) as archive:
        assert not [name for name in archive.namelist() if name.endswith(".pdf")]
