"""`flask backup`, as an operator uses it."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import select

from app.anchor import Anchor, Head
from app.backups import restoring
from app.backups.resuming import present_heads
from app.backups.verifying import verify_open
from app.db import Database
from app.models import Task
from app.storage import EvidenceStore
from config import Config
from tests.backups.holding import add_file, hand_in, year_of
from tests.cli.test_accepting import full_disk
from tests.cli.test_jobs import invoke
from tests.infrastructure.files import PDF
from tests.infrastructure.templates import SECRET_KEY, Installation, Templates

pytestmark = pytest.mark.data("plan")


@pytest.fixture
def empty(templates: Templates, tmp_path: Path) -> Iterator[Installation]:
    """Another installation, in which there is nothing."""
    with templates.copy("empty", tmp_path / "empty") as installation:
        yield installation


def returned(database: Database) -> int:
    """The task that was returned."""
    with database.read() as session:
        return session.scalars(select(Task.id).where(Task.state == "returned")).one()


def position(database: Database) -> int:
    """How far the journal of the plan has come."""
    [head] = present_heads(database)
    return head.position


def test_a_backup_is_made_checked_and_restored_into_another_installation(
    app: Flask, installation: Installation, database: Database, now: datetime, empty: Installation
) -> None:
    store = EvidenceStore(installation.evidence, 1024 * 1024)
    year_of(database, store, now)
    (installation.instance / "settings.toml").write_text(f'secret_key = "{SECRET_KEY}"\n')
    made = invoke(app, "backup", "create")
    assert made.exit_code == 0, made.output
    [archive] = (installation.instance / "backups").iterdir()
    assert made.output.splitlines()[-3].startswith(f"{archive}: {archive.stat().st_size} bytes, level ")
    assert "3 files, " in made.stderr
    checked = invoke(app, "backup", "verify", str(archive))
    assert checked.exit_code == 0
    assert f"Plan 2022: journal up to position {position(database)}." in checked.output
    digest = made.output.partition("Digest of rows and files: ")[2].split()[0]
    assert digest in checked.output
    assert SECRET_KEY.encode() not in archive.read_bytes()
    done = empty.flask("backup", "restore", str(archive))
    assert done.returncode == 0, done.stderr
    assert "3 files (3 were not there)" in done.stdout
    assert empty.flask("journal", "verify").returncode == 0


def test_what_a_restored_backup_does_not_know_is_said(
    app: Flask, installation: Installation, database: Database, now: datetime
) -> None:
    store = EvidenceStore(installation.evidence, 1024 * 1024)
    college, *_ = year_of(database, store, now)
    made = json.loads(invoke(app, "backup", "create", "--json").stdout)
    first = position(database) + 1
    hand_in(database, store, college, "4.1", now)
    assert invoke(app, "journal", "anchor").exit_code == 0
    add_file(database, store, college, returned(database), now, "Ещё.pdf", PDF)
    last = position(database)
    refused = invoke(app, "backup", "restore", made["path"])
    assert refused.exit_code == 1
    assert "This installation is not empty." in refused.stderr
    assert position(database) == last
    done = invoke(app, "backup", "restore", made["path"], "--replace")
    assert done.exit_code == 0, done.stderr
    number = last - first + 1
    assert f"Plan 2022: {number} entries of the journal are lost, positions {first} to {last}." in done.stdout
    assert position(database) == first
    # The anchor knows of the lost entries, and that they are lost; it would notice if nobody had said so.
    assert invoke(app, "journal", "verify").exit_code == 0
    by_hand = invoke(app, "journal", "anchor")
    assert by_hand.exit_code == 0, by_hand.stderr


def test_a_plan_that_a_restored_backup_does_not_know_is_said_and_missed_no_more(
    app: Flask, app_config: Config, now: datetime
) -> None:
    made = json.loads(invoke(app, "backup", "create", "--json").stdout)
    Anchor(app_config.anchor).append([Head("2023", 7, "a" * 64)], now)
    done = invoke(app, "backup", "restore", made["path"], "--replace")
    assert done.exit_code == 0, done.stderr
    assert "Plan 2023: 7 entries of the journal are lost, positions 1 to 7." in done.stdout
    assert invoke(app, "journal", "verify").exit_code == 0


def test_an_anchor_that_cannot_be_written_is_told_before_or_with_what_is_to_be_done(
    app: Flask, app_config: Config, database: Database, now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = json.loads(invoke(app, "backup", "create", "--json").stdout)
    Anchor(app_config.anchor).append([Head("2023", 7, "a" * 64)], now)
    before = position(database)
    with monkeypatch.context() as patch:
        patch.setattr(Anchor, "writable", lambda _anchor: False)
        refused = invoke(app, "backup", "restore", made["path"], "--replace")
    assert (refused.exit_code, "Nothing was changed" in refused.stderr) == (1, True)
    assert position(database) == before
    with monkeypatch.context() as patch:
        patch.setattr("app.anchor._write", full_disk)
        refused = invoke(app, "backup", "restore", made["path"], "--replace")
    assert refused.exit_code == 1
    assert "Plan 2023: 7 entries of the journal are lost" in refused.stdout
    assert "The backup was restored, and the anchor does not know" in refused.stderr
    assert "then `flask journal accept` each of 2023" in refused.stderr
    assert "Nothing was changed" not in refused.stderr
    assert position(database) == before + 1


def test_an_older_database_that_was_put_back_by_hand_is_noticed(
    app: Flask, installation: Installation, database: Database, now: datetime
) -> None:
    store = EvidenceStore(installation.evidence, 1024 * 1024)
    college, *_ = year_of(database, store, now)
    made = json.loads(invoke(app, "backup", "create", "--json").stdout)
    hand_in(database, store, college, "4.1", now)
    assert invoke(app, "journal", "anchor").exit_code == 0
    with Path(made["path"]).open("rb") as archive:
        backup = verify_open(archive)
    restoring.restore(
        *(Path(made["path"]), database, store),
        replace=True,
        finish=lambda _session, _backup: None,
        progress=lambda _sentence: None,
    )
    noticed = invoke(app, "journal", "verify")
    assert noticed.exit_code == 1
    [head] = backup.heads
    assert f"entry {head.position + 1} is missing" in noticed.stdout


def test_a_damaged_backup_is_told_by_what_is_wrong_and_restores_nothing(
    app: Flask, installation: Installation, database: Database, now: datetime
) -> None:
    year_of(database, EvidenceStore(installation.evidence, 1024 * 1024), now)
    archive = Path(json.loads(invoke(app, "backup", "create", "--json").stdout)["path"])
    content = bytearray(archive.read_bytes())
    place = content.index(PDF)
    content[place] ^= 1
    archive.write_bytes(content)
    name = content[:place].rpartition(b"evidence/")[2][:64].decode()
    before = position(database)
    for command in (("verify", str(archive)), ("restore", "--replace", str(archive))):
        answer = invoke(app, "backup", *command)
        assert answer.exit_code == 1
        assert f"Error: evidence/{name}: its bytes are not those that were written" in answer.stderr
    assert position(database) == before


def test_a_backup_with_a_lost_file_is_made_and_ends_with_exit_code_1(
    app: Flask, installation: Installation, database: Database, now: datetime, tmp_path: Path
) -> None:
    store = EvidenceStore(installation.evidence, 1024 * 1024)
    college, *_ = year_of(database, store, now)
    add_file(database, store, college, returned(database), now, "Ещё.pdf", PDF + b"% lost\n")
    lost = max(store.root.glob("??/*"), key=lambda path: path.stat().st_mtime_ns)
    lost.unlink()
    archive, older = tmp_path / "vekha-20220102T000000Z.tar", tmp_path / "vekha-20220101T000000Z.tar"
    older.touch()
    made = invoke(app, "backup", "create", "--output", str(archive), "--keep", "1")
    assert made.exit_code == 1
    assert older.exists(), "what is lost may be in it"
    words = f"1 file that the database names was missing or changed, first {lost.name}."
    assert f"Error: the backup was made, but {words}" in made.stderr
    checked = invoke(app, "backup", "verify", str(archive))
    assert checked.exit_code == 0
    assert f"Warning: when it was made, {words}" in checked.stderr


def test_so_many_backups_are_kept_as_are_wanted(app: Flask, tmp_path: Path) -> None:
    for name in ("vekha-20220101T000000Z.tar", "vekha-20220102T000000Z.tar"):
        (tmp_path / name).touch()
    made = invoke(app, "backup", "create", "--output", str(tmp_path), "--keep", "2")
    assert made.exit_code == 0, made.output
    assert f"Removed {tmp_path / 'vekha-20220101T000000Z.tar'}." in made.output
    assert len(list(tmp_path.glob("vekha-*.tar"))) == 2
