"""What the list does not take is refused with the right condition and in words, and changes nothing."""

from __future__ import annotations

from collections.abc import Callable
from xml.etree.ElementTree import fromstring

import pytest
from sqlalchemy import func, select

from app.db import Database
from app.models import JournalEntry, JournalHead
from tests.web.acting import stands
from tests.web.caldav.program import APPLE, CS, C, D, Multistatus, Program, conditions, ticked

pytestmark = [pytest.mark.data("plan"), pytest.mark.one_database]

NEED_PRIVILEGES = [f"{D}need-privileges"]


def position(database: Database) -> int:
    """How much has happened in the plan so far."""
    with database.read() as session:
        return session.scalars(select(JournalHead.position)).one()


def without(line: str) -> Callable[[str], str]:
    return lambda text: "".join(each for each in text.splitlines(True) if not each.startswith(line))


def inside(change: Callable[[str], str]) -> Callable[[str], str]:
    """A change of what stands between the beginning and the end of the task."""
    return lambda text: text.replace(
        todo := text[text.index("BEGIN:VTODO") : text.index("END:VCALENDAR")], change(todo)
    )


OBJECT = f"{C}valid-calendar-object-resource"
DATA = f"{C}valid-calendar-data"

#: what is sent, made from a good tick, and the condition that it does not meet
BAD: dict[str, tuple[Callable[[str], str], str]] = {
    "nothing": (lambda text: "", DATA),
    "blanks": (lambda text: "\r\n\r\n", DATA),
    "something else": (lambda text: "<html></html>", DATA),
    "no calendar": (lambda text: text.replace("VCALENDAR", "VCARD"), DATA),
    "only the task": (lambda text: text[text.index("BEGIN:VTODO") : text.index("END:VCALENDAR")], DATA),
    "cut off": (lambda text: text[: len(text) // 2], DATA),
    "not closed": (lambda text: text.replace("END:VCALENDAR\r\n", ""), DATA),
    "closed twice": (lambda text: text + "END:VCALENDAR\r\n", DATA),
    "two calendars": (lambda text: text + text, DATA),
    "closed crosswise": (
        lambda text: text.replace("END:VTODO\r\nEND:VCALENDAR", "END:VCALENDAR\r\nEND:VTODO"),
        DATA,
    ),
    "a line without a colon": (lambda text: text.replace("END:VTODO", "WHAT\r\nEND:VTODO"), DATA),
    "no task": (inside(lambda todo: ""), OBJECT),
    "two tasks": (inside(lambda todo: todo + todo), OBJECT),
    "a task and an event": (
        inside(lambda todo: todo + "BEGIN:VEVENT\r\nUID:1\r\nEND:VEVENT\r\n"),
        OBJECT,
    ),
    "an event": (lambda text: text.replace("VTODO", "VEVENT"), f"{C}supported-calendar-component"),
    "a note": (lambda text: text.replace("VTODO", "VJOURNAL"), f"{C}supported-calendar-component"),
    "an invitation": (lambda text: text.replace("BEGIN:VTODO", "METHOD:REQUEST\r\nBEGIN:VTODO"), OBJECT),
    "another task's UID": (lambda text: text.replace("UID:occ-", "UID:occ-9"), f"{C}no-uid-conflict"),
    "no UID": (without("UID:"), f"{C}no-uid-conflict"),
}


@pytest.mark.parametrize("what", BAD)
def test_what_is_no_task_of_the_list_is_refused_with_its_condition(
    college: Program, database: Database, proven: int, what: str
) -> None:
    item = college.item_of(proven)
    text, tag = college.read(item)
    change, condition = BAD[what]
    before = position(database)
    refused = college.put(item, change(ticked(text)), If_Match=tag)
    assert refused.status_code == 403
    assert conditions(refused) == [condition]
    assert (stands(database, proven).state, position(database)) == ("planned", before)
    assert college.read(item) == (text, tag)


@pytest.mark.parametrize("content", [b"\xff\xfe", b"\x00" * 100, "Кириллица".encode("cp1251")])
def test_what_is_no_text_is_refused(college: Program, proven: int, content: bytes) -> None:
    refused = college.ask("PUT", college.item_of(proven), content, {"Content-Type": "text/calendar"})
    assert refused.status_code == 403
    assert conditions(refused) == [DATA]


@pytest.mark.parametrize(
    "headers",
    [
        {"Content-Type": "application/json"},
        {"Content-Type": "text/plain"},
        {"Content-Type": "application/x-www-form-urlencoded"},
        {"Content-Type": "multipart/form-data; boundary=x"},
        {"Content-Type": "text/calendar", "Content-Encoding": "gzip"},
    ],
)
def test_another_kind_of_content_is_refused(
    college: Program, database: Database, proven: int, headers: dict[str, str]
) -> None:
    item = college.item_of(proven)
    refused = college.ask("PUT", item, ticked(college.read(item)[0]), headers)
    assert (refused.status_code, refused.mimetype) == (415, "text/plain")
    assert stands(database, proven).state == "planned"


def test_a_content_of_no_kind_is_taken_for_what_it_is(
    college: Program, database: Database, proven: int
) -> None:
    item = college.item_of(proven)
    assert college.ask("PUT", item, ticked(college.read(item)[0])).status_code == 204
    assert stands(database, proven).state == "submitted"


def test_a_task_that_is_too_large_is_refused(college: Program, database: Database, proven: int) -> None:
    item = college.item_of(proven)
    text = ticked(college.read(item)[0])
    large = text.replace("END:VTODO", f"X-A:{'x' * 256 * 1024}\r\nEND:VTODO")
    refused = college.put(item, large)
    assert (refused.status_code, refused.mimetype) == (413, "text/plain")
    assert "too large" in refused.text
    assert stands(database, proven).state == "planned"
    fits = text.replace("END:VTODO", f"X-A:{'x' * 250 * 1024}\r\nEND:VTODO")
    assert college.put(item, fits).status_code == 204


@pytest.mark.parametrize("method", ["PROPFIND", "REPORT", "PROPPATCH"])
def test_a_request_that_is_too_large_is_refused(college: Program, method: str) -> None:
    body = f'<propfind xmlns="DAV:">{" " * 1024 * 1024}</propfind>'
    refused = college.ask(method, college.tasks, body, {"Depth": "0"})
    assert (refused.status_code, refused.mimetype) == (413, "text/plain")


BOMB = "".join(f'<!ENTITY a{n + 1} "{f"&a{n};" * 10}">' for n in range(9))
BAD_XML = {
    "no XML": "what",
    "cut off": '<propfind xmlns="DAV:"><prop>',
    "two roots": "<a/><b/>",
    "a file of the server": '<!DOCTYPE a [<!ENTITY x SYSTEM "file:///etc/passwd">]><a>&x;</a>',
    "another server": '<!DOCTYPE a SYSTEM "http://127.0.0.1:1/a.dtd"><a/>',
    "a billion laughs": f'<!DOCTYPE a [<!ENTITY a0 "ha">{BOMB}]><a>&a9;</a>',
    "any document type": '<!DOCTYPE propfind><propfind xmlns="DAV:"><allprop/></propfind>',
    "an unknown entity": "<a>&what;</a>",
    "an unknown encoding": '<?xml version="1.0" encoding="what"?><a/>',
    "an encoding of several bytes": '<?xml version="1.0" encoding="shift_jis"?><a/>',
    "a prefix of nothing": "<D:propfind/>",
    "a control": "<a>\x01</a>",
}


@pytest.mark.parametrize("what", BAD_XML)
@pytest.mark.parametrize("method", ["PROPFIND", "REPORT", "PROPPATCH"])
def test_what_is_no_proper_xml_is_refused_in_plain_words(college: Program, method: str, what: str) -> None:
    refused = college.ask(method, college.tasks, BAD_XML[what], {"Depth": "0"})
    assert (refused.status_code, refused.mimetype) == (400, "text/plain")
    assert "not well-formed" in refused.text
    assert "root:" not in refused.text


@pytest.mark.parametrize(
    ("method", "body"),
    [
        ("PROPFIND", "<propfind/>"),
        ("PROPFIND", '<prop xmlns="DAV:"/>'),
        ("PROPPATCH", '<propfind xmlns="DAV:"/>'),
        ("PROPPATCH", ""),
        ("REPORT", ""),
        ("REPORT", f'<C:calendar-multiget xmlns:C="{C[1:-1]}"/>'),
    ],
)
def test_a_request_for_something_else_is_refused(college: Program, method: str, body: str) -> None:
    refused = college.ask(method, college.tasks, body, {"Depth": "0"})
    assert (refused.status_code, refused.mimetype) == (400, "text/plain")


def test_a_request_for_everything_at_once_is_refused(college: Program) -> None:
    names = "".join(f'<p{n} xmlns="x:"/>' for n in range(201))
    body = f'<propfind xmlns="DAV:"><prop>{names}</prop></propfind>'
    assert college.ask("PROPFIND", college.tasks, body, {"Depth": "1"}).status_code == 400


@pytest.mark.parametrize("depth", [None, "infinity", "Infinity"])
def test_the_whole_tree_is_not_told_at_once(college: Program, depth: str | None) -> None:
    refused = college.ask("PROPFIND", college.tasks, headers={"Depth": depth} if depth else {})
    assert refused.status_code == 403
    assert conditions(refused) == [f"{D}propfind-finite-depth"]


@pytest.mark.parametrize("depth", ["2", "", "-1", "zero"])
def test_a_depth_that_there_is_not_is_refused(college: Program, depth: str) -> None:
    assert college.ask("PROPFIND", college.tasks, headers={"Depth": depth}).status_code == 400


def test_an_item_has_no_depth(college: Program) -> None:
    item = next(iter(college.items()))
    assert college.ask("PROPFIND", item).status_code == 207


@pytest.mark.parametrize(
    "name", ["new.ics", "occ-1.ics", "occ-999999999.ics", "occ-99999999999999999999.ics"]
)
def test_nothing_can_be_added(college: Program, database: Database, name: str) -> None:
    text = next(iter(college.texts().values()))
    before = position(database)
    for headers in ({}, {"If_None_Match": "*"}, {"If_Match": '"x"'}):
        refused = college.put(college.tasks + name, text, **headers)
        assert refused.status_code == 403
        assert conditions(refused) == NEED_PRIVILEGES
    assert position(database) == before
    assert college.ask("GET", college.tasks + name).status_code == 404


@pytest.mark.parametrize("method", ["MKCALENDAR", "MKCOL", "MOVE", "COPY"])
def test_nothing_can_be_made_or_moved(college: Program, database: Database, method: str) -> None:
    item, before = next(iter(college.items())), position(database)
    for path in ("/caldav/new/", "/caldav/calendars/college01/new/", college.tasks, item):
        refused = college.ask(method, path, headers={"Destination": college.tasks + "new.ics"})
        assert refused.status_code == 403
        assert conditions(refused) == NEED_PRIVILEGES
    assert position(database) == before


def test_nothing_can_be_deleted_and_the_program_gets_it_back(
    college: Program, database: Database, proven: int
) -> None:
    item, token = college.item_of(proven), college.changes().token
    tag = college.read(item)[1]
    for headers in ({}, {"If-Match": tag}, {"If-Match": '"stale"'}):
        refused = college.ask("DELETE", item, headers=headers)
        assert refused.status_code == 403
        assert conditions(refused) == NEED_PRIVILEGES
    assert college.read(item)[0]
    assert college.changes(token).there == {item}
    with database.read() as session:
        noted = session.scalar(select(func.count()).where(JournalEntry.action == "delete_refused"))
    assert noted == 1


def test_the_list_itself_and_what_is_around_it_stay(college: Program, database: Database) -> None:
    before = position(database)
    for path in ("/caldav/", "/caldav/calendars/college01/", college.tasks):
        refused = college.ask("DELETE", path)
        assert refused.status_code == 403
        assert conditions(refused) == NEED_PRIVILEGES
    assert college.ask("DELETE", f"{college.tasks}new.ics").status_code == 404
    assert position(database) == before


def test_what_privilege_is_needed_is_said(college: Program) -> None:
    item = next(iter(college.items()))
    for method, path, privilege in (
        ("DELETE", item, "unbind"),
        ("PUT", f"{college.tasks}new.ics", "bind"),
        ("MKCOL", f"{college.tasks}new/", "bind"),
    ):
        root = fromstring(college.ask(method, path).data)
        resource = root.find(f"{D}need-privileges/{D}resource")
        assert resource is not None
        assert resource.findtext(f"{D}href") == college.tasks
        assert resource.find(f"{D}privilege/{D}{privilege}") is not None


def test_no_property_can_be_set(college: Program) -> None:
    color = f'<calendar-color xmlns="{APPLE[1:-1]}">#fff</calendar-color>'
    names = f'<displayname>x</displayname>{color}<a xmlns="x:"/>'
    body = (
        f'<propertyupdate xmlns="DAV:"><set><prop>{names}</prop></set>'
        f'<remove><prop><getctag xmlns="{CS[1:-1]}"/></prop></remove></propertyupdate>'
    )
    answer = college.ask("PROPPATCH", college.tasks, body)
    assert answer.status_code == 207
    told = Multistatus.of(answer)[college.tasks]
    asked = (f"{D}displayname", f"{APPLE}calendar-color", "{x:}a", f"{CS}getctag")
    assert told.others == dict.fromkeys(asked, "HTTP/1.1 403 Forbidden")
    assert "cannot-modify-protected-property" in answer.text
    assert college.propfind(college.tasks, f"{D}displayname")[college.tasks].text(f"{D}displayname") != "x"


@pytest.mark.parametrize("method", ["POST", "PATCH", "LOCK", "UNLOCK", "ACL"])
def test_other_methods_are_not_taken_and_what_is_is_said(college: Program, method: str) -> None:
    for path, taken in ((college.tasks, "PROPFIND"), (next(iter(college.items())), "PUT")):
        refused = college.ask(method, path)
        assert (refused.status_code, refused.mimetype) == (405, "text/plain")
        allowed = refused.headers["Allow"].split(", ")
        assert taken in allowed
        assert method not in allowed


def test_a_list_is_not_fetched_or_put_as_a_whole(college: Program) -> None:
    for method in ("GET", "HEAD", "PUT"):
        refused = college.ask(method, college.tasks)
        assert refused.status_code == 405
        assert set(refused.headers["Allow"].split(", ")) == {"OPTIONS", "PROPFIND", "PROPPATCH", "REPORT"}


@pytest.mark.parametrize(
    "path",
    [
        *("/caldav/x", "/caldav/principals/college01/x", "/caldav/calendars/college01/tasks/x/y"),
        *("/caldav/calendars/college01/tasks/occ-7", "/caldav/calendars/college01/tasks/occ-07.ics"),
        *("/caldav/calendars/college01/tasks/occ-%D9%A7.ics", "/caldav/calendars/college01/tasks/%00"),
        *("/caldav/calendars/college01/tasks/occ-7.ics/", "/caldav/calendars/%FF/", "/caldav/..%2F..%2Fx"),
    ],
)
def test_an_address_that_there_is_not_is_missing_in_plain_words(college: Program, path: str) -> None:
    assert college.ask("GET", f"{college.tasks}occ-7.ics").status_code == 200
    for method in ("GET", "PROPFIND", "REPORT", "OPTIONS", "DELETE"):
        refused = college.ask(method, path, headers={"Depth": "0"})
        assert (refused.status_code, refused.mimetype) == (404, "text/plain"), method


def test_refusals_are_in_the_language_of_the_password(program: Callable[..., Program]) -> None:
    for language, words in (("ru", "нельзя удалить"), ("en", "can be deleted")):
        mine = program(language=language)
        assert words in mine.ask("DELETE", next(iter(mine.items()))).text
