"""Programs that people subscribe with, against a running server."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from pathlib import Path
from urllib.request import urlopen

import icalendar
import pytest

from app.db import Database
from app.domain.permissions import Actor
from app.services import tasks
from app.storage import EvidenceStore
from tests import factories
from tests.infrastructure.calendar_clients import Calcurse, Home, Khal, Synced, Vdirsyncer
from tests.infrastructure.server import LiveServer
from tests.web.feeds.conftest import PathOf

pytestmark = [pytest.mark.data("plan"), pytest.mark.one_database]

DAY = timedelta(days=1)
#: the window of 2.3, as the order words it: «с 21 января по 4 февраля»
FIRST, LAST = date(2022, 1, 21), date(2022, 2, 4)
NAME = "2.3 Планы содействия занятости в организациях"
#: a scope, whose address it is, and how many occurrences it shows
CALENDARS = [("plan", "deputy", 56), ("organization:college01", "college01", 21), ("mine", "college01", 21)]


def fetched(address: str) -> bytes:
    with urlopen(address) as answer:
        body: bytes = answer.read()
    return body


def about(items: dict[str, str], words: str) -> list[icalendar.Event]:
    """The events of synchronised files whose titles hold these words."""
    events = [icalendar.Calendar.from_ical(text).events[0] for text in items.values()]
    return [each for each in events if words in each["SUMMARY"]]


@pytest.fixture
def home(tmp_path: Path) -> Home:
    return Home(tmp_path / "home")


@pytest.mark.parametrize(("scope", "user", "number"), CALENDARS)
def test_vdirsyncer_takes_every_event_once_and_then_nothing_more(
    server: LiveServer, path_of: PathOf, home: Home, scope: str, user: str, number: int
) -> None:
    subscribed = Vdirsyncer(home, server.url + path_of(scope, user))
    assert subscribed.sync() == Synced(copied=number, deleted=0)
    items, written = subscribed.items(), subscribed.written_at()
    assert len(items) == number
    assert subscribed.sync() == Synced(0, 0)
    assert (subscribed.items(), subscribed.written_at()) == (items, written)


def test_vdirsyncer_takes_over_one_change_and_leaves_the_rest_alone(
    server: LiveServer,
    path_of: PathOf,
    home: Home,
    database: Database,
    store: EvidenceStore,
    people: dict[str, Actor],
    now: datetime,
) -> None:
    subscribed = Vdirsyncer(home, server.url + path_of("organization:college01", "college01"))
    subscribed.sync()
    before = subscribed.written_at()
    with database.transaction() as session:
        factories.submit(session, store, people["college01"], "3.2", now)
    # a file is named after what it holds: the changed item is a new one, and the old one goes
    assert subscribed.sync() == Synced(copied=1, deleted=1)
    (changed,) = about(subscribed.items(), "3.2 ")
    assert "На проверке" in changed["DESCRIPTION"]
    after = subscribed.written_at()
    assert len(after) == len(before)
    assert len(before.items() & after.items()) == len(before) - 1
    assert subscribed.sync() == Synced(0, 0)


def test_what_was_withdrawn_reaches_the_subscriber_as_cancelled(
    server: LiveServer,
    path_of: PathOf,
    home: Home,
    database: Database,
    store: EvidenceStore,
    people: dict[str, Actor],
    now: datetime,
) -> None:
    subscribed = Vdirsyncer(home, server.url + path_of("organization:college01", "college01"))
    subscribed.sync()
    number = len(subscribed.items())
    with database.transaction() as session:
        task = factories.find_task(session, "3.2", "college01")
        tasks.fire(session, store, people["deputy"], task.id, "withdraw", now=now, note="закрыт")
    assert subscribed.sync() == Synced(copied=1, deleted=1)
    assert [each["STATUS"] for each in about(subscribed.items(), "3.2 ")] == ["CANCELLED"]
    assert len(subscribed.items()) == number


def test_khal_shows_the_window_with_both_its_ends(server: LiveServer, path_of: PathOf, home: Home) -> None:
    subscribed = Vdirsyncer(home, server.url + path_of("activity:2.3"))
    subscribed.sync()
    khal = Khal(home, subscribed.folder)
    shown = {day: khal.on(day) for day in (FIRST - DAY, FIRST, LAST, LAST + DAY)}
    assert [len(each) for each in shown.values()] == [0, 1, 1, 0]
    (event,) = shown[LAST]
    assert (event.first, event.last, event.all_day) == (FIRST, LAST, True)
    assert event.title == f"⚠ 131 день · {NAME} · 0/35"
    assert event.description.splitlines()[0] == "Срок по приказу: с 21 января по 4 февраля"
    assert event.categories == "Методическое сопровождение ЦСТВ,Просрочено"
    assert event.status == "CONFIRMED"


def test_khal_shows_the_due_day_alone_to_who_wants_that(
    server: LiveServer, path_of: PathOf, home: Home
) -> None:
    subscribed = Vdirsyncer(home, f"{server.url}{path_of('activity:2.3')}?show=due")
    subscribed.sync()
    khal = Khal(home, subscribed.folder)
    assert [len(khal.on(day)) for day in (LAST - DAY, LAST, LAST + DAY)] == [0, 1, 0]


@pytest.mark.parametrize(("scope", "user", "number"), CALENDARS)
def test_calcurse_takes_everything_and_shows_the_due_day(
    server: LiveServer, path_of: PathOf, home: Home, scope: str, user: str, number: int
) -> None:
    calcurse = Calcurse(home)
    taken = calcurse.take(fetched(server.url + path_of(scope, user)))
    assert (taken.events, taken.appointments, taken.skipped, taken.log) == (number, 0, 0, "")
    assert [day for day in (FIRST - DAY, FIRST, LAST, LAST + DAY) if _named(calcurse.on(day))] == [
        FIRST,
        LAST,
    ]


@pytest.mark.parametrize("language", ["ru", "en"])
def test_calcurse_takes_tasks_and_reminders_as_well(
    server: LiveServer, path_of: PathOf, home: Home, language: str
) -> None:
    path = path_of("plan", language=language)
    taken = Calcurse(home).take(fetched(f"{server.url}{path}?components=both&alarms=7,1"))
    assert (taken.events, taken.todos, taken.skipped, taken.log) == (56, 56, 0, "")


def _named(listed: list[str]) -> list[str]:
    return [words for words in listed if NAME in words]
