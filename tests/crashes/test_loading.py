"""A loading of the seed and a migration that are killed: all or nothing, and begun again it gets there."""

from __future__ import annotations

import random
import re
from collections.abc import Callable

import pytest
from sqlalchemy import func, select

from app.db import Base, Database
from app.models import Activity, JournalEntry, Task
from app.schema import level, migrate
from tests.crashes import NUMBERS
from tests.crashes.conftest import Whole
from tests.infrastructure import killed
from tests.infrastructure.killing import Killer, kills


def counted(database: Database) -> dict[str, int]:
    """How many rows each table holds."""
    with database.read() as session:
        return {
            table.name: session.scalar(select(func.count()).select_from(table)) or 0
            for table in Base.metadata.sorted_tables
        }


@pytest.mark.parametrize("number", NUMBERS)
def test_a_first_loading_that_is_killed_has_loaded_all_or_nothing(
    database: Database,
    whole: Whole,
    killing: Callable[..., Killer],
    chance: random.Random,
    number: int,
) -> None:
    kill, order = killing(killed.load), {"edition": 0}

    def empty() -> None:
        migrate(database, "base")
        migrate(database)

    nothing = counted(database)
    kill.prepare(order)
    everything = counted(database)
    assert everything["task"] == 790
    empty()
    uncut = kill(order)
    assert {"before do_commit", "after INSERT INTO TASK", "after INSERT INTO JOURNAL_ENTRY"} <= set(
        uncut.steps
    )
    empty()
    came = 0
    for moment in kills(uncut, number, chance):
        outcome = kill(order, moment)
        came += outcome.killed
        present = counted(database)
        assert present in (nothing, everything), moment
        assert present == everything or not outcome.acknowledged, moment
        if present == everything:
            whole()
            assert kill(order).acknowledged == [[0, 0]]
            assert counted(database) == everything
            empty()
    assert came > number // 2
    assert kill(order).acknowledged
    assert counted(database) == everything
    whole()


@pytest.mark.data("plan")
@pytest.mark.parametrize("number", NUMBERS)
def test_a_later_loading_that_is_killed_has_changed_all_or_nothing(
    database: Database,
    picture: Callable[[], str],
    whole: Whole,
    killing: Callable[..., Killer],
    chance: random.Random,
    number: int,
) -> None:
    kill = killing(killed.load)

    def edition() -> set[str]:
        """What stands at the end of the titles, and how often that was journaled."""
        with database.read() as session:
            titles = session.scalars(select(Activity.title))
            return {found[1] if (found := re.search(r" \((\d+)\)$", title)) else "0" for title in titles}

    def entries() -> int:
        return counted(database)["journal_entry"]

    kill.prepare({"edition": 1})
    uncut = kill({"edition": 2})
    assert uncut.acknowledged == [[0, 28]]
    came = 0
    for new, moment in enumerate(kills(uncut, number, chance), 3):
        order, before = {"edition": new}, entries()
        outcome = kill(order, moment)
        came += outcome.killed
        done = edition() == {str(new)}
        assert done or edition() == {str(new - 1)}, moment
        assert entries() == before + done, moment
        assert done or not outcome.acknowledged, moment
        assert kill(order).acknowledged == [[0, 0 if done else 28]]
        after = picture()
        assert kill(order).acknowledged == [[0, 0]]
        assert (edition(), entries(), picture()) == ({str(new)}, before + 1, after)
    assert came > number // 2
    whole()


#: a level of the past, which the tables of today are far from
OLD = "0001"


@pytest.mark.data("plan")
@pytest.mark.parametrize("number", NUMBERS)
def test_a_migration_that_is_killed_is_done_or_was_never_begun(
    database: Database,
    picture: Callable[[], str],
    whole: Whole,
    killing: Callable[..., Killer],
    chance: random.Random,
    number: int,
) -> None:
    kill = killing(killed.bring)
    newest = level(database)[1]
    orders = {OLD: {"target": OLD}, newest: {"target": "head"}}
    kill.prepare(orders[OLD])
    kill.prepare(orders[newest])
    # What a step back has lost is lost; from here on the way leads between two pictures.
    uncut, pictures = {}, {}
    for target, order in orders.items():
        uncut[target] = kill(order)
        pictures[target] = picture()
    assert {"before do_commit", "after do_commit", "after CREATE TABLE"} <= set(uncut[newest].steps)
    came, there = 0, newest
    moments = {target: kills(uncut[target], number // 2, chance) for target in orders}
    for back, forth in zip(moments[OLD], moments[newest], strict=True):
        for target, moment in ((OLD, back), (newest, forth)):
            outcome = kill(orders[target], moment)
            came += outcome.killed
            present = picture()
            assert present in (pictures[there], pictures[target]), moment
            assert present == pictures[target] or not outcome.acknowledged, moment
            # Begun again it gets there, and then there is nothing left to do.
            for _ in range(2):
                kill(orders[target])
                assert level(database)[0] == target
                assert picture() == pictures[target]
            there = target
    assert came > number // 2
    whole()
    with database.read() as session:
        assert len(session.scalars(select(Task.id)).all()) == 790
        assert session.scalar(select(func.count()).select_from(JournalEntry))
