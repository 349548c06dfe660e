"""What calendar programs ask of the bytes that they read, rule by rule: each gives the lines that break it.

The rules are those of RFC 5545, and of the programs that stumble where the RFC would not.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator

Rule = Callable[[bytes], list[str]]

HEAD = [
    *("BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:-//Vekha//Vekha//EN", "CALSCALE:GREGORIAN"),
    *("NAME:", "X-WR-CALNAME:", "REFRESH-INTERVAL;VALUE=DURATION:PT6H", "X-PUBLISHED-TTL:PT6H"),
    *("COLOR:", "X-APPLE-CALENDAR-COLOR:#"),
]
_SHARED = {
    *("UID", "DTSTAMP", "CREATED", "LAST-MODIFIED", "SEQUENCE", "SUMMARY", "DESCRIPTION", "URL"),
    *("CATEGORIES", "CONTACT", "STATUS"),
}
#: what stands in a component; CONTACT alone may be missing
PROPERTIES = {
    "VEVENT": _SHARED
    | {"DTSTART", "DTEND", "TRANSP", "X-MICROSOFT-CDO-ALLDAYEVENT", "X-MICROSOFT-CDO-BUSYSTATUS"},
    "VTODO": _SHARED | {"DUE", "PERCENT-COMPLETE", "COMPLETED"},
}
_OPTIONAL = {"CONTACT", "COMPLETED"}


def unfolded(body: bytes) -> list[str]:
    """The content lines (RFC 5545, 3.1)."""
    return body.replace(b"\r\n ", b"").decode("utf-8", "replace").split("\r\n")[:-1]


def components(body: bytes) -> Iterator[tuple[str, list[tuple[str, str]]]]:
    """Every event and task with its own properties, as name (with parameters) and value."""
    inside, found = "", list[tuple[str, str]]()
    alarm = False
    for line in unfolded(body):
        name, _, value = line.partition(":")
        if (name, value) in {("BEGIN", "VALARM"), ("END", "VALARM")}:
            alarm = name == "BEGIN"
        elif name == "BEGIN" and value in PROPERTIES:
            inside, found = value, []
        elif name == "END" and value == inside:
            yield inside, found
            inside = ""
        elif inside and not alarm:
            found.append((name, value))


def values(properties: list[tuple[str, str]], name: str) -> list[str]:
    return [value for named, value in properties if named.partition(";")[0] == name]


def pieces(value: str) -> list[str]:
    """The members of a list of texts, where an escaped comma is part of one."""
    return re.split(r"(?<!\\)(?:\\\\)*,", value)


def lines_end_with_crlf(body: bytes) -> list[str]:
    rest = body.replace(b"\r\n", b"")
    return [] if b"\r" not in rest and b"\n" not in rest else ["a line ends with CR or LF alone"]


def lines_have_75_octets_at_most(body: bytes) -> list[str]:
    return [repr(line) for line in body.split(b"\r\n") if len(line) > 75]


def lines_are_cut_between_characters(body: bytes) -> list[str]:
    broken = []
    for line in body.split(b"\r\n"):
        try:
            line.decode()
        except UnicodeDecodeError:
            broken.append(repr(line))
    return broken


def nothing_stands_around_the_calendar(body: bytes) -> list[str]:
    whole = body.startswith(b"BEGIN:VCALENDAR\r\n") and body.endswith(b"\r\nEND:VCALENDAR\r\n")
    return [] if whole else [repr(body[:20]), repr(body[-20:])]


def the_head_comes_first_and_in_order(body: bytes) -> list[str]:
    lines = unfolded(body)
    return [
        f"{line} instead of {wanted}…"
        for line, wanted in zip(lines, HEAD, strict=False)
        if not line.startswith(wanted) or line == "NAME:"
    ]


def nobody_is_invited_and_nothing_repeats(body: bytes) -> list[str]:
    forbidden = re.compile(r"(?:METHOD|ORGANIZER|ATTENDEE|RRULE|RDATE|EXDATE|RECURRENCE-ID)[;:]")
    return [line for line in unfolded(body) if forbidden.match(line)]


def no_control_stands_in_a_line(body: bytes) -> list[str]:
    return [
        repr(line) for line in unfolded(body) if re.search("[\x00-\x08\x0a-\x1f\x7f-\x9f\u2028\u2029]", line)
    ]


def everything_that_is_begun_is_ended(body: bytes) -> list[str]:
    open_, faults = [], []
    for line in unfolded(body):
        name, _, value = line.partition(":")
        if name == "BEGIN":
            open_.append(value)
        elif name == "END" and (not open_ or open_.pop() != value):
            faults.append(line)
    return faults + open_


def every_property_is_known_and_stands_once(body: bytes) -> list[str]:
    faults = []
    for kind, found in components(body):
        names = [name.partition(";")[0] for name, _ in found]
        wanted = PROPERTIES[kind] - _OPTIONAL
        if not wanted <= set(names) <= PROPERTIES[kind] or len(set(names)) < len(names):
            faults.append(f"{kind}: {sorted(set(names) ^ wanted) or names}")
    return faults


def every_uid_is_its_own(body: bytes) -> list[str]:
    uids = [uid for _, found in components(body) for uid in values(found, "UID")]
    wrong = [uid for uid in uids if not re.fullmatch(r"occ-\d+(?:-todo)?@vekha\.local", uid)]
    return wrong + [uid for uid in set(uids) if uids.count(uid) > 1]


def the_stamp_is_that_of_the_revision(body: bytes) -> list[str]:
    faults = []
    for _, found in components(body):
        stamp, modified = values(found, "DTSTAMP"), values(found, "LAST-MODIFIED")
        if stamp != modified or not re.fullmatch(r"\d{8}T\d{6}Z", "".join(stamp)):
            faults.append(f"{stamp} {modified}")
    return faults


def the_end_is_the_day_after_the_last(body: bytes) -> list[str]:
    faults = []
    for kind, found in components(body):
        days = [each for each in found if each[0].partition(";")[0] in {"DTSTART", "DTEND", "DUE"}]
        whole = all(name.endswith(";VALUE=DATE") and re.fullmatch(r"\d{8}", value) for name, value in days)
        if not whole or (kind == "VEVENT" and days[0][1] >= days[-1][1]):
            faults.append(str(days))
    return faults


def categories_are_two_on_one_line(body: bytes) -> list[str]:
    lines = (line for _, found in components(body) for line in values(found, "CATEGORIES"))
    return [line for line in lines if len(pieces(line)) != 2 or not all(pieces(line))]


def titles_are_one_line(body: bytes) -> list[str]:
    """calcurse leaves an event out whose title holds a line break."""
    titles = (title for _, found in components(body) for title in values(found, "SUMMARY"))
    return [title for title in titles if not title.strip() or re.search(r"(?<!\\)(?:\\\\)*\\[nN]", title)]


def the_link_stands_in_the_description_too(body: bytes) -> list[str]:
    faults = []
    for _, found in components(body):
        (url,), (description,) = values(found, "URL"), values(found, "DESCRIPTION")
        if not url.startswith("http") or url not in description.split("\\n"):
            faults.append(f"{url} {description}")
    return faults


def whole_days_make_nobody_busy(body: bytes) -> list[str]:
    marks = [
        *(("TRANSP", "TRANSPARENT"), ("X-MICROSOFT-CDO-ALLDAYEVENT", "TRUE")),
        ("X-MICROSOFT-CDO-BUSYSTATUS", "FREE"),
    ]
    return [
        str(found) for kind, found in components(body) if kind == "VEVENT" and not set(marks) <= set(found)
    ]


RULES: tuple[Rule, ...] = (
    lines_end_with_crlf,
    lines_have_75_octets_at_most,
    lines_are_cut_between_characters,
    nothing_stands_around_the_calendar,
    the_head_comes_first_and_in_order,
    nobody_is_invited_and_nothing_repeats,
    no_control_stands_in_a_line,
    everything_that_is_begun_is_ended,
    every_property_is_known_and_stands_once,
    every_uid_is_its_own,
    the_stamp_is_that_of_the_revision,
    the_end_is_the_day_after_the_last,
    categories_are_two_on_one_line,
    titles_are_one_line,
    the_link_stands_in_the_description_too,
    whole_days_make_nobody_busy,
)


def broken(body: bytes) -> dict[str, list[str]]:
    """The rules that the calendar breaks, each with where."""
    return {rule.__name__: faults for rule in RULES if (faults := rule(body))}
