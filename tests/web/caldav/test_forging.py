"""What a program writes over the plan is not taken, and comes back to it as it is."""

from __future__ import annotations

from datetime import date, datetime, timedelta

import pytest
from flask import Flask
from sqlalchemy import func, select

from app.db import Database
from app.models import JournalEntry, Task
from app.services.journal import first_broken
from tests.web.acting import stands
from tests.web.caldav.days import travel
from tests.web.caldav.noted import acted, entries
from tests.web.caldav.program import Program, ticked

pytestmark = [pytest.mark.data("plan"), pytest.mark.one_database]


def test_what_is_sent_back_as_it_was_keeps_its_tag(college: Program, database: Database, proven: int) -> None:
    item = college.item_of(proven)
    text, tag = college.read(item)
    same = college.put(item, text, If_Match=tag)
    assert (same.status_code, same.headers["ETag"]) == (204, tag)
    other_words = text.replace("PRODID:-//Vekha//Vekha//EN", "PRODID:-//Other//EN")
    personal = "X-APPLE-SORT-ORDER:7\r\nPRIORITY:1\r\nCATEGORIES:mine\r\nCLASS:PRIVATE\r\n"
    alarm = "BEGIN:VALARM\r\nACTION:DISPLAY\r\nTRIGGER:-PT15M\r\nDESCRIPTION:x\r\nEND:VALARM\r\n"
    other_words = other_words.replace("END:VTODO", f"{personal}{alarm}END:VTODO")
    answer = college.put(item, other_words, If_Match=tag)
    assert (answer.status_code, "ETag" in answer.headers) == (204, False)
    assert college.read(item)[1] == tag
    assert acted(database, proven) == ["attach"]


FORGED = {
    "summary": ("SUMMARY:", "SUMMARY:Forged "),
    "description": ("DESCRIPTION:", "DESCRIPTION:Forged "),
    "due": ("DUE;VALUE=DATE:20220204", "DUE;VALUE=DATE:20991231"),
    "repeats": ("END:VTODO", "RRULE:FREQ=DAILY\r\nEND:VTODO"),
    "status": ("STATUS:NEEDS-ACTION", "STATUS:IN-PROCESS"),
    "percent": ("PERCENT-COMPLETE:0", "PERCENT-COMPLETE:50"),
}


@pytest.mark.parametrize("field", FORGED)
def test_what_a_program_writes_over_the_plan_is_not_taken_and_comes_back_true(
    college: Program, database: Database, task_id: int, field: str
) -> None:
    item, token = college.item_of(task_id), college.changes().token
    text, tag = college.read(item)
    forged = text.replace(*FORGED[field], 1)
    assert forged != text
    answer = college.put(item, forged, If_Match=tag)
    assert (answer.status_code, "ETag" in answer.headers) == (204, False)
    [(action, details)] = entries(database, task_id)
    assert (action, details["program"], list(details["asked"])) == ("change_refused", "Tasks.org", [field])
    assert college.changes(token).there == {item}
    now_says, new_tag = college.read(item)
    # Another tag: some programs fetch nothing whose tag they know.
    assert new_tag != tag
    own = ("SUMMARY", "DESCRIPTION", "DUE", "STATUS", "PERCENT-COMPLETE")
    for line in text.split("\r\n"):
        if line.startswith(own):
            assert line in now_says.split("\r\n")
    assert "RRULE" not in now_says


def test_a_due_date_may_be_written_in_other_ways(college: Program, database: Database, task_id: int) -> None:
    item = college.item_of(task_id)
    text, tag = college.read(item)
    for due in (
        *("DUE:20220204T200000Z", "DUE:20220203T210000Z", "DUE;TZID=Europe/Moscow:20220204T180000"),
        "DUE:20220204T235959",
    ):
        assert (
            college.put(item, text.replace("DUE;VALUE=DATE:20220204", due), If_Match=tag).status_code == 204
        )
    assert entries(database, task_id) == []


def test_words_may_be_wrapped_in_other_ways(college: Program, database: Database, task_id: int) -> None:
    item = college.item_of(task_id)
    text, tag = college.read(item)
    unfolded = text.replace("\r\n ", "")
    for sent in (unfolded, unfolded.replace("\r\n", "\n"), text.replace("\\n", "\\N"), "\ufeff" + text):
        assert college.put(item, sent, If_Match=tag).status_code == 204
    assert entries(database, task_id) == []


def test_the_same_forgery_again_is_not_noted_again_but_still_comes_back_true(
    college: Program, database: Database, task_id: int
) -> None:
    item = college.item_of(task_id)
    text, _ = college.read(item)
    forged = text.replace("SUMMARY:", "SUMMARY:Forged ")
    for _ in range(3):
        assert college.put(item, forged).status_code == 204
        token = college.changes().token
    assert acted(database, task_id) == ["change_refused"]
    assert college.put(item, forged).status_code == 204
    assert college.changes(token).there == {item}
    assert college.put(item, text.replace("SUMMARY:", "SUMMARY:Otherwise ")).status_code == 204
    assert acted(database, task_id) == ["change_refused"] * 2


def test_a_program_gone_mad_fills_no_journal(college: Program, database: Database, task_id: int) -> None:
    item = college.item_of(task_id)
    text, _ = college.read(item)
    for number in range(30):
        assert college.put(item, text.replace("SUMMARY:", f"SUMMARY:{number} ")).status_code == 204
    assert len(acted(database, task_id)) == 20


def test_a_day_later_the_same_is_noted_again(
    app: Flask, college: Program, database: Database, task_id: int
) -> None:
    item = college.item_of(task_id)
    text = college.read(item)[0]
    college.put(item, text.replace("SUMMARY:", "SUMMARY:Forged "))
    travel(app, date(2022, 6, 17))
    college.put(item, text.replace("SUMMARY:", "SUMMARY:Forged "))
    said = [details["asked"] for action, details in entries(database, task_id) if action == "change_refused"]
    assert len(said) == 2


def test_a_forged_title_does_not_stop_a_tick(college: Program, database: Database, proven: int) -> None:
    item = college.item_of(proven)
    text, tag = college.read(item)
    forged = ticked(text).replace("SUMMARY:", "SUMMARY:Forged ").replace("20220204", "20991231")
    assert college.put(item, forged, If_Match=tag).status_code == 204
    task = stands(database, proven)
    assert (task.state, task.due) == ("submitted", date(2022, 2, 4))
    assert "Forged" not in college.read(item)[0]


def test_the_journal_stays_whole(college: Program, database: Database, task_id: int, proven: int) -> None:
    item = college.item_of(task_id)
    text, _ = college.read(item)
    nasty = text.replace("SUMMARY:", "SUMMARY:\\n\x01\u202e\U0001f469‍\U0001f680" + "я" * 500)
    assert college.put(item, nasty).status_code == 204
    college.ask("DELETE", item)
    with database.read() as session:
        plan_id = session.get_one(Task, task_id).plan_id
        assert first_broken(session, plan_id) is None
        noted = session.scalar(
            select(func.count()).where(JournalEntry.action.in_(("change_refused", "delete_refused")))
        )
    assert noted == 2


def test_what_was_refused_is_told_anew_for_two_days(
    app: Flask, college: Program, task_id: int, now: datetime
) -> None:
    item = college.item_of(task_id)
    college.put(item, college.read(item)[0].replace("SUMMARY:", "SUMMARY:Forged "))
    assert college.changes(college.changes().token).there == {item}
    travel(app, (now + timedelta(days=3)).date())
    assert college.changes(college.changes().token).there == set()
