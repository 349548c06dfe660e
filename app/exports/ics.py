"""Calendars as bytes: RFC 5545 with the properties of RFC 7986, written for speed.

A calendar is a head, its components and an end. A component depends on nothing but its own fields, so
its bytes may be kept as long as its revision stands and be joined into any calendar.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from functools import lru_cache

PRODID = "-//Vekha//Vekha//EN"
#: how often a client should ask again
REFRESH = "PT6H"
#: RFC 5545, 3.1: octets of a line, its break not counted
LINE_OCTETS = 75

_DAY = timedelta(days=1)
#: the hour of the day at which a program reminds
_ALARM_HOUR = timedelta(hours=9)
_END = b"END:VCALENDAR\r\n"
#: of an event that takes up whole days and makes nobody busy
_WHOLE_DAYS = b"TRANSP:TRANSPARENT\r\nX-MICROSOFT-CDO-ALLDAYEVENT:TRUE\r\nX-MICROSOFT-CDO-BUSYSTATUS:FREE\r\n"
# Besides what TEXT must escape (3.3.11): whatever some reader takes for the end of a line, and controls.
_SPECIAL = re.compile("\r\n|[\\\\;,\x00-\x08\x0a-\x1f\x7f-\x9f\u2028\u2029]")
_ESCAPED = {"\\": "\\\\", ";": "\\;", ",": "\\,"} | dict.fromkeys(
    ("\r\n", "\n", "\r", "\v", "\f", "\x1c", "\x1d", "\x1e", "\x85", "\u2028", "\u2029"), "\\n"
)
_NOT_IN_URI = re.compile('[\x00-\x20\x7f-\x9f"<>\\\\^`{|}\u2028\u2029]')


@dataclass(frozen=True, slots=True)
class Calendar:
    """What a client shows of the calendar itself."""

    name: str
    #: a colour of CSS 3 by its name, and the same as #RRGGBB for Apple's programs
    color_name: str = "steelblue"
    color: str = "#4682B4"


@dataclass(frozen=True, slots=True, kw_only=True)
class Component:
    """What an event and a task have in common. Instants are aware."""

    uid: str
    summary: str
    #: how often it has changed, and when it did last: never the clock
    sequence: int
    revised_at: datetime
    created_at: datetime
    description: str = ""
    url: str = ""
    categories: tuple[str, ...] = ()
    #: whom to ask
    contact: str = ""
    #: days before the last day on which a program reminds, at nine in the morning where it is
    alarms: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Event(Component):
    """An event of whole days. `first` and `last` are both days of it."""

    first: date
    last: date
    cancelled: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Todo(Component):
    """A task that is due in the course of a day."""

    #: None: no deadline
    due: date | None
    #: NEEDS-ACTION | IN-PROCESS | COMPLETED | CANCELLED
    status: str
    #: 0 to 100
    percent: int
    completed_at: datetime | None = None


def calendar_bytes(calendar: Calendar, components: Iterable[bytes]) -> bytes:
    """The calendar with these components. No METHOD: it is published, nobody is asked to answer."""
    name = escape(one_line(calendar.name))
    head = (
        "BEGIN:VCALENDAR",
        "VERSION:2.0",
        f"PRODID:{PRODID}",
        "CALSCALE:GREGORIAN",
        f"NAME:{name}",
        f"X-WR-CALNAME:{name}",
        f"REFRESH-INTERVAL;VALUE=DURATION:{REFRESH}",
        f"X-PUBLISHED-TTL:{REFRESH}",
        f"COLOR:{calendar.color_name}",
        f"X-APPLE-CALENDAR-COLOR:{calendar.color}",
    )
    return b"".join((_lines(head), *components, _END))


def object_bytes(component: bytes) -> bytes:
    """A component by itself, to be put into a calendar that has its own name and colour."""
    head = ("BEGIN:VCALENDAR", "VERSION:2.0", f"PRODID:{PRODID}", "CALSCALE:GREGORIAN")
    return b"".join((_lines(head), component, _END))


def event_bytes(event: Event) -> bytes:
    """A VEVENT. It takes up whole days without making anybody busy, and invites nobody."""
    status = "CANCELLED" if event.cancelled else "CONFIRMED"
    # 3.6.1: the end is the first day that is not part of it any more
    days = (
        f"DTSTART;VALUE=DATE:{_date(event.first)}\r\n"
        f"DTEND;VALUE=DATE:{_date(event.last + _DAY)}\r\n"
        f"STATUS:{status}\r\n"
    )
    # that end is a midnight later than the last day begins
    alarms = _alarms(event, after_last=_DAY)
    return b"".join(
        (b"BEGIN:VEVENT\r\n", _common(event), days.encode(), _WHOLE_DAYS, alarms, b"END:VEVENT\r\n")
    )


def todo_bytes(todo: Todo) -> bytes:
    """A VTODO. Its due date is the last day on which it is in time; it never repeats."""
    lines = [f"STATUS:{todo.status}", f"PERCENT-COMPLETE:{todo.percent}"]
    if todo.completed_at is not None:
        lines.append(f"COMPLETED:{_instant(todo.completed_at)}")
    alarms = b""
    if todo.due is not None:
        lines.append(f"DUE;VALUE=DATE:{_date(todo.due)}")
        alarms = _alarms(todo, after_last=timedelta())
    return b"".join((b"BEGIN:VTODO\r\n", _common(todo), _lines(lines), alarms, b"END:VTODO\r\n"))


def escape(text: str) -> str:
    """A value of type TEXT. Line breaks of any kind become one; other controls are dropped."""
    return _SPECIAL.sub(_escaped, text) if _SPECIAL.search(text) else text


def one_line(text: str) -> str:
    """A title. Some readers drop a component whose title has several lines."""
    return " ".join(text.splitlines())


def uri(address: str) -> str:
    """A value of type URI, with what may not stand in one percent-encoded."""
    return _NOT_IN_URI.sub(lambda match: "".join(f"%{octet:02X}" for octet in match[0].encode()), address)


def fold(line: str) -> bytes:
    """A content line as UTF-8 in pieces of at most 75 octets, never cut inside a character."""
    octets = line.encode("utf-8", "replace")
    if len(octets) <= LINE_OCTETS:
        return octets
    pieces, start, room = [], 0, LINE_OCTETS
    while len(octets) - start > room:
        end = start + room
        while octets[end] & 0xC0 == 0x80:
            end -= 1
        pieces.append(octets[start:end])
        # the space that a continuation begins with takes an octet of its own
        start, room = end, LINE_OCTETS - 1
    pieces.append(octets[start:])
    return b"\r\n ".join(pieces)


def _common(component: Component) -> bytes:
    revised = _instant(component.revised_at)
    # lines that are short whatever they say need no folding, one by one
    stamps = (
        f"DTSTAMP:{revised}\r\nCREATED:{_instant(component.created_at)}\r\n"
        f"LAST-MODIFIED:{revised}\r\nSEQUENCE:{component.sequence}\r\n"
    )
    texts = [f"UID:{escape(component.uid)}", f"SUMMARY:{escape(one_line(component.summary))}"]
    if component.description:
        texts.append(f"DESCRIPTION:{escape(component.description)}")
    if component.url:
        texts.append(f"URL:{uri(component.url)}")
    if categories := ",".join(filter(None, map(escape, component.categories))):
        texts.append(f"CATEGORIES:{categories}")
    if component.contact:
        texts.append(f"CONTACT:{escape(component.contact)}")
    return _lines(texts) + stamps.encode()


def _alarms(component: Component, after_last: timedelta) -> bytes:
    """A VALARM for each; `after_last`: from the first moment of the last day to DTEND or DUE."""
    return b"".join(
        _lines(
            (
                "BEGIN:VALARM",
                "ACTION:DISPLAY",
                f"DESCRIPTION:{escape(one_line(component.summary))}",
                f"TRIGGER;RELATED=END:{_duration(_ALARM_HOUR - days * _DAY - after_last)}",
                "END:VALARM",
            )
        )
        for days in component.alarms
    )


def _duration(span: timedelta) -> str:
    """A value of type DURATION, in days and hours."""
    sign, hours = ("-" if span < timedelta() else ""), abs(span) // timedelta(hours=1)
    days, hours = divmod(hours, 24)
    return f"{sign}P{f'{days}D' if days else ''}{f'T{hours}H' if hours else ''}"


def _lines(lines: Iterable[str]) -> bytes:
    # most lines are short and plain: asked here, they cost no call
    folded = [line.encode() if len(line) <= LINE_OCTETS and line.isascii() else fold(line) for line in lines]
    return b"\r\n".join(folded) + b"\r\n"


def _escaped(match: re.Match[str]) -> str:
    return _ESCAPED.get(match[0], "")


@lru_cache(maxsize=4096)
def _date(day: date) -> str:
    # strftime leaves out the zeros of early years
    return day.isoformat().replace("-", "")


@lru_cache(maxsize=4096)
def _instant(moment: datetime) -> str:
    return f"{_date((moment := moment.astimezone(UTC)).date())}T{moment:%H%M%S}Z"
