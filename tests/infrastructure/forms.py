"""Sending forms as a browser does: with the token of the page that they stand on."""

from __future__ import annotations

import re
from html import unescape

from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from tests.infrastructure.signing_in import csrf_token

_TAG = re.compile(r"<[^>]+>")
_SPACE = re.compile(r"\s+")


def send(
    client: FlaskClient, page: str, address: str, data: dict[str, object], *, follow: bool = False
) -> TestResponse:
    """Open `page`, then post `data` to `address` with its token."""
    token = csrf_token(client.get(page).text)
    return client.post(address, data={"csrf_token": token, **data}, follow_redirects=follow)


def in_english(client: FlaskClient) -> FlaskClient:
    """The client, asking for English pages."""
    client.environ_base["HTTP_ACCEPT_LANGUAGE"] = "en"
    return client


def words(html: str) -> str:
    """What a reader sees of the markup, in one line."""
    return _SPACE.sub(" ", unescape(_TAG.sub(" ", html))).strip()
