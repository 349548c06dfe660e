"""A program finds the list from nothing but the server's name, and is told honestly what it is."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from app import create_app
from app.db import Database
from app.domain.permissions import Actor
from app.models import Organization, Task
from app.services import app_passwords
from app.services.plans import find_plan
from config import Config
from tests import factories
from tests.infrastructure.headers import told as headers_of
from tests.infrastructure.statements import recorded_statements
from tests.web.caldav.program import APPLE, CS, DATA, ETAG, TOKEN, C, D, Multistatus, Program

pytestmark = [pytest.mark.data("plan"), pytest.mark.one_database]

PRINCIPAL = f"{D}current-user-principal"
HOME = f"{C}calendar-home-set"
TYPE = f"{D}resourcetype"
PRIVILEGES = f"{D}current-user-privilege-set"


@pytest.mark.parametrize("method", ["GET", "HEAD", "OPTIONS", "PROPFIND", "REPORT", "PROPPATCH", "PUT"])
def test_the_well_known_address_leads_to_the_root(client: FlaskClient, method: str) -> None:
    answer = client.open("/.well-known/caldav", method=method)
    assert (answer.status_code, answer.location) == (301, "/caldav/")


def test_the_way_from_the_root_to_the_list(college: Program) -> None:
    root = college.propfind("/caldav/", PRINCIPAL)["/caldav/"]
    [principal] = root.hrefs(PRINCIPAL)
    told = college.propfind(principal, HOME, TYPE, f"{D}displayname", f"{C}calendar-user-address-set")
    [home] = told[principal].hrefs(HOME)
    assert f"{D}principal" in told[principal].inside(TYPE)
    assert told[principal].text(f"{D}displayname") == "college01"
    assert told[principal].hrefs(f"{C}calendar-user-address-set") == [principal]
    below = college.propfind(home, TYPE, depth="1")
    assert below[home].inside(TYPE) == [f"{D}collection"]
    lists = [href for href, each in below.answers.items() if f"{C}calendar" in each.inside(TYPE)]
    assert lists == [college.tasks]


def test_every_level_of_the_tree_can_be_walked(college: Program) -> None:
    seen, ahead = set(), ["/caldav/"]
    while ahead:
        place = ahead.pop()
        seen.add(place)
        ahead += set(college.propfind(place, TYPE, depth="1").answers) - seen
    assert {place for place in seen if not place.endswith(".ics")} == {
        *("/caldav/", "/caldav/principals/", "/caldav/principals/college01/"),
        *("/caldav/calendars/", "/caldav/calendars/college01/", college.tasks),
    }
    assert len(seen) > 20


def test_the_list_says_what_it_is(college: Program) -> None:
    names = (
        *(TYPE, f"{D}displayname", f"{D}owner", PRIVILEGES, f"{D}supported-report-set", TOKEN),
        *(f"{CS}getctag", f"{C}supported-calendar-component-set", f"{C}max-resource-size"),
        *(f"{C}calendar-description", f"{APPLE}calendar-color", f"{C}supported-collation-set", PRINCIPAL),
    )
    told = college.propfind(college.tasks, *names)[college.tasks]
    assert set(told.found) == set(names)
    assert [each.get("name") for each in told.found[f"{C}supported-calendar-component-set"]] == ["VTODO"]
    assert told.text(f"{D}displayname").startswith("My tasks · ")
    assert told.hrefs(f"{D}owner") == told.hrefs(PRINCIPAL) == ["/caldav/principals/college01/"]
    assert told.text(f"{CS}getctag") == told.text(TOKEN)
    reports = {f"{C}calendar-query", f"{C}calendar-multiget", f"{D}sync-collection"}
    assert reports <= told.deep_inside(f"{D}supported-report-set")
    collations = {each.text for each in told.found[f"{C}supported-collation-set"]}
    assert {"i;ascii-casemap", "i;octet"} <= collations
    assert int(told.text(f"{C}max-resource-size")) == 256 * 1024


def test_nothing_is_promised_that_is_refused(college: Program) -> None:
    promised = {f"{D}read", f"{D}write-content", f"{D}read-current-user-privilege-set"}
    grammar = {PRIVILEGES, f"{D}privilege"}
    item = next(iter(college.items()))
    for place, expected in (
        ("/caldav/", promised - {f"{D}write-content"}),
        ("/caldav/calendars/college01/", promised - {f"{D}write-content"}),
        (college.tasks, promised),
        (item, promised),
    ):
        told = college.propfind(place, PRIVILEGES)[place]
        assert told.deep_inside(PRIVILEGES) - grammar == expected, place


def test_an_item_says_what_it_is(college: Program) -> None:
    item = next(iter(college.items()))
    text, tag = college.read(item)
    names = (ETAG, f"{D}getcontenttype", f"{D}getcontentlength", f"{D}getlastmodified", TYPE, DATA)
    told = college.propfind(item, *names)[item]
    assert told.text(ETAG) == tag
    assert told.text(f"{D}getcontenttype") == "text/calendar; charset=utf-8; component=VTODO"
    assert int(told.text(f"{D}getcontentlength")) == len(text.encode())
    assert told.text(f"{D}getlastmodified") == college.ask("HEAD", item).headers["Last-Modified"]
    assert told.inside(TYPE) == []
    assert told.text(DATA) == text


def test_what_a_place_has_not_is_told_as_missing_by_its_name(college: Program) -> None:
    unknown = ("{http://example.org/}shoe-size", "{DAV:}lockdiscovery", "bare")
    told = college.propfind(college.tasks, TYPE, *unknown)[college.tasks]
    assert set(told.found) == {TYPE}
    assert told.others == dict.fromkeys(unknown, "HTTP/1.1 404 Not Found")


def test_who_wants_a_short_answer_is_not_told_what_is_missing(college: Program) -> None:
    told = college.propfind(college.tasks, TYPE, "{x:}y", Prefer="return=minimal")[college.tasks]
    assert (set(told.found), told.others) == ({TYPE}, {})
    nothing = college.propfind(college.tasks, "{x:}y", Prefer="return=minimal")[college.tasks]
    assert (nothing.found, nothing.others) == ({}, {})


def test_without_a_word_everybody_is_told_the_common_properties(college: Program) -> None:
    item = next(iter(college.items()))
    assert set(college.propfind(college.tasks)[college.tasks].found) == {TYPE, f"{D}displayname"}
    body = '<propfind xmlns="DAV:"><allprop/><include><owner/></include></propfind>'
    for place, more in ((college.tasks, {f"{D}displayname"}), (item, {ETAG})):
        told = Multistatus.of(college.ask("PROPFIND", place, body, {"Depth": "0"}))[place]
        assert {TYPE, f"{D}owner"} | more <= set(told.found)
        assert DATA not in told.found


def test_the_names_alone_can_be_asked_for(college: Program) -> None:
    body = '<propfind xmlns="DAV:"><propname/></propfind>'
    told = Multistatus.of(college.ask("PROPFIND", college.tasks, body, {"Depth": "0"}))[college.tasks]
    assert {TYPE, TOKEN, f"{CS}getctag"} <= set(told.found)
    assert not [each for each in told.found.values() if each.text or len(each)]


def test_options_tell_what_each_place_takes(college: Program) -> None:
    item = next(iter(college.items()))
    for place, expected in (
        ("/caldav/", {"OPTIONS", "PROPFIND", "PROPPATCH"}),
        (college.tasks, {"OPTIONS", "PROPFIND", "PROPPATCH", "REPORT"}),
        (item, {"OPTIONS", "GET", "HEAD", "PUT", "PROPFIND", "PROPPATCH", "REPORT"}),
    ):
        answer = college.ask("OPTIONS", place)
        assert answer.status_code == 200
        assert set(answer.headers["Allow"].split(", ")) == expected, place
        assert answer.headers["DAV"] == "1, 3, calendar-access"


def test_nobody_is_told_how_to_keep_the_answers(college: Program) -> None:
    answer = college.ask("GET", next(iter(college.items())))
    assert "no-store" in answer.headers["Cache-Control"]
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert "Set-Cookie" not in answer.headers


def test_asking_whether_anything_has_changed_costs_next_to_nothing(app: Flask, college: Program) -> None:
    token = college.changes().token
    with recorded_statements(app.extensions["vekha"].database) as statements:
        assert college.propfind(college.tasks, TOKEN)[college.tasks].text(TOKEN) == token
    # The plan with its revision; who asks is looked up past the session.
    assert len(statements) == 1


def test_an_item_that_is_known_is_not_sent_again(college: Program) -> None:
    item, tag = next(iter(college.items().items()))
    for condition in (tag, f'"other", {tag}', "*", f"W/{tag}"):
        again = college.ask("GET", item, headers={"If-None-Match": condition})
        assert (again.status_code, again.data, again.headers["ETag"]) == (304, b"", tag)
    assert college.ask("GET", item, headers={"If-None-Match": '"other"'}).status_code == 200
    got, head = college.ask("GET", item), college.ask("HEAD", item)
    assert (head.status_code, head.data, headers_of(head.headers)) == (200, b"", headers_of(got.headers))


def test_a_list_without_its_last_slash_is_the_same_list(college: Program) -> None:
    told = college.propfind(college.tasks.removesuffix("/"), TYPE)
    assert list(told.answers) == [college.tasks]


@pytest.mark.parametrize("role", ["controller", "auditor", "administrator"])
def test_who_owes_nothing_has_an_empty_list(app: Flask, database: Database, now: datetime, role: str) -> None:
    with database.transaction() as session:
        person = factories.actor(session, role, now, role, "college01")
        made = app_passwords.make(session, person, name="iPhone", language="en", now=now)
    program = Program(app.test_client(), role, made.secret)
    assert program.items() == {}
    first = program.changes()
    assert (first.answers, program.changes(first.token).answers) == ({}, {})


@pytest.mark.data("empty")
def test_before_there_is_a_plan_the_list_is_empty(app: Flask, database: Database, now: datetime) -> None:
    with database.transaction() as session:
        person = factories.actor(session, "boss", now, "controller")
        made = app_passwords.make(session, person, name="iPhone", language="en", now=now)
    program = Program(app.test_client(), "boss", made.secret)
    assert program.propfind(program.tasks, f"{D}displayname")[program.tasks].text(f"{D}displayname")
    assert program.items() == {}
    assert program.changes(program.changes().token).answers == {}
    assert program.query("").status_code == 207
    assert program.ask("GET", f"{program.tasks}occ-1.ics").status_code == 404
    assert program.put(f"{program.tasks}occ-1.ics", "").status_code == 403


def test_the_words_are_in_the_language_of_the_password(program: Callable[..., Program]) -> None:
    for language, name, words in (("ru", "Мои задачи", "Срок по приказу"), ("en", "My tasks", "Deadline")):
        mine = program(language=language)
        told = mine.propfind(mine.tasks, f"{D}displayname")[mine.tasks]
        assert told.text(f"{D}displayname").startswith(name)
        assert any(words in mine.read(item)[0] for item in list(mine.items())[:3])


def test_a_name_in_cyrillic_is_an_address_too(app: Flask, database: Database, now: datetime) -> None:
    with database.transaction() as session:
        person = factories.actor(session, "йод.1", now, organization="college01")
        made = app_passwords.make(session, person, name="Часы", language="ru", now=now)
    program = Program(app.test_client(), "йод.1", made.secret)
    [principal] = program.propfind("/caldav/", PRINCIPAL)["/caldav/"].hrefs(PRINCIPAL)
    assert principal.isascii()
    [home] = program.propfind(principal, HOME)[principal].hrefs(HOME)
    [tasks] = set(program.propfind(home, TYPE, depth="1").answers) - {home}
    program.tasks = tasks
    item = next(iter(program.items()))
    assert program.multiget(item).there == {item}


def test_below_a_path_of_its_own_every_address_has_it(
    app_config: Config, database: Database, people: dict[str, Actor], now: datetime
) -> None:
    with database.transaction() as session:
        made = app_passwords.make(session, people["college01"], name="x", language="en", now=now)
    app = create_app(replace(app_config, base_url="https://example.org/vekha"))
    app.config["APPLICATION_ROOT"] = "/vekha"
    program = Program(app.test_client(), "college01", made.secret)
    assert program.client.get("/.well-known/caldav").location == "/vekha/caldav/"
    told = program.propfind("/caldav/", PRINCIPAL)
    assert told["/vekha/caldav/"].hrefs(PRINCIPAL) == ["/vekha/caldav/principals/college01/"]
    items = list(program.items())
    assert items[0].startswith("/vekha/caldav/calendars/college01/tasks/")
    assert program.multiget(items[0]).there == {items[0]}
    assert program.multiget(f"https://example.org{items[0]}").there == {items[0]}
    app.extensions["vekha"].database.dispose()


def test_the_list_holds_what_the_organisation_owes_and_nothing_else(
    college: Program, database: Database
) -> None:
    with database.read() as session:
        plan = find_plan(session, "2022")
        own = session.scalars(
            select(Task.occurrence_id)
            .join(Organization, Organization.id == Task.organization_id)
            .where(Organization.key == "college01", Task.plan_id == plan.id)
        ).all()
    assert set(college.items()) == {f"{college.tasks}occ-{each}.ics" for each in own}
