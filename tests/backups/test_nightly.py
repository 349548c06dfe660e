"""The backup of the night: off until a folder is named, checked, and not kept for ever."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from pathlib import Path

import pytest

from app import jobs
from app.backups import verifying
from app.db import Database
from app.jobs import Work
from app.storage import EvidenceStore
from config import Config
from tests.backups.conftest import Place
from tests.backups.holding import files_of, year_of

pytestmark = pytest.mark.data("plan")


@pytest.fixture
def work(app_config: Config, database: Database, here: Place, now: datetime, tmp_path: Path) -> Work:
    year_of(database, here.store, now)
    config = replace(app_config, backups=tmp_path / "backups")
    return Work(config, database, EvidenceStore(config.evidence, 10_000_000), now)


def test_it_is_made_where_the_settings_say_and_the_oldest_goes(work: Work) -> None:
    assert jobs.run("backup", replace(work, config=replace(work.config, backups=None))).result == {
        "backups": 0
    }
    folder = work.config.backups
    assert folder is not None
    folder.mkdir()
    for day in range(1, 15):
        (folder / f"vekha-202201{day:02}T004000Z.tar").touch()
    last = jobs.run("backup", work)
    assert (last.failure, last.result["backups"]) == ("", 1)
    kept = sorted(folder.iterdir())
    assert (len(kept), kept[0].name) == (14, "vekha-20220102T004000Z.tar")
    assert verifying.verify(kept[-1]).rows == last.result["rows"]


def test_a_lost_file_fails_the_job_and_every_backup_is_kept(work: Work, here: Place) -> None:
    lost = min(files_of(here.store))
    here.store.path(lost).unlink()
    assert work.config.backups is not None
    work.config.backups.mkdir()
    for day in range(1, 15):
        # One of them may hold what is lost.
        (work.config.backups / f"vekha-202201{day:02}T004000Z.tar").touch()
    last = jobs.run("backup", work)
    assert last.words == f"The backup was made, but 1 files are missing or changed, first {lost}."
    assert len(list(work.config.backups.iterdir())) == 15


def test_a_folder_that_cannot_be_written_to_fails_the_job(work: Work, tmp_path: Path) -> None:
    (tmp_path / "backups").write_text("no folder")
    assert jobs.run("backup", work).words.startswith("The backup could not be made: ")
