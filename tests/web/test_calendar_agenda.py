"""The agenda of the plan, and the files of single dates."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date, datetime
from html import unescape

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select, update

from app.db import Database
from app.models import Activity, Occurrence, Task
from app.services.feed_scopes import Scope
from tests.infrastructure.forms import in_english, words
from tests.web.calendar_markup import AGENDA, codes, expected, link, task_of

pytestmark = [pytest.mark.data("story"), pytest.mark.one_database]

SignIn = Callable[..., FlaskClient]


def test_the_agenda_begins_with_what_is_overdue_the_longest_first(sign_in: SignIn) -> None:
    html = in_english(sign_in("deputy")).get(AGENDA).text
    overdue = html[html.index('id="overdue"') : html.index('id="month-')]
    assert codes(overdue) == ["2.4", "3.8", "4.1", "3.6", "4.1"]
    assert "124 days late 33 of 35 accepted; overdue: 2" in words(overdue)
    rest = html[html.index('id="month-') :]
    assert "days late" not in words(rest)
    assert re.findall(r'<time datetime="([^"]+)"', rest)[0] == "2022-06-24"


def test_the_agenda_tells_days_and_what_was_moved(sign_in: SignIn) -> None:
    html = in_english(sign_in("deputy")).get(f"{AGENDA}&from=2022-07-01").text
    assert "Overdue" not in re.findall(r"<h2[^>]*>([^<]+)", html)
    text = words(html)
    assert (
        "Friday, 29 July 44 days left 4.1 Graduate databases and risk groups July, graduates of 2021" in text
    )
    assert (
        "shifted from 31 Jul 2022 to a working day 1 Jul 2022 35 executors Not started 0 of 35 accepted"
        in text
    )


def test_no_days_are_left_of_what_is_wanted_no_more(
    sign_in: SignIn, database: Database, now: datetime
) -> None:
    with database.transaction() as session:
        off = {"state": "withdrawn", "phase": "off", "changed_at": now}
        session.execute(update(Task).where(Task.id == task_of(session, "4.4")).values(off))
    text = words(in_english(sign_in("deputy")).get(f"{AGENDA}&from=2022-07-01").text)
    assert "Friday, 22 July 4.4" in text
    assert "Friday, 29 July 44 days left" in text


def test_the_whole_period_is_reached_page_by_page_and_back(
    sign_in: SignIn, database: Database, today: date
) -> None:
    client, shown = in_english(sign_in("deputy")), []
    address = f"{AGENDA}&from=2022-01-01"
    pages = 0
    while address:
        html = client.get(address).text
        shown += codes(html)
        later = re.search(r'<a class="btn[^>]* rel="next" href="([^"]+)"', html)
        last, address, pages = address, unescape(later[1]) if later else "", pages + 1
    assert pages > 1
    assert sorted(shown) == sorted(code for _, code in expected(database, Scope("plan"), today))
    back = set()
    while last:
        html = client.get(last).text
        back |= set(re.findall(r'<time datetime="([^"]+)"', html))
        earlier = re.search(r'<a class="btn[^>]* rel="prev" href="([^"]+)"', html)
        last = unescape(earlier[1]) if earlier else ""
    assert back == {day for day, _ in expected(database, Scope("plan"), today)}


def test_an_agenda_without_anything_says_so(sign_in: SignIn) -> None:
    client = in_english(sign_in("deputy"))
    assert "Nothing is due from 1 March 2023 on" in words(client.get(f"{AGENDA}&from=2023-03-01").text)
    html = client.get(f"{AGENDA}&from=2022-12-31&section=2").text
    assert "Nothing that matches is due from 31 December 2022 on" in words(html)
    assert link(html, "Earlier dates").startswith(AGENDA)


def test_each_entry_of_the_agenda_has_a_file_for_a_calendar(sign_in: SignIn) -> None:
    college = in_english(sign_in("college01"))
    html = college.get(f"{AGENDA}&from=2022-01-01").text
    files = re.findall(r'href="(/plans/2022/occurrences/\d+\.ics)"', html)
    assert len(files) == len(codes(html)) == len(set(files))
    got = college.get(files[0])
    assert got.headers["Content-Type"] == "text/calendar; charset=utf-8"
    assert b"BEGIN:VEVENT" in got.data


def test_what_was_withdrawn_long_ago_has_its_file_too(sign_in: SignIn) -> None:
    client = in_english(sign_in("deputy"))
    html = client.get(f"{AGENDA}&state=off&from=2022-01-01").text
    assert "4.3" in codes(html)
    for file in re.findall(r'href="(/plans/2022/occurrences/\d+\.ics)"', html):
        assert b"STATUS:CANCELLED" in client.get(file).data


@pytest.mark.parametrize("page", ["/plans/2022/activities/2.2", "task"])
def test_the_pages_of_an_activity_and_of_a_task_offer_the_file_too(
    page: str, sign_in: SignIn, database: Database
) -> None:
    with database.read() as session:
        occurrences = session.scalars(
            select(Occurrence.id)
            .join(Activity, Activity.id == Occurrence.activity_id)
            .where(Activity.code == "2.2")
            .order_by(Occurrence.position)
        ).all()
        task = session.scalars(select(Task.id).where(Task.occurrence_id == occurrences[0])).one()
    html = sign_in("deputy").get(f"/tasks/{task}" if page == "task" else page).text
    files = re.findall(r"/plans/2022/occurrences/(\d+)\.ics", html)
    assert [int(each) for each in files] == (occurrences[:1] if page == "task" else occurrences)
