"""A record that no form would have let in, put into the database by other hands, breaks no calendar."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import icalendar
import pytest
from flask.testing import FlaskClient
from sqlalchemy import text as sql
from sqlalchemy import update

from app.db import Database
from app.models import Activity, Indicator, JournalHead, Occurrence, Organization, Plan, Row, Section, Task
from tests.infrastructure.calendar_clients import Calcurse, Home
from tests.web.feeds.conftest import PathOf
from tests.web.feeds.rules import broken

pytestmark = [pytest.mark.data("plan"), pytest.mark.one_database]

#: every text that some calendar may show
TEXTS = [
    *((Plan, name) for name in ("short_title", "gloss_en")),
    *((Section, name) for name in ("short_title", "gloss_en")),
    (Row, "deadline"),
    *((Activity, name) for name in ("code", "short_title", "gloss_en", "note_ru", "note_en")),
    *((Occurrence, name) for name in ("label_ru", "label_en", "note_ru", "note_en")),
    *((Organization, name) for name in ("short_name", "gloss_en")),
    *((Indicator, name) for name in ("short_title", "gloss_en")),
    (Task, "subject"),
]
#: the activity whose number is spoiled
CAREER = "Включение «Планирования будущей карьеры» в программы"
#: ends the calendar, the component and the line in every way that some reader knows; 20 fit in a code
HOSTILE = [
    "а\r\nEND:VCALENDAR\n",
    "\x0b\x0c\x1c\x1d\x1e\x85\u2028\u2029 б",
    '\\;,:"\\n\\,^n=%',
    "\x01\x07\x1b\x7f\x80\x9f г\t",
    "\ufeff\u202e\u200d e\u0301👍🏽\ufe0f",
]
#: and more than one line of 75 octets takes
TOGETHER = ["".join(HOSTILE) + "ж" * 60]
#: nothing that anybody sees
BLANK = ["", " \u00a0\u200b"]
CALENDARS = [
    *(("plan", "deputy", "ru"), ("plan", "deputy", "en"), ("mine", "college01", "ru")),
    *(("section:3", "deputy", "ru"), ("indicator:5", "deputy", "en")),
]
#: what hurts nobody but the reader of that text: a title in two lines; no name, or no section
HARMLESS = {"the_head_comes_first_and_in_order", "categories_are_two_on_one_line"}


def spoil(database: Database, table: type[Any], column: str, text: str) -> None:
    """Put the text into one row, or into all where no two rows must differ, and count a revision."""
    statement = update(table).values({column: text})
    if (table, column) == (Activity, "code"):
        statement = statement.where(Activity.short_title == CAREER)
    with database.transaction() as session:
        session.execute(statement)
        session.execute(update(Occurrence).values(revision=Occurrence.revision + 1))
        session.execute(update(JournalHead).values(position=JournalHead.position + 1))


def check(client: FlaskClient, path: str) -> bytes:
    answer = client.get(f"{path}?components=both&alarms=1")
    assert answer.status_code == 200
    faults = broken(answer.data)
    assert set(faults) <= HARMLESS, faults
    calendar = icalendar.Calendar.from_ical(answer.data)
    assert [error for each in calendar.walk() for error in each.errors] == []
    assert calendar.events
    return answer.data


@pytest.mark.parametrize(("table", "column"), TEXTS, ids=lambda each: getattr(each, "__tablename__", each))
def test_one_bad_text_breaks_no_calendar(
    client: FlaskClient, path_of: PathOf, database: Database, table: type[Any], column: str
) -> None:
    paths = [path_of(*calendar) for calendar in CALENDARS]
    # PostgreSQL holds no NUL at all; nor would it hold more than 20 characters of a code
    hostile = HOSTILE if column == "code" else TOGETHER
    bodies = {check(client, path) for path in paths}
    for text in (*hostile, *BLANK, *(["а\0б"] if database.is_sqlite else [])):
        spoil(database, table, column, text)
        written = {check(client, path) for path in paths}
        assert not written & bodies, "the calendars are those of the text before"
        bodies = written


def test_a_reader_in_c_takes_a_calendar_with_bad_texts(
    client: FlaskClient, path_of: PathOf, database: Database, tmp_path: Path
) -> None:
    for table, column in ((Section, "short_title"), (Row, "deadline"), (Organization, "short_name")):
        spoil(database, table, column, "".join(HOSTILE))
    taken = Calcurse(Home(tmp_path / "home")).take(client.get(path_of()).data)
    assert (taken.events, taken.skipped, taken.log) == (56, 0, "")


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE task SET state = 'nonsense' WHERE id = (SELECT min(id) FROM task)",
        "UPDATE activity SET workflow = 'nonsense' WHERE code = '1.1'",
        "UPDATE task SET due = '9999-12-31', due_first = '9999-12-31' WHERE id = (SELECT min(id) FROM task)",
        "UPDATE occurrence SET window_start = '0001-01-01' WHERE id = (SELECT min(id) FROM occurrence)",
        "UPDATE occurrence SET revised_at = '0999-01-01 00:00:00' WHERE key = '1'",
    ],
)
def test_one_record_that_no_calendar_can_hold_leaves_the_others(
    client: FlaskClient, path_of: PathOf, database: Database, statement: str
) -> None:
    path = path_of()
    with database.transaction() as session:
        session.execute(sql(statement))
    answer = client.get(path + "?components=both")
    assert answer.status_code == 200
    calendar = icalendar.Calendar.from_ical(answer.data)
    assert not [error for each in calendar.walk() for error in each.errors]
    assert len(calendar.events) >= 55
