"""Whatever is sent to whatever route, by whomever: never a 500, and never how it came to it."""

from __future__ import annotations

import importlib
import inspect
import pkgutil
import re
from collections import defaultdict
from collections.abc import Iterator
from urllib.parse import parse_qsl, urlsplit

import pytest
from flask import url_for
from flask_wtf import FlaskForm
from hypothesis import given, settings
from hypothesis import strategies as st
from werkzeug.exceptions import HTTPException
from werkzeug.routing import Rule
from werkzeug.test import TestResponse
from wtforms.form import BaseForm

import app.web
from tests.infrastructure.html_forms import forms_of
from tests.web.matrix.hostile import HEADERS, NUMBERS, SEGMENTS, Sent, bodies, encoded, pairs, quoted
from tests.web.matrix.objects import ACCOUNTS, MISSING_ID
from tests.web.matrix.valid_forms import FORMS, QUERY, form_of
from tests.web.matrix.walking import World, admits, chosen, own, routes

#: what a page of ours never shows, whatever went wrong
_TRACES = re.compile(r"Traceback \(most recent|sqlalchemy\.|werkzeug\.|File \"/")
_ARGUMENT = re.compile(r"<(?:[^:>]*(?:\(.*?\))?:)?(\w+)>")

Names = dict[tuple[str, str], set[str]]


def learned(world: World) -> Names:
    """Names of fields and of arguments, by endpoint and method, as the pages' own forms and links say."""
    names: Names = defaultdict(set)
    adapter = world.app.url_map.bind("localhost")
    for rule, method in routes(world.app):
        for actor in ACCOUNTS if method == "GET" else ():
            values = own(world, rule, actor)
            if values is None or not admits(world.app, rule.endpoint, actor):
                continue
            with world.app.test_request_context():
                answer = world.clients[actor].get(url_for(rule.endpoint, **values))
            if answer.mimetype == "text/html":
                for address, sent_by, found in _sent_from(answer.text):
                    try:
                        endpoint, _ = adapter.match(urlsplit(address).path, method=sent_by)
                    except HTTPException:
                        continue
                    names[endpoint, sent_by] |= found
            if len(values) == len(rule.arguments) and not rule.arguments <= {"plan_code"}:
                break
    return names


def _sent_from(html: str) -> Iterator[tuple[str, str, set[str]]]:
    for form in forms_of(html):
        yield form.action, form.method.upper(), form.names - {"csrf_token"}
    for link in set(re.findall(r'href="(/[^"#]*\?[^"#]*)"', html)):
        yield link, "GET", {name for name, _ in parse_qsl(urlsplit(link.replace("&amp;", "&")).query)}


@st.composite
def addresses(draw: st.DrawFn, world: World, rule: Rule, actor: str, names: set[str]) -> str:
    """An address of the route: its arguments one's own, missing or hostile, its query hostile."""
    mine = own(world, rule, actor) or {}

    def argument(found: re.Match[str]) -> str:
        name = found[1]
        whole = found[0].startswith("<int")
        usual = mine.get(name, chosen(rule.endpoint, name) or MISSING_ID)
        strange = NUMBERS if whole else SEGMENTS.map(quoted)
        return draw(st.one_of(st.just(str(usual)), st.just(str(usual)), strange))

    path = _ARGUMENT.sub(argument, rule.rule)
    query = draw(pairs(sorted(names), dict(QUERY.get(rule.endpoint, {}))))
    return f"{path}?{encoded(query)}" if query else path


def looks_whole(answer: TestResponse, asked: object) -> None:
    assert answer.status_code < 500, (answer.status, asked)
    if answer.mimetype in {"text/html", "text/plain", "application/xml", "application/json"}:
        assert not _TRACES.search(answer.text), asked


def send_often(world: World, rule: Rule, method: str, fields: set[str], examples: int) -> None:
    """Different addresses, headers and bodies to one route, from whoever may call it and from nobody."""
    actors = [*(name for name in ACCOUNTS if admits(world.app, rule.endpoint, name)), "anonymous"]
    in_query, in_body = (fields, set()) if method == "GET" else (set(), fields)

    @settings(max_examples=examples, deadline=None, database=None)
    @given(st.data())
    def send(data: st.DataObject) -> None:
        actor = data.draw(st.sampled_from(actors), "actor")
        address = data.draw(addresses(world, rule, actor, in_query), "address")
        headers = data.draw(HEADERS, "headers")
        sent = Sent(b"", "")
        if method == "POST":
            mine = own(world, rule, actor) if rule.endpoint in FORMS else None
            valid = form_of(rule.endpoint, world.objects, mine) if mine is not None else {}
            sent = data.draw(bodies(sorted(in_body | set(valid)), valid, world.tokens[actor]), "body")
        answer = world.clients[actor].open(
            address, method=method, data=sent.content, content_type=sent.type or None, headers=headers
        )
        looks_whole(answer, (actor, method, address[:300], headers, sent.type))

    send()


def fuzz(world: World, examples: int) -> None:
    """Every route × method, so many times."""
    names = learned(world)
    for rule, method in routes(world.app):
        fields = names[rule.endpoint, method]
        send_often(world, rule, method, fields, examples)
    signed_in = {name: world.clients[name].get("/account").status_code for name in ACCOUNTS}
    assert signed_in == dict.fromkeys(ACCOUNTS, 200), "what was sent afterwards was sent by nobody"


@pytest.mark.one_database
def test_no_route_fails_at_what_no_browser_sends(world: World) -> None:
    fuzz(world, examples=2)


@pytest.mark.torture
def test_no_route_fails_at_much_that_no_browser_sends(world: World) -> None:
    fuzz(world, examples=12)


def form_classes() -> list[type[BaseForm]]:
    """Every class of forms in the application's pages."""
    found = set()
    for module in pkgutil.walk_packages(app.web.__path__, "app.web."):
        for _, each in inspect.getmembers(importlib.import_module(module.name), inspect.isclass):
            if issubclass(each, FlaskForm) and each.__module__.startswith("app.web."):
                found.add(each)
    return sorted(found, key=lambda each: (each.__module__, each.__name__))


@pytest.mark.one_database
@pytest.mark.parametrize("form", form_classes(), ids=lambda form: f"{form.__module__}.{form.__name__}")
def test_no_form_fails_at_what_no_browser_sends(world: World, form: type[FlaskForm]) -> None:
    # What a form is made of beside what was sent: lists of choices.
    more = [
        []
        for each in inspect.signature(form.__init__).parameters.values()
        if each.default is each.empty and each.kind is each.POSITIONAL_OR_KEYWORD and each.name != "self"
    ]
    if "formdata" in inspect.signature(form.__init__).parameters:
        more = []

    @settings(max_examples=25, deadline=None, database=None)
    @given(st.data())
    def fill_in(data: st.DataObject) -> None:
        with world.app.test_request_context("/", method="POST"):
            names = sorted(form(*more, formdata=None)._fields)
        fields = data.draw(pairs(names, {}), "fields")
        content = encoded(fields).encode()
        kind = "application/x-www-form-urlencoded"
        with world.app.test_request_context("/", method="POST", data=content, content_type=kind):
            filled = form(*more)
            for field in filled:
                if getattr(field, "choices", 0) is None:
                    field.choices = []
            assert filled.validate() in {True, False}
            assert all(isinstance(str(field()), str) for field in filled)

    fill_in()


@pytest.mark.one_database
def test_caldav_fails_at_nothing_that_no_program_sends(world: World) -> None:
    [rule] = [each for each in world.app.url_map.iter_rules() if each.rule == "/caldav/<path:path>"]
    client, login = world.app.test_client(), ("college01", world.objects.extra["secret"])
    places = [
        "",
        "principals/college01/",
        "calendars/college01/tasks/",
        "calendars/college01/tasks/occ-1.ics",
    ]

    @settings(max_examples=60, deadline=None, database=None)
    @given(
        st.sampled_from(sorted(rule.methods or ())),
        st.one_of(st.sampled_from(places), SEGMENTS.map(quoted)),
        HEADERS,
        bodies([], {}, ""),
    )
    def ask(method: str, path: str, headers: dict[str, str], sent: Sent) -> None:
        asked = {name: value for name, value in headers.items() if name != "Authorization"}
        answer = client.open(
            f"/caldav/{path}",
            method=method,
            headers=asked,
            auth=login,
            data=sent.content,
            content_type=sent.type or None,
        )
        looks_whole(answer, (method, path, asked, sent))

    ask()
