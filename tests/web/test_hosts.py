"""By which names an installation answers, and whom it believes about the name, the scheme and the address."""

from __future__ import annotations

import http.client
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from flask import Flask, request
from flask.testing import FlaskClient

from app import create_app
from app.web import access
from app.web.hosts import is_trusted
from config import LOCAL_HOSTS, Config, ConfigError
from tests.infrastructure.server import LiveServer

#: what is trusted, what is asked, on which port it is served, whether it is answered
NAMES = [
    # without any setting the machine's own names, at any port: a tunnel has its own
    (LOCAL_HOSTS, "localhost", "8000", True),
    (LOCAL_HOSTS, "LOCALHOST:8000", "8000", True),
    (LOCAL_HOSTS, "127.0.0.1:9999", "8000", True),
    (LOCAL_HOSTS, "[::1]:8000", "8000", True),
    (LOCAL_HOSTS, "evil.example", "8000", False),
    (LOCAL_HOSTS, "localhost.evil.example", "8000", False),
    (LOCAL_HOSTS, "localhost:8000@evil.example", "8000", False),
    (LOCAL_HOSTS, "evil.example:8000", "8000", False),
    (LOCAL_HOSTS, "127.0.0.1.", "8000", False),
    (LOCAL_HOSTS, "localhost:", "8000", False),
    (LOCAL_HOSTS, "localhost:80a", "8000", False),
    (LOCAL_HOSTS, "", "8000", False),
    (LOCAL_HOSTS, "localhost, evil.example", "8000", False),
    (LOCAL_HOSTS, "localhost/evil", "8000", False),
    (LOCAL_HOSTS, "localhost\x00", "8000", False),
    # a name: without a port, with the usual ones, with the one that is served
    (("vekha.example",), "vekha.example", "8000", True),
    (("vekha.example",), "vekha.example:443", "8000", True),
    (("vekha.example",), "vekha.example:8000", "8000", True),
    (("vekha.example",), "vekha.example:8001", "8000", False),
    (("vekha.example",), "www.vekha.example", "8000", False),
    (("vekha.example",), "localhost", "8000", False),
    # a name with its port: there alone
    (("vekha.example:8443",), "vekha.example:8443", "8000", True),
    (("vekha.example:8443",), "vekha.example", "8000", False),
]


@pytest.mark.parametrize(("trusted", "asked", "port", "answered"), NAMES)
def test_a_name_is_trusted_by_these_rules(
    trusted: tuple[str, ...], asked: str, port: str, answered: bool
) -> None:
    assert is_trusted(asked, port, trusted) is answered


@pytest.mark.parametrize(
    ("settings", "trusted"),
    [
        ({}, LOCAL_HOSTS),
        ({"VEKHA_BASE_URL": "https://vekha.example.ru/plan/"}, ("vekha.example.ru", *LOCAL_HOSTS)),
        ({"VEKHA_BASE_URL": "https://веха.рф:8443"}, ("xn--80adj8d.xn--p1ai:8443", *LOCAL_HOSTS)),
        ({"VEKHA_HOSTS": "Vekha.example.ru, 10.0.0.7:8000"}, ("vekha.example.ru", "10.0.0.7:8000")),
        (
            {"VEKHA_HOSTS": "[fe80::1]:80", "VEKHA_BASE_URL": "http://vekha.example.ru"},
            ("vekha.example.ru", "[fe80::1]:80"),
        ),
    ],
)
def test_the_names_come_from_the_settings(
    settings: dict[str, str], trusted: tuple[str, ...], tmp_path: Path
) -> None:
    assert Config.from_env({"VEKHA_INSTANCE": str(tmp_path), **settings}).trusted_hosts == trusted


@pytest.mark.parametrize("hosts", ["https://vekha.example.ru", "vekha.example.ru:http", "a b", ".", "x:1:2"])
def test_what_is_no_name_is_refused_with_the_name_of_the_setting(hosts: str, tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="hosts"):
        Config.from_env({"VEKHA_INSTANCE": str(tmp_path), "VEKHA_HOSTS": hosts})


@contextmanager
def application(config: Config, **settings: Any) -> Iterator[Flask]:
    app = create_app(replace(config, **settings))
    yield app
    app.extensions["vekha"].database.dispose()


def test_a_foreign_name_is_refused_before_anything_and_by_every_address(
    app: Flask, client: FlaskClient
) -> None:
    reached = []
    app.before_request(lambda: reached.append(1))
    for rule in app.url_map.iter_rules():
        for method in (rule.methods or set()) - {"OPTIONS"}:
            if rule.rule in {"/healthz", "/readyz"}:
                continue
            answer = client.open(rule.rule, method=method, headers={"Host": "evil.example"})
            assert answer.status_code == 400, rule
            assert "VEKHA_HOSTS" in answer.text or method == "HEAD"
            assert "evil" not in answer.text
            assert "Set-Cookie" not in answer.headers
    assert not reached


def test_who_watches_the_server_may_ask_by_any_name(client: FlaskClient) -> None:
    for path in ("/healthz", "/readyz"):
        assert client.get(path, headers={"Host": "10.1.2.3:8000"}).status_code == 200


@pytest.mark.data("plan")
def test_no_new_name_makes_the_public_page_anew(app_config: Config) -> None:
    with application(app_config, base_url="https://vekha.example.ru") as app:
        client = app.test_client()
        for number in range(5):
            client.get("/public/plans/2022", headers={"Host": f"host{number}.example"})
            client.get("/public/plans/2022", headers={"Host": f"localhost:{8000 + number}"})
        assert len(app.extensions["vekha.public"]._kept) <= 1


#: hops, headers that came, then: scheme, host, address that count
FORWARDED = [
    # nobody is believed
    (0, {}, "http", "localhost", "127.0.0.1"),
    (
        0,
        {"For": "1.1.1.1", "Proto": "https", "Host": "vekha.example"},
        *("http", "localhost", "127.0.0.1"),
    ),
    # the one proxy says who asked it; what stands before came with the request
    (
        1,
        {"For": "1.1.1.1", "Proto": "https", "Host": "vekha.example"},
        *("https", "vekha.example", "1.1.1.1"),
    ),
    (1, {"For": "6.6.6.6, 1.1.1.1"}, "http", "localhost", "1.1.1.1"),
    (1, {"Proto": "https, http"}, "http", "localhost", "127.0.0.1"),
    (1, {"Host": "vekha.example, localhost"}, "http", "localhost", "127.0.0.1"),
    # two proxies: the one farther out says it
    (2, {"For": "6.6.6.6, 1.1.1.1, 10.0.0.2"}, "http", "localhost", "1.1.1.1"),
    (2, {"Proto": "https, http"}, "https", "localhost", "127.0.0.1"),
    # who sends less than there are hops came past one of them
    (2, {"For": "6.6.6.6", "Proto": "https"}, "http", "localhost", "127.0.0.1"),
    # other ways to say it count nothing
    (1, {"Server": "evil.example", "Scheme": "https", "Ssl": "on"}, "http", "localhost", "127.0.0.1"),
    (1, {"Prefix": "/evil", "Port": "4443"}, "http", "localhost", "127.0.0.1"),
]


@pytest.mark.parametrize(("hops", "came", "scheme", "host", "address"), FORWARDED)
def test_so_many_proxies_are_believed_and_no_more(
    app_config: Config, hops: int, came: dict[str, str], scheme: str, host: str, address: str
) -> None:
    with application(app_config, proxies=hops, hosts=("localhost", "vekha.example")) as app:
        view: Callable[[], dict[str, str]] = lambda: {  # noqa: E731
            "scheme": request.scheme,
            "host": request.host,
            "address": request.remote_addr or "",
            "root": request.script_root,
        }
        app.add_url_rule("/seen", "seen", access.public(view))
        headers = {f"X-Forwarded-{name}": value for name, value in came.items()}
        headers["Forwarded"] = "for=6.6.6.6;host=evil.example;proto=https"
        seen = app.test_client().get("/seen", headers=headers).json
    assert seen == {"scheme": scheme, "host": host, "address": address, "root": ""}


def test_a_proxy_that_names_a_foreign_host_is_refused(app_config: Config) -> None:
    with application(app_config, proxies=1) as app:
        answer = app.test_client().get("/login", headers={"X-Forwarded-Host": "evil.example"})
        assert answer.status_code == 400


@pytest.mark.one_database
@pytest.mark.data("empty")
def test_the_server_itself_believes_nobody_either(live_server: LiveServer) -> None:
    """gunicorn has rules of its own about who may say that a request came over HTTPS, or below a path."""
    host = live_server.url.removeprefix("http://")
    connection = http.client.HTTPConnection(host)
    told = {"X-Forwarded-Proto": "https", "X-Forwarded-Ssl": "on", "X-Forwarded-Protocol": "ssl"}
    connection.request("GET", "/login", headers=told | {"SCRIPT_NAME": "/evil", "Script-Name": "/evil"})
    answer = connection.getresponse()
    page = answer.read().decode()
    assert answer.status == 200
    assert "Strict-Transport-Security" not in answer.headers
    assert "/evil" not in page
    connection.request("GET", "/login", headers={"Host": "evil.example"})
    assert connection.getresponse().status == 400
