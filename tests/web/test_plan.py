"""The plan page: the order word for word, and beside each row how far it has come."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import datetime
from html import unescape
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from app.db import Database
from app.domain.seed import read_seed
from app.models import Activity
from app.services import activities, people
from tests.infrastructure.forms import in_english, words
from tests.infrastructure.statements import recorded_statements

pytestmark = pytest.mark.data("story")

SignIn = Callable[..., FlaskClient]
PLAN = "/plans/2022/plan"
SEED = Path(__file__).resolve().parents[2] / "seeds" / "2022"


def row(html: str, number: str) -> str:
    """What a reader sees of one row of the plan."""
    return words(row_markup(html, number))


def row_markup(html: str, number: str) -> str:
    found = re.search(rf'<tr id="row-{re.escape(number)}".*?</tr>', html, re.DOTALL)
    assert found, f"no row {number}"
    return found.group()


def test_the_rows_are_the_order_word_for_word(sign_in: SignIn) -> None:
    seed = read_seed(SEED)
    html = in_english(sign_in("auditor")).get(PLAN).text
    assert len(re.findall(r'<tr id="row-', html)) == len(seed.rows) == 25
    for each in seed.rows:
        shown = row(html, each.number)
        for verbatim in (each.number, each.title, each.deadline, each.executors_text):
            assert verbatim in shown
    for section in seed.sections:
        assert section.title in words(html)


def test_the_order_is_named_with_both_readings_of_its_number(sign_in: SignIn) -> None:
    html = words(in_english(sign_in("deputy")).get(PLAN).text)
    order = read_seed(SEED).order
    for verbatim in (order.number, order.number_stamp, order.note_en, order.issuer, order.control_clause):
        assert verbatim in html
    assert "19 November 2021" in html


def test_a_row_that_is_carried_out_as_four_activities_shows_each_with_its_state(sign_in: SignIn) -> None:
    html = row_markup(in_english(sign_in("deputy")).get(PLAN).text, "3.4")
    assert re.findall(r'href="/plans/2022/activities/(3\.4-\d)"', html) == [
        "3.4-1",
        "3.4-2",
        "3.4-3",
        "3.4-4",
    ]
    assert words(html).count("Done") == 4


def test_every_activity_is_one_click_away(sign_in: SignIn) -> None:
    client = sign_in("auditor")
    links = set(re.findall(r'href="(/plans/2022/activities/[^"]+)"', client.get(PLAN).text))
    assert len(links) == 28
    assert {client.get(link).status_code for link in links} == {200}


def test_a_row_says_how_many_are_accepted_and_how_many_are_late(sign_in: SignIn) -> None:
    html = in_english(sign_in("deputy")).get(PLAN).text
    assert "33 of 35 accepted, overdue: 2" in row(html, "2.4")
    assert "Overdue" in row(html, "2.4")
    assert "overdue" not in row(html, "2.3").lower()


@pytest.mark.parametrize(
    ("number", "expected"),
    [
        # Saturday, the end of a bare month
        ("3.1", "30 April 2022 is not a working day: moved to the one before it, 29 April 2022"),
        ("1.3", "31 December 2022 is not a working day: moved to the one before it, 30 December 2022"),
        # granted by the controller
        ("1.1", "extended from 28 February 2022 to 11 March 2022"),
    ],
)
def test_a_date_that_was_moved_says_by_what_rule(number: str, expected: str, sign_in: SignIn) -> None:
    assert expected in row(in_english(sign_in("deputy")).get(PLAN).text, number)


def test_a_date_as_written_says_nothing_of_rules(sign_in: SignIn) -> None:
    assert "working day" not in row(in_english(sign_in("deputy")).get(PLAN).text, "2.3")


def test_an_executor_finds_the_rows_in_which_it_takes_part(sign_in: SignIn) -> None:
    html = in_english(sign_in("dgszn")).get(PLAN).text
    own = re.findall(r'<tr id="row-([\d.]+)" class="is-own"', html)
    # «(по согласованию)» after the employment service: 3.1, 3.4, 3.6, 4.4, 6.1
    assert own == ["3.1", "3.4", "3.6", "4.4", "6.1"]
    assert "Your organisation: Co-executor, agreed" in row(html, "3.1")
    assert "is-own" not in sign_in("deputy").get(PLAN).text


def test_a_filter_shows_exactly_the_activities_that_it_counts(sign_in: SignIn) -> None:
    client = sign_in("deputy")
    tabs = re.findall(
        r'href="([^"]*plan\?show=(\w+))"[^>]*>[^<]*<span class="count">(\d+)', client.get(PLAN).text
    )
    assert {kind for _, kind, _ in tabs} >= {"overdue", "done", "planned"}
    for address, kind, number in tabs:
        body = client.get(unescape(address)).text
        assert len(re.findall(rf'<p><span class="status kind-{kind}"', body)) == int(number)


def test_a_suspended_activity_shows_at_once(sign_in: SignIn, database: Database, now: datetime) -> None:
    client = in_english(sign_in("deputy"))
    assert "Overdue" in row(client.get(PLAN).text, "2.4")
    with database.transaction() as session:
        activity = session.scalars(select(Activity).where(Activity.code == "2.4")).one()
        deputy = people.find_actor(session, "deputy")
        activities.act(session, deputy, activity.id, "suspend", now=now, note="Приказ № 1")
    shown = row(client.get(PLAN).text, "2.4")
    assert "Suspended" in shown
    assert "overdue" not in shown.lower()


def test_the_plan_costs_few_statements(app: Flask, sign_in: SignIn) -> None:
    client = sign_in("college07")
    with recorded_statements(app.extensions["vekha"].database) as statements:
        client.get(PLAN)
    assert len(statements) <= 12
