"""A backup holds one moment of an installation, and gives it back anywhere, whole."""

from __future__ import annotations

import stat
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import select, text
from sqlalchemy.orm import Session

from app.backups import creating, places, restoring, resuming, verifying
from app.backups.creating import Made
from app.backups.errors import BackupError, NotEmptyError
from app.backups.restoring import Restored
from app.backups.resuming import Resumed
from app.backups.verifying import Verified
from app.db import Database
from app.models import JournalEntry, Person, Task
from app.schema import migrate, newest
from app.services import sessions
from app.services.checking import check_evidence, check_journals
from app.services.plans import all_plans
from app.storage import EvidenceStore
from tests import every_table, factories
from tests.backups.conftest import Place
from tests.backups.holding import add_file, files_of, hand_in, rows_of, year_of
from tests.infrastructure.files import PDF
from tests.infrastructure.templates import Installation

pytestmark = pytest.mark.data("plan")

#: by the machine's clock
MADE_AT = datetime(2026, 3, 1, 3, 40, 7, tzinfo=UTC)


def create(place: Place, folder: Path, at: datetime = MADE_AT) -> Made:
    path = folder / places.name_at(at)
    return creating.create(place.database, place.store, path, at, lambda _sentence: None)


def restore(path: Path, place: Place, *, replace: bool = False) -> Restored:
    """Without what makes the journal go on: what is there then is what the backup held."""
    return restoring.restore(
        *(path, place.database, place.store),
        replace=replace,
        finish=lambda _session, _backup: None,
        progress=lambda _sentence: None,
    )


def holds(database: Database) -> bool:
    """Whether the journal of every plan is a chain."""
    with database.read() as session:
        return not any(found.broken for found in check_journals(session, all_plans(session), []))


def test_what_is_restored_elsewhere_is_what_was_there_row_by_row_and_byte_by_byte(
    here: Place, elsewhere: Place, tmp_path: Path, now: datetime
) -> None:
    year_of(here.database, here.store, now)
    made = create(here, tmp_path / "backups")
    found = restore(made.path, elsewhere)
    assert rows_of(elsewhere.database) == rows_of(here.database)
    assert files_of(elsewhere.store) == files_of(here.store)
    assert (found.files, found.backup.digest, made.lost) == (3, made.digest, [])
    assert create(elsewhere, tmp_path / "again").digest == made.digest
    assert holds(elsewhere.database)
    with elsewhere.database.read() as session:
        assert check_evidence(session, elsewhere.store, deep=True) == (4, [])


def test_work_goes_on_where_it_was_restored(
    here: Place, elsewhere: Place, tmp_path: Path, now: datetime
) -> None:
    college, *_ = year_of(here.database, here.store, now)
    restore(create(here, tmp_path).path, elsewhere)
    for place in (here, elsewhere):
        hand_in(place.database, place.store, college, "4.1", now, ("План.pdf", PDF + b"% plan\n"))
        assert holds(place.database)
    # New rows are numbered alike in both.
    assert rows_of(elsewhere.database) == rows_of(here.database)


def test_an_archive_is_readable_for_its_owner_alone_and_nothing_else_is_left(
    here: Place, tmp_path: Path, now: datetime
) -> None:
    year_of(here.database, here.store, now)
    made = create(here, tmp_path / "backups")
    assert [path.name for path in (tmp_path / "backups").iterdir()] == ["vekha-20260301T034007Z.tar"]
    assert stat.S_IMODE(made.path.stat().st_mode) == 0o600
    assert stat.S_IMODE(made.path.parent.stat().st_mode) == 0o700
    assert made.size == made.path.stat().st_size


def test_what_happens_after_a_backup_was_begun_is_not_in_it(
    here: Place, elsewhere: Place, tmp_path: Path, now: datetime
) -> None:
    college, *_ = year_of(here.database, here.store, now)
    before = rows_of(here.database)
    with here.database.read() as session:
        task_id = session.scalars(select(Task.id).where(Task.state == "returned")).one()
    worked = False

    def work(_sentence: str) -> None:
        # The rows are written by now, the files are not.
        nonlocal worked
        if not worked:
            add_file(here.database, here.store, college, task_id, now, "Новое.pdf", PDF + b"% new\n")
            worked = True

    path = tmp_path / "during.tar"
    creating.create(here.database, here.store, path, MADE_AT, work)
    assert rows_of(here.database) != before
    restore(path, elsewhere)
    assert rows_of(elsewhere.database) == before


def test_a_file_that_was_lost_or_changed_is_told_of_and_keeps_no_backup_from_being_made(
    here: Place, elsewhere: Place, tmp_path: Path, now: datetime
) -> None:
    year_of(here.database, here.store, now)
    gone, changed, whole = sorted(files_of(here.store))
    here.store.path(gone).unlink()
    here.store.path(changed).write_bytes(b"something else")
    made = create(here, tmp_path)
    assert made.lost == [gone, changed]
    assert verifying.verify(made.path).lost == [gone, changed]
    restore(made.path, elsewhere)
    assert list(files_of(elsewhere.store)) == [whole]


def test_an_installation_that_holds_anything_is_refused_and_stays_as_it_is(
    here: Place, elsewhere: Place, tmp_path: Path, now: datetime
) -> None:
    made = create(here, tmp_path)
    with elsewhere.database.transaction() as session:
        factories.actor(session, "auditor", now, "auditor")
    before = rows_of(elsewhere.database)
    with pytest.raises(NotEmptyError):
        restore(made.path, elsewhere)
    assert rows_of(elsewhere.database) == before


def test_replacing_takes_everything_away_that_came_after_the_backup_and_keeps_the_files(
    here: Place, tmp_path: Path, now: datetime
) -> None:
    college, *_ = year_of(here.database, here.store, now)
    made, before, files = create(here, tmp_path), rows_of(here.database), files_of(here.store)
    hand_in(here.database, here.store, college, "4.1", now, ("План.pdf", PDF + b"% plan\n"))
    here.store.path(next(iter(files))).write_bytes(b"damaged since")
    restore(made.path, here, replace=True)
    assert rows_of(here.database) == before
    # A damaged file is mended; what nothing names any more is left to be swept.
    assert files_of(here.store).items() > files.items()


@pytest.mark.sqlite
@pytest.mark.parametrize("there", ["nothing", "what is no database"])
def test_a_damaged_database_is_no_obstacle_to_replacing_it(
    there: str, here: Place, tmp_path: Path, now: datetime
) -> None:
    year_of(here.database, here.store, now)
    made, before = create(here, tmp_path), rows_of(here.database)
    here.database.dispose()
    file = here.installation.instance / "vekha.db"
    if there == "nothing":
        file.unlink()
    else:
        file.write_bytes(b"\0" * 4096)
    restore(made.path, here, replace=there != "nothing")
    assert rows_of(here.database) == before
    assert not file.with_name("vekha.db.restoring").exists()


def test_a_backup_of_an_older_level_is_brought_up_to_date(
    here: Place, elsewhere: Place, tmp_path: Path, now: datetime
) -> None:
    year_of(here.database, here.store, now)
    migrate(here.database, "0012")
    made = create(here, tmp_path)
    assert made.level == "0012"
    done = restore(made.path, elsewhere)
    assert done.level == newest()
    migrate(here.database)
    assert rows_of(elsewhere.database) == rows_of(here.database)


def test_a_backup_of_a_newer_level_is_refused(
    here: Place, elsewhere: Place, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    made, before = create(here, tmp_path), rows_of(elsewhere.database)
    monkeypatch.setattr(restoring, "newest", lambda: "0012")
    with pytest.raises(BackupError, match="this program knows none beyond 0012"):
        restore(made.path, elsewhere)
    assert rows_of(elsewhere.database) == before


@pytest.mark.postgresql
def test_a_database_that_a_newer_program_has_changed_goes_back_to_the_backup(
    here: Place, tmp_path: Path, now: datetime
) -> None:
    year_of(here.database, here.store, now)
    made, before = create(here, tmp_path), rows_of(here.database)
    with here.database.engine.begin() as connection:
        for statement in (
            "UPDATE alembic_version SET version_num = '9999'",
            "CREATE TYPE mood AS ENUM ('good', 'bad')",
            "CREATE TABLE later (id serial PRIMARY KEY, task_id int REFERENCES task, mood mood)",
            "CREATE FUNCTION later_refuse(text) RETURNS int LANGUAGE sql AS 'SELECT 1'",
            "ALTER TABLE task ADD COLUMN later int REFERENCES later",
            "CREATE TABLE huey_task (id serial PRIMARY KEY)",
        ):
            connection.exec_driver_sql(statement)
    assert restore(made.path, here, replace=True).level == newest()
    with here.database.engine.begin() as connection:
        connection.exec_driver_sql("DROP TABLE huey_task")
        assert not connection.scalar(text("SELECT to_regtype('mood') IS NOT NULL"))
        assert not connection.scalar(text("SELECT to_regproc('later_refuse') IS NOT NULL"))
    assert rows_of(here.database) == before


def test_a_restored_journal_tells_what_was_lost_and_nobody_stays_signed_in(
    here: Place, tmp_path: Path, now: datetime
) -> None:
    college, *_ = year_of(here.database, here.store, now)
    with here.database.transaction() as session:
        token = sessions.begin(session, session.get_one(Person, college.person_id), now, "Browser")
    made = create(here, tmp_path)
    [kept] = resuming.present_heads(here.database)
    hand_in(here.database, here.store, college, "4.1", now)
    [reached] = resuming.present_heads(here.database)
    resumed: list[Resumed] = []

    def finish(session: Session, backup: Verified) -> None:
        resumed.extend(resuming.resume(session, backup, [reached], [], now + timedelta(hours=1)))

    restoring.restore(
        *(made.path, here.database, here.store), replace=True, finish=finish, progress=lambda _sentence: None
    )
    assert resumed[0].lost == ("2022", kept.position + 1, reached.position)
    with here.database.read() as session:
        entry = session.scalars(select(JournalEntry).order_by(JournalEntry.position.desc())).first()
        assert entry is not None
        assert (entry.position, entry.action, entry.person_id) == (kept.position + 1, "restore", None)
        assert entry.details == {
            "made_at": MADE_AT.isoformat(),
            "lost": {"position": reached.position, "hash": reached.hash},
        }
        assert resumed[0].head == ("2022", entry.position, entry.hash)
        assert holds(here.database)
        assert sessions.signed_in(session, token, now=now, idle=3600, life=9999) is None


def test_old_backups_are_removed_and_nothing_else_is(tmp_path: Path) -> None:
    days = [MADE_AT + timedelta(days=number) for number in range(4)]
    for name in (*map(places.name_at, days), "vekha-own.txt", "other.tar"):
        (tmp_path / name).touch()
    assert places.prune(tmp_path, 2) == [tmp_path / places.name_at(day) for day in days[:2]]
    assert sorted(path.name for path in tmp_path.iterdir()) == [
        "other.tar", *map(places.name_at, days[2:]), "vekha-own.txt"
    ]  # fmt: skip


def test_what_was_cut_off_is_tidied_away_and_what_is_being_made_is_not(here: Place, tmp_path: Path) -> None:
    cut_off = tmp_path / "vekha-20260101T000000Z.tar.part"
    for path in (cut_off, places.snapshot_of(cut_off)):
        path.write_bytes(b"half")
    with places.written(tmp_path / "vekha-20260102T000000Z.tar") as going_on:
        create(here, tmp_path)
        assert going_on.path.exists()
        with (
            pytest.raises(BackupError, match="made by somebody else"),
            places.written(tmp_path / "vekha-20260102T000000Z.tar"),
        ):
            pass
    assert not cut_off.exists()
    assert not places.snapshot_of(cut_off).exists()
    with pytest.raises(BackupError, match="exists already"):
        create(here, tmp_path)


@pytest.mark.postgresql
def test_what_goes_from_one_database_to_the_other_and_back_is_the_same(
    here: Place, elsewhere: Place, tmp_path: Path, now: datetime
) -> None:
    year_of(here.database, here.store, now)
    with here.database.transaction() as session:
        every_table.fill(session, now)
    made = create(here, tmp_path)
    installation = Installation(f"sqlite:///{tmp_path / 'between' / 'vekha.db'}", tmp_path / "between")
    database = Database(installation.url)
    between = Place(installation, database, EvidenceStore(installation.evidence, 1024 * 1024))
    restore(made.path, between)
    assert rows_of(database) == rows_of(here.database)
    again = create(between, tmp_path / "again")
    database.dispose()
    restore(again.path, elsewhere)
    assert rows_of(elsewhere.database) == rows_of(here.database)
    assert create(elsewhere, tmp_path / "at last").digest == again.digest == made.digest
