"""Whatever text there is, other programs read the same one, and no calendar falls apart over it."""

from __future__ import annotations

import re
import tempfile
from datetime import UTC, date, datetime, time, timedelta, timezone
from pathlib import Path

import icalendar
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from app.domain.texts import one_line, several_lines
from app.exports import ics
from tests.infrastructure.calendar_clients import Calcurse, Home

MOMENT = datetime(2022, 2, 1, 6, 30, tzinfo=UTC)
FIRST = date(2022, 1, 1)

#: both alphabets, emoji that join, marks that combine, the signs of iCalendar, every break, controls, halves
characters = st.one_of(
    st.sampled_from("абвЖЩё№«»—…aZ09 ,;:\\\"'^%\n\r\t\v\f\0\x07\x1b\x1c\x1d\x1e\x7f\x85\u2028\u2029"),
    st.sampled_from("👍🏽🇷🇺👩\u200d👧❤\ufe0fé\u0301\ufeff\u202e\u00ad\u00a0\ud83d\udc00"),
    st.characters(),
)
texts = st.lists(
    st.one_of(characters, st.sampled_from(["\r\n", "\\n", "\\N", "\\,", "END:VEVENT"])), max_size=60
)
anything = texts.map("".join)


def as_read(text: str) -> str:
    """What a reader may expect: breaks of every kind are one, other controls are gone, a half is a ?"""
    text = re.sub("\r\n|[\n\r\v\f\x1c-\x1e\x85\u2028\u2029]", "\n", text)
    return re.sub("[\ud800-\udfff]", "?", re.sub("[\x00-\x08\x0b-\x1f\x7f-\x9f]", "", text))


def unfolded(content: bytes) -> list[str]:
    """The content lines, as RFC 5545 (3.1) says to read them: octets first, characters afterwards."""
    return content.replace(b"\r\n ", b"").decode().split("\r\n")


def unescaped(value: str) -> str:
    """A value of type TEXT (3.3.11), read sign by sign."""
    read, signs = "", iter(value)
    for sign in signs:
        read += {"n": "\n", "N": "\n"}.get(after := next(signs), after) if sign == "\\" else sign
    return read


def event(number: int = 0, **fields: object) -> ics.Event:
    day = FIRST + timedelta(days=number)
    given = {
        "uid": f"occ-{number}@vekha.local",
        "first": day,
        "last": day,
        "summary": "2.3",
        "sequence": 0,
        "revised_at": MOMENT,
        "created_at": MOMENT,
    }
    return ics.Event(**{**given, **fields})  # type: ignore[arg-type]


def todo(**fields: object) -> ics.Todo:
    given = {
        "uid": "occ-0-todo@vekha.local",
        "due": FIRST,
        "status": "NEEDS-ACTION",
        "percent": 0,
        "summary": "2.3",
        "sequence": 0,
        "revised_at": MOMENT,
        "created_at": MOMENT,
    }
    return ics.Todo(**{**given, **fields})  # type: ignore[arg-type]


def as_title(text: str) -> str:
    """A title is one line."""
    return as_read(" ".join(text.splitlines()))


def calendar(*components: bytes, name: str = "План") -> bytes:
    return ics.calendar_bytes(ics.Calendar(name), components)


@given(anything, anything, anything, anything, anything, anything)
def test_another_reader_finds_every_text_as_it_was(
    name: str, summary: str, description: str, contact: str, first: str, second: str
) -> None:
    fields = {
        "summary": summary,
        "description": description,
        "contact": contact,
        "categories": (first, second),
        "alarms": (7,),
    }
    content = calendar(ics.event_bytes(event(**fields)), ics.todo_bytes(todo(**fields)), name=name)
    read = icalendar.Calendar.from_ical(content)
    # icalendar leaves these two as they are written
    assert unescaped(read["NAME"]) == unescaped(read["X-WR-CALNAME"]) == as_title(name)
    assert len(read.subcomponents) == 2
    for each in read.subcomponents:
        assert each.errors == []
        assert str(each["SUMMARY"]) == as_title(summary)
        assert str(each.get("DESCRIPTION", "")) == as_read(description)
        assert str(each.get("CONTACT", "")) == as_read(contact)
        written = [str(category) for category in each["CATEGORIES"].cats] if "CATEGORIES" in each else []
        assert written == [text for text in (as_read(first), as_read(second)) if text]
        (alarm,) = each.subcomponents
        assert str(alarm["DESCRIPTION"]) == as_title(summary)


@given(anything)
def test_what_is_escaped_is_read_back_sign_by_sign(text: str) -> None:
    written = ics.escape(text)
    assert not re.search("[\x00-\x08\x0a-\x1f\x7f-\x9f\u2028\u2029]", written)
    assert unescaped(written).encode("utf-8", "replace").decode() == as_read(text)
    # between the members of a list nothing else may stand than a comma that is not escaped
    assert len(re.sub(r"\\.", "", f"{written},{written}", flags=re.S).split(",")) == 2


@given(anything.map(lambda text: re.sub("[\r\n]", "", text)))
@example("SUMMARY:" + "ж" * 200)
@example("SUMMARY:" + "👩‍👩‍👧" * 40)
@example("x" * 74 + "ж")
@example("x" * 75)
@example("x" * 149)
def test_what_is_folded_unfolds_to_itself(line: str) -> None:
    folded = ics.fold(line)
    pieces = folded.split(b"\r\n")
    assert all(len(piece) <= 75 for piece in pieces)
    assert all(piece.startswith(b" ") for piece in pieces[1:])
    # every piece is text of its own: nothing is cut inside a character
    assert "".join([pieces[0].decode(), *(piece[1:].decode() for piece in pieces[1:])]) == (
        line.encode("utf-8", "replace").decode()
    )
    # and none is shorter than it has to be
    assert all(len(piece) >= 72 for piece in pieces[:-1])


@given(anything)
def test_a_text_stays_in_its_own_line(text: str) -> None:
    fields = {"summary": text, "description": text, "url": text, "categories": (text,), "contact": text}
    content = calendar(ics.event_bytes(event(uid=text, **fields, alarms=(1,))), name=text)
    assert b"\r" not in content.replace(b"\r\n", b"")
    assert b"\n" not in content.replace(b"\r\n", b"")
    lines = unfolded(content)
    begun = [line for line in lines if line.startswith("BEGIN:")]
    assert begun == ["BEGIN:VCALENDAR", "BEGIN:VEVENT", "BEGIN:VALARM"]
    assert all(re.match(r"[A-Z-]+[:;]", line) for line in lines[:-1])


@given(anything)
def test_an_address_is_one_word_that_stands_for_itself(text: str) -> None:
    written = ics.uri(text)
    assert not re.search('[\x00-\x20\x7f-\x9f"<>\\\\^`{|}\u2028\u2029]', written)
    assert ics.uri(written) == written


@given(st.lists(anything, max_size=8))
def test_a_calendar_holds_as_many_events_as_it_was_given(summaries: list[str]) -> None:
    content = calendar(*(ics.event_bytes(event(n, summary=text)) for n, text in enumerate(summaries)))
    read = icalendar.Calendar.from_ical(content).events
    assert [str(each["UID"]) for each in read] == [f"occ-{n}@vekha.local" for n in range(len(summaries))]


@given(
    st.dates(date(1900, 1, 1), date(2199, 1, 1)),
    st.integers(0, 400),
    st.lists(st.integers(0, 60), max_size=5, unique=True),
)
def test_days_and_reminders_are_read_as_they_were_meant(first: date, length: int, alarms: list[int]) -> None:
    last = first + timedelta(days=length)
    content = calendar(
        ics.event_bytes(event(first=first, last=last, alarms=tuple(alarms))),
        ics.todo_bytes(todo(due=last, alarms=tuple(alarms))),
    )
    read = icalendar.Calendar.from_ical(content)
    (shown,), (owed,) = read.events, read.todos
    assert (shown["DTSTART"].dt, shown["DTEND"].dt) == (first, last + timedelta(days=1))
    assert owed["DUE"].dt == last
    nine = datetime.combine(last, time(9))
    for each, end in ((shown, shown["DTEND"].dt), (owed, owed["DUE"].dt)):
        rung = [datetime.combine(end, time()) + alarm["TRIGGER"].dt for alarm in each.walk("VALARM")]
        assert rung == [nine - timedelta(days=days) for days in alarms]


@given(
    st.datetimes(datetime(1990, 1, 1), datetime(2190, 1, 1)),
    st.integers(-14 * 60, 14 * 60).map(lambda minutes: timezone(timedelta(minutes=minutes))),
)
def test_an_instant_is_the_same_wherever_it_was_noted(moment: datetime, zone: timezone) -> None:
    moment = moment.replace(tzinfo=zone, microsecond=0)
    read = icalendar.Calendar.from_ical(calendar(ics.event_bytes(event(revised_at=moment)))).events[0]
    assert read["DTSTAMP"].dt == read["LAST-MODIFIED"].dt == moment


@settings(max_examples=25, suppress_health_check=[HealthCheck.too_slow])
@given(st.lists(st.tuples(anything, anything), min_size=1, max_size=40))
def test_a_reader_in_c_keeps_every_text_that_a_form_lets_in(pairs: list[tuple[str, str]]) -> None:
    kept = [(one_line(summary) or "—", several_lines(description)) for summary, description in pairs]
    content = calendar(
        *(
            ics.event_bytes(
                event(number, summary=summary, description=description, categories=(summary, "b"))
            )
            for number, (summary, description) in enumerate(kept)
        )
    )
    with tempfile.TemporaryDirectory() as folder:
        calcurse = Calcurse(Home(Path(folder) / "home"))
        taken = calcurse.take(content)
        assert (taken.events, taken.skipped, taken.log) == (len(kept), 0, "")
        # a note of calcurse ends with a line feed of its own
        assert calcurse.kept() == [(summary, text + "\n" if text else "") for summary, text in kept]
