"""What a calendar says, and when it says something new."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import date, datetime, time

import icalendar
import pytest
import recurring_ical_events
from flask.testing import FlaskClient
from sqlalchemy import update

from app.db import Database
from app.models import Activity, Occurrence
from app.services import people, tasks
from app.storage import EvidenceStore
from config import Config
from tests import factories
from tests.web.feeds.reading import accept, event_of, hand_in, on, todo_of

pytestmark = pytest.mark.data("plan")

Make = Callable[..., str]


def test_the_calendar_says_who_owes_what_by_when(client: FlaskClient, make: Make) -> None:
    wide = event_of(client.get(make("activity:2.3")).data, "2.3")
    assert wide["SUMMARY"] == "⚠ 131 days · 2.3 Employment-support plans of the institutions · 0/35"
    assert wide["UID"].endswith("@vekha.local")
    assert wide["URL"] == "http://localhost/plans/2022/activities/2.3"
    assert wide["URL"] in wide["DESCRIPTION"]
    assert "Deadline in the order: с 21 января по 4 февраля" in wide["DESCRIPTION"]
    assert "0 of 35 accepted; overdue: 35; overdue since 5 Feb 2022" in wide["DESCRIPTION"]
    own = event_of(client.get(make("organization:college01")).data, "2.3")
    assert own["UID"] == wide["UID"]
    assert own["SUMMARY"] == "⚠ 131 days · 2.3 Employment-support plans of the institutions"
    assert "State: Not started; overdue since 5 Feb 2022" in own["DESCRIPTION"]
    assert own["URL"].startswith("http://localhost/tasks/")


def test_the_words_are_in_the_language_of_the_address(client: FlaskClient, make: Make) -> None:
    russian = event_of(client.get(make("organization:college01", language="ru")).data, "2.3")
    assert russian["SUMMARY"] == "⚠ 131 день · 2.3 Планы содействия занятости в организациях"
    assert "Не начато" in russian["DESCRIPTION"]


def test_the_calendar_invites_nobody(client: FlaskClient, make: Make) -> None:
    content = client.get(make()).data
    for word in (b"METHOD", b"ORGANIZER", b"ATTENDEE", b"VALARM"):
        assert b"\r\n" + word not in content


def test_no_day_is_missing(client: FlaskClient, make: Make) -> None:
    calendar = icalendar.Calendar.from_ical(client.get(make("activity:2.3")).data)
    days = [date(2022, 1, 20), date(2022, 1, 21), date(2022, 2, 4), date(2022, 2, 5)]
    assert [len(recurring_ical_events.of(calendar).at(day)) for day in days] == [0, 1, 1, 0]


def test_an_event_can_be_the_due_day_alone(client: FlaskClient, make: Make) -> None:
    read = event_of(client.get(make("activity:2.3") + "?show=due").data, "2.3")
    assert (read["DTSTART"].dt, read["DTEND"].dt) == (date(2022, 2, 4), date(2022, 2, 5))


@pytest.mark.parametrize(
    ("components", "events", "todos"), [("events", 56, 0), ("todos", 0, 56), ("both", 56, 56)]
)
def test_a_calendar_holds_events_or_tasks_or_both(
    client: FlaskClient, make: Make, components: str, events: int, todos: int
) -> None:
    calendar = icalendar.Calendar.from_ical(client.get(f"{make()}?components={components}").data)
    assert (len(calendar.events), len(calendar.todos)) == (events, todos)
    uids = [str(each["UID"]) for each in calendar.subcomponents]
    assert len(set(uids)) == events + todos


def test_a_task_is_due_on_its_day_and_begins_on_none(client: FlaskClient, make: Make) -> None:
    read = todo_of(client.get(make("organization:college01") + "?components=todos").data)
    assert (read["DUE"].dt, read["STATUS"], int(read["PERCENT-COMPLETE"])) == (
        date(2022, 6, 30),
        "NEEDS-ACTION",
        0,
    )
    assert not {"DTSTART", "DTEND", "DURATION", "RRULE", "COMPLETED"} & set(read)


def test_a_task_is_completed_once_it_is_handed_in(
    client: FlaskClient, make: Make, database: Database, store: EvidenceStore, now: datetime
) -> None:
    own, wide = (make(scope) + "?components=todos" for scope in ("organization:college01", "plan"))
    hand_in(database, store, now)
    read = todo_of(client.get(own).data)
    assert (read["STATUS"], int(read["PERCENT-COMPLETE"])) == ("COMPLETED", 100)
    assert read["COMPLETED"].dt == now
    # of 35 one is handed in, and none is accepted yet
    assert todo_of(client.get(wide).data)["STATUS"] == "IN-PROCESS"
    accept(database, store, now)
    assert int(todo_of(client.get(wide).data)["PERCENT-COMPLETE"]) == 100 // 35


@pytest.mark.parametrize("components", ["events", "todos"])
def test_reminders_come_on_demand_on_the_days_before_the_due_date(
    client: FlaskClient, make: Make, components: str
) -> None:
    path = f"{make('activity:2.3')}?components={components}"
    assert b"VALARM" not in client.get(path).data
    (read,) = icalendar.Calendar.from_ical(client.get(f"{path}&alarms=1,7,0").data).subcomponents
    ends = datetime.combine(read["DUE" if components == "todos" else "DTEND"].dt, time())
    assert [ends + alarm.TRIGGER for alarm in read.walk("VALARM")] == [
        datetime(2022, 1, 28, 9),
        datetime(2022, 2, 3, 9),
        datetime(2022, 2, 4, 9),
    ]
    assert {alarm["TRIGGER"].params["RELATED"] for alarm in read.walk("VALARM")} == {"END"}


def test_nobody_is_reminded_of_what_is_handed_in(
    client: FlaskClient, make: Make, database: Database, store: EvidenceStore, now: datetime
) -> None:
    path = make("organization:college01") + "?alarms=1"
    assert event_of(client.get(path).data).walk("VALARM")
    hand_in(database, store, now)
    assert not event_of(client.get(path).data).walk("VALARM")


def test_every_scope_tells_of_the_same_event(
    client: FlaskClient, make: Make, database: Database, store: EvidenceStore, now: datetime
) -> None:
    hand_in(database, store, now)
    scopes = ["plan", "section:3", "activity:3.2", "organization:college01", "indicator:5", "review"]
    bodies = [client.get(make(scope)).data for scope in scopes]
    bodies.append(client.get(make("mine", "college01")).data)
    assert len({event_of(body)["UID"] for body in bodies}) == 1


def test_one_bad_record_does_not_break_the_calendar(
    client: FlaskClient, make: Make, database: Database
) -> None:
    with database.transaction() as session:
        session.execute(
            update(Activity).where(Activity.code == "3.2").values(gloss_en="a\r\nEND:VCALENDAR\x01;,\\👍" * 9)
        )
    calendar = icalendar.Calendar.from_ical(client.get(make()).data)
    assert len(calendar.events) == 56
    assert not [each for each in calendar.events if each.errors]


def test_links_are_made_from_the_public_address(app_config: Config, make: Make) -> None:
    public = replace(app_config, base_url="https://vekha.example.ru")
    with on(public) as client:
        assert event_of(client.get(make()).data)["URL"].startswith("https://vekha.example.ru/plans/2022/")


def test_days_go_by_without_a_change_of_what_is_not_overdue(app_config: Config, make: Make) -> None:
    path = make("activity:3.2")
    bodies = set()
    for day in (date(2022, 1, 15), date(2022, 6, 16), date(2022, 6, 30)):
        with on(app_config, day) as client:
            bodies.add(client.get(path).data)
    assert len(bodies) == 1


def test_what_is_accepted_carries_a_tick(
    client: FlaskClient, make: Make, database: Database, store: EvidenceStore, now: datetime
) -> None:
    path = make("organization:college01")
    hand_in(database, store, now)
    accept(database, store, now)
    assert event_of(client.get(path).data)["SUMMARY"].startswith("✓ 3.2 ")


def test_becoming_overdue_at_midnight_is_a_revision(app_config: Config, make: Make) -> None:
    path = make("organization:college01")
    with on(app_config, date(2022, 6, 30)) as client:
        before = event_of(client.get(path).data)
    with on(app_config, date(2022, 7, 1)) as client:
        after = event_of(client.get(path).data)
    assert not before["SUMMARY"].startswith("⚠")
    assert after["SUMMARY"].startswith("⚠")
    assert after["SEQUENCE"] == before["SEQUENCE"] + 1
    assert after["DTSTAMP"].dt == after["LAST-MODIFIED"].dt
    assert after["DTSTAMP"].dt.isoformat() == "2022-06-30T21:00:00+00:00"
    assert after["DTSTAMP"].dt > before["DTSTAMP"].dt


def test_a_withdrawn_occurrence_is_cancelled_for_thirty_days(
    app_config: Config, make: Make, database: Database, store: EvidenceStore, now: datetime
) -> None:
    path = make("organization:college01")
    with database.transaction() as session:
        deputy = people.find_actor(session, "deputy")
        task = factories.find_task(session, "3.2", "college01")
        tasks.fire(session, store, deputy, task.id, "withdraw", now=now, note="закрыт")
        uid = f"occ-{session.get_one(Occurrence, task.occurrence_id).id}@vekha.local"

    def statuses(day: date) -> list[str]:
        with on(app_config, day) as client:
            found = icalendar.Calendar.from_ical(client.get(path).data).events
        return [str(each["STATUS"]) for each in found if each["UID"] == uid]

    assert statuses(date(2022, 7, 15)) == ["CANCELLED"]
    assert statuses(date(2022, 7, 16)) == []
