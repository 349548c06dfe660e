"""Backups that are made while people work restore to what their manifests say, every one of them."""

from __future__ import annotations

import multiprocessing
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from app.backups import creating, places, restoring, resuming
from app.backups.contents import contents_of
from app.backups.creating import Made
from app.db import Database
from app.domain.permissions import Actor
from app.services import tasks
from app.services.checking import check_evidence, check_journals
from app.services.plans import all_plans
from app.storage import EvidenceStore
from tests import factories
from tests.backups.conftest import Place
from tests.backups.holding import files_of, hand_in
from tests.infrastructure.files import PDF

pytestmark = pytest.mark.data("plan")

#: processes in which people work
COLLEGES = ("college01", "college02", "college03")
#: seconds between two backups
PAUSE = 0.2

_PREPARED = multiprocessing.get_context("forkserver")


def work(
    url: str, evidence: Path, college: Actor, deputy: Actor, now: datetime, over: Any, acts: Any
) -> None:
    """A college hands in, with a comment and a file that is another each time; the controller returns it."""
    database, store = Database(url), EvidenceStore(evidence, 1024 * 1024)
    while not over.is_set():
        content = PDF + f"% {college.name} {acts.value}\n".encode()
        task_id = hand_in(database, store, college, "2.3", now, ("Отчёт.pdf", content))
        with database.transaction() as session:
            tasks.fire(session, store, deputy, task_id, "return", now=now, note="Ещё раз")
        acts.value += 1
    database.dispose()


@contextmanager
def people_at_work(place: Place, now: datetime) -> Iterator[list[Any]]:
    """People work in processes of their own until the block ends; how often each has come through so far."""
    with place.database.transaction() as session:
        deputy = factories.actor(session, "deputy", now, "controller")
        colleges = [factories.actor(session, name, now) for name in COLLEGES]
    over = _PREPARED.Event()
    acts = [_PREPARED.Value("i", 0) for _ in colleges]
    workers = [
        _PREPARED.Process(
            target=work,
            args=(place.database.url, place.store.root, college, deputy, now, over, count),
        )
        for college, count in zip(colleges, acts, strict=True)
    ]
    for worker in workers:
        worker.start()
    try:
        while not all(count.value for count in acts) and all(worker.is_alive() for worker in workers):
            time.sleep(PAUSE)
        yield acts
    finally:
        over.set()
        for worker in workers:
            worker.join()
    assert [worker.exitcode for worker in workers] == [0] * len(workers)


def restored(made: Made, place: Place) -> int:
    """Restore a backup and hold it to its manifest; how far its journal goes."""
    found = restoring.restore(
        *(made.path, place.database, place.store),
        replace=True,
        finish=lambda _session, _backup: None,
        progress=lambda _sentence: None,
    )
    with place.database.read() as session:
        assert contents_of(session.connection()).digest == found.backup.digest == made.digest
        assert not any(each.broken for each in check_journals(session, all_plans(session), []))
        assert check_evidence(session, place.store, deep=True).bad == []
    [head] = resuming.present_heads(place.database)
    assert [head] == found.backup.heads
    assert made.lost == []
    return head.position


@pytest.mark.parametrize("rounds", [2, pytest.param(20, marks=pytest.mark.torture)])
@pytest.mark.timeout(900)
def test_backups_under_load_restore_to_the_digests_that_they_name(
    rounds: int, here: Place, elsewhere: Place, now: datetime, tmp_path: Path
) -> None:
    backups: list[Made] = []
    with people_at_work(here, now) as acts:
        for number in range(rounds):
            before = sum(count.value for count in acts)
            moment = now + timedelta(seconds=number)
            path = tmp_path / "backups" / places.name_at(moment)
            backups.append(creating.create(here.database, here.store, path, moment, lambda _sentence: None))
            while sum(count.value for count in acts) == before:
                time.sleep(PAUSE)
    positions = [restored(made, elsewhere) for made in backups]
    # People worked all the time: each backup is of another moment.
    assert sorted(set(positions)) == positions
    # No file of the last one is missing elsewhere, and none is another.
    assert all(name == digest for name, digest in files_of(elsewhere.store).items())
