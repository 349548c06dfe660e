"""A tick in a calendar program is the button on the task's page: it does the same, or says why not."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime, timedelta
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import func, select

from app.db import Database
from app.domain.permissions import Actor
from app.models import JournalEntry, Task
from app.services import activities, tasks
from app.services.journal import first_broken
from app.storage import EvidenceStore
from app.web.caldav import acts
from app.web.state import stop_reading
from tests import factories
from tests.web.acting import Login, stands, words
from tests.web.caldav.days import travel
from tests.web.caldav.program import D, Program, conditions, ticked, unticked

pytestmark = pytest.mark.data("plan")

TICK_REFUSED = [f"{D}need-privileges", "{urn:x-vekha}tick-refused"]


def entries(database: Database, task_id: int) -> list[tuple[str, dict[str, Any]]]:
    """What the journal says of a task: what was done and its details, oldest first."""
    with database.read() as session:
        found = session.execute(
            select(JournalEntry.action, JournalEntry.details)
            .where(JournalEntry.task_id == task_id)
            .order_by(JournalEntry.position)
        )
        return [(action, details) for action, details in found]


def acted(database: Database, task_id: int) -> list[str]:
    return [action for action, _ in entries(database, task_id)]


def controls(
    database: Database, store: EvidenceStore, deputy: Actor, now: datetime, task_id: int, *triggers: str
) -> None:
    with database.transaction() as session:
        for trigger in triggers:
            tasks.fire(session, store, deputy, task_id, trigger, now=now, note="основание")


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
        "STATUS:NEEDS-ACTION\r\nCOMPLETED:20220615T090000Z",
        "STATUS:IN-PROCESS\r\nPERCENT-COMPLETE:100",
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

    def compare_and_be_overtaken(present: Any) -> None:
        compare(present)
        stop_reading()
        with database.transaction() as session:
            tasks.explain(
                session, people["college01"], proven, now=now, explanation="Быстрее", expected_on=None
            )

    monkeypatch.setattr(acts, "_check_tags", compare_and_be_overtaken)
    assert college.put(item, ticked(text), If_Match=tag).status_code == 412
    assert stands(database, proven).state == "planned"


def test_a_second_tick_changes_nothing(college: Program, database: Database, proven: int) -> None:
    item = college.item_of(proven)
    college.put(item, ticked(college.read(item)[0]))
    version = stands(database, proven).version
    text, tag = college.read(item)
    again = college.put(item, ticked(text), If_Match=tag)
    assert (again.status_code, "ETag" in again.headers) == (204, False)
    assert stands(database, proven).version == version
    assert acted(database, proven) == ["attach", "submit"]


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


def test_a_tick_without_proof_is_refused_and_the_task_says_what_is_missing(
    college: Program, database: Database, login: Login, task_id: int
) -> None:
    item = college.item_of(task_id)
    text, tag = college.read(item)
    refused = college.put(item, ticked(text), If_Match=tag)
    assert refused.status_code == 403
    assert conditions(refused) == TICK_REFUSED
    assert "Please attach: Approved plan." in refused.text
    assert stands(database, task_id).state == "planned"
    assert acted(database, task_id) == ["tick_refused"]
    page = words(login("college01").get(f"/tasks/{task_id}"))
    notice = page.partition('class="notice notice-warning"')[2].partition("</div>\n</div>")[0]
    assert "A tick in a calendar program was not taken" in notice
    assert "Tasks.org" in notice
    assert "Please attach: Approved plan." in notice
    history = page.partition('class="history"')[2]
    assert "A tick in a calendar program was not taken: Tasks.org; Please attach" in history


def test_the_notice_is_in_the_readers_language(
    college: Program, sign_in: Callable[..., FlaskClient], task_id: int
) -> None:
    item = college.item_of(task_id)
    college.put(item, ticked(college.read(item)[0]))
    page = words(sign_in("college01").get(f"/tasks/{task_id}"))
    assert "Отметка из программы-календаря не принята" in page
    assert "Приложите: " in page.partition("notice-warning")[2].partition("</ul>")[0]


@pytest.mark.parametrize("answered", ["attach", "submit"])
def test_the_notice_goes_once_something_is_done_about_it(
    college: Program,
    database: Database,
    people: dict[str, Actor],
    store: EvidenceStore,
    now: datetime,
    login: Login,
    task_id: int,
    answered: str,
) -> None:
    item, page = college.item_of(task_id), login("college01")
    college.put(item, ticked(college.read(item)[0]))
    notice = "A tick in a calendar program was not taken</p>"
    assert notice in page.get(f"/tasks/{task_id}").text
    with database.transaction() as session:
        proof = factories.proof(session, session.get_one(Task, task_id))
        here = (session, store, people["college01"], task_id)
        if answered == "attach":
            tasks.attach(*here, now=now, submission=proof)
        else:
            tasks.fire(*here, "submit", now=now, submission=proof)
    assert notice not in page.get(f"/tasks/{task_id}").text
    # Returned later, the task does not speak of the old tick again.
    if answered == "submit":
        controls(database, store, people["deputy"], now, task_id, "return")
        assert notice not in page.get(f"/tasks/{task_id}").text


def test_a_refused_tick_is_taken_back_by_the_program_and_counts_once_the_proof_is_there(
    college: Program,
    database: Database,
    people: dict[str, Actor],
    store: EvidenceStore,
    now: datetime,
    task_id: int,
) -> None:
    item, token = college.item_of(task_id), college.changes().token
    text, tag = college.read(item)
    assert college.put(item, ticked(text), If_Match=tag).status_code == 403
    assert college.changes(token).there == {item}
    text, new_tag = college.read(item)
    assert new_tag != tag
    assert "STATUS:NEEDS-ACTION" in text
    with database.transaction() as session:
        proof = factories.proof(session, session.get_one(Task, task_id))
        tasks.attach(session, store, people["college01"], task_id, now=now, submission=proof)
    text, tag = college.read(item)
    assert college.put(item, ticked(text), If_Match=tag).status_code == 204
    assert stands(database, task_id).state == "submitted"


@pytest.mark.parametrize("phase", ["review", "accepted"])
def test_a_tick_is_not_taken_back_in_a_program(
    college: Program,
    database: Database,
    people: dict[str, Actor],
    store: EvidenceStore,
    now: datetime,
    handed_in: int,
    phase: str,
) -> None:
    if phase == "accepted":
        controls(database, store, people["deputy"], now, handed_in, "accept")
    item = college.item_of(handed_in)
    token = college.changes().token
    text, tag = college.read(item)
    assert "STATUS:COMPLETED" in text
    for sent in (unticked(text), text.replace("STATUS:COMPLETED", "STATUS:CANCELLED")):
        refused = college.put(item, sent, If_Match=tag)
        tag = college.read(item)[1]
        assert refused.status_code == 403
        assert conditions(refused) == [f"{D}need-privileges"]
        assert "Only the controller returns it" in refused.text
    assert stands(database, handed_in).phase == phase
    assert acted(database, handed_in)[-1] == "untick_refused"
    assert item in college.changes(token).there


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


def test_what_was_withdrawn_cannot_be_ticked(
    college: Program,
    database: Database,
    people: dict[str, Actor],
    store: EvidenceStore,
    now: datetime,
    proven: int,
) -> None:
    controls(database, store, people["deputy"], now, proven, "withdraw")
    item = college.item_of(proven)
    text, tag = college.read(item)
    assert "STATUS:CANCELLED" in text
    refused = college.put(item, ticked(text), If_Match=tag)
    assert refused.status_code == 403
    assert "the state is “Withdrawn”" in refused.text
    assert stands(database, proven).state == "withdrawn"


def test_what_is_suspended_cannot_be_ticked(
    college: Program, database: Database, people: dict[str, Actor], now: datetime, proven: int
) -> None:
    with database.transaction() as session:
        activity_id = session.get_one(Task, proven).activity_id
        activities.act(session, people["deputy"], activity_id, "suspend", now=now, note="приостановлено")
    item = college.item_of(proven)
    text, tag = college.read(item)
    refused = college.put(item, ticked(text), If_Match=tag)
    assert refused.status_code == 403
    assert "suspended or withdrawn" in refused.text
    assert stands(database, proven).state == "planned"


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


def test_a_refused_tick_is_noted_anew_after_something_was_done(
    college: Program,
    database: Database,
    people: dict[str, Actor],
    now: datetime,
    task_id: int,
) -> None:
    item = college.item_of(task_id)
    for _ in range(2):
        college.put(item, ticked(college.read(item)[0]))
    with database.transaction() as session:
        tasks.explain(session, people["college01"], task_id, now=now, explanation="Ждём", expected_on=None)
    for _ in range(2):
        college.put(item, ticked(college.read(item)[0]))
    assert acted(database, task_id) == ["tick_refused", "explain", "tick_refused"]


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


def test_the_task_page_tells_everything_that_was_refused(
    college: Program,
    database: Database,
    people: dict[str, Actor],
    store: EvidenceStore,
    now: datetime,
    login: Login,
    handed_in: int,
) -> None:
    item = college.item_of(handed_in)
    text, _ = college.read(item)
    college.put(item, unticked(text))
    college.put(item, text.replace("SUMMARY:", "SUMMARY:Forged "))
    college.ask("DELETE", item)
    for client in (login("college01"), login("deputy")):
        page = words(client.get(f"/tasks/{handed_in}"))
        for said in (
            "A calendar program may not take a tick back: Tasks.org",
            "A change in a calendar program was not taken: Tasks.org; title",
            "A calendar program may not delete the task: Tasks.org",
        ):
            assert said in page


def test_what_was_refused_is_told_anew_for_two_days(
    app: Flask, college: Program, task_id: int, now: datetime
) -> None:
    item = college.item_of(task_id)
    college.put(item, college.read(item)[0].replace("SUMMARY:", "SUMMARY:Forged "))
    assert college.changes(college.changes().token).there == {item}
    travel(app, (now + timedelta(days=3)).date())
    assert college.changes(college.changes().token).there == set()
