"""The page where calendar addresses are made, shown once and withdrawn."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date, datetime
from html import unescape

import icalendar
import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select
from werkzeug.test import TestResponse

from app.db import Database
from app.models import Activity, Feed, Occurrence
from app.services import people
from tests import factories
from tests.infrastructure.forms import words
from tests.infrastructure.signing_in import csrf_token
from tests.infrastructure.statements import recorded_statements
from tests.web.subscribing import PAGE, addresses, only_feed, path_of

pytestmark = [pytest.mark.data("plan"), pytest.mark.one_database]

SignIn = Callable[..., FlaskClient]


@pytest.fixture
def database(database: Database, now: datetime) -> Database:
    """The plan with three people."""
    with database.transaction() as session:
        for username, role in (
            ("deputy", "controller"),
            ("college01", "executor"),
            ("college02", "executor"),
        ):
            factories.actor(session, username, now, role, None if role == "executor" else "department")
            people.set_preferences(session, people.find_actor(session, username).person_id, language="en")
    return database


@pytest.fixture
def sign_in(database: Database, sign_in: SignIn) -> SignIn:
    return sign_in


def post(client: FlaskClient, path: str, **fields: str) -> TestResponse:
    return client.post(path, data={"csrf_token": csrf_token(client.get(PAGE).text), **fields})


def test_a_new_address_is_shown_once_in_both_schemes_and_works(sign_in: SignIn, client: FlaskClient) -> None:
    deputy = sign_in("deputy")
    made = post(deputy, PAGE, scope="section:2", show="window")
    assert made.status_code == 201
    https, webcal = addresses(made.text)
    assert https.partition("://")[2] == webcal.partition("://")[2]
    assert webcal.startswith("webcal://")
    assert f'href="{webcal}"' in made.text
    assert '<path d="M' in made.text
    calendar = icalendar.Calendar.from_ical(client.get(path_of(https)).data)
    codes = {re.search(r"(\d)\.\d ", str(each["SUMMARY"])) for each in calendar.events}
    assert {code and code[1] for code in codes} == {"2"}
    again = deputy.get(PAGE)
    assert not addresses(again.text)
    assert "Section 2. " in again.text


def test_the_due_day_alone_is_part_of_the_address(sign_in: SignIn, client: FlaskClient) -> None:
    made = post(sign_in("deputy"), PAGE, scope="activity:2.3", show="due")
    (event,) = icalendar.Calendar.from_ical(client.get(path_of(addresses(made.text)[0])).data).events
    assert event["DTSTART"].dt == date(2022, 2, 4)


def test_what_the_calendar_is_to_contain_stands_in_both_addresses_and_in_words(
    sign_in: SignIn, client: FlaskClient
) -> None:
    fields = {"scope": "section:5", "show": "due", "components": "both", "alarms": "1, 7"}
    made = post(sign_in("deputy"), PAGE, **fields)
    https, webcal = (unescape(address) for address in addresses(made.text))
    assert https.partition("?")[2] == webcal.partition("?")[2] == "show=due&components=both&alarms=7,1"
    assert "events on the due day alone · tasks · reminders: 7 days before, 1 day before" in made.text
    calendar = icalendar.Calendar.from_ical(client.get(path_of(https)).data)
    assert len(calendar.events) == len(calendar.todos) == 1


def test_an_address_without_wishes_has_no_query(sign_in: SignIn) -> None:
    made = post(sign_in("deputy"), PAGE, scope="plan", show="window", components="events", alarms=" ")
    assert all(address.endswith(".ics") for address in addresses(made.text))
    assert "events over every day of the term · no reminders" in made.text


@pytest.mark.parametrize("alarms", ["a week", "-1", "61", "1,2,3,4,5,6", "7,", "7;1"])
def test_reminders_that_no_address_takes_are_refused_at_their_field(
    alarms: str, sign_in: SignIn, database: Database
) -> None:
    refused = post(sign_in("deputy"), PAGE, scope="plan", alarms=alarms)
    assert refused.status_code == 422
    assert 'id="alarms-error"' in refused.text
    assert f'value="{alarms}"' in refused.text
    with database.read() as session:
        assert session.scalars(select(Feed.id)).all() == []


@pytest.mark.parametrize("field", ["show", "components"])
def test_a_choice_that_the_form_does_not_have_makes_nothing(field: str, sign_in: SignIn) -> None:
    refused = post(sign_in("deputy"), PAGE, scope="plan", **{field: "everything"})
    assert refused.status_code == 422
    assert not addresses(refused.text)


def test_a_replaced_address_keeps_the_wishes_of_the_old_one(sign_in: SignIn, database: Database) -> None:
    deputy = sign_in("deputy")
    post(deputy, PAGE, scope="plan", show="due", alarms="1")
    for _ in range(2):
        made = post(deputy, f"{PAGE}/{only_feed(database)}/rotate")
        for address in addresses(made.text):
            assert unescape(address).endswith(".ics?show=due&alarms=1")
        assert "events on the due day alone · reminders: 1 day before" in made.text


def test_addresses_of_one_part_are_told_apart_in_the_list(sign_in: SignIn) -> None:
    deputy = sign_in("deputy")
    for wishes in ({}, {"show": "due"}, {"components": "todos", "alarms": "0"}):
        post(deputy, PAGE, scope="section:2", **wishes)
    page = deputy.get(PAGE).text
    for said in (
        "events over every day of the term · no reminders",
        "events on the due day alone · no reminders",
        "tasks · reminders: on the day",
    ):
        assert page.count(f'<small class="quiet">{said}</small>') == 1
        for act in ("Replace", "Withdraw"):
            assert len(re.findall(f'aria-label="{act} the address: Section 2[^"]*[(]{said}[)]"', page)) == 1


@pytest.mark.parametrize("act", ["rotate", "revoke"])
def test_a_tab_that_is_opened_again_leads_back_to_the_page(sign_in: SignIn, act: str) -> None:
    answer = sign_in("deputy").get(f"{PAGE}/1/{act}")
    assert (answer.status_code, answer.headers["Location"]) == (303, PAGE)


def test_no_address_is_called_https_that_is_served_without(sign_in: SignIn) -> None:
    made = post(sign_in("deputy"), PAGE, scope="plan")
    assert addresses(made.text)[0].startswith("http://")
    assert "https" not in re.sub(r'"[^"]*"', "", made.text)


@pytest.mark.parametrize(
    ("person", "offered", "missing"),
    [
        ("college01", ["mine", "plan", "organization:college01", "section:2", "indicator:4"], ["review"]),
        ("deputy", ["review", "plan", "section:2", "indicator:4", "activity:2.3"], ["mine"]),
    ],
)
def test_everybody_is_offered_what_there_is_for_them(
    person: str, offered: list[str], missing: list[str], sign_in: SignIn
) -> None:
    client = sign_in(person)
    values = re.findall(r'<option[^>]* value="([^"]+)"', client.get(PAGE).text)
    assert set(offered) <= set(values)
    assert not set(missing) & set(values)
    assert post(client, PAGE, scope=missing[0]).status_code == 422


@pytest.mark.parametrize(
    ("person", "query", "chosen"),
    [
        ("college01", "", "mine"),
        ("deputy", "", "plan"),
        ("deputy", "?scope=section:3", "section:3"),
        ("deputy", "?scope=organization:college07", "organization:college07"),
        ("college01", "?scope=organization:college02", "mine"),
        ("deputy", "?scope=%00", "plan"),
    ],
)
def test_the_form_begins_with_what_concerns_the_person_or_the_page_before(
    person: str, query: str, chosen: str, sign_in: SignIn
) -> None:
    page = sign_in(person).get(PAGE + query).text
    assert re.findall(r'<option selected value="([^"]+)"', page) == [chosen]


def test_the_page_says_what_each_program_can_show(sign_in: SignIn) -> None:
    page = words(sign_in("deputy").get(PAGE).text)
    assert "Google and Outlook never show tasks" in page
    for program in ("Google Calendar", "Classic Outlook", "Apple Calendar", "Thunderbird", "Yandex Calendar"):
        assert program in page


def test_who_owes_tasks_is_shown_where_to_tick_them(sign_in: SignIn) -> None:
    assert 'href="/account#app-passwords"' in sign_in("college01").get(PAGE).text
    assert "app-passwords" not in sign_in("deputy").get(PAGE).text


def test_an_executor_is_offered_its_own_organisation_only(sign_in: SignIn) -> None:
    college = sign_in("college01")
    offered = re.findall(r'<option[^>]* value="organization:([^"]+)"', college.get(PAGE).text)
    assert offered == ["college01"]
    refused = post(college, PAGE, scope="organization:college02")
    assert refused.status_code == 422
    assert not addresses(refused.text)
    assert 'id="scope-error"' in refused.text


def test_who_sees_everything_is_offered_every_organisation(sign_in: SignIn) -> None:
    offered = re.findall(r'<option[^>]* value="organization:([^"]+)"', sign_in("deputy").get(PAGE).text)
    assert {"centre", "college01", "college35", "cluster11"} <= set(offered)


def test_an_address_is_withdrawn(sign_in: SignIn, client: FlaskClient, database: Database) -> None:
    college = sign_in("college01")
    path = path_of(addresses(post(college, PAGE, scope="plan").text)[0])
    answer = post(college, f"{PAGE}/{only_feed(database)}/revoke")
    assert (answer.status_code, answer.headers["Location"]) == (303, PAGE)
    assert client.get(path).status_code == 410
    page = college.get(PAGE).text
    assert "No address yet" in page
    assert path.split("/")[-1].removesuffix(".ics") not in page


def test_an_address_is_replaced(sign_in: SignIn, client: FlaskClient, database: Database) -> None:
    college = sign_in("college01")
    old = path_of(addresses(post(college, PAGE, scope="organization:college01").text)[0])
    made = post(college, f"{PAGE}/{only_feed(database)}/rotate")
    new = path_of(addresses(made.text)[0])
    assert (client.get(old).status_code, client.get(new).status_code) == (410, 200)


def test_a_foreign_address_is_as_good_as_missing(sign_in: SignIn, database: Database) -> None:
    path = path_of(addresses(post(sign_in("college01"), PAGE, scope="plan").text)[0])
    other = sign_in("college02")
    feed = only_feed(database)
    for act in ("revoke", "rotate"):
        foreign = post(other, f"{PAGE}/{feed}/{act}")
        missing = post(other, f"{PAGE}/{feed + 1000}/{act}")
        assert foreign.status_code == missing.status_code == 404
    assert other.get(path).status_code == 200


def test_a_form_without_its_token_makes_nothing(sign_in: SignIn, database: Database) -> None:
    assert sign_in("deputy").post(PAGE, data={"scope": "plan"}).status_code == 400
    with database.read() as session:
        assert session.scalars(select(Feed.id)).all() == []


def test_nobody_else_sees_the_page(client: FlaskClient) -> None:
    assert client.get(PAGE).status_code == 302


def test_one_occurrence_can_be_taken_along(sign_in: SignIn, database: Database) -> None:
    with database.read() as session:
        found = select(Occurrence.id).join(Activity, Activity.id == Occurrence.activity_id)
        own, foreign = (
            session.scalars(found.where(Activity.code == code)).first() for code in ("3.2", "1.1")
        )
    college = sign_in("college01")
    got = college.get(f"/plans/2022/occurrences/{own}.ics")
    assert got.headers["Content-Type"] == "text/calendar; charset=utf-8"
    assert got.headers["Content-Disposition"].startswith("attachment")
    (event,) = icalendar.Calendar.from_ical(got.data).events
    assert event["UID"] == f"occ-{own}@vekha.local"
    assert "/tasks/" in event["URL"]
    (shared,) = icalendar.Calendar.from_ical(
        college.get(f"/plans/2022/occurrences/{foreign}.ics").data
    ).events
    assert "/plans/2022/activities/1.1" in shared["URL"]
    assert college.get("/plans/2022/occurrences/999999.ics").status_code == 404


def test_the_page_costs_at_most_twelve_statements(app: Flask, sign_in: SignIn) -> None:
    deputy = sign_in("deputy")
    for scope in ("plan", "section:1", "organization:college01", "activity:2.3"):
        post(deputy, PAGE, scope=scope)
    with recorded_statements(app.extensions["vekha"].database) as statements:
        assert deputy.get(PAGE).status_code == 200
    assert 0 < len(statements) <= 12


@pytest.mark.browser
@pytest.mark.parametrize(
    "browser_context",
    [{"permissions": ["clipboard-read", "clipboard-write"]}],
    indirect=True,
    ids=["clipboard"],
)
@pytest.mark.data("story")
def test_the_address_is_copied_with_one_click(sign_in_page: Callable[..., object]) -> None:
    page = sign_in_page("deputy")
    page.goto(PAGE)
    page.locator("#make button[type=submit]").click()
    address = page.locator("#plain-address").inner_text()
    page.locator("button[data-copy='#plain-address']").click()
    page.locator("#made [role=status]").first.wait_for(state="visible")
    # No page may read what was copied; who pastes it may.
    search = page.get_by_role("searchbox").first
    search.focus()
    page.keyboard.press("Control+V")
    assert search.input_value() == address


@pytest.mark.browser
@pytest.mark.data("story")
def test_who_uses_the_keyboard_is_led_to_the_new_address(sign_in_page: Callable[..., object]) -> None:
    page = sign_in_page("deputy")
    page.goto(PAGE)
    page.locator("#make button[type=submit]").press("Enter")
    page.locator("#made:focus").wait_for()
    address = page.locator("#plain-address").inner_text()
    page.reload()
    page.locator("#made:focus").wait_for()
    assert page.locator("#plain-address").inner_text() == address
    assert page.locator(".address-table tbody tr").count() == 1
