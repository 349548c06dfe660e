"""The task that a program sends: read from iCalendar as far as anything of it could matter.

Only the lines of its one VTODO are looked at. Programs add what they like to the rest, dates that nobody
can read among it; a tick must not fail for that. Time zones that a program defines are never worked out.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from http import HTTPStatus
from zoneinfo import ZoneInfo

from flask_babel import LazyString
from flask_babel import lazy_gettext as _l
from icalendar.parser import Contentline, Contentlines

from app.web.caldav.elements import C, element
from app.web.caldav.refusals import DavError

#: octets of a task that is sent; ours have some hundreds
LARGEST_TODO = 256 * 1024

#: calendar, task, alarm, and one for what a program adds; each line is kept with all that is around it
_DEEPEST = 4
#: what else may stand in a calendar that holds one task
_BESIDE = frozenset({"VTIMEZONE"})
#: RFC 5545, 3.3.11: what stands behind the backslash of an escaped character
_ESCAPED = re.compile(r"\\([\\;,nN])")


@dataclass(frozen=True, slots=True)
class SentTodo:
    """What a program says of a task."""

    uid: str
    summary: str
    description: str
    #: the day, 2022-06-30; what stands there when it is no date; "" for none
    due: str
    repeats: bool
    #: NEEDS-ACTION | IN-PROCESS | COMPLETED | CANCELLED, or whatever is said; "" for nothing
    status: str
    #: None: not said
    percent: int | None
    #: an instant of completion is given
    completed: bool

    @property
    def ticked(self) -> bool:
        """It is said to be done. The status has the last word: a program may leave the rest behind."""
        return self.status == "COMPLETED" if self.status else self.completed or self.percent == 100

    @property
    def unticked(self) -> bool:
        """It is said not to be done, or nothing is said of it."""
        return not self.ticked


def read_todo(content: bytes, zone: ZoneInfo) -> SentTodo:
    """The one task of an iCalendar text; instants become days in that zone.

    Raises DavError (403) with the condition of RFC 4791, 5.3.2.1 that is not met.
    """
    try:
        lines = _lines(content)
    except Exception as error:
        # The parser answers nonsense with errors of many kinds.
        words = _l("This is not an iCalendar text.")
        raise _refused("valid-calendar-data", words) from error
    _check_parts(lines)
    return _todo({name: value for path, name, value in reversed(lines) if path == ("VTODO",)}, zone)


#: the components around a line, without the calendar itself; its name and its value as they are written
_Line = tuple[tuple[str, ...], str, str]


def _lines(content: bytes) -> list[_Line]:
    written: list[Contentline] = Contentlines.from_ical(content.decode("utf-8-sig"))  # type: ignore[no-untyped-call]
    return list(_walk(line for line in written if line))


def _walk(written: Iterable[Contentline]) -> Iterator[_Line]:
    """Every line with the components around it. Raises ValueError when they are not closed as opened."""
    open_: list[str] = []
    number = -1
    for number, line in enumerate(written):
        name, _, value = line.raw_parts()
        name, component = name.upper(), value.strip().upper()
        if not open_ and (number or (name, component) != ("BEGIN", "VCALENDAR")):
            raise ValueError("something stands outside the calendar")
        if name == "BEGIN":
            open_.append(component)
        if len(open_) > _DEEPEST:
            raise ValueError("a component stands too deep")
        if name != "END":
            yield tuple(open_[1:]), name, value
        elif open_.pop() != component:
            raise ValueError("a component is not closed")
    if open_ or number < 0:
        raise ValueError("there is no calendar, or it is not closed")


def _check_parts(lines: list[_Line]) -> None:
    parts = Counter(path[0] for path, name, _ in lines if len(path) == 1 and name == "BEGIN")
    kinds = set(parts) - _BESIDE
    if kinds and "VTODO" not in kinds:
        raise _refused("supported-calendar-component", _l("Only tasks stand in this list."))
    if kinds != {"VTODO"} or parts["VTODO"] != 1:
        raise _refused("valid-calendar-object-resource", _l("Please send exactly one task."))
    if any(not path and name == "METHOD" for path, name, _ in lines):
        raise _refused("valid-calendar-object-resource", _l("An invitation is not taken here."))


def _todo(said: dict[str, str], zone: ZoneInfo) -> SentTodo:
    percent = said.get("PERCENT-COMPLETE", "").strip()
    return SentTodo(
        uid=_text(said.get("UID", "")),
        summary=_text(said.get("SUMMARY", "")),
        description=_text(said.get("DESCRIPTION", "")),
        due=_day(said.get("DUE", "").strip(), zone),
        repeats="RRULE" in said or "RDATE" in said,
        status=said.get("STATUS", "").strip().upper(),
        percent=int(percent) if percent.isascii() and percent.isdigit() and len(percent) <= 3 else None,
        completed="COMPLETED" in said,
    )


def _text(value: str) -> str:
    return _ESCAPED.sub(lambda match: "\n" if match[1] in "nN" else match[1], value)


def _day(value: str, zone: ZoneInfo) -> str:
    """The day of a date, of an instant in UTC, or of a time wherever it may be."""
    try:
        if value.endswith("Z"):
            instant = datetime.strptime(value, "%Y%m%dT%H%M%SZ").replace(tzinfo=UTC)
            return instant.astimezone(zone).date().isoformat()
        day, _, _ = value.partition("T")
        return datetime.strptime(day, "%Y%m%d").date().isoformat()
    except (ValueError, OverflowError):
        return value


def _refused(condition: str, words: LazyString) -> DavError:
    return DavError(HTTPStatus.FORBIDDEN, words, element(f"{C}{condition}"))
