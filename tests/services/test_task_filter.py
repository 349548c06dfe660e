"""Each condition of a list leaves exactly the tasks that it names."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

import pytest
from sqlalchemy import select

from app.db import Database
from app.domain.permissions import may_see_task
from app.models import Evidence, Extension
from app.services import people
from app.services.plans import find_plan
from app.services.task_filter import Filter
from app.services.task_list import TaskLine, each_task_line, task_counts, task_lines

pytestmark = pytest.mark.data("story")

TODAY = date(2022, 6, 15)
JUNE = date(2022, 6, 1), date(2022, 6, 30)

#: what narrows → whether it lets a task through, said without a database
PUBLIC: dict[str, tuple[Filter, Callable[[TaskLine], bool]]] = {
    "state": (Filter(state="returned"), lambda line: line.state == "returned"),
    "from": (Filter(due_from=JUNE[0]), lambda line: line.due is not None and line.due >= JUNE[0]),
    "from and to": (
        Filter(due_from=JUNE[0], due_to=JUNE[1]),
        lambda line: line.due is not None and JUNE[0] <= line.due <= JUNE[1],
    ),
    # fifteen days late counts as at least fifteen
    "late": (
        Filter(late=15),
        lambda line: line.phase == "owing" and line.due is not None and (TODAY - line.due).days >= 15,
    ),
    # a day late is what is overdue, no more
    "late at all": (
        Filter(late=1),
        lambda line: line.phase == "owing" and line.due is not None and line.due < TODAY,
    ),
    "words": (
        Filter(text="БАЗЫ данных Колледж №7"),
        lambda line: line.code == "4.1" and "№ 7" in line.short_name,
    ),
    "nothing but signs": (Filter(text="% _ «»"), lambda line: True),
}


@pytest.fixture
def lines(database: Database) -> list[TaskLine]:
    with database.read() as session:
        return task_lines(session, find_plan(session, "2022"), TODAY)


@pytest.mark.parametrize("name", PUBLIC)
def test_a_condition_leaves_what_it_names(database: Database, lines: list[TaskLine], name: str) -> None:
    narrowed, lets_through = PUBLIC[name]
    expected = {line.id for line in lines if lets_through(line)}
    assert expected
    with database.read() as session:
        college = people.find_actor(session, "college19")
        plan = find_plan(session, "2022")
        # these are no secrets: everybody's list holds the same
        for reader in (None, college):
            found = task_lines(session, plan, TODAY, narrowed=narrowed, reader=reader)
            assert {line.id for line in found} == expected
            assert task_counts(session, plan, TODAY, narrowed, ("all",), reader) == {"all": len(expected)}


def test_what_not_everybody_knows_narrows_to_what_one_may_open(
    database: Database, lines: list[TaskLine]
) -> None:
    with database.read() as session:
        plan = find_plan(session, "2022")
        proved = set(session.scalars(select(Evidence.task_id)))
        granted = set(session.scalars(select(Extension.task_id).where(Extension.state == "granted")))
        secrets = [
            (Filter(evidence="with"), proved),
            (Filter(evidence="without"), {line.id for line in lines} - proved),
            (Filter(extension="granted"), granted),
            (Filter(returned=True), {line.id for line in lines if line.returns}),
        ]
        for who in ("deputy", "college19", "centre"):
            reader = people.find_actor(session, who)
            opens = {
                line.id for line in lines if may_see_task(reader, line.organization_id, line.coordinator_id)
            }
            for narrowed, named in secrets:
                found = list(each_task_line(session, plan, TODAY, "all", narrowed, reader, "plan"))
                assert {line.id for line in found} == named & opens, (who, narrowed)
                counts = task_counts(session, plan, TODAY, narrowed, ("all", "overdue"), reader)
                assert counts["all"] == len(named & opens), (who, narrowed)


def test_what_a_request_is_about_narrows_for_those_alone_who_may_open_it(database: Database) -> None:
    with database.read() as session:
        plan, narrowed = find_plan(session, "2022"), Filter(text="экскурсии станочников")
        readers = {who: people.find_actor(session, who) for who in ("deputy", "auditor", "college19")}
        found = {
            who: len(task_lines(session, plan, TODAY, narrowed=narrowed, reader=reader))
            for who, reader in readers.items()
        }
        assert found == {"deputy": 1, "auditor": 1, "college19": 0}
