"""Pages that show a day before today: what was shown then, and nothing that could be done."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date
from html import unescape

import pytest
from flask.testing import FlaskClient

from app.db import Database
from app.services import past
from app.services.indicators import indicator_lines
from app.services.overdue import overdue_items
from app.services.plans import find_plan
from app.web.indicators import words as indicator_words
from tests.infrastructure.forms import in_english, words

pytestmark = [pytest.mark.data("story"), pytest.mark.looks]

SignIn = Callable[..., FlaskClient]
DAY = date(2022, 3, 31)
TOLD = "Shown as of 31 March 2022, not as of today."


def test_the_tracker_lists_what_was_overdue_then(sign_in: SignIn, database: Database) -> None:
    with database.read() as session:
        plan = find_plan(session, "2022")
        with past.as_of(session, plan, DAY) as then:
            late = {item.line.id for item in overdue_items(then, plan, DAY)}
    client = in_english(sign_in("deputy"))
    html = client.get(f"/plans/2022/overdue?as_of={DAY}&order=newest").text
    assert TOLD in words(html)
    assert {int(task) for task in re.findall(r'href="/tasks/(\d+)"', html)} == late
    assert 'href="/plans/2022/overdue?order=newest"' in html
    assert "/overdue/reminders" not in html
    assert "/overdue/reminders" in client.get("/plans/2022/overdue").text
    narrowed = client.get(f"/plans/2022/overdue?as_of={DAY}&section=4").text
    assert f'name="as_of" value="{DAY}"' in narrowed.split('class="filters"')[1]


def test_the_indicators_stand_as_they_stood_then(sign_in: SignIn, database: Database) -> None:
    with database.read() as session:
        plan = find_plan(session, "2022")
        with past.as_of(session, plan, DAY) as then:
            lines = indicator_lines(then, plan, DAY)
    html = in_english(sign_in("college01")).get(f"/plans/2022/indicators?as_of={DAY}").text
    assert TOLD in words(html)
    assert html.count("no data") >= sum(line.value is None for line in lines) > 0
    standings = [str(indicator_words.STANDINGS[line.standing.code].kind) for line in lines]
    assert re.findall(r'class="status kind-(\w+)', html) == standings


def test_every_number_of_a_past_dashboard_opens_the_list_of_that_day(sign_in: SignIn) -> None:
    client = in_english(sign_in("deputy"))
    html = client.get(f"/plans/2022/?as_of={DAY}").text
    assert TOLD in words(html)
    assert "as of 31 March 2022" in words(html.split('class="counters"')[0])
    assert 'form="reminders"' not in html
    counters = re.findall(
        r'<a class="counter kind-\w+" href="([^"]+)">\s*<span class="counter-number">(\d+)</span>', html
    )
    assert len(counters) == 5
    for address, number in counters:
        page = client.get(unescape(address)).text
        assert TOLD in words(page), address
        assert re.search(rf"\b{number} tasks?\b", words(page)), address
        assert "data-bulk" not in page.replace("js/bulk", ""), address
    assert words(client.get("/plans/2022/").text).count("not as of today") == 0
