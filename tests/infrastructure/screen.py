"""Pages as their readers have them: which there are for a person, and every text with its language."""

from __future__ import annotations

import re
from collections import Counter, deque
from collections.abc import Iterator
from html import unescape
from html.parser import HTMLParser
from typing import NamedTuple

from flask import Flask
from flask.testing import FlaskClient
from werkzeug.exceptions import HTTPException
from werkzeug.routing import RequestRedirect

_VOID = {"area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "source", "track", "wbr"}
_UNSEEN = {"script", "style"}
#: attributes that are read out or shown; a script shows those that begin with data-text
_SHOWN = {
    "aria-label",
    "aria-description",
    "title",
    "placeholder",
    "alt",
    "label",
    "data-done",
    "data-failed",
}
_LINK = re.compile(r'href="(/[^"]*)"')


class Text(NamedTuple):
    """A piece of text as it is seen or read out."""

    words: str
    #: of the nearest element that says one
    language: str
    #: the elements around it, the outermost first; of an attribute, its name is the last
    inside: tuple[str, ...]


class _Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.texts: list[Text] = []
        self._open: list[tuple[str, str]] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        language = given.get("lang") or self._language()
        inside = (*self._inside(), tag)
        for name, value in attrs:
            if value and (name in _SHOWN or name.startswith("data-text")):
                self.texts.append(Text(value, language, (*inside, name)))
        if tag not in _VOID:
            self._open.append((tag, language))

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.handle_starttag(tag, attrs)
        if tag not in _VOID:
            self._open.pop()

    def handle_endtag(self, tag: str) -> None:
        while self._open and self._open.pop()[0] != tag:
            pass

    def handle_data(self, data: str) -> None:
        words = " ".join(data.split())
        if words and not _UNSEEN.intersection(self._inside()):
            self.texts.append(Text(words, self._language(), self._inside()))

    def _language(self) -> str:
        return self._open[-1][1] if self._open else ""

    def _inside(self) -> tuple[str, ...]:
        return tuple(tag for tag, _ in self._open)


def texts(html: str) -> list[Text]:
    """Every text of a page, the shown attributes among them."""
    reader = _Reader()
    reader.feed(html)
    return reader.texts


def pages(app: Flask, client: FlaskClient, each: int = 4) -> Iterator[tuple[str, str]]:
    """Address and markup of the pages that a person comes to, at most `each` of an endpoint.

    Begins with every address that needs nothing but the plan and follows the links. Raises AssertionError
    for a page that fails.
    """
    adapter = app.url_map.bind("localhost")
    places = deque(
        rule.rule.replace("<plan_code>", "2022")
        for rule in app.url_map.iter_rules()
        if "GET" in (rule.methods or ()) and rule.arguments <= {"plan_code"}
    )
    seen: set[str] = set()
    visits: Counter[str] = Counter()
    while places:
        place = places.popleft().partition("#")[0]
        if place in seen:
            continue
        seen.add(place)
        try:
            endpoint, _ = adapter.match(place.partition("?")[0], "GET")
        except (HTTPException, RequestRedirect):
            continue
        if visits[endpoint] >= each or endpoint.endswith("static"):
            continue
        visits[endpoint] += 1
        answer = client.get(place)
        assert answer.status_code < 500, place
        if answer.location:
            places.append(answer.location)
        elif answer.mimetype == "text/html":
            yield place, answer.text
            places.extend(unescape(address) for address in _LINK.findall(answer.text))
