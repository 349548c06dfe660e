"""What every answer carries, and what no page carries: policies, and code in the page itself."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import replace
from html.parser import HTMLParser
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from app import create_app
from app.web import access
from config import Config, ConfigError

#: something for each argument of an address: there in the story, wherever it can be
ARGUMENTS = {
    "plan_code": "2022",
    "task_id": "15",
    "activity": "2.4",
    "code": "2.4",
    "organization": "college19",
    "key": "college19",
    "form": "csv",
    "name": "rows",
    "token": "nobody",
}
STATIC = {"static": "/static/css/app.css", "bootstrap.static": "/bootstrap/static/css/bootstrap.min.css"}
#: what is there on every answer, whatever it is
ALWAYS = {
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Cross-Origin-Opener-Policy": "same-origin",
}


def addresses(app: Flask) -> Iterator[str]:
    """An address of every route that can be read."""
    for rule in app.url_map.iter_rules():
        if "GET" in (rule.methods or set()):
            filled = re.sub(
                r"<(?:[^:>]+:)?(\w+)>", lambda found: ARGUMENTS.get(found[1], "1"), rule.rule.replace(" ", "")
            )
            yield STATIC.get(rule.endpoint, filled)


class Inline(HTMLParser):
    """Collects what a strict policy forbids a page to carry."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        told = self.get_starttag_text() or tag
        if tag in {"style", "base", "object", "embed", "iframe", "applet"}:
            self.found.append(told)
        if tag == "script" and "src" not in given and given.get("type") != "application/json":
            self.found.append(told)
        loads = tag in {"script", "img", "form", "use"} or given.get("rel") in {
            "stylesheet",
            "icon",
            "manifest",
        }
        for name, value in attrs:
            address = re.sub(r"[\x00-\x20]", "", value or "").lower()
            outside = loads and re.match(r"(https?:)?//", address)
            if (
                name.startswith("on")
                or name in {"style", "srcdoc"}
                or address.startswith(("javascript:", "vbscript:", "data:text"))
                or (name in {"src", "href", "action"} and outside)
            ):
                self.found.append(told)


def has_all_policies(answer: TestResponse) -> bool:
    policy = answer.headers.get("Content-Security-Policy", "")
    rules = dict(rule.strip().partition(" ")[::2] for rule in policy.split(";"))
    assert rules["default-src"] == "'none'"
    assert not re.search(r"unsafe|nonce|sha256|\*|https?:", policy)
    if "sandbox" not in rules:
        assert {rules[name] for name in ("frame-ancestors", "base-uri")} == {"'none'"}
        assert {rules[name] for name in ("script-src", "style-src", "form-action")} == {"'self'"}
    assert {name: answer.headers.get(name) for name in ALWAYS} == ALWAYS
    # a page whose address is a secret tells it nobody, not even here
    assert answer.headers["Referrer-Policy"] in {"same-origin", "no-referrer"}
    assert answer.headers["Cross-Origin-Resource-Policy"] in {"same-origin", "cross-origin"}
    refused = re.findall(r"([\w-]+)=\(\)", answer.headers["Permissions-Policy"])
    assert {"camera", "geolocation", "microphone", "payment", "usb", "fullscreen"} < set(refused)
    assert "Strict-Transport-Security" not in answer.headers
    assert len(answer.headers.getlist("Content-Security-Policy")) == 1
    return True


@pytest.mark.data("story")
@pytest.mark.one_database
def test_every_page_of_every_role_carries_the_policies_and_no_code(
    app: Flask, sign_in: Callable[[str], FlaskClient]
) -> None:
    opened = set()
    for role in (None, "deputy", "college19", "auditor", "admin"):
        client = sign_in(role) if role else app.test_client()
        for address in addresses(app):
            answer = client.get(address)
            assert has_all_policies(answer), (role, address)
            if answer.mimetype == "text/html":
                page = Inline()
                page.feed(answer.get_data(as_text=True))
                assert not page.found, (role, address)
                if answer.status_code == 200:
                    opened.add(address)
            answer.close()
    assert len(opened) > 35


def test_errors_refusals_and_what_is_no_page_carry_them_too(app_config: Config) -> None:
    app = create_app(replace(app_config, testing=False))
    app.add_url_rule("/broken", "broken", access.public(lambda: 1 / 0))
    client = app.test_client()
    answers = {
        404: client.get("/nothing"),
        405: client.get("/logout"),
        400: client.post("/login"),
        500: client.get("/broken"),
        401: client.open("/caldav/", method="PROPFIND"),
    }
    for status, answer in answers.items():
        assert answer.status_code == status
        assert has_all_policies(answer)
    for address in ("/feeds/nobody.ics", "/public/plans/1999", "/caldav/", "/healthz"):
        assert has_all_policies(client.get(address)), address
    assert has_all_policies(client.get("/login", headers={"Host": "evil.example"}))
    app.extensions["vekha"].database.dispose()


@pytest.mark.parametrize(
    ("setting", "sent"),
    [
        (None, "max-age=31536000"),
        ("max-age=63072000; includeSubDomains; preload", "max-age=63072000; includeSubDomains; preload"),
        ("off", None),
    ],
)
def test_browsers_are_held_to_https_only_where_they_came_by_it(
    app_config: Config, tmp_path: Path, setting: str | None, sent: str | None
) -> None:
    given = {"VEKHA_INSTANCE": str(tmp_path)} | ({"VEKHA_HSTS": setting} if setting else {})
    app = create_app(replace(app_config, hsts=Config.from_env(given).hsts))
    client = app.test_client()
    for address in ("/login", "/nothing", "/static/css/app.css"):
        secure = client.get(address, base_url="https://localhost")
        assert secure.headers.get("Strict-Transport-Security") == sent
        assert "Strict-Transport-Security" not in client.get(address).headers
    app.extensions["vekha"].database.dispose()


@pytest.mark.parametrize("setting", ["max-age=1;\r\nSet-Cookie: a=b", "31536000", "max-age=1; preload; x"])
def test_what_browsers_would_not_understand_is_refused(setting: str, tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="hsts"):
        Config.from_env({"VEKHA_INSTANCE": str(tmp_path), "VEKHA_HSTS": setting})


def test_the_checks_find_code_in_a_page() -> None:
    """The test above finds nothing; so this one shows that it would."""
    for code in (
        "<script>alert(1)</script>",
        '<p onclick="x()">',
        '<p style="color: red">',
        "<style>p {}</style>",
        '<a href="java\nscript:alert(1)">',
        '<img src="//elsewhere.example/x.png">',
        '<iframe srcdoc="x">',
    ):
        page = Inline()
        page.feed(code)
        assert page.found, code
