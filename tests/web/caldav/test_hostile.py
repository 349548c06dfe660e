"""Whatever is sent: an answer below 500, and nothing in the plan changed."""

from __future__ import annotations

from collections.abc import Iterator
from http import HTTPStatus
from xml.sax.saxutils import escape, quoteattr

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import select
from sqlalchemy import text as sql

from app.db import Database
from app.domain.permissions import Actor
from app.models import JournalHead
from tests.web.acting import stands
from tests.web.caldav.program import CS, C, D, Program, ticked

pytestmark = [pytest.mark.data("plan"), pytest.mark.one_database]

#: one program and one database serve every example: none of them may change anything
ON_ONE_DATABASE = settings(suppress_health_check=[HealthCheck.function_scoped_fixture])

_DAV = """propfind prop allprop propname include href sync-token sync-level sync-collection limit nresults
propertyupdate set remove getetag resourcetype"""
_CALDAV = """calendar-query calendar-multiget filter comp-filter prop-filter text-match time-range
is-not-defined param-filter calendar-data timezone comp"""
NAMES = st.sampled_from(
    [
        *(D + name for name in _DAV.split()),
        *(C + name for name in _CALDAV.split()),
        *(f"{CS}getctag", "{x:}y", "bare"),
    ]
)
TEXTS = st.one_of(
    st.sampled_from(["", "1", "VCALENDAR", "VTODO", "20220101T000000Z", "/caldav/", "100", "yes", "i;octet"]),
    st.text(st.characters(codec="utf-8", exclude_categories=["Cc", "Cs"], exclude_characters="\ufffe\uffff")),
)
ATTRIBUTES = st.dictionaries(
    st.sampled_from(["name", "start", "end", "collation", "negate-condition", "content-type", "version"]),
    TEXTS,
    max_size=3,
)


def element(name: str, attributes: dict[str, str], inside: str) -> str:
    namespace, _, local = name.rpartition("}")
    said = "".join(f" {key}={quoteattr(value)}" for key, value in attributes.items())
    return f"<{local} xmlns={quoteattr(namespace[1:])}{said}>{inside}</{local}>"


TREES = st.recursive(
    TEXTS.map(escape),
    lambda inner: st.builds(element, NAMES, ATTRIBUTES, st.lists(inner, max_size=4).map("".join)),
    max_leaves=12,
)
DOCUMENTS = st.builds(element, NAMES, ATTRIBUTES, st.lists(TREES, max_size=4).map("".join))


@pytest.fixture
def untouched(database: Database, college: Program) -> Iterator[None]:
    """Fails when anything has happened in the plan."""

    def position() -> int:
        with database.read() as session:
            return session.scalars(select(JournalHead.position)).one()

    before = position()
    yield
    assert position() == before


def answered(status: int) -> None:
    assert status < 500 or status == HTTPStatus.INSUFFICIENT_STORAGE


@given(
    body=st.one_of(DOCUMENTS.map(str.encode), st.binary(max_size=200)),
    method=st.sampled_from(["PROPFIND", "REPORT", "PROPPATCH"]),
    depth=st.sampled_from(["0", "1", "infinity", "x"]),
    place=st.sampled_from(["", "calendars/college01/", "calendars/college01/tasks/"]),
)
@ON_ONE_DATABASE
def test_no_xml_breaks_the_server(
    college: Program, untouched: None, body: bytes, method: str, depth: str, place: str
) -> None:
    answered(college.ask(method, f"/caldav/{place}", body, {"Depth": depth}).status_code)


LINES = st.one_of(
    st.sampled_from(
        [
            *("BEGIN:VCALENDAR", "END:VCALENDAR", "BEGIN:VTODO", "END:VTODO", "BEGIN:VALARM", "END:VALARM"),
            *("BEGIN:VEVENT", "END:VEVENT", "UID:1", "STATUS:COMPLETED", "DUE:20220204", "DUE;TZID=x:y", "X"),
            *("DUE:00000000", "PERCENT-COMPLETE:٣", "RRULE:", "BEGIN:", "END:", "BEGIN", ":", ";", " ", "\t"),
            *('X;A="', "X;A=\\", "X;=:", "METHOD:REQUEST", "VERSION:2.0"),
        ]
    ),
    st.text(max_size=40),
)


@given(
    lines=st.lists(LINES, max_size=30),
    separator=st.sampled_from(["\r\n", "\n", "\r", "\r\n "]),
    encoding=st.sampled_from(["utf-8", "utf-16", "utf-8-sig"]),
)
@ON_ONE_DATABASE
def test_no_iCalendar_text_breaks_the_server(
    college: Program, untouched: None, lines: list[str], separator: str, encoding: str
) -> None:
    body = separator.join(lines).encode(encoding, "replace")
    item = next(iter(college.items()))
    answer = college.ask("PUT", item, body, {"Content-Type": "text/calendar"})
    assert answer.status_code == 403
    assert b"valid-calendar" in answer.data or b"supported-calendar-component" in answer.data


@given(data=st.data())
@ON_ONE_DATABASE
def test_a_good_tick_with_noise_in_it_is_a_tick_a_refusal_or_nothing(
    college: Program, database: Database, task_id: int, data: st.DataObject
) -> None:
    item = college.item_of(task_id)
    lines = ticked(college.read(item)[0]).split("\r\n")
    where = data.draw(st.integers(0, len(lines)))
    noise = data.draw(LINES)
    body = "\r\n".join([*lines[:where], noise, *lines[where:]]).encode("utf-8", "replace")
    answer = college.ask("PUT", item, body, {"Content-Type": "text/calendar"})
    assert answer.status_code in {204, 403}
    # Nothing proves it: whatever was sent, it is not done.
    assert stands(database, task_id).state == "planned"


@given(
    path=st.text(st.characters(codec="utf-8", exclude_characters="?#")),
    method=st.sampled_from(["GET", "PROPFIND", "REPORT", "DELETE", "OPTIONS", "MKCOL"]),
)
@ON_ONE_DATABASE
def test_no_address_breaks_the_server(college: Program, untouched: None, path: str, method: str) -> None:
    for below in ("/caldav/", college.tasks):
        answered(college.ask(method, below + path, headers={"Depth": "0"}).status_code)


@given(
    headers=st.dictionaries(
        st.sampled_from(
            [
                "If-Match",
                "If-None-Match",
                "Depth",
                "Prefer",
                "Content-Type",
                "Content-Encoding",
                "Destination",
            ]
        ),
        st.text(st.characters(min_codepoint=0x20, max_codepoint=0x7E), max_size=30),
    ),
    method=st.sampled_from(["GET", "PROPFIND", "REPORT", "PROPPATCH", "OPTIONS"]),
)
@ON_ONE_DATABASE
def test_no_header_breaks_the_server(
    college: Program, untouched: None, headers: dict[str, str], method: str
) -> None:
    answered(college.ask(method, f"{college.tasks}occ-7.ics", headers=headers).status_code)


def test_an_endlessly_nested_request_is_answered(college: Program) -> None:
    for name in ("a", "D:prop"):
        deep = f"<{name}>" * 60_000 + f"</{name}>" * 60_000
        body = f'<D:propfind xmlns:D="DAV:">{deep}</D:propfind>'
        answered(college.ask("PROPFIND", college.tasks, body, {"Depth": "0"}).status_code)


def test_an_endlessly_nested_task_is_refused(college: Program, task_id: int) -> None:
    item = college.item_of(task_id)
    deep = "BEGIN:X\r\n" * 10_000 + "END:X\r\n" * 10_000
    text = college.read(item)[0].replace("END:VTODO", f"{deep}END:VTODO")
    assert college.put(item, text).status_code == 403


def test_very_many_addresses_are_answered(college: Program) -> None:
    hrefs = "".join(f"<D:href>/{number}</D:href>" for number in range(20_000))
    body = f'<C:calendar-multiget xmlns:C="{C[1:-1]}" xmlns:D="DAV:">{hrefs}</C:calendar-multiget>'
    assert college.ask("REPORT", college.tasks, body).status_code == 207


def test_a_task_of_very_many_lines_is_answered(college: Program, task_id: int) -> None:
    item = college.item_of(task_id)
    text = college.read(item)[0].replace("END:VTODO", "X:1\r\n" * 40_000 + "END:VTODO")
    assert college.put(item, text).status_code == 204


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE task SET state = '-' WHERE id = (SELECT max(id) FROM task WHERE organization_id = {own})",
        "UPDATE activity SET workflow = 'nonsense' WHERE code = '3.2'",
    ],
)
def test_one_task_that_no_list_can_hold_leaves_the_others(
    college: Program, database: Database, people: dict[str, Actor], statement: str
) -> None:
    before = college.items()
    with database.transaction() as session:
        session.execute(sql(statement.format(own=people["college01"].organization_id)))
    after = college.items()
    assert len(after) == len(before) - 1
    assert set(after) < set(before)
