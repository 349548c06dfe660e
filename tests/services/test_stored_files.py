"""Files that nothing names are removed after a day, and never one that a row names or is about to name."""

from __future__ import annotations

import hashlib
import os
import random
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from datetime import datetime
from io import BytesIO
from pathlib import Path

import pytest
from sqlalchemy import func, select

from app import jobs
from app.anchor import Anchor, Head
from app.db import Base, Database
from app.jobs import Work
from app.models import Evidence, JournalEntry, Material, Plan, Report, Task
from app.services import journal, tasks
from app.services.checking import check_ends, check_evidence
from app.services.evidence import Attachment, Submission
from app.storage import EvidenceStore, StagedFile
from config import Config
from tests import factories
from tests.infrastructure.files import PDF

pytestmark = pytest.mark.data("plan")


@pytest.fixture
def work(app_config: Config, database: Database, now: datetime) -> Work:
    return Work(app_config, database, EvidenceStore(app_config.evidence, 10_000_000), now)


def staged(work: Work, text: str) -> StagedFile:
    return work.store.stage(BytesIO(PDF + f"% {text}".encode()), "paper.pdf")


def grow_old(*paths: Path) -> None:
    two_days_ago = time.time() - 2 * 24 * 3600
    for path in paths:
        os.utime(path, (two_days_ago, two_days_ago))


def kept_long_ago(work: Work, text: str) -> StagedFile:
    """A file that was kept two days ago, and no row was written."""
    file = staged(work, text)
    work.store.keep(file)
    grow_old(work.store.path(file.sha256))
    return file


def names(work: Work, table: type[Base], file: StagedFile) -> None:
    """A row of that table that names the file."""
    with work.database.transaction() as session:
        person = factories.actor(session, "deputy", work.now, "controller").person_id
        plan, task = session.scalars(select(Plan.id)).one(), session.scalars(select(Task.id).limit(1)).one()
        proof = Evidence(task_id=task, kind="link", url="https://a.b", created_at=work.now, person_id=person)
        session.add(proof)
        session.flush()
        at = {"changed_at": work.now, "published_at": work.now, "made_at": work.now, "created_at": work.now}
        values = {
            **{"plan_id": plan, "task_id": task, "evidence_id": proof.id, "person_id": person, **at},
            **{"kind": "file", "format": "pdf", "as_of": work.now.date(), "title": "Приказ", "name": "a.pdf"},
        }
        columns = {name: value for name, value in values.items() if name in table.__table__.columns}
        session.add(table(**columns, size=file.size, sha256=file.sha256))


@pytest.mark.parametrize("table", [Evidence, Material, Report])
def test_a_file_that_a_row_names_stays_and_the_one_beside_it_goes(work: Work, table: type[Base]) -> None:
    named, unnamed = kept_long_ago(work, "named"), kept_long_ago(work, "left over")
    names(work, table, named)
    assert jobs.run("uploads", work).result == {"files": 0, "unnamed": 1}
    assert work.store.path(named.sha256).exists()
    assert not work.store.path(unnamed.sha256).exists()


def test_these_are_all_tables_that_name_files() -> None:
    found = {table.name for table in Base.metadata.sorted_tables if "sha256" in table.columns}
    assert found >= {"evidence", "material", "report"}
    # A column under another name would not be found.
    suspects = {
        f"{table.name}.{column.name}"
        for table in Base.metadata.sorted_tables
        for column in table.columns
        if any(word in column.name for word in ("digest", "checksum", "file"))
    }
    assert suspects == {"person.digest"}


def test_what_the_journal_alone_still_names_stays(work: Work) -> None:
    file = kept_long_ago(work, "was public once")
    with work.database.transaction() as session:
        plan_id = session.scalars(select(Plan.id)).one()
        details = {"material": {"evidence": 1, "sha256": file.sha256}}
        journal.record(
            *(session, plan_id, None, work.now),
            **{"subject": "task", "subject_id": 1, "action": "publish_material", "details": details},
        )
    assert jobs.run("uploads", work).result == {"files": 0, "unnamed": 0}
    assert work.store.path(file.sha256).exists()


def test_nothing_is_removed_while_the_journal_is_older_than_what_was_anchored(work: Work) -> None:
    """An older backup was put back, perhaps by mistake: its rows name less than the files hold."""
    file = kept_long_ago(work, "attached after the backup")
    anchor = Anchor(work.config.anchor)
    anchor.append([Head("2022", 10_000, "f" * 64)], work.now)
    anchor.path.unlink()
    # However much was written down of another plan since.
    with work.database.read() as session:
        ends, _strayed = check_ends(session, {})
    busy = [Head("2022", 0, f"{number:064}") for number in range(1000)]
    anchor.append([Head("2019", 10_000, "f" * 64), *busy, *ends], work.now)
    assert jobs.run("uploads", work).result == {"files": 0, "unnamed": 0}
    assert work.store.path(file.sha256).exists()
    anchor.path.unlink()
    assert jobs.run("uploads", work).result == {"files": 0, "unnamed": 1}


def test_a_file_that_was_kept_today_and_what_is_no_hash_stay(work: Work) -> None:
    young = staged(work, "young")
    work.store.keep(young)
    other = work.store.path(young.sha256).with_name("README")
    other.write_text("An operator's own")
    grow_old(other)
    assert jobs.run("uploads", work).result == {"files": 0, "unnamed": 0}
    assert other.exists()
    assert work.store.path(young.sha256).exists()


def test_a_file_whose_row_is_about_to_be_committed_stays(work: Work, now: datetime) -> None:
    file = kept_long_ago(work, "twice")
    with work.database.transaction() as session:
        college = factories.actor(session, "college01", now)
        task = factories.find_task(session, "2.3", "college01").id
    kept, swept = threading.Event(), []

    def sweep() -> None:
        kept.wait()
        swept.append(jobs.remove_uploads(work))

    sweeper = threading.Thread(target=sweep)
    sweeper.start()
    with work.database.transaction() as session:
        submission = Submission([Attachment("file", file=staged(work, "twice"))])
        tasks.attach(session, work.store, college, task, now=now, submission=submission)
        # However old it looks: the sweeper has until now to find that nothing names it.
        grow_old(work.store.path(file.sha256))
        kept.set()
        time.sleep(0.3)
    sweeper.join()
    assert swept == [{"files": 0, "unnamed": 0}]
    with work.database.read() as session:
        assert check_evidence(session, work.store, deep=True) == (1, [])


#: how many upload, how often each
RACES = [pytest.param(3, 12, id="short"), pytest.param(6, 40, id="long", marks=pytest.mark.torture)]


@pytest.mark.parametrize(("people", "times"), RACES)
def test_nothing_that_is_named_is_ever_removed_beside_uploads(
    work: Work, now: datetime, people: int, times: int
) -> None:
    """A few files, uploaded again and again, half of them in vain, all looking old, beside a sweeper."""
    with work.database.transaction() as session:
        college = factories.actor(session, "college01", now)
        task = factories.find_task(session, "2.3", "college01").id
    uploaded, over = [0] * people, threading.Event()

    def upload(number: int) -> None:
        chance = random.Random(number)
        for _ in range(times):
            # Some that nobody else has, some that everybody has.
            text = f"{number} {chance.random()}" if chance.random() < 0.3 else f"{chance.randrange(20)}"
            file = staged(work, text)
            submission = Submission([Attachment("file", file=file)])
            with suppress(InVain), work.database.transaction() as session:
                tasks.attach(session, work.store, college, task, now=now, submission=submission)
                grow_old(work.store.path(file.sha256))
                if chance.random() < 0.5:
                    raise InVain
                uploaded[number] += 1

    def sweep() -> int:
        found = 0
        while not over.is_set():
            found += jobs.remove_uploads(work)["unnamed"]
        return found + jobs.remove_uploads(work)["unnamed"]

    with ThreadPoolExecutor(people + 1) as pool:
        sweeping = pool.submit(sweep)
        for running in [pool.submit(upload, number) for number in range(people)]:
            running.result()
        over.set()
        removed = sweeping.result()
    with work.database.read() as session:
        files = check_evidence(session, work.store, deep=True)
        named = set(session.scalars(select(Evidence.sha256)))
        assert session.scalar(select(func.count()).select_from(JournalEntry)) == files.files + 2
        assert journal.first_broken(session, session.scalars(select(Plan.id)).one()) is None
    assert files == (sum(uploaded), [])
    assert removed > 0
    # And what is left is what is named, under the hash of its bytes.
    left = [path for path in work.store.root.rglob("*") if path.is_file()]
    assert {path.name for path in left} == named
    assert {hashlib.sha256(path.read_bytes()).hexdigest() for path in left} == named


class InVain(Exception):
    """The upload comes to nothing."""
