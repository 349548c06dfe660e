"""Filling in a form of a page as a browser does: what it shows is sent back, but for what was changed."""

from __future__ import annotations

from html.parser import HTMLParser

from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from tests.infrastructure.signing_in import csrf_token


def fields(html: str) -> dict[str, str]:
    """What a browser would send of the first form in the page's content."""
    form = _Form()
    form.feed(html)
    return form.found


def change(client: FlaskClient, page: str, **other: str) -> TestResponse:
    """Open a page, change some of its fields, and send its form back."""
    return client.post(page, data=fields(client.get(page).text) | other)


def press(client: FlaskClient, page: str, address: str, **form: str) -> TestResponse:
    return client.post(address, data={"csrf_token": csrf_token(client.get(page).text), **form})


class _Form(HTMLParser):
    """Collects the fields of the first form that is a panel."""

    found: dict[str, str]
    inside = area = select = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        if tag == "form" and given.get("class") == "panel" and not self.inside:
            self.inside, self.found = "open", {}
        if self.inside != "open":
            return
        name, kind = given.get("name", ""), given.get("type", "")
        if tag == "input" and (kind not in {"checkbox", "submit"} or "checked" in given):
            self.found[name] = given.get("value", "y")
        elif tag == "textarea":
            self.area, self.found[name] = name, ""
        elif tag == "select":
            self.select = name
        elif tag == "option" and ("selected" in given or self.select not in self.found):
            self.found[self.select] = given["value"]

    def handle_data(self, data: str) -> None:
        if self.area:
            self.found[self.area] += data.removeprefix("\r\n")

    def handle_endtag(self, tag: str) -> None:
        if tag == "textarea":
            self.area = ""
        elif tag == "form" and self.inside == "open":
            self.inside = "closed"
