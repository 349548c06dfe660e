"""Walking every route as every actor: addresses, forms, and answers without what repeats the question."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any, NamedTuple

from flask import Flask, url_for
from flask.testing import FlaskClient
from werkzeug.routing import Rule
from werkzeug.test import TestResponse

from app.web import access
from tests.web.matrix.objects import CHOICES, ROLES, Objects
from tests.web.matrix.valid_forms import FORMS, QUERY, form_of

#: change who is signed in: tests/web/test_auth.py
SIGNING = {"auth.logout", "auth.sign_in", "auth.second_step", "auth.prove_second_step"}
_ARGUMENT = re.compile(r"<(?:[^:>]*(?:\(.*?\))?:)?(\w+)>")
_TOKEN = re.compile(r"(name=\"csrf_token\" value=\")[^\"]*")


class World(NamedTuple):
    """The story with an object of every kind for everybody, and a client of every actor."""

    app: Flask
    clients: dict[str, FlaskClient]
    tokens: dict[str, str]
    objects: Objects


class Touched(NamedTuple):
    """What one request names by the arguments of its route."""

    values: dict[str, Any]
    #: the argument from which on it is not the actor's
    argument: str = ""


class Told(NamedTuple):
    """What an answer says, without what repeats the address that was asked and the token of the session."""

    status: int
    location: str
    body: str
    length: int
    headers: frozenset[str]


def routes(app: Flask) -> Iterator[tuple[Rule, str]]:
    """Every route of pages and forms with each of its methods."""
    for rule in app.url_map.iter_rules():
        if access.rule_of(app, rule.endpoint) != access.FOR_PROGRAMS and rule.endpoint not in SIGNING:
            for method in sorted((rule.methods or set()) - {"HEAD", "OPTIONS"}):
                yield rule, method


def admits(app: Flask, endpoint: str, actor: str) -> bool:
    """Whether the rule of a route lets an actor in who is signed in."""
    rule = access.rule_of(app, endpoint)
    return rule in {access.PUBLIC, access.SIGNED_IN} or (isinstance(rule, frozenset) and ROLES[actor] in rule)


def chosen(endpoint: str, argument: str) -> str | None:
    """What the route itself chooses among; None: the argument names an object."""
    return CHOICES.get(f"{endpoint}:{argument}", CHOICES.get(argument))


def own(world: World, rule: Rule, actor: str) -> dict[str, Any] | None:
    """What is the actor's own behind every argument; None where something is not."""
    values = {}
    for name in rule.arguments:
        reach = world.objects.of(rule.endpoint, name)
        values[name] = chosen(rule.endpoint, name) or (reach.own.get(actor) if reach else None)
    return None if None in values.values() else values


def not_own(world: World, rule: Rule, actor: str) -> Iterator[tuple[Touched | None, Touched]]:
    """What is foreign, if something is, with what is missing; what comes before the argument is one's own."""
    names = _ARGUMENT.findall(rule.rule)
    before: dict[str, Any] = {}
    for position, name in enumerate(names):
        reach, choice = world.objects.of(rule.endpoint, name), chosen(rule.endpoint, name)
        if choice is None and reach is not None:
            hidden, gone = dict(before), dict(before)
            for each in names[position:]:
                given, found = chosen(rule.endpoint, each), world.objects.of(rule.endpoint, each)
                hidden[each] = given or found.foreign.get(actor, found.own.get(actor, found.missing))
                gone[each] = given or found.missing
            foreign = Touched(hidden, name) if actor in reach.foreign else None
            yield foreign, Touched(gone, name)
        before[name] = choice or (reach.own.get(actor) if reach else None)
        if before[name] is None:
            return


def ask(world: World, actor: str, rule: Rule, method: str, values: dict[str, Any]) -> TestResponse:
    """Open the address, or send it its form, which is right in everything but the objects."""
    with world.app.test_request_context():
        address = url_for(rule.endpoint, **values, **QUERY.get(rule.endpoint, {}))
    if method == "GET":
        return world.clients[actor].get(address)
    form = form_of(rule.endpoint, world.objects, values) if rule.endpoint in FORMS else {}
    return world.clients[actor].post(address, data={"csrf_token": world.tokens[actor], **form})


def told(answer: TestResponse, values: dict[str, Any]) -> Told:
    def plain(text: str) -> str:
        for value in values.values():
            if value not in {"2022", "", *CHOICES.values()}:
                text = re.sub(rf"(?:(?<=/)|(?<=%2F)){re.escape(str(value))}(?!\w)", "{}", text)
        return _TOKEN.sub(r"\1", text)

    body = plain(answer.text)
    headers = frozenset(answer.headers.keys()) - {"Set-Cookie", "Content-Length"}
    return Told(answer.status_code, plain(answer.headers.get("Location", "")), body, len(body), headers)
