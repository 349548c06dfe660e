"""A restore that is killed leaves what was there, or all of the backup."""

from __future__ import annotations

import random
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest

from app.backups import creating, restoring
from app.services.checking import check_evidence
from app.work import Work
from config import Config
from tests.backups.conftest import Place
from tests.backups.holding import hand_in, rows_of, year_of
from tests.infrastructure.files import PDF
from tests.infrastructure.killing import Kill, killer_of

pytestmark = pytest.mark.data("plan")

#: where half of a restore could show
STEPS = ("before do_commit", "after do_commit", "after replace", "before unlink")


def put_back(work: Work, order: dict[str, Any], acknowledge: Callable[[object], None]) -> None:
    """The `archive` in the place of what is there."""
    restoring.restore(
        *(Path(order["archive"]), work.database, work.store),
        replace=True,
        finish=lambda _session, _backup: None,
        progress=lambda _sentence: None,
    )
    acknowledge("restored")


@pytest.mark.parametrize("number", [6, pytest.param(15, marks=pytest.mark.torture)])
@pytest.mark.timeout(900)
def test_a_killed_restore_leaves_the_one_or_the_other_and_can_be_begun_again(
    number: int, app_config: Config, here: Place, now: datetime, tmp_path: Path
) -> None:
    college, *_ = year_of(here.database, here.store, now)
    states, archives = [], []
    for name in ("older.tar", "newer.tar"):
        if states:
            hand_in(here.database, here.store, college, "4.1", now, ("План.pdf", PDF + b"% plan\n"))
        made = creating.create(here.database, here.store, tmp_path / name, now, lambda _sentence: None)
        archives.append(str(made.path))
        states.append(rows_of(here.database))
    chance, killed = random.Random(2022), 0
    with killer_of(put_back, app_config, now) as kill:
        kill.prepare({"archive": archives[1]})
        present = 1
        uncut = kill({"archive": archives[0]})
        present = 0
        kills = [Kill(step=step) for step in STEPS if step in uncut.steps]
        kills += [
            Kill(number=chance.randint(1, len(uncut.steps)))
            if chance.random() < 0.7
            else Kill(seconds=chance.uniform(0, uncut.seconds))
            for _ in range(number - len(kills))
        ]
        for moment in kills:
            wanted = 1 - present
            outcome = kill({"archive": archives[wanted]}, moment)
            killed += outcome.killed
            rows = rows_of(here.database)
            assert rows in ([states[wanted]] if outcome.acknowledged else states), moment
            present = states.index(rows)
            with here.database.read() as session:
                assert check_evidence(session, here.store, deep=True).bad == []
        assert kill({"archive": archives[1]}).acknowledged == ["restored"]
    assert rows_of(here.database) == states[1]
    assert killed >= number - 2
    assert not list(here.installation.instance.glob("*.restoring*"))
