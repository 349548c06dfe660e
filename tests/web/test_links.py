"""Every link of every page leads somewhere, with the data of a year: a few of each kind, as each role."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable
from html import unescape
from urllib.parse import urljoin, urlsplit

import pytest
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.exceptions import HTTPException

pytestmark = pytest.mark.data("story")

#: addresses of one route that are followed
OF_ONE_KIND = 2
_HREF = re.compile(r'href="([^"#]+)')
#: what ends the session, changes the language, or makes a document that has tests of its own
LEFT_OUT = {"auth.logout", "auth.preferences", "static", "bootstrap.static"}


@pytest.mark.parametrize("role", ["deputy", "college19", "admin"])
def test_every_link_leads_somewhere(app: Flask, sign_in: Callable[[str], FlaskClient], role: str) -> None:
    client = sign_in(role)
    waiting, seen = ["/", "/account"], {"/", "/account"}
    kinds: Counter[str] = Counter()
    dead: list[str] = []
    while waiting:
        address = waiting.pop()
        answer = client.get(address)
        if answer.status_code not in {200, 301, 302, 303}:
            dead.append(f"{address}: {answer.status}")
        if answer.mimetype != "text/html":
            continue
        found = [unescape(each) for each in _HREF.findall(answer.text)]
        for link in [*found, answer.location] if answer.location else found:
            there = urljoin(address, link)
            kind = _kind(app, there)
            if there in seen or kind is None or kinds[kind] == OF_ONE_KIND:
                continue
            kinds[kind] += 1
            seen.add(there)
            waiting.append(there)
    assert dead == []
    assert len(kinds) > 20


def _kind(app: Flask, address: str) -> str | None:
    """The route of an address here; None for what is not followed."""
    parts = urlsplit(address)
    if parts.netloc not in {"", "localhost"} or parts.scheme not in {"", "http"}:
        return None
    try:
        endpoint, _ = app.url_map.bind("localhost").match(parts.path)
    except HTTPException:
        return parts.path
    return None if endpoint in LEFT_OUT else str(endpoint)
