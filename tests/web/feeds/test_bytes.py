"""Every calendar that there can be, byte by byte, against the rules of the programs that read it."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, timedelta

import icalendar
import pytest
from flask.testing import FlaskClient
from sqlalchemy import select

from app.db import Database
from app.domain.permissions import Actor
from app.exports import ics
from app.models import Activity, Task
from app.services.feed_scopes import Scope, offered, parts
from app.services.plans import find_plan
from tests.web.feeds.conftest import PathOf
from tests.web.feeds.rules import RULES, Rule, broken

OPTIONS = ["", "?show=due", "?components=todos", "?components=both&alarms=14,7,1,0"]


@pytest.fixture
def scopes(database: Database, people: dict[str, Actor]) -> dict[Scope, str]:
    """Every scope of the plan, with somebody who may have its calendar."""
    with database.read() as session:
        known = parts(session, find_plan(session, "2022").id)
    return {
        scope: next(name for name, actor in people.items() if offered(actor, scope, part))
        for scope, part in known.items()
    }


@pytest.mark.data("story")
@pytest.mark.parametrize("language", ["ru", "en"])
def test_no_calendar_of_any_scope_breaks_a_rule(
    client: FlaskClient, path_of: PathOf, scopes: dict[Scope, str], language: str
) -> None:
    kinds = {scope.kind for scope in scopes}
    assert kinds == {"plan", "section", "organization", "activity", "indicator", "mine", "review"}
    for scope, user in scopes.items():
        answer = client.get(path_of(str(scope), user, language))
        assert answer.status_code == 200, str(scope)
        assert broken(answer.data) == {}, str(scope)


@pytest.mark.data("story")
@pytest.mark.parametrize("options", OPTIONS)
@pytest.mark.parametrize("language", ["ru", "en"])
def test_no_choice_of_the_reader_breaks_a_rule(
    client: FlaskClient, path_of: PathOf, language: str, options: str
) -> None:
    for scope, user in (("plan", "deputy"), ("mine", "college01")):
        body = client.get(path_of(scope, user, language) + options).data
        assert broken(body) == {}, scope
        assert (b"BEGIN:VALARM" in body) == ("alarms" in options)


@pytest.mark.data("story")
def test_a_uid_is_that_of_the_occurrence_in_whatever_scope(
    client: FlaskClient, path_of: PathOf, scopes: dict[Scope, str], database: Database
) -> None:
    with database.read() as session:
        due = select(Task.occurrence_id, Activity.code, Task.due).join(
            Activity, Activity.id == Task.activity_id
        )
        known = {(f"occ-{id_}@vekha.local", code, day) for id_, code, day in session.execute(due) if day}
    seen = {}
    for scope, user in scopes.items():
        events = icalendar.Calendar.from_ical(client.get(path_of(str(scope), user)).data).events
        seen[scope] = {_identity(event) for event in events}
        assert seen[scope] <= known, str(scope)
    uids = {uid for each in seen.values() for uid, _, _ in each}
    assert uids == {uid for uid, _, _ in seen[Scope("plan")]}


def _identity(event: icalendar.Event) -> tuple[str, str, date]:
    """UID, number of the activity and last day of an event."""
    code = re.search(r"(?:^|[ ·])(\d\.\d(?:-\d)?) ", event["SUMMARY"])
    assert code
    return str(event["UID"]), code[1], event["DTEND"].dt - timedelta(days=1)


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.__name__)
def test_each_rule_notices_what_breaks_it(rule: Rule) -> None:
    assert rule(WRITTEN) == []
    old, new = _BREAKING[rule.__name__]
    assert old in WRITTEN
    assert rule(WRITTEN.replace(old, new, 1)) != []


_MOMENT = datetime(2022, 2, 1, 6, 30, tzinfo=UTC)
#: what the rules are tried on
WRITTEN = ics.calendar_bytes(
    ics.Calendar("План 2022"),
    [
        ics.event_bytes(
            ics.Event(
                uid="occ-7@vekha.local",
                first=date(2022, 1, 21),
                last=date(2022, 2, 4),
                summary="2.3 Планы содействия занятости в профессиональных организациях",
                sequence=4000,
                revised_at=_MOMENT,
                created_at=_MOMENT,
                description="Срок: 04.02.2022\nhttps://vekha.example/tasks/7",
                url="https://vekha.example/tasks/7",
                categories=("Обучающиеся, выпускники", "Просрочено"),
                contact="РЦПОиЖН",
            )
        )
    ],
)
_BREAKING = {
    "lines_end_with_crlf": (b"\r\nVERSION", b"\nVERSION"),
    "lines_have_75_octets_at_most": (b"\r\n ", b""),
    "lines_are_cut_between_characters": (b"\r\n \xd0", b"\xd0\r\n "),
    "nothing_stands_around_the_calendar": (b"BEGIN:VCALENDAR", b"\xef\xbb\xbfBEGIN:VCALENDAR"),
    "the_head_comes_first_and_in_order": (b"CALSCALE:GREGORIAN\r\n", b""),
    "nobody_is_invited_and_nothing_repeats": (b"CALSCALE", b"METHOD:PUBLISH\r\nCALSCALE"),
    "no_control_stands_in_a_line": (b"SUMMARY:", b"SUMMARY:\x07"),
    "everything_that_is_begun_is_ended": (b"END:VEVENT", b"END:VTODO"),
    "every_property_is_known_and_stands_once": (b"SEQUENCE:", b"DURATION:"),
    "every_uid_is_its_own": (b"UID:occ-", b"UID:"),
    "the_stamp_is_that_of_the_revision": (b"DTSTAMP:2", b"DTSTAMP:3"),
    "the_end_is_the_day_after_the_last": (b"DTEND;VALUE=DATE:2", b"DTEND;VALUE=DATE:1"),
    "categories_are_two_on_one_line": (b"CATEGORIES:", b"CATEGORIES:a,"),
    "titles_are_one_line": (b"SUMMARY:", b"SUMMARY:a\\n"),
    "the_link_stands_in_the_description_too": (b"URL:http", b"URL:ftp"),
    "whole_days_make_nobody_busy": (b"TRANSP:TRANSPARENT", b"TRANSP:OPAQUE"),
}
