"""A tick in a calendar program is the button on the task's page."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

import pytest

from app.db import Database
from app.domain.permissions import Actor
from app.services import tasks
from app.storage import EvidenceStore
from app.web.caldav import acts
from app.web.state import stop_reading
from config import Config
from tests.web.acting import stands
from tests.web.caldav.noted import acted, controls
from tests.web.caldav.program import Program, ticked
from tests.web.feeds.reading import on

pytestmark = pytest.mark.data("plan")


def test_a_tick_submits_the_task(
    college: Program, database: Database, people: dict[str, Actor], now: datetime, proven: int
) -> None:
    item = college.item_of(proven)
    text, tag = college.read(item)
    answer = college.put(item, ticked(text), If_Match=tag)
    assert (answer.status_code, answer.data) == (204, b"")
    assert "ETag" not in answer.headers
    task = stands(database, proven)
    assert (task.state, task.phase, task.submitted_by) == (
        "submitted",
        "review",
        people["college01"].person_id,
    )
    assert task.submitted_on == date(2022, 6, 15)
    assert acted(database, proven) == ["attach", "submit"]
    now_says, new_tag = college.read(item)
    assert new_tag != tag
    for line in ("STATUS:COMPLETED", "PERCENT-COMPLETE:100", "COMPLETED:20220615T"):
        assert f"\r\n{line}" in now_says


@pytest.mark.parametrize(
    "said",
    [
        "STATUS:COMPLETED",
        "STATUS:completed",
        "PERCENT-COMPLETE:100",
        "COMPLETED:20220615T090000Z",
        "COMPLETED:nonsense",
    ],
)
def test_each_way_of_saying_done_is_a_tick(
    college: Program, database: Database, proven: int, said: str
) -> None:
    item = college.item_of(proven)
    text, tag = college.read(item)
    bare = text.replace("STATUS:NEEDS-ACTION\r\nPERCENT-COMPLETE:0\r\n", f"{said}\r\n")
    assert bare != text
    assert college.put(item, bare, If_Match=tag).status_code == 204
    assert stands(database, proven).state == "submitted"


@pytest.mark.parametrize(
    "said",
    [
        *("STATUS:CANCELLED", "STATUS:CANCELLED\r\nPERCENT-COMPLETE:100", "STATUS:IN-PROCESS"),
        *("PERCENT-COMPLETE:99", "PERCENT-COMPLETE:-1", "PERCENT-COMPLETE:1000", "PERCENT-COMPLETE:x"),
        *("STATUS:WHATEVER", "X-COMPLETED:1", ""),
        # what an older tick has left behind
        *("STATUS:NEEDS-ACTION\r\nCOMPLETED:20220615T090000Z", "STATUS:IN-PROCESS\r\nPERCENT-COMPLETE:100"),
    ],
)
def test_nothing_else_is_a_tick(college: Program, database: Database, proven: int, said: str) -> None:
    item = college.item_of(proven)
    text, tag = college.read(item)
    bare = text.replace("STATUS:NEEDS-ACTION\r\nPERCENT-COMPLETE:0\r\n", f"{said}\r\n")
    assert college.put(item, bare, If_Match=tag).status_code == 204
    assert stands(database, proven).state == "planned"
    assert "submit" not in acted(database, proven)


def test_a_tick_of_an_alarm_is_none_of_the_task(college: Program, database: Database, proven: int) -> None:
    item = college.item_of(proven)
    text, tag = college.read(item)
    alarm = "BEGIN:VALARM\r\nACTION:DISPLAY\r\nSTATUS:COMPLETED\r\nEND:VALARM\r\n"
    assert college.put(item, text.replace("END:VTODO", f"{alarm}END:VTODO"), If_Match=tag).status_code == 204
    assert stands(database, proven).state == "planned"


def test_a_tick_of_what_has_changed_meanwhile_does_nothing(
    college: Program,
    database: Database,
    people: dict[str, Actor],
    store: EvidenceStore,
    now: datetime,
    proven: int,
) -> None:
    item = college.item_of(proven)
    text, tag = college.read(item)
    with database.transaction() as session:
        tasks.explain(
            session, people["college01"], proven, now=now, explanation="Ждём подпись", expected_on=None
        )
    stale = college.put(item, ticked(text), If_Match=tag)
    assert (stale.status_code, stale.mimetype) == (412, "text/plain")
    assert stands(database, proven).state == "planned"
    for condition in ({"If_Match": '"other"'}, {"If_Match": f"W/{tag}"}, {"If_None_Match": "*"}):
        assert college.put(item, ticked(text), **condition).status_code == 412
    text, tag = college.read(item)
    assert college.put(item, ticked(text), If_Match=f'"other", {tag}').status_code == 204
    assert stands(database, proven).state == "submitted"


def test_a_tick_without_a_condition_counts_as_well(college: Program, database: Database, proven: int) -> None:
    item = college.item_of(proven)
    assert college.put(item, ticked(college.read(item)[0])).status_code == 204
    assert stands(database, proven).state == "submitted"


def test_a_change_between_the_tags_and_the_tick_is_noticed(
    college: Program,
    database: Database,
    people: dict[str, Actor],
    now: datetime,
    proven: int,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    item = college.item_of(proven)
    text, tag = college.read(item)
    compare = acts._check_tags

    def compare_and_be_overtaken(*present: Any) -> None:
        compare(*present)
        stop_reading()
        with database.transaction() as session:
            tasks.explain(
                session, people["college01"], proven, now=now, explanation="Быстрее", expected_on=None
            )

    monkeypatch.setattr(acts, "_check_tags", compare_and_be_overtaken)
    assert college.put(item, ticked(text), If_Match=tag).status_code == 412
    assert stands(database, proven).state == "planned"


def test_a_tick_of_yesterdays_bytes_counts(
    app_config: Config, college: Program, database: Database, proven: int
) -> None:
    item = college.item_of(proven)
    text, tag = college.read(item)
    with on(app_config, date(2022, 6, 16)) as tomorrow:
        program = Program(tomorrow, college.username, college.secret)
        # it is a day later by then, and says so
        assert program.read(item)[1] != tag
        assert program.put(item, ticked(text), If_Match=tag).status_code == 204
    assert stands(database, proven).state == "submitted"


def test_a_second_tick_changes_nothing(college: Program, database: Database, proven: int) -> None:
    item = college.item_of(proven)
    college.put(item, ticked(college.read(item)[0]))
    version = stands(database, proven).version
    text, tag = college.read(item)
    again = college.put(item, ticked(text), If_Match=tag)
    assert (again.status_code, "ETag" in again.headers) == (204, False)
    assert stands(database, proven).version == version
    assert acted(database, proven) == ["attach", "submit"]


def test_what_was_returned_is_ticked_again(
    college: Program,
    database: Database,
    people: dict[str, Actor],
    store: EvidenceStore,
    now: datetime,
    handed_in: int,
) -> None:
    item = college.item_of(handed_in)
    before = college.read(item)[1]
    controls(database, store, people["deputy"], now, handed_in, "return")
    text, tag = college.read(item)
    assert "STATUS:COMPLETED" not in text
    assert college.put(item, ticked(text), If_Match=before).status_code == 412
    assert college.put(item, ticked(text), If_Match=tag).status_code == 204
    assert stands(database, handed_in).state == "submitted"
