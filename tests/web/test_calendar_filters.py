"""What the pages of the calendar are narrowed to, for whom, and what they cost."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date
from html import unescape

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import update

from app.db import Database
from app.models import Task
from app.services import feed_events
from app.services.feed_scopes import Scope
from app.services.plans import find_plan
from tests.infrastructure.forms import in_english, words
from tests.infrastructure.statements import recorded_statements
from tests.web.calendar_markup import AGENDA, CALENDAR, codes, due_on, link, selected, task_of

pytestmark = [pytest.mark.data("story"), pytest.mark.one_database]

SignIn = Callable[..., FlaskClient]


def test_filters_narrow_are_named_and_let_go_one_by_one(sign_in: SignIn) -> None:
    client = in_english(sign_in("deputy"))
    html = client.get(f"{CALENDAR}?section=4&executor=college02&state=planned&month=2022-07").text
    assert due_on(html, "2022-07-29") == ["4.1", "4.1"]
    assert selected(html) == {
        "section": "4. Graduates",
        "executor": "Regional vocational organisation no. 2",
        "state": "Not started",
    }
    without = "(show without it)"
    assert link(html, f"Not started {without}") == f"{CALENDAR}?month=2022-07&section=4&executor=college02"
    assert "section=4" not in link(html, f"Section 4. Graduates {without}")
    assert "executor" not in link(html, f"Regional vocational organisation no. 2 {without}")
    assert link(html, "Show all") == f"{CALENDAR}?month=2022-07"
    assert due_on(client.get(f"{CALENDAR}?month=2022-07&state=done").text, "2022-07-29") == []


@pytest.mark.parametrize("state", ["overdue", "progress", "planned", "review", "done", "off"])
def test_a_state_shows_what_the_calendars_say_is_so(
    state: str, sign_in: SignIn, database: Database, today: date
) -> None:
    with database.read() as session:
        plan = find_plan(session, "2022")
        found = feed_events.occurrences(
            session, plan.id, Scope("plan"), today=today, zone=plan.zone, withdrawn_too=True
        )
    wanted = sorted(each.code for each in found if each.kind == state)
    assert wanted
    client, shown, address = sign_in("deputy"), [], f"{AGENDA}&state={state}"
    while address:
        html = client.get(address).text
        shown += codes(html)
        later = re.search(r'<a class="btn[^>]* rel="next" href="([^"]+)"', html)
        address = unescape(later[1]) if later else ""
    assert sorted(shown) == wanted


def test_what_is_returned_is_found_by_that_even_when_it_is_overdue(
    sign_in: SignIn, database: Database
) -> None:
    with database.transaction() as session:
        # one of thirty-five, before its date
        one = task_of(session, "3.2", "college02")
        session.execute(update(Task).where(Task.id == one).values(state="returned", phase="owing"))
    client = in_english(sign_in("deputy"))
    html = client.get(f"{AGENDA}&state=returned").text
    assert codes(html) == ["3.6", "4.1", "3.2"]
    assert "days late Returned for rework" in words(html)
    assert due_on(client.get(f"{CALENDAR}?state=returned").text, "2022-06-30") == ["3.2"]
    assert codes(sign_in("college02").get(f"{AGENDA}&state=returned").text) == ["3.2"]
    assert codes(sign_in("college01").get(f"{AGENDA}&state=returned").text) == []


def test_an_executor_sees_its_own_and_the_whole_plan_with_one_click(sign_in: SignIn) -> None:
    college = in_english(sign_in("college01"))
    html = college.get(CALENDAR).text
    assert "Tasks of your organisation: Regional vocational organisation no. 1" in words(html)
    assert due_on(html, "2022-06-10") == []
    whole = college.get(link(html, "Show the whole plan")).text
    assert due_on(whole, "2022-06-10") == ["2.2", "4.2"]
    assert selected(whole)["executor"] == "Whole plan"
    assert link(whole, "Show the tasks of your organisation alone") == CALENDAR
    offered = re.search(r'<select[^>]* name="executor">(.*?)</select>', html, re.DOTALL)
    assert offered
    assert re.findall(r'value="([^"]*)"', offered[1]) == ["", "all"]


def test_another_organisations_calendar_is_closed_to_an_executor(sign_in: SignIn) -> None:
    assert sign_in("college01").get(f"{CALENDAR}?executor=college02").status_code == 403
    assert sign_in("college01").get(f"{CALENDAR}?executor=college01").status_code == 200
    assert sign_in("auditor").get(f"{CALENDAR}?executor=college02").status_code == 200


def test_each_executor_has_a_page_of_its_own(sign_in: SignIn) -> None:
    """Pages are kept between two changes of the plan: never one person's for another."""
    tasks = [
        set(re.findall(r"/tasks/\d+", sign_in(name).get(CALENDAR).text))
        for name in ("college01", "college02", "college01")
    ]
    assert tasks[0] == tasks[2]
    assert tasks[0]
    assert not tasks[0] & tasks[1]


def test_the_tabs_keep_the_filters_and_the_time(sign_in: SignIn) -> None:
    client = in_english(sign_in("deputy"))
    html = client.get(f"{CALENDAR}?month=2022-10&section=4").text
    assert link(html, "Agenda") == f"{AGENDA}&from=2022-10-01&section=4"
    assert link(html, "Subscription") == f"{CALENDAR}/subscribe?scope=section%3A4"
    html = client.get(f"{AGENDA}&from=2022-10-12&executor=college02").text
    assert link(html, "Month") == f"{CALENDAR}?month=2022-10&executor=college02"
    assert link(html, "Subscription") == f"{CALENDAR}/subscribe?scope=organization%3Acollege02"
    html = in_english(sign_in("college01")).get(CALENDAR).text
    assert link(html, "Subscription") == f"{CALENDAR}/subscribe?scope=mine"


@pytest.mark.parametrize("username", ["deputy", "college01"])
@pytest.mark.parametrize("address", [CALENDAR, AGENDA, f"{CALENDAR}?section=4&state=done&month=2022-03"])
def test_a_page_costs_few_statements(address: str, username: str, app: Flask, sign_in: SignIn) -> None:
    client = sign_in(username)
    with recorded_statements(app.extensions["vekha"].database) as statements:
        assert client.get(address).status_code == 200
    assert 0 < len(statements) <= 12


def test_a_page_that_is_remembered_reads_nothing_of_the_plan(app: Flask, sign_in: SignIn) -> None:
    client = sign_in("deputy")
    client.get(CALENDAR)
    with recorded_statements(app.extensions["vekha"].database) as statements:
        assert due_on(client.get(CALENDAR).text, "2022-06-10") == ["2.2", "4.2"]
    assert len(statements) <= 3
    assert not [each for each in statements if "occurrence" in each or "section" in each]


def test_the_menu_leads_to_the_calendar_and_marks_it_on_all_its_pages(sign_in: SignIn) -> None:
    client = in_english(sign_in("auditor"))
    assert link(client.get("/plans/2022/plan").text, "Calendar") == CALENDAR
    for address in (CALENDAR, AGENDA, f"{CALENDAR}/subscribe"):
        here = re.findall(r'<a href="([^"]+)" aria-current="page">(?=<svg)', client.get(address).text)
        assert set(here) == {CALENDAR}


def test_nobody_else_sees_it(client: FlaskClient) -> None:
    assert client.get(CALENDAR).status_code == 302
