"""Items by their addresses and by what they hold."""

from __future__ import annotations

from datetime import date, datetime

import pytest
from sqlalchemy import update

from app.db import Database
from app.domain.permissions import Actor
from app.models import Task
from app.storage import EvidenceStore
from tests import factories
from tests.web.caldav.program import DATA, ETAG, C, D, Multistatus, Program, conditions

pytestmark = [pytest.mark.data("plan"), pytest.mark.one_database]


def found(college: Program, filter_: str) -> set[str]:
    return Multistatus.of(college.query(filter_)).there


def holding(college: Program, line: str) -> set[str]:
    """The items with a line that begins so."""
    return {href for href, text in college.texts().items() if f"\n{line}" in text}


def prop(name: str, inside: str) -> str:
    return f'<C:prop-filter name="{name}">{inside}</C:prop-filter>'


def matching(name: str, part: str, **attributes: str) -> str:
    written = "".join(f' {key.replace("_", "-")}="{value}"' for key, value in attributes.items())
    return prop(name, f"<C:text-match{written}>{part}</C:text-match>")


def test_items_are_told_by_their_addresses(college: Program) -> None:
    first, second = list(college.items())[:2]
    told = college.multiget(second, first)
    assert list(told.answers) == [second, first]
    for item in (first, second):
        text, tag = college.read(item)
        assert told[item].text(ETAG) == tag
        assert told[item].text(DATA) == text


def test_addresses_can_be_written_in_several_ways(college: Program) -> None:
    item = next(iter(college.items()))
    for written in (f"http://localhost{item}", item.replace("occ", "%6Fcc"), f" {item}\n"):
        assert college.multiget(written).there == {item}
    assert college.multiget(item, item, f"http://localhost{item}").there == {item}


@pytest.mark.parametrize(
    "address",
    [
        "occ-7.ics",
        "/",
        "/caldav/",
        "",
        "http://[",
        "mailto:a@example.org",
        "/caldav/calendars/college01/tasks/",
    ],
)
def test_what_is_no_items_address_is_missing(college: Program, address: str) -> None:
    item = next(iter(college.items()))
    told = college.multiget(item, address)
    assert told.there == {item}
    assert told.gone == {address}


def test_an_item_can_be_asked_for_itself_at_its_own_address(college: Program) -> None:
    first, second = list(college.items())[:2]
    body = (
        f'<C:calendar-multiget xmlns:C="{C[1:-1]}" xmlns:D="DAV:"><D:prop><D:getetag/></D:prop>'
        f"<D:href>{first}</D:href><D:href>{second}</D:href></C:calendar-multiget>"
    )
    told = Multistatus.of(college.ask("REPORT", first, body))
    assert (told.there, told.gone) == ({first}, {second})


def test_everything_is_a_task(college: Program) -> None:
    everything = set(college.items())
    assert found(college, "") == everything
    assert found(college, '<C:filter><C:comp-filter name="VCALENDAR"/></C:filter>') == everything
    inside = nested('<C:comp-filter name="{}">{}</C:comp-filter>')
    for kind in ("VEVENT", "VJOURNAL", "VFREEBUSY", "VTIMEZONE"):
        assert found(college, inside.format(kind, "")) == set()
        assert found(college, inside.format(kind, "<C:is-not-defined/>")) == everything
    assert found(college, inside.format("VTODO", "<C:is-not-defined/>")) == set()
    assert found(college, inside.format("vtodo", "")) == everything
    assert found(college, '<C:comp-filter name="VALARM"/>') == set()
    assert found(college, '<C:comp-filter name="VALARM"><C:is-not-defined/></C:comp-filter>') == everything
    assert found(college, '<C:filter><C:comp-filter name="VCARD"/></C:filter>') == set()


def test_what_is_still_to_be_done_can_be_asked_for(college: Program, handed_in: int) -> None:
    done = college.item_of(handed_in)
    # RFC 4791, 7.8.9
    open_ = prop("COMPLETED", "<C:is-not-defined/>") + matching("STATUS", "CANCELLED", negate_condition="yes")
    assert found(college, open_) == set(college.items()) - {done}
    assert found(college, prop("COMPLETED", "")) == {done}
    assert found(college, matching("STATUS", "COMPLETED")) == {done}


def test_texts_are_compared_as_asked(college: Program, handed_in: int) -> None:
    item = college.item_of(handed_in)
    words = "Employment-support plans"
    for fits, filter_ in (
        (True, matching("SUMMARY", words)),
        (True, matching("SUMMARY", words.upper())),
        (True, matching("SUMMARY", words.upper(), collation="default")),
        (True, matching("SUMMARY", words.upper(), collation="i;unicode-casemap")),
        (False, matching("SUMMARY", words.upper(), collation="i;octet")),
        (True, matching("SUMMARY", words, collation="i;octet")),
        (False, matching("SUMMARY", "no such words")),
        (True, matching("SUMMARY", "no such words", negate_condition="yes")),
        (True, matching("CATEGORIES", "Under review")),
        (True, matching("DUE", "20220204")),
        (True, matching("URL", f"/tasks/{handed_in}")),
        (True, matching("PERCENT-COMPLETE", "100")),
        (True, matching("DESCRIPTION", "Deadline in the order: с 21 января")),
        (False, matching("DESCRIPTION", "С 21 ЯНВАРЯ")),
        (True, matching("DESCRIPTION", "С 21 ЯНВАРЯ", collation="i;unicode-casemap")),
        # A property that is not there says nothing, not even nothing of the kind.
        (False, matching("LOCATION", "x", negate_condition="yes")),
        (True, prop("LOCATION", "<C:is-not-defined/>")),
        (False, prop("SUMMARY", "<C:is-not-defined/>")),
    ):
        assert (item in found(college, filter_)) is fits, filter_


def span(start: str = "", end: str = "") -> str:
    return "<C:time-range{}{}/>".format(f' start="{start}"' if start else "", f' end="{end}"' if end else "")


@pytest.mark.parametrize(
    ("start", "end", "fits"),
    [
        # due on 4 February in Moscow: from 3 February 21:00 UTC until 4 February 21:00 UTC
        ("20220203T210000Z", "20220204T210000Z", True),
        ("20220204T210000Z", "20220205T210000Z", False),
        ("20220202T210000Z", "20220203T210000Z", False),
        ("20220101T000000Z", "20221231T000000Z", True),
        ("20220204T205959Z", "", True),
        ("20220204T210000Z", "", False),
        ("", "20220204T210000Z", True),
        ("", "20220204T205959Z", False),
    ],
)
def test_a_task_lies_in_the_time_in_which_it_is_due(
    college: Program, task_id: int, start: str, end: str, fits: bool
) -> None:
    item = college.item_of(task_id)
    assert (item in found(college, span(start, end))) is fits


def test_a_task_without_a_date_lies_between_its_making_and_its_completion(
    college: Program,
    database: Database,
    people: dict[str, Actor],
    store: EvidenceStore,
    now: datetime,
    task_id: int,
) -> None:
    with database.transaction() as session:
        session.execute(update(Task).where(Task.id == task_id).values(due=None, due_first=None))
    item = college.item_of(task_id)
    created = next(
        line.partition(":")[2] for line in college.texts()[item].split("\n") if line.startswith("CREATED:")
    )
    assert item in found(college, span(end="20991231T000000Z"))
    assert item in found(college, span(start="20990101T000000Z"))
    assert item not in found(college, span(end=created))
    with database.transaction() as session:
        factories.submit(session, store, people["college01"], "2.3", now)
        session.execute(update(Task).where(Task.id == task_id).values(due=None))
    assert item in found(college, span(start="20220615T090000Z"))
    assert item not in found(college, span(start="20220616T000000Z"))
    assert item in found(college, span(end=created))
    assert item not in found(college, span(end="20010101T000000Z"))


def test_a_property_lies_in_a_time(college: Program, handed_in: int) -> None:
    item = college.item_of(handed_in)
    for fits, filter_ in (
        (True, prop("COMPLETED", span("20220615T090000Z", "20220615T090001Z"))),
        (False, prop("COMPLETED", span("20220615T090001Z"))),
        (False, prop("COMPLETED", span(end="20220615T090000Z"))),
        (True, prop("DUE", span("20220203T210000Z", "20220203T210001Z"))),
        (True, prop("DUE", span("20220204T205959Z", "20220205T210000Z"))),
        (False, prop("DUE", span("20220204T210000Z"))),
        (False, prop("DUE", span(end="20220203T210000Z"))),
        (False, prop("SUMMARY", span("20000101T000000Z"))),
    ):
        assert (item in found(college, filter_)) is fits, filter_


def nested(inside: str, name: str = "VCALENDAR") -> str:
    return f'<C:filter><C:comp-filter name="{name}">{inside}</C:comp-filter></C:filter>'


@pytest.mark.parametrize(
    ("filter_", "condition"),
    [
        (
            '<C:comp-filter name="VALARM"><C:time-range start="20220101T000000Z"/></C:comp-filter>',
            "supported-filter",
        ),
        (nested('<C:time-range start="20220101T000000Z"/>'), "supported-filter"),
        (prop("SUMMARY", '<C:param-filter name="LANGUAGE"/>'), "supported-filter"),
        (prop("SUMMARY", "<C:what/>"), "supported-filter"),
        ("<C:what/>", "supported-filter"),
        ('<C:comp-filter name="VALARM"><C:comp-filter name="X"/></C:comp-filter>', "supported-filter"),
        (matching("SUMMARY", "x", collation="i;what"), "supported-collation"),
        ("<C:filter/>", "valid-filter"),
        ('<C:filter><C:prop-filter name="UID"/></C:filter>', "valid-filter"),
        (nested("").replace("</C:filter>", '<C:comp-filter name="VCALENDAR"/></C:filter>'), "valid-filter"),
        (nested("", name=""), "valid-filter"),
        (prop("", ""), "valid-filter"),
        ("<C:time-range/>", "valid-filter"),
        ('<C:time-range start="yesterday"/>', "valid-filter"),
        ('<C:time-range start="20220101"/>', "valid-filter"),
        ('<C:time-range start="20220101T000000"/>', "valid-filter"),
        ('<C:time-range start="20220102T000000Z" end="20220101T000000Z"/>', "valid-filter"),
        ('<C:time-range start="20220101T000000Z" end="20220101T000000Z"/>', "valid-filter"),
        (prop("SUMMARY", "<C:is-not-defined/><C:text-match>x</C:text-match>"), "valid-filter"),
    ],
)
def test_a_filter_that_cannot_be_answered_is_refused_by_name(
    college: Program, filter_: str, condition: str
) -> None:
    refused = college.query(filter_)
    assert refused.status_code == 403
    assert conditions(refused) == [f"{C}{condition}"]


def test_a_query_without_a_filter_is_refused(college: Program) -> None:
    body = f'<C:calendar-query xmlns:C="{C[1:-1]}"/>'
    assert conditions(college.ask("REPORT", college.tasks, body)) == [f"{C}valid-filter"]


def test_an_endlessly_nested_filter_is_refused(college: Program) -> None:
    deep = '<C:comp-filter name="VTODO">' * 20_000 + "</C:comp-filter>" * 20_000
    assert conditions(college.query(deep)) == [f"{C}supported-filter"]


def test_a_report_that_there_is_not_is_refused_everywhere(college: Program) -> None:
    known = f'<C:calendar-query xmlns:C="{C[1:-1]}"/>'
    for path, body in (
        (college.tasks, '<D:expand-property xmlns:D="DAV:"/>'),
        (college.tasks, f'<C:free-busy-query xmlns:C="{C[1:-1]}"/>'),
        ("/caldav/calendars/college01/", known),
        ("/caldav/principals/college01/", '<D:principal-property-search xmlns:D="DAV:"/>'),
        (
            next(iter(college.items())),
            '<D:sync-collection xmlns:D="DAV:"><D:sync-token/></D:sync-collection>',
        ),
    ):
        assert conditions(college.ask("REPORT", path, body)) == [f"{D}supported-report"], path


@pytest.mark.parametrize("kind", ['content-type="application/calendar+json"', 'version="3.0"'])
def test_another_kind_of_data_is_refused(college: Program, kind: str) -> None:
    body = (
        f'<C:calendar-multiget xmlns:C="{C[1:-1]}" xmlns:D="DAV:"><D:prop><C:calendar-data {kind}/></D:prop>'
        f"<D:href>{college.tasks}occ-7.ics</D:href></C:calendar-multiget>"
    )
    assert conditions(college.ask("REPORT", college.tasks, body)) == [f"{C}supported-calendar-data"]


def test_a_query_can_ask_for_the_data(college: Program, task_id: int) -> None:
    item = college.item_of(task_id)
    told = Multistatus.of(college.query(matching("DUE", "20220204"), names=(ETAG, DATA)))
    assert told[item].text(DATA) == college.read(item)[0]
    assert date(2022, 2, 4).strftime("DUE;VALUE=DATE:%Y%m%d") in told[item].text(DATA)
