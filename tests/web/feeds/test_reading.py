"""Two readers of iCalendar that programs are made of: every component, and every day of it."""

from __future__ import annotations

from datetime import date, timedelta
from zoneinfo import ZoneInfo

import icalendar
import pytest
import recurring_ical_events
from flask.testing import FlaskClient

from app.db import Database
from app.services.feed_events import CalendarOccurrence, occurrences
from app.services.feed_scopes import Scope
from app.services.plans import find_plan
from tests.web.feeds.conftest import PathOf

pytestmark = pytest.mark.data("story")

MOSCOW = ZoneInfo("Europe/Moscow")
YEAR = [date(2022, 1, 1) + timedelta(days=day) for day in range(-5, 371)]
CALENDARS = [
    *(("plan", "deputy"), ("section:4", "deputy"), ("organization:college01", "college01")),
    *(("activity:2.3", "deputy"), ("indicator:5", "deputy"), ("mine", "college01"), ("review", "deputy")),
]


def in_database(database: Database, scope: str, today: date) -> list[CalendarOccurrence]:
    shown = Scope("organization", "college01") if scope == "mine" else Scope.parse(scope)
    with database.read() as session:
        plan_id = find_plan(session, "2022").id
        return occurrences(session, plan_id, shown, today=today, zone=MOSCOW)


def uid_of(occurrence: CalendarOccurrence) -> str:
    return f"occ-{occurrence.id}@vekha.local"


@pytest.mark.parametrize("language", ["ru", "en"])
def test_icalendar_reads_every_component_without_a_complaint(
    client: FlaskClient, path_of: PathOf, database: Database, today: date, language: str
) -> None:
    for scope, user in CALENDARS:
        body = client.get(path_of(scope, user, language) + "?components=both&alarms=7,1").data
        calendar = icalendar.Calendar.from_ical(body)
        assert [error for each in calendar.walk() for error in each.errors] == [], scope
        expected = {uid_of(each) for each in in_database(database, scope, today)}
        assert expected
        assert {str(each["UID"]) for each in calendar.events} == expected, scope
        assert {str(each["UID"]).replace("-todo@", "@") for each in calendar.todos} == expected, scope


@pytest.mark.parametrize("shown", ["window", "due"])
def test_every_day_of_a_window_is_covered_and_no_other(
    client: FlaskClient, path_of: PathOf, database: Database, today: date, shown: str
) -> None:
    for scope, user in CALENDARS:
        body = client.get(f"{path_of(scope, user)}?show={shown}").data
        read = recurring_ical_events.of(icalendar.Calendar.from_ical(body))
        spans = {uid_of(each): each.days(shown) for each in in_database(database, scope, today)}
        for day in YEAR:
            expected = sorted(uid for uid, (first, last) in spans.items() if first <= day <= last)
            assert sorted(str(event["UID"]) for event in read.at(day)) == expected, (scope, day)


def test_the_calendar_tells_its_name_and_colour(client: FlaskClient, path_of: PathOf) -> None:
    calendar = icalendar.Calendar.from_ical(client.get(path_of("section:2")).data)
    assert str(calendar["NAME"]) == str(calendar["X-WR-CALNAME"]) == calendar.calendar_name
    assert calendar.calendar_name.startswith("План 2022: Раздел 2. ")
    assert calendar.color == "steelblue"
    assert calendar["REFRESH-INTERVAL"].dt == timedelta(hours=6)
    assert "METHOD" not in calendar
