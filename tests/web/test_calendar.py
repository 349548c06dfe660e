"""A month of the plan: what is due on each day, the windows, the days of the production calendar."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date, datetime, timedelta
from html import unescape

import pytest
from flask.testing import FlaskClient
from sqlalchemy import update

from app.db import Database
from app.models import Task
from app.services.feed_scopes import Scope
from tests.infrastructure.forms import in_english, words
from tests.web.calendar_markup import CALENDAR, cell, due_on, expected, link, task_of

pytestmark = [pytest.mark.data("story"), pytest.mark.one_database]

SignIn = Callable[..., FlaskClient]


def test_the_month_of_today_says_what_is_due_on_each_day(sign_in: SignIn) -> None:
    html = in_english(sign_in("deputy")).get(CALENDAR).text
    assert '<h2 id="month">June 2022</h2>' in html
    assert due_on(html, "2022-06-10") == ["2.2", "4.2"]
    assert due_on(html, "2022-06-15") == []
    assert words(cell(html, "2022-06-15")).startswith("15 Wednesday, 15 June today")
    assert html.count('aria-current="date"') == 1


@pytest.mark.parametrize("scope", [Scope("plan"), Scope("organization", "college19")])
def test_nothing_of_the_year_is_missing_from_its_months(
    scope: Scope, sign_in: SignIn, database: Database, today: date
) -> None:
    client, shown = sign_in("deputy"), []
    for month in range(1, 13):
        html = client.get(f"{CALENDAR}?month=2022-{month:02}&executor={scope.key}").text
        first = date(2022, month, 1)
        days = (first + timedelta(days=number) for number in range(31))
        shown += [(str(d), code) for d in days if d.month == month for code in due_on(html, str(d))]
    assert sorted(shown) == expected(database, scope, today)


def test_an_entry_of_the_whole_plan_counts_and_leads_to_the_activity(sign_in: SignIn) -> None:
    day = cell(in_english(sign_in("deputy")).get(CALENDAR).text, "2022-06-30")
    assert "In progress: 3.2 Career planning put into the main programmes 17/35 17 of 35 accepted" in words(
        day
    )
    assert 'href="/plans/2022/activities/3.2"' in day


def test_an_entry_of_ones_own_leads_to_the_task_and_counts_nothing(sign_in: SignIn) -> None:
    college = in_english(sign_in("college01"))
    day = cell(college.get(CALENDAR).text, "2022-06-30")
    assert "Done: 3.2 Career planning put into the main programmes" in words(day)
    assert "35" not in words(day)
    assert college.get(re.findall(r'href="(/tasks/\d+)"', day)[0]).status_code == 200


def test_weeks_begin_on_monday_and_hold_the_days_around_the_month(sign_in: SignIn) -> None:
    html = in_english(sign_in("auditor")).get(f"{CALENDAR}?month=2022-10").text
    heads = re.findall(r'<th scope="col">.*?<span class="visually-hidden">(\w+)</span></th>', html)
    assert heads[0] == "Monday"
    assert heads[6] == "Sunday"
    days = re.findall(r'<td data-date="([\d-]+)"', html)
    assert (days[0], days[-1], len(days)) == ("2022-09-26", "2022-11-06", 42)
    assert "is-outside" in cell(html, "2022-09-30")
    assert due_on(html, "2022-09-30") == ["4.1", "4.1"]


@pytest.mark.parametrize(
    ("day", "is_off", "note"),
    [
        ("2022-03-04", False, ""),
        ("2022-03-05", False, "Working Saturday"),
        ("2022-03-06", True, "not a working day"),
        ("2022-03-07", True, "Day off (substituted from 5 Mar 2022)"),
        ("2022-03-08", True, "International Women's Day"),
        ("2022-03-12", True, "not a working day"),
        ("2022-05-10", True, "Day off (substituted from 2 Jan 2022)"),
        ("2022-06-12", True, "Russia Day"),
        ("2023-02-24", True, "Day off (substituted from 1 Jan 2023)"),
    ],
)
def test_days_are_off_and_worked_as_the_production_calendar_has_them(
    day: str, is_off: bool, note: str, sign_in: SignIn
) -> None:
    shown = cell(in_english(sign_in("deputy")).get(f"{CALENDAR}?month={day[:7]}").text, day)
    assert ("is-off" in shown) == is_off
    assert note in words(shown)
    assert ("not a working day" in words(shown)) == (note == "not a working day")


def test_days_off_are_named_in_the_language_of_the_page(sign_in: SignIn) -> None:
    client = sign_in("deputy")
    march = client.get(f"{CALENDAR}?month=2022-03").text
    assert "Выходной (перенесено с 05.03.2022)" in words(cell(march, "2022-03-07"))
    assert "Международный женский день" in words(cell(march, "2022-03-08"))
    assert "Рабочая суббота" in words(cell(march, "2022-03-05"))
    for month in ("2022-01", "2022-05", "2022-11", "2023-02", "2023-05"):
        html = in_english(client).get(f"{CALENDAR}?month={month}").text
        notes = re.findall(r'<span class="day-note">([^<]+)', html)
        assert notes
        assert not re.search("[а-яё]|/", "".join(notes), re.IGNORECASE)


def test_a_date_says_what_it_was_before(sign_in: SignIn) -> None:
    client = in_english(sign_in("deputy"))
    april = client.get(f"{CALENDAR}?month=2022-04").text
    assert "shifted from 30 Apr 2022 to a working day" in words(cell(april, "2022-04-29"))
    assert "shifted" not in words(cell(april, "2022-04-15"))
    march = client.get(f"{CALENDAR}?month=2022-03").text
    assert "extended, the first date was 28 Feb 2022" in words(cell(march, "2022-03-11"))


def test_a_date_moved_by_no_extension_of_the_earliest_says_for_how_many_it_was(
    sign_in: SignIn, database: Database
) -> None:
    with database.transaction() as session:
        session.execute(
            update(Task)
            .where(Task.id == task_of(session, "4.4"))
            .values(due=date(2022, 7, 25), due_first=date(2022, 7, 22))
        )
        late = task_of(session, "3.2", "college02")
        session.execute(update(Task).where(Task.id == late).values(due=date(2022, 8, 1)))
    client = in_english(sign_in("deputy"))
    july = words(cell(client.get(f"{CALENDAR}?month=2022-07").text, "2022-07-25"))
    assert "extended, the first date was 22 Jul 2022" in july
    assert "extended for 1 executor" in words(cell(client.get(CALENDAR).text, "2022-06-30"))


def test_a_window_is_a_bar_over_its_days(sign_in: SignIn) -> None:
    client = in_english(sign_in("deputy"))
    january = client.get(f"{CALENDAR}?month=2022-01").text

    def bars(day: str) -> list[tuple[int, bool, bool]]:
        found = re.findall(r'<a class="window span-(\d)([^"]*)"[^>]* title="2\.3 ', cell(january, day))
        return [(int(span), "opens" in rest, "closes" in rest) for span, rest in found]

    # Friday 21 January to Friday 4 February
    assert bars("2022-01-21") == [(3, True, False)]
    assert bars("2022-01-24") == [(7, False, False)]
    assert bars("2022-01-31") == [(5, False, True)]
    assert not bars("2022-01-22")
    opened = cell(january, "2022-01-21")
    assert "until 4 Feb" in words(opened)
    # only the first day of a window is a stop of the keyboard and is read out
    assert re.search(r'title="2\.3 [^"]*" tabindex="-1" aria-hidden="true"', cell(january, "2022-01-24"))


def test_no_bar_lies_over_another(sign_in: SignIn) -> None:
    client = sign_in("deputy")
    for month in range(1, 13):
        html = client.get(f"{CALENDAR}?month=2022-{month:02}").text
        for week in re.findall(r"<tr(?: class=\"is-noted\")?>\s*<td data-date=.*?</tr>", html, re.DOTALL):
            days = re.findall(r"<td data-date=.*?</td>", week, re.DOTALL)
            lanes = [
                re.findall(r'<(?:a class="window span-(\d)|span class="window-none")', day) for day in days
            ]
            assert len({len(lane) for lane in lanes}) == 1
            for lane in zip(*lanes, strict=True):
                free = 0
                for weekday, span in enumerate(lane):
                    if span:
                        assert weekday >= free
                        free = weekday + int(span)
                assert free <= 7


def test_what_runs_all_month_stands_beside_it(sign_in: SignIn) -> None:
    html = in_english(sign_in("deputy")).get(CALENDAR).text
    beside = html[html.index('id="beside"') :]
    assert "3.7 Job-search content on the GorodProfi.67 channel 1 Jan 2022 – 30 Dec 2022" in words(beside)
    assert 'title="3.7 ' not in html
    assert "4.4" not in words(beside)


@pytest.mark.parametrize("month", [f"2022-{number:02}" for number in range(1, 13)])
def test_a_term_is_a_bar_or_stands_beside_the_month_never_both(month: str, sign_in: SignIn) -> None:
    html = in_english(sign_in("deputy")).get(f"{CALENDAR}?month={month}").text
    grid, _, beside = html.partition('id="beside"')
    drawn = {unescape(title) for title in re.findall(r'<a class="window [^>]* title="([^"]+)"', grid)}
    listed = {words(each) for each in re.findall(r'<li class="kind-\w+">.*?<a [^>]+>(.*?)</a>', beside)}
    assert drawn | listed
    assert not drawn & listed
    assert ("takes the whole month or has found no room" in words(beside)) == bool(listed)


@pytest.mark.parametrize("state", ["withdrawn", "suspended"])
def test_what_is_not_wanted_any_more_runs_no_more(
    state: str, sign_in: SignIn, database: Database, now: datetime
) -> None:
    with database.transaction() as session:
        for code in ("3.7", "4.4"):
            off = {"state": state, "phase": "off", "changed_at": now}
            task = task_of(session, code)
            activity = session.get_one(Task, task).activity_id
            session.execute(update(Task).where(Task.activity_id == activity).values(off))
    client = in_english(sign_in("deputy"))
    html = client.get(f"{CALENDAR}?month=2022-07").text
    assert "3.7" not in words(html[html.index('id="beside"') :])
    assert 'title="4.4 ' not in html
    assert "4.4" in due_on(html, "2022-07-22")


def test_a_day_with_dozens_shows_a_few_and_folds_the_others(sign_in: SignIn, database: Database) -> None:
    with database.transaction() as session:
        session.execute(update(Task).values(due=date(2022, 10, 14)))
    html = in_english(sign_in("deputy")).get(f"{CALENDAR}?month=2022-10").text
    day = cell(html, "2022-10-14")
    shown, folded = day.split("<details", 1)
    assert shown.count('<li class="entry') == 3
    number = len(due_on(html, "2022-10-14"))
    assert number > 50
    assert folded.count('<li class="entry') == number - 3
    assert f"{number - 3} more" in words(folded)


def test_one_entry_more_than_a_few_is_not_folded(sign_in: SignIn) -> None:
    day = cell(sign_in("deputy").get(f"{CALENDAR}?month=2022-04").text, "2022-04-29")
    assert "<details" in day
    html = sign_in("deputy").get(f"{CALENDAR}?month=2022-04&section=3").text
    assert len(due_on(html, "2022-04-29")) == 5
    html = sign_in("deputy").get(f"{CALENDAR}?month=2022-02").text
    assert len(due_on(html, "2022-02-28")) <= 4
    assert "<details" not in cell(html, "2022-02-28")


def test_months_are_leafed_through_and_jumped_to(sign_in: SignIn) -> None:
    client = in_english(sign_in("deputy"))
    html = client.get(f"{CALENDAR}?month=2022-12&section=4&state=planned").text
    assert link(html, "November 2022") == f"{CALENDAR}?month=2022-11&section=4&state=planned"
    assert link(html, "January 2023") == f"{CALENDAR}?month=2023-01&section=4&state=planned"
    assert link(html, "Today") == f"{CALENDAR}?section=4&state=planned"
    jump = re.search(r'<form class="jump-form" method="get".*?</form>', html, re.DOTALL)
    assert jump
    assert 'type="month"' in jump[0]
    assert set(re.findall(r'type="hidden" name="(\w+)" value="([^"]+)"', jump[0])) == {
        ("section", "4"),
        ("state", "planned"),
    }


def test_a_month_outside_the_plan_says_so_and_where_something_is_due(sign_in: SignIn) -> None:
    client = in_english(sign_in("deputy"))
    html = client.get(f"{CALENDAR}?month=2023-02").text
    assert "outside the term of the plan, 1 Jan 2022 to 31 Dec 2022" in words(html)
    assert "Nothing is due this month." in words(html)
    assert link(html, "Last before: 30 December 2022") == f"{CALENDAR}?month=2022-12"
    html = client.get(f"{CALENDAR}?month=2021-11").text
    assert link(html, "Next: 10 January 2022") == f"{CALENDAR}?month=2022-01"
    assert "outside the term" not in words(client.get(CALENDAR).text)


def test_an_empty_month_inside_the_plan_leads_to_both_sides(sign_in: SignIn) -> None:
    html = in_english(sign_in("deputy")).get(f"{CALENDAR}?month=2022-06&section=1").text
    assert "Nothing that matches is due this month." in words(html)
    assert link(html, "Last before: 11 March 2022").startswith(f"{CALENDAR}?month=2022-03")
    assert link(html, "Next: 30 December 2022").startswith(f"{CALENDAR}?month=2022-12")


@pytest.mark.parametrize(
    ("asked", "heading"),
    [
        ("month=", "June 2022"),
        ("month=june", "June 2022"),
        ("month=2022-13", "June 2022"),
        ("month=2022-6", "June 2022"),
        ("month=%D9%A2%D9%A0%D9%A2%D9%A2-01", "June 2022"),
        ("month=9999-12", "December 2027"),
        ("month=0001-01", "January 2017"),
        ("view=year&section=%00&executor=%00&state=late", "June 2022"),
        ("section=99&executor=nobody", "June 2022"),
    ],
)
def test_an_address_that_asks_for_no_month_shows_one(asked: str, heading: str, sign_in: SignIn) -> None:
    answer = in_english(sign_in("deputy")).get(f"{CALENDAR}?{asked}")
    assert answer.status_code == 200
    assert f'<h2 id="month">{heading}</h2>' in answer.text


def test_what_was_withdrawn_is_shown_as_that(sign_in: SignIn, database: Database, now: datetime) -> None:
    with database.transaction() as session:
        withdrawn = {"state": "withdrawn", "phase": "off", "changed_at": now}
        session.execute(update(Task).where(Task.id == task_of(session, "4.4")).values(withdrawn))
    day = cell(in_english(sign_in("deputy")).get(f"{CALENDAR}?month=2022-07").text, "2022-07-22")
    assert "Withdrawn: 4.4" in words(day)
    assert "kind-off" in day


def test_what_was_withdrawn_long_ago_is_still_found(sign_in: SignIn) -> None:
    client = in_english(sign_in("deputy"))
    for address in (f"{CALENDAR}?month=2022-04", f"{CALENDAR}?month=2022-04&state=off"):
        assert "Withdrawn: 4.3" in words(cell(client.get(address).text, "2022-04-15"))
