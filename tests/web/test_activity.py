"""The page of an activity: its matrix, its people, its proof and its history, each as far as one may see."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable
from datetime import date
from html import unescape

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import func, select

from app.db import Database
from app.domain.overdue import is_overdue
from app.models import Activity, Evidence, JournalEntry, Organization, Task
from tests.infrastructure.forms import in_english, words
from tests.infrastructure.statements import recorded_statements

pytestmark = pytest.mark.data("story")

SignIn = Callable[..., FlaskClient]


def address(code: str, tail: str = "") -> str:
    return f"/plans/2022/activities/{code}{tail}"


def panel(html: str, name: str) -> str:
    """The markup of the section that is labelled by `name`."""
    found = re.search(rf'<section class="panel[^"]*" aria-labelledby="{name}">.*?</section>', html, re.DOTALL)
    assert found, f"no section {name}"
    return found.group()


@pytest.mark.parametrize("code", ["2.3", "2.4", "3.8", "4.1", "4.2", "4.3"])
def test_each_task_is_shown_once_with_its_kind(
    code: str, sign_in: SignIn, database: Database, today: date
) -> None:
    html = panel(sign_in("deputy").get(address(code)).text, "tasks")
    with database.read() as session:
        tasks = session.execute(
            select(Task.id, Task.phase, Task.state, Task.due)
            .join(Activity, Activity.id == Task.activity_id)
            .where(Activity.code == code)
        ).all()
    links = re.findall(r'href="/tasks/(\d+)"', html)
    assert Counter(links) == Counter(str(task.id) for task in tasks)
    late = sum(bool(task.due and is_overdue(task.phase, task.due, today)) for task in tasks)
    kinds = Counter(re.findall(r'<(?:td|li) class="(?:tile )?kind-(\w+)"', html))
    assert kinds["overdue"] == late
    assert kinds["done"] == sum(task.phase == "accepted" for task in tasks)
    assert kinds["review"] == sum(task.phase == "review" for task in tasks)


def test_the_matrix_of_a_monthly_activity_has_a_row_for_each_organisation(sign_in: SignIn) -> None:
    html = panel(in_english(sign_in("deputy")).get(address("4.1")).text, "tasks")
    assert len(re.findall(r'<tr><th scope="row">', html)) == 35
    assert len(re.findall(r"<td class=\"kind-", html)) == 630
    assert re.findall(r'colspan="(\d+)"><span>([^<]+)<', html) == [
        ("12", "Graduates of 2021"),
        ("6", "Graduates of 2022"),
    ]
    row = re.search(r'<tr><th scope="row">[^<]*no\. 31</th>.*?</tr>', html, re.DOTALL)
    assert row
    assert "47 days late" in words(row.group())


def test_a_date_says_how_many_are_in_and_names_who_is_late(sign_in: SignIn) -> None:
    client = sign_in("deputy")
    client.environ_base["HTTP_ACCEPT_LANGUAGE"] = "ru"
    shown = words(panel(client.get(address("2.4")).text, "dates"))
    assert re.search(r"33.*35.*: 2 ?: Колледж № 19, Колледж № 26", shown)


def test_a_link_to_a_task_is_there_for_who_may_open_it_alone(sign_in: SignIn) -> None:
    code, links = "2.3", re.compile(r'href="(/tasks/\d+)"')
    everybody = set(links.findall(panel(sign_in("centre").get(address(code)).text, "tasks")))
    assert len(everybody) == 35
    college = sign_in("college07")
    own = links.findall(college.get(address(code)).text)
    assert len(set(own)) == 1
    assert college.get(own[0]).status_code == 200
    foreign = next(iter(everybody - set(own)))
    assert college.get(foreign).status_code == 404
    # How far the others are is no secret.
    assert panel(college.get(address(code)).text, "tasks").count('class="tile kind-done"') == 35


def test_evidence_and_history_of_others_do_not_show(sign_in: SignIn, database: Database) -> None:
    with database.read() as session:
        rows = session.execute(
            select(Organization.key, Evidence.name)
            .join(Task, Task.id == Evidence.task_id)
            .join(Organization, Organization.id == Task.organization_id)
            .join(Activity, Activity.id == Task.activity_id)
            .where(Activity.code == "2.3", Evidence.kind == "file")
        ).all()
        returned = session.scalars(
            select(JournalEntry.note)
            .join(Activity, Activity.id == JournalEntry.activity_id)
            .where(Activity.code == "2.3", JournalEntry.action == "return")
            .order_by(JournalEntry.position.desc())
        ).first()
    own = {row.name for row in rows if row.key == "college07"}
    foreign = {row.name for row in rows if row.key != "college07"} - own
    assert own
    assert len(foreign) > 20
    page = unescape(sign_in("college07").get(address("2.3", "?evidence=all")).text)
    assert all(name in page for name in own)
    assert not [name for name in foreign if name in page]
    assert returned
    assert returned not in page
    coordinator = unescape(sign_in("centre").get(address("2.3", "?evidence=all")).text)
    assert returned in unescape(sign_in("auditor").get(address("2.3")).text)
    assert [name for name in foreign if name in coordinator]


def test_all_the_evidence_is_one_click_away(sign_in: SignIn) -> None:
    client = in_english(sign_in("deputy"))
    first = panel(client.get(address("2.3")).text, "proofs")
    assert first.count("<tr>") - 1 == 20
    more = re.search(r'href="([^"]+)">Show all 35<', first)
    assert more
    everything = panel(client.get(unescape(more[1])).text, "proofs")
    assert everything.count("<tr>") - 1 == 35
    download = re.search(r'href="(/evidence/\d+)"', everything)
    assert download
    assert client.get(download[1]).status_code == 200


def test_the_history_tells_who_did_what_and_when_fifty_at_a_time(sign_in: SignIn, database: Database) -> None:
    client = in_english(sign_in("auditor"))
    with database.read() as session:
        entries = session.scalar(
            select(func.count())
            .select_from(JournalEntry)
            .join(Activity, Activity.id == JournalEntry.activity_id)
            .where(Activity.code == "2.3")
        )
    shown, page = [], 1
    while True:
        html = panel(client.get(address("2.3", f"?page={page}")).text, "history")
        here = re.findall(r'<p class="history-line">', html)
        shown.append(len(here))
        if 'rel="next"' not in html:
            break
        page += 1
    assert sum(shown) == entries
    assert shown[:-1] == [50] * (len(shown) - 1)
    newest = words(panel(client.get(address("2.3")).text, "history"))
    assert re.search(r"Activity done: all tasks accepted \d+ Feb 2022, \d\d:\d\d · Vekha, by itself", newest)
    assert re.search(r"Accepted · [^·]+ no\. 17[^·]*· 21 January to 4 February 15 Feb 2022", newest)


def test_the_present_state_is_marked_in_the_diagram(sign_in: SignIn) -> None:
    html = panel(sign_in("auditor").get(address("2.4")).text, "machine")
    present = re.findall(r'class="wf-box [^"]*wf-present[^"]*" data-state="(\w+)"', html)
    assert present == ["in_progress"]
    assert html.count("<svg class=") == 2


def test_dates_tell_the_order_the_force_and_the_rule(sign_in: SignIn) -> None:
    client = in_english(sign_in("auditor"))
    moved = words(panel(client.get(address("3.1")).text, "dates"))
    assert "30 Apr 2022" in moved
    assert "1 Apr 2022 to 29 Apr 2022" in moved
    assert "30 April 2022 is not a working day: moved to the one before it, 29 April 2022" in moved
    monitoring = words(panel(client.get(address("4.2")).text, "dates"))
    assert "as of 1 June 2022" in monitoring
    assert "set by the operator" in monitoring


@pytest.mark.parametrize(("username", "offered"), [("deputy", True), ("college07", True), ("dgszn", False)])
def test_a_request_is_opened_by_who_provides_or_controls(
    username: str, offered: bool, sign_in: SignIn
) -> None:
    client = in_english(sign_in(username))
    link = re.search(
        r'<a href="([^"]+)" class="btn[^>]*>.*?Open a request</a>', client.get(address("4.5")).text
    )
    assert (link is not None) == offered
    assert link is None or client.get(unescape(link[1])).status_code == 200
    assert "Open a request" not in client.get(address("2.3")).text


def test_what_comes_before_is_shown_with_its_state(sign_in: SignIn) -> None:
    html = in_english(sign_in("auditor")).get(address("2.3")).text
    assert re.search(r"2\.2 .*21 January.* Done", words(panel(html, "before")))
    later = words(panel(in_english(sign_in("auditor")).get(address("2.6")).text, "before"))
    assert re.search(r"2\.5 .* Not started", later)


def test_what_waits_is_reviewed_from_here(sign_in: SignIn) -> None:
    client = in_english(sign_in("deputy"))
    page = client.get(address("4.1")).text
    link = re.search(
        r'href="([^"]*/review)#(activity-4\.1)"[^>]*>.*?Review what was submitted: (\d+)<', page, re.DOTALL
    )
    assert link
    queue = client.get(link[1]).text
    group = re.search(rf'<section class="panel" id="{link[2]}">.*?</section>', queue, re.DOTALL)
    assert group
    assert len(re.findall(r'value="\d+:\d+:accept"', group.group())) == int(link[3]) == 4
    assert "#activity-4.1" not in sign_in("centre").get(address("4.1")).text


def test_an_activity_that_does_not_exist_is_not_found(sign_in: SignIn) -> None:
    client = sign_in("deputy")
    assert client.get(address("9.9")).status_code == 404
    assert client.get("/plans/1999/activities/2.3").status_code == 404


@pytest.mark.parametrize("username", ["deputy", "college07"])
@pytest.mark.parametrize("code", ["2.3", "4.1", "4.3"])
def test_the_page_costs_few_statements_whatever_its_size(
    code: str, username: str, app: Flask, sign_in: SignIn
) -> None:
    client = sign_in(username)
    with recorded_statements(app.extensions["vekha"].database) as first:
        client.get(address(code))
    with recorded_statements(app.extensions["vekha"].database) as again:
        client.get(address(code))
    assert len(first) <= 12
    assert len(again) <= 7
