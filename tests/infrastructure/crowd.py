"""Many people at a real server, each with a connection and a session of their own, who act at one moment."""

from __future__ import annotations

import http.client
import threading
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from http.cookies import SimpleCookie
from urllib.parse import urlencode, urlsplit

from flask import Flask, session
from flask_wtf.csrf import generate_csrf


@dataclass(frozen=True)
class Answer:
    """What a server answered."""

    status: int
    location: str
    text: str


class Browser:
    """A browser that keeps its connection open and its cookies, and follows no redirect."""

    def __init__(self, url: str, cookies: Mapping[str, str] | None = None) -> None:
        self.url = url
        parts = urlsplit(url)
        self._connection = http.client.HTTPConnection(parts.hostname or "", parts.port, timeout=90)
        self.cookies = dict(cookies or {})

    def get(self, path: str) -> Answer:
        return self._ask("GET", path)

    def post(self, path: str, form: Mapping[str, str]) -> Answer:
        kind = "application/x-www-form-urlencoded"
        return self._ask("POST", path, urlencode(form), {"Content-Type": kind})

    def close(self) -> None:
        self._connection.close()

    def _ask(
        self, method: str, path: str, body: str | None = None, headers: Mapping[str, str] | None = None
    ) -> Answer:
        cookie = "; ".join(f"{name}={value}" for name, value in self.cookies.items())
        self._connection.request(method, path, body, {"Cookie": cookie, **(headers or {})})
        response = self._connection.getresponse()
        text = response.read().decode()
        for header in response.headers.get_all("Set-Cookie") or []:
            self.cookies |= {name: each.value for name, each in SimpleCookie(header).items()}
        return Answer(response.status, response.headers.get("Location", ""), text)


def signed_in(app: Flask, url: str, session_token: str) -> tuple[Browser, str]:
    """A browser that holds a session which was begun elsewhere, and the token that its forms need."""
    with app.test_request_context():
        session["_user_id"] = session_token
        form_token = generate_csrf()
        serializer = app.session_interface.get_signing_serializer(app)  # type: ignore[attr-defined]
        cookies = {app.config["SESSION_COOKIE_NAME"]: serializer.dumps(dict(session))}
    return Browser(url, cookies), form_token


def at_once(acts: Sequence[Callable[[], Answer]]) -> list[Answer]:
    """Do all of it at one moment, each in a thread; the answers in the same order."""
    barrier = threading.Barrier(len(acts))
    answers: list[Answer | None] = [None] * len(acts)

    def do(place: int) -> None:
        barrier.wait()
        answers[place] = acts[place]()

    threads = [threading.Thread(target=do, args=(place,)) for place in range(len(acts))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    found = [answer for answer in answers if answer is not None]
    assert len(found) == len(acts), "somebody got no answer"
    return found
