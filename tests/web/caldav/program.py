"""A calendar program as far as HTTP goes: what it asks, and what it makes of the answers."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from xml.etree.ElementTree import Element, fromstring, tostring

from flask.testing import FlaskClient
from werkzeug.test import TestResponse

D = "{DAV:}"
C = "{urn:ietf:params:xml:ns:caldav}"
CS = "{http://calendarserver.org/ns/}"
APPLE = "{http://apple.com/ns/ical/}"

ETAG = f"{D}getetag"
DATA = f"{C}calendar-data"
TOKEN = f"{D}sync-token"


@dataclass
class Told:
    """What an answer says of one address."""

    #: properties that are there
    found: dict[str, Element] = field(default_factory=dict)
    #: status of every other property by its name
    others: dict[str, str] = field(default_factory=dict)
    #: of the address itself
    status: str = ""

    def text(self, name: str) -> str:
        return self.found[name].text or ""

    def hrefs(self, name: str) -> list[str]:
        return [each.text or "" for each in self.found[name].iter(f"{D}href")]

    def inside(self, name: str) -> list[str]:
        """The names of the elements right below a property."""
        return [each.tag for each in self.found[name]]

    def deep_inside(self, name: str) -> set[str]:
        return {each.tag for each in self.found[name].iter()}


@dataclass
class Multistatus:
    """An answer 207 by address, and the sync token that it ends with."""

    answers: dict[str, Told]
    token: str

    @classmethod
    def of(cls, response: TestResponse) -> Multistatus:
        assert response.status_code == 207, response.text
        root = fromstring(response.data)
        answers = {}
        for each in root.findall(f"{D}response"):
            told = Told(status=each.findtext(f"{D}status") or "")
            for propstat in each.findall(f"{D}propstat"):
                status = propstat.findtext(f"{D}status") or ""
                for prop in propstat.find(f"{D}prop") or ():
                    if " 200 " in status:
                        told.found[prop.tag] = prop
                    else:
                        told.others[prop.tag] = status
            href = each.findtext(f"{D}href") or ""
            assert href not in answers, f"{href} is told of twice"
            answers[href] = told
        return cls(answers, root.findtext(TOKEN) or "")

    def __getitem__(self, href: str) -> Told:
        return self.answers[href]

    @property
    def gone(self) -> set[str]:
        return {href for href, told in self.answers.items() if " 404 " in told.status}

    @property
    def there(self) -> set[str]:
        return set(self.answers) - self.gone


def conditions(response: TestResponse) -> list[str]:
    """What a refusal names as its condition; the words beside it must be there."""
    root = fromstring(response.data)
    assert root.tag == f"{D}error"
    assert root.findtext(f"{D}responsedescription")
    return [each.tag for each in root if each.tag != f"{D}responsedescription"]


class Program:
    """A program of a person's, with its app password."""

    def __init__(self, client: FlaskClient, username: str, secret: str) -> None:
        self.client = client
        self.username = username
        self.secret = secret
        self.tasks = f"/caldav/calendars/{username}/tasks/"

    def ask(
        self, method: str, path: str, body: bytes | str = b"", headers: dict[str, str] | None = None
    ) -> TestResponse:
        return self.client.open(
            path, method=method, data=body, headers=headers, auth=(self.username, self.secret)
        )

    def propfind(self, path: str, *names: str, depth: str = "0", **headers: str) -> Multistatus:
        """Ask for properties by their names; without one, for what everybody is told."""
        body = b""
        if names:
            body = _xml(f"{D}propfind", _prop(names))
        return Multistatus.of(self.ask("PROPFIND", path, body, {"Depth": depth, **headers}))

    def multiget(self, *hrefs: str, names: tuple[str, ...] = (ETAG, DATA)) -> Multistatus:
        wanted = [_element(f"{D}href", text=href) for href in hrefs]
        return Multistatus.of(
            self.ask("REPORT", self.tasks, _xml(f"{C}calendar-multiget", _prop(names), *wanted))
        )

    def query(self, filter_: str, names: tuple[str, ...] = (ETAG,)) -> TestResponse:
        """A calendar-query with the inside of `VTODO`, or of the whole filter when it names one."""
        if not filter_.startswith("<C:filter"):
            filter_ = (
                '<C:filter><C:comp-filter name="VCALENDAR"><C:comp-filter name="VTODO">'
                f"{filter_}</C:comp-filter></C:comp-filter></C:filter>"
            )
        prop = tostring(_prop(names), encoding="unicode")
        return self.ask(
            "REPORT",
            self.tasks,
            '<C:calendar-query xmlns:D="DAV:" xmlns:C="urn:ietf:params:xml:ns:caldav">'
            f"{prop}{filter_}</C:calendar-query>",
        )

    def ask_changes(self, token: str = "", level: str = "1", more: str = "") -> TestResponse:
        return self.ask(
            "REPORT",
            self.tasks,
            f'<D:sync-collection xmlns:D="DAV:"><D:sync-token>{token}</D:sync-token>'
            f"<D:sync-level>{level}</D:sync-level>{more}<D:prop><D:getetag/></D:prop></D:sync-collection>",
        )

    def changes(self, token: str = "") -> Multistatus:
        """What has changed since a token; without one, everything."""
        return Multistatus.of(self.ask_changes(token))

    def items(self) -> dict[str, str]:
        """Every item with its tag."""
        found = self.propfind(self.tasks, ETAG, depth="1")
        return {href: told.text(ETAG) for href, told in found.answers.items() if ETAG in told.found}

    def texts(self) -> dict[str, str]:
        """Every item with its text, one line for each property."""
        found = self.propfind(self.tasks, DATA, depth="1")
        return {
            href: told.text(DATA).replace("\r\n ", "").replace("\r", "")
            for href, told in found.answers.items()
            if DATA in told.found
        }

    def read(self, href: str) -> tuple[str, str]:
        """An item's text and tag."""
        got = self.ask("GET", href)
        assert got.status_code == 200, got.text
        return got.data.decode(), got.headers["ETag"]

    def item_of(self, task_id: int) -> str:
        """The address of the item of a task: its text leads to the task's page."""
        for href, text in self.texts().items():
            if re.search(rf"^URL:\S*/tasks/{task_id}$", text, re.MULTILINE):
                return href
        raise AssertionError(f"task {task_id} is not in the list")

    def put(self, href: str, text: str, **headers: str) -> TestResponse:
        """Send an item; headers by their names with underscores."""
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        return self.ask("PUT", href, text.encode(), {"Content-Type": "text/calendar; charset=utf-8", **named})


def ticked(text: str) -> str:
    """An item as a program sends it when somebody ticks it."""
    text = re.sub(r"^(STATUS|PERCENT-COMPLETE|COMPLETED)[:;].*\r?\n", "", text, flags=re.MULTILINE)
    said = "STATUS:COMPLETED\r\nPERCENT-COMPLETE:100\r\nCOMPLETED:20220615T090000Z\r\n"
    return text.replace("END:VTODO", said + "END:VTODO")


def unticked(text: str) -> str:
    """An item as a program sends it when somebody takes the tick away."""
    text = re.sub(r"^(PERCENT-COMPLETE|COMPLETED)[:;].*\r\n", "", text, flags=re.MULTILINE)
    return text.replace("STATUS:COMPLETED", "STATUS:NEEDS-ACTION")


def _prop(names: tuple[str, ...]) -> Element:
    return _element(f"{D}prop", *(Element(name) for name in names))


def _element(name: str, *children: Element, text: str = "") -> Element:
    made = Element(name)
    made.text = text or None
    made.extend(children)
    return made


def _xml(name: str, *children: Element) -> bytes:
    written: bytes = tostring(_element(name, *children), encoding="utf-8")
    return written
