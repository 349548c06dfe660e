"""The jobs: each does its work, says how it went, and can be run again."""

from __future__ import annotations

import os
import time
from datetime import datetime, timedelta
from io import BytesIO
from pathlib import Path

import pytest
from sqlalchemy import select, update

from app import jobs
from app.db import Database
from app.domain.errors import NotFoundError
from app.jobs import JOBS, Work
from app.models import Evidence, JobRun, JournalEntry, LoginSession, Person, Task, Throttle
from app.services import people, sent_forms
from app.services.job_runs import begin_run, last_runs
from app.services.sign_in import sign_in
from app.storage import EvidenceStore
from config import Config
from tests.infrastructure.files import PDF
from tests.infrastructure.tampering import behind_the_triggers

PASSWORD = "a good long password"

pytestmark = pytest.mark.data("plan")


@pytest.fixture
def work(app_config: Config, database: Database, now: datetime) -> Work:
    return Work(app_config, database, EvidenceStore(app_config.evidence, 10_000_000), now)


def keep_file(work: Work, content: bytes) -> int:
    """Evidence with a file, as if it had been attached; its id."""
    with work.store.staging() as files:
        files.append(work.store.stage(BytesIO(content), "paper.pdf"))
        work.store.keep(files[0])
        staged = files[0]
    with work.database.transaction() as session:
        if (person := session.scalar(select(Person).limit(1))) is None:
            person = people.add_person(
                session, "admin", name="", role="administrator", password=PASSWORD, now=work.now
            )
        evidence = Evidence(
            task_id=session.scalars(select(Task.id).limit(1)).one(),
            kind="file",
            name=staged.name,
            media_type=staged.media_type,
            size=staged.size,
            sha256=staged.sha256,
            created_at=work.now,
            person_id=person.id,
        )
        session.add(evidence)
        session.flush()
        return evidence.id


def file_of(work: Work, evidence_id: int) -> Path:
    with work.database.read() as session:
        return work.store.path(session.get_one(Evidence, evidence_id).sha256)


@pytest.mark.parametrize("name", JOBS)
def test_a_job_can_be_run_again_and_leaves_its_last_run(work: Work, name: str) -> None:
    assert jobs.run(name, work).failure == ""
    # What there was to do is done: from now on nothing changes.
    second, third = jobs.run(name, work), jobs.run(name, work)
    assert (second.failure, third.failure) == ("", "")
    assert third.result == second.result
    with work.database.read() as session:
        assert last_runs(session) == {name: third}
    assert third.finished_at is not None


@pytest.mark.parametrize("name", JOBS)
def test_a_job_says_what_it_does_step_by_step(name: str) -> None:
    assert len(jobs.summary_of(name)) > 10
    assert "\n    1. " in (JOBS[name].__doc__ or "")


def test_there_is_no_job_of_any_other_name(work: Work) -> None:
    with pytest.raises(NotFoundError):
        jobs.run("everything", work)
    with work.database.read() as session:
        assert last_runs(session) == {}


def test_old_sessions_and_failures_are_forgotten(work: Work) -> None:
    with work.database.transaction() as session:
        people.add_person(session, "auditor", name="", role="auditor", password=PASSWORD, now=work.now)
    for days in (40, 20):
        assert sign_in(work.database, "auditor", PASSWORD, now=work.now - timedelta(days=days))
    sign_in(work.database, "nobody", "wrong", now=work.now - timedelta(days=2))
    sign_in(work.database, "auditor", "wrong", now=work.now)
    with work.database.transaction() as session:
        for hours in (25, 23):
            assert sent_forms.take(session, f"{hours}", work.now - timedelta(hours=hours))
    assert jobs.run("sessions", work).result == {"sessions": 1, "failures": 1, "forms": 1}
    with work.database.read() as session:
        assert len(session.scalars(select(LoginSession)).all()) == 1
        assert len(session.scalars(select(Throttle)).all()) == 1


def test_uploads_that_were_cut_off_a_day_ago_are_removed_and_nothing_else(work: Work) -> None:
    kept = file_of(work, keep_file(work, PDF + b"% kept"))
    incoming = work.store.root / "incoming"
    old, young = incoming / "old", incoming / "young"
    for path in (old, young):
        path.write_bytes(b"half a file")
    two_days_ago = time.time() - 2 * 24 * 3600
    for path in (old, kept):
        os.utime(path, (two_days_ago, two_days_ago))
    assert jobs.run("uploads", work).result == {"files": 1, "unnamed": 0}
    assert (old.exists(), young.exists(), kept.exists()) == (False, True, True)


def test_a_sound_journal_passes_with_the_number_of_its_entries(work: Work) -> None:
    with work.database.transaction() as session:
        people.add_person(session, "auditor", name="", role="auditor", password=PASSWORD, now=work.now)
        entries = len(session.scalars(select(JournalEntry)).all())
    assert jobs.run("journal", work).numbers == {"plans": 1, "entries": entries}


def test_a_journal_that_was_tampered_with_fails_with_its_plan_and_entry(work: Work) -> None:
    with work.database.transaction() as session:
        for name in ("first", "second", "third"):
            people.add_person(session, name, name="", role="auditor", password=PASSWORD, now=work.now)
        position = session.scalars(
            select(JournalEntry.position)
            .where(JournalEntry.subject == "person")
            .order_by(JournalEntry.position)
            .limit(1)
            .offset(1)
        ).one()
    with behind_the_triggers(work.database) as session:
        session.execute(
            update(JournalEntry).where(JournalEntry.position == position).values(note="never said")
        )
    last = jobs.run("journal", work)
    assert last.words == f"Journal of plan 2022: entry {position} was changed after it was written."
    with work.database.read() as session:
        assert last_runs(session)["journal"] == last


@pytest.mark.parametrize("damage", ["missing", "cut short"])
def test_evidence_whose_file_is_not_there_whole_fails_with_its_number(work: Work, damage: str) -> None:
    sound = keep_file(work, PDF + b"% sound")
    damaged = keep_file(work, PDF + b"% damaged")
    assert jobs.run("evidence", work).result == {"files": 2}
    if damage == "missing":
        file_of(work, damaged).unlink()
    else:
        os.truncate(file_of(work, damaged), 5)
    last = jobs.run("evidence", work)
    assert last.words == f"1 of 2 files are missing or changed. Evidence: {damaged}."
    assert sound != damaged


def test_only_a_deep_check_reads_the_bytes(work: Work) -> None:
    changed = keep_file(work, PDF + b"% changed")
    with file_of(work, changed).open("r+b") as file:
        file.write(b"%PDF-1.7 CHANGED")
    assert not jobs.run("evidence", work).failure
    deep = Work(work.config, work.database, work.store, work.now, deep=True)
    assert f"Evidence: {changed}." in jobs.run("evidence", deep).words


def test_a_job_that_breaks_down_is_noted_as_failed(work: Work, monkeypatch: pytest.MonkeyPatch) -> None:
    def break_down(_work: Work) -> dict[str, int]:
        raise OSError("the disk is gone: 100%\nand more")

    monkeypatch.setitem(JOBS, "uploads", break_down)
    last = jobs.run("uploads", work)
    assert last.words == "The job ended with an error: OSError: the disk is gone: 100%"
    with work.database.read() as session:
        assert last_runs(session)["uploads"] == last


def test_a_run_that_was_cut_off_has_no_end(work: Work) -> None:
    jobs.run("uploads", work)
    with work.database.transaction() as session:
        begin_run(session, "uploads", work.now, work.now)
    with work.database.read() as session:
        assert last_runs(session)["uploads"].finished_at is None
        assert session.get_one(JobRun, "uploads").result == {}
