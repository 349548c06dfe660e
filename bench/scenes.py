"""What people do most, as requests: pages as they see them, a calendar's fetch, a click that is kept."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import cycle

from bench.client import Client, token_of

PASSWORD = "vekha-demo-2022"
#: an institution whose work is under review in the demonstration
WAITING = "college16"
_VERSION = re.compile(rb'name="version"[^>]*value="(\d+)"')


@dataclass
class Scene:
    """One thing that is done again and again, and the ratio to a bare page that it should reach."""

    name: str
    target: float
    act: Callable[[], object]


def scenes(port: int) -> list[Scene]:
    """Every scene, ready to be played on the server at that port."""
    deputy, college = Client(port), Client(port)
    deputy.sign_in("deputy", PASSWORD)
    college.sign_in("college01", PASSWORD)
    feed = new_feed(deputy)
    return [
        Scene("dashboard of the 790-task plan", 0.08, _page(deputy, "/plans/2022/")),
        Scene("My tasks", 0.08, _page(college, "/tasks")),
        Scene("activity 2.3", 0.06, _page(deputy, "/plans/2022/activities/2.3")),
        Scene("calendar, a month", 0.08, _page(deputy, "/plans/2022/calendar")),
        Scene("public page, 304", 0.4, _unchanged(port, "/public/plans/2022")),
        Scene("public page, 200", 0.25, _page(Client(port), "/public/plans/2022")),
        Scene("feed of the plan, 304", 0.6, _unchanged(port, feed)),
        Scene("feed of the plan, 200", 0.25, _page(Client(port), feed)),
        Scene("durable transition, one client", 0.04, _transitions(port)),
    ]


def _page(client: Client, path: str) -> Callable[[], object]:
    request = client.prepare("GET", path)
    status, _head, _body = client.exchange(request)
    if status != 200:
        raise RuntimeError(f"{path} answers {status}")
    return lambda: client.exchange(request)


def new_feed(deputy: Client) -> str:
    """The path of a new address of the whole plan."""
    form_at = "/plans/2022/calendar/subscribe"
    _status, _head, page = deputy.request("GET", form_at)
    form = {"scope": "plan", "show": "window", "components": "events", "csrf_token": token_of(page)}
    _status, _head, made = deputy.request("POST", form_at, form)
    found = re.search(rb"/feeds/[A-Za-z0-9_-]+\.ics", made)
    if found is None:
        raise RuntimeError("no calendar address was made")
    return found[0].decode()


def _unchanged(port: int, path: str) -> Callable[[], object]:
    reader = Client(port)
    _status, head, _body = reader.request("GET", path)
    etag = re.search(rb'\r\netag: *("[^"]+")', head, re.IGNORECASE)
    if etag is None:
        raise RuntimeError(f"{path} has no ETag")
    request = reader.prepare("GET", path, None, If_None_Match=etag[1].decode())
    if reader.exchange(request)[0] != 304:
        raise RuntimeError(f"{path} does not answer 304")
    return lambda: reader.exchange(request)


def _transitions(port: int) -> Callable[[], object]:
    """One task handed in and returned, again and again: each click is a commit on disk."""
    deputy, college = Client(port), Client(port)
    deputy.sign_in("deputy", PASSWORD)
    college.sign_in(WAITING, PASSWORD)
    path = _task_with_proof(deputy)
    _status, _head, page = deputy.request("GET", path)
    found = _VERSION.search(page)
    if found is None:
        raise RuntimeError(f"{path} has no form")
    version = int(found[1])
    tokens = {id(client): token_of(client.request("GET", path)[2]) for client in (deputy, college)}
    moves: Iterator[tuple[Client, str, str]] = cycle(
        [(deputy, "return", "Please check the second page."), (college, "submit", "")]
    )

    def click() -> None:
        nonlocal version
        client, trigger, note = next(moves)
        form = {
            "trigger": trigger,
            "note": note,
            "version": str(version),
            "csrf_token": tokens[id(client)],
        }
        status, _head, body = client.request("POST", f"{path}/transitions", form)
        if status not in (302, 303):
            raise RuntimeError(f"{trigger} was refused: {status} {body[:400]!r}")
        version += 1

    return click


def _task_with_proof(deputy: Client) -> str:
    """A task that waits for review, with its proof: it can be returned and handed in again."""
    _status, _head, page = deputy.request("GET", f"/plans/2022/tasks?show=review&executor={WAITING}")
    found = re.search(rb'href="(/tasks/\d+)"', page)
    if found is None:
        raise RuntimeError(f"{WAITING} has nothing under review in the story")
    return found[1].decode()
