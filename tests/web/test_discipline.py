"""The pages of discipline: explained, told by anything, and as of any day."""

from __future__ import annotations

import re
from collections.abc import Callable
from html import unescape

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from app.db import Database
from app.models import Task
from tests.infrastructure.forms import in_english, words
from tests.infrastructure.statements import recorded_statements

pytestmark = [pytest.mark.data("story"), pytest.mark.looks]

SignIn = Callable[..., FlaskClient]
PAGE = "/plans/2022/discipline"
SHARES = re.compile(r'<a [^>]*href="([^"]+/discipline/tasks[^"]*)"[^>]*>(.*?)</a>', re.DOTALL)
OF = re.compile(r"(\d+) of (\d+)")


def rows(html: str) -> int:
    bodies: list[str] = re.findall(r"<tbody>(.*?)</tbody>", html, re.DOTALL)
    return sum(body.count("<tr") for body in bodies)


def test_it_names_everybody_and_explains_itself(sign_in: SignIn, database: Database) -> None:
    html = in_english(sign_in("college01")).get(PAGE).text
    with database.read() as session:
        answering = len(session.scalars(select(Task.organization_id).distinct()).all())
    assert answering >= 50
    assert rows(html) == answering + 1
    told = words(html)
    assert "on time ÷ (on time + late + overdue now)" in told
    assert "one granted afterwards heals nothing" in told
    assert "Directum" not in words(html.split("</form>")[-1])


@pytest.mark.parametrize("arguments", ["", "?by=section", "?by=person&method=directum", "?as_of=2022-03-31"])
def test_every_share_opens_to_its_numerator_its_denominator_and_its_tasks(
    sign_in: SignIn, arguments: str
) -> None:
    client = in_english(sign_in("deputy"))
    shares = SHARES.findall(client.get(PAGE + arguments).text)
    assert len(shares) > 10
    for address, text in (*shares[:4], *shares[-2:]):
        found = OF.search(words(text))
        assert found, text
        part, whole = map(int, found.groups())
        page = client.get(unescape(address)).text
        told = words(page)
        assert f"{part} on time" in told
        assert re.search(rf"Denominator\s+{whole}:", told)
        left_out = re.search(r"open (\d+), excluded (\d+)", told)
        assert left_out
        assert rows(page) == whole + sum(map(int, left_out.groups()))


def test_the_way_of_counting_is_named(sign_in: SignIn) -> None:
    client = in_english(sign_in("deputy"))
    assert "Simple: on time ÷ planned · the worst first" in words(client.get(PAGE).text)
    told = words(client.get(f"{PAGE}?method=directum").text)
    assert "As Directum RX counts for an employee · the worst first" in told
    assert "completed in time ÷ (completed in time + completed late + overdue now)" in told


def test_a_day_before_today_says_so_and_leads_back(sign_in: SignIn) -> None:
    client = in_english(sign_in("deputy"))
    html = client.get(f"{PAGE}?by=section&as_of=2022-02-05").text
    assert "Shown as of 5 February 2022, not as of today. To today" in words(html)
    assert f'href="{PAGE}?by=section"' in html
    assert all("as_of=2022-02-05" in address for address, _ in SHARES.findall(html))
    assert "not as of today" not in words(client.get(f"{PAGE}?as_of=2022-06-15").text)


@pytest.mark.parametrize(
    ("day", "told"),
    [
        ("2022-06-16", "This day is still to come"),
        ("2022-02-30", "This is no date"),
        ("yesterday", "This is no date"),
    ],
)
def test_a_day_that_cannot_be_told_of_is_refused_in_words(sign_in: SignIn, day: str, told: str) -> None:
    answer = in_english(sign_in("auditor")).get(f"{PAGE}?as_of={day}")
    assert answer.status_code == 422
    assert told in words(answer.text)


def test_an_executor_reads_of_no_other_organisation_s_people(sign_in: SignIn) -> None:
    client = in_english(sign_in("college01"))
    assert rows(client.get(f"{PAGE}?by=person").text) == 2
    others = SHARES.findall(in_english(sign_in("deputy")).get(f"{PAGE}?by=person").text)
    assert client.get(unescape(others[3][0])).status_code == 404


@pytest.mark.parametrize("address", [f"{PAGE}?by=person", f"{PAGE}/tasks?of=college07"])
def test_it_costs_few_statements(sign_in: SignIn, app: Flask, address: str) -> None:
    client = sign_in("deputy")
    with recorded_statements(app.extensions["vekha"].database) as statements:
        assert client.get(address).status_code == 200
    assert len(statements) <= 7


def test_the_lines_can_be_taken_away_as_a_file(sign_in: SignIn) -> None:
    client = in_english(sign_in("deputy"))
    address = f"{PAGE}.csv?by=section&method=directum&as_of=2022-03-31"
    assert unescape(address) in unescape(
        client.get(f"{PAGE}?by=section&method=directum&as_of=2022-03-31").text
    )
    lines = client.get(address).data.decode("utf-8-sig").splitlines()
    assert len(lines) == 1 + 6 + 1
    assert lines[0].startswith("Whose,Organisation,On time,Late,Overdue now")
    assert lines[-1].startswith("All together,,")
    assert client.get(f"{PAGE}.xlsx").data.startswith(b"PK")


def test_a_period_that_ends_before_it_begins_says_so(sign_in: SignIn) -> None:
    client = in_english(sign_in("deputy"))
    period = "/plans/2022/discipline?from={}&to={}"
    wrong = "The period ends before it begins."
    assert wrong in client.get(period.format("2022-05-01", "2022-04-01")).text
    assert wrong not in client.get(period.format("2022-04-01", "2022-05-01")).text
