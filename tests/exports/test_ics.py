"""What other programs read in our calendars, and the bytes that RFC 5545 asks for."""

from __future__ import annotations

import dataclasses
import re
from datetime import UTC, date, datetime, timedelta, timezone

import icalendar
import pytest
import recurring_ical_events
from hypothesis import given
from hypothesis import strategies as st

from app.exports import ics

MOMENT = datetime(2022, 2, 1, 6, 30, tzinfo=UTC)
EVENT = ics.Event(
    uid="occ-7@vekha.example",
    first=date(2022, 1, 21),
    last=date(2022, 2, 4),
    summary="2.3 Планы содействия занятости",
    sequence=4,
    revised_at=MOMENT,
    created_at=MOMENT - timedelta(days=30),
    description="Срок: с 21 января по 4 февраля",
    url="https://vekha.example/tasks/7",
    categories=("Обучающиеся", "Просрочено"),
    contact="РЦПОиЖН",
)
CALENDAR = ics.Calendar("План 2022, раздел 2")

#: what people type and paste: both alphabets, emoji, the signs that iCalendar gives a meaning, breaks
texts = st.text(
    st.sampled_from("абвЖЩё№«»—…aZ09 ,;:\\\"'\n\r\t\v\x00\x07\x1f\x7f\x85\u2028\u2029👍🏽🇷🇺é\u0301\ufeff")
    | st.characters(codec="utf-8"),
    max_size=200,
)


def calendar_of(*events: ics.Event, calendar: ics.Calendar = CALENDAR) -> bytes:
    return ics.calendar_bytes(calendar, map(ics.event_bytes, events))


def read_back(content: bytes) -> icalendar.Event:
    return icalendar.Calendar.from_ical(content).events[0]


def as_read(text: str) -> str:
    """What a reader may expect of a text: breaks of every kind are one, other controls are gone."""
    text = re.sub("\r\n|[\r\v\f\x1c-\x1e\x85\u2028\u2029]", "\n", text)
    return re.sub("[\x00-\x08\x0e-\x1f\x7f-\x9f]", "", text)


@given(text=texts)
def test_any_text_comes_back_from_another_reader(text: str) -> None:
    event = dataclasses.replace(EVENT, summary=text, description=text, contact=text, categories=(text, "b"))
    read = read_back(calendar_of(event))
    expected = as_read(text)
    assert str(read["SUMMARY"]) == as_read(" ".join(text.splitlines()))
    assert str(read.get("DESCRIPTION", "")) == expected
    assert str(read.get("CONTACT", "")) == expected
    assert [str(each) for each in read["CATEGORIES"].cats] == ([expected, "b"] if expected else ["b"])


@given(text=texts)
def test_no_text_breaks_out_of_its_line(text: str) -> None:
    event = dataclasses.replace(EVENT, summary=text, url=text, uid=text, categories=(text,), contact=text)
    content = calendar_of(event, calendar=ics.Calendar(text))
    assert content.endswith(b"END:VCALENDAR\r\n")
    plain = content.replace(b"\r\n", b"")
    assert b"\r" not in plain
    assert b"\n" not in plain
    names = {line.split(b":")[0].split(b";")[0] for line in content.replace(b"\r\n ", b"").splitlines()}
    assert all(re.fullmatch(rb"[A-Z-]+", name) for name in names)


@given(text=texts)
def test_a_line_has_at_most_75_octets_and_is_cut_between_characters(text: str) -> None:
    for line in calendar_of(dataclasses.replace(EVENT, summary=text)).split(b"\r\n"):
        assert len(line) <= 75
        line.decode()


def test_a_line_of_75_octets_stays_whole() -> None:
    line = "SUMMARY:" + "x" * 67
    assert ics.fold(line) == line.encode()
    assert ics.fold(line + "x") == line.encode() + b"\r\n x"


def test_the_continuation_counts_its_own_space() -> None:
    pieces = ics.fold("SUMMARY:" + "ж" * 200).split(b"\r\n")
    assert {len(piece) for piece in pieces[:-1]} <= {74, 75}
    assert b"".join(piece.removeprefix(b" ") for piece in pieces).decode() == "SUMMARY:" + "ж" * 200


def test_half_a_surrogate_pair_does_not_break_the_calendar() -> None:
    assert str(read_back(calendar_of(dataclasses.replace(EVENT, summary="до \ud83d после")))["SUMMARY"]) == (
        "до ? после"
    )


def test_the_last_day_belongs_to_the_event() -> None:
    read = read_back(calendar_of(EVENT))
    assert (read["DTSTART"].dt, read["DTEND"].dt) == (date(2022, 1, 21), date(2022, 2, 5))


def test_a_reader_of_recurring_events_finds_every_day_and_no_other() -> None:
    calendar = icalendar.Calendar.from_ical(calendar_of(EVENT))
    days = [date(2022, 1, 15) + timedelta(days=n) for n in range(30)]
    found = [day for day in days if recurring_ical_events.of(calendar).at(day)]
    assert found == [date(2022, 1, 21) + timedelta(days=n) for n in range(15)]


def test_instants_are_written_in_utc() -> None:
    moscow = timezone(timedelta(hours=3))
    event = dataclasses.replace(EVENT, revised_at=datetime(2022, 2, 5, 0, 0, tzinfo=moscow))
    content = calendar_of(event)
    assert b"\r\nDTSTAMP:20220204T210000Z\r\n" in content
    assert b"\r\nLAST-MODIFIED:20220204T210000Z\r\n" in content


def test_the_calendar_is_a_publication_that_asks_nobody() -> None:
    content = calendar_of(EVENT)
    assert not re.search(rb"^(METHOD|ORGANIZER|ATTENDEE|VALARM|BEGIN:VALARM)", content, re.MULTILINE)


def test_the_names_of_the_calendar_stand_before_its_components() -> None:
    head = calendar_of(EVENT).split(b"BEGIN:VEVENT")[0].decode().split("\r\n")
    assert head == [
        "BEGIN:VCALENDAR",
        "VERSION:2.0",
        f"PRODID:{ics.PRODID}",
        "CALSCALE:GREGORIAN",
        "NAME:План 2022\\, раздел 2",
        "X-WR-CALNAME:План 2022\\, раздел 2",
        "REFRESH-INTERVAL;VALUE=DURATION:PT6H",
        "X-PUBLISHED-TTL:PT6H",
        "COLOR:steelblue",
        "X-APPLE-CALENDAR-COLOR:#4682B4",
        "",
    ]


def test_an_event_takes_nobodys_time() -> None:
    read = read_back(calendar_of(EVENT))
    assert read["TRANSP"] == "TRANSPARENT"
    assert read["X-MICROSOFT-CDO-ALLDAYEVENT"] == "TRUE"
    assert read["STATUS"] == "CONFIRMED"
    assert read["URL"] == EVENT.url
    assert int(read["SEQUENCE"]) == 4


def test_a_withdrawn_event_is_cancelled() -> None:
    assert read_back(calendar_of(dataclasses.replace(EVENT, cancelled=True)))["STATUS"] == "CANCELLED"


@pytest.mark.parametrize(
    ("address", "written"),
    [
        ("https://v.example/tasks/7?a=1&b=2", "https://v.example/tasks/7?a=1&b=2"),
        ("https://v.example/a b\r\nX:1", "https://v.example/a%20b%0D%0AX:1"),
    ],
)
def test_an_address_stays_one_address(address: str, written: str) -> None:
    assert ics.uri(address) == written


def test_a_calendar_without_events_is_still_one() -> None:
    assert icalendar.Calendar.from_ical(calendar_of()).events == []
