"""Lists under a name, as people keep them: from the page that they are on."""

from __future__ import annotations

import re
from collections.abc import Callable
from html import unescape

import pytest
from flask.testing import FlaskClient

from app.db import Database
from app.models import SavedFilter
from tests.web.acting import post

pytestmark = pytest.mark.data("plan")

Login = Callable[[str], FlaskClient]

LIST, OVERDUE, MINE = "/plans/2022/tasks", "/plans/2022/overdue", "/plans/2022/filters"


def chips(client: FlaskClient, address: str) -> dict[str, str]:
    """The lists over a page: name → address; the one at hand has a star."""
    page = client.get(address).text
    links = re.findall(r'<a class="chip" href="([^"]+)"( aria-current="page")?>([^<]+)</a>', page)
    return {unescape(name.strip()) + ("*" if here else ""): unescape(url) for url, here, name in links}


def test_a_list_is_kept_found_again_renamed_and_deleted(login: Login) -> None:
    client = login("deputy")
    assert "Keep this list" not in client.get(LIST).text
    query = "show=overdue&section=2&late=3"
    assert "Keep this list" in client.get(f"{LIST}?{query}").text
    answer = post(client, f"{MINE}?place=tasks&{query}", {"name": "Late of section 2"})
    assert answer.status_code == 303
    assert chips(client, LIST)["Late of section 2"] == answer.location
    assert set(answer.location.partition("?")[2].split("&")) == set(query.split("&"))
    # on it nothing is left to keep
    assert "Late of section 2*" in chips(client, answer.location)
    assert "Keep this list" not in client.get(answer.location).text
    assert chips(client, OVERDUE) == {}
    assert chips(login("auditor"), LIST) == {}
    post(client, f"{MINE}?place=tasks&activity=2.3", {"name": "Plans"})
    number = re.findall(r"/plans/2022/filters/(\d+)", client.get(MINE).text)[-1]
    answer = post(client, f"{MINE}/{number}", {"name": "Late of section 2"})
    assert answer.status_code == 422
    assert "You have a list of that name." in answer.text
    assert post(client, f"{MINE}/{number}", {"name": "Support plans"}).status_code == 303
    assert post(client, f"{MINE}/{number}", {"act": "first"}).status_code == 303
    assert list(chips(client, LIST)) == ["Support plans", "Late of section 2"]
    assert post(login("auditor"), f"{MINE}/{number}", {"act": "remove"}).status_code == 404
    assert post(client, f"{MINE}/{number}", {"act": "remove"}).status_code == 303
    assert list(chips(client, LIST)) == ["Late of section 2"]


@pytest.mark.parametrize("place", ["tasks", "overdue"])
def test_a_name_that_is_not_taken_is_asked_for_again_on_the_same_list(login: Login, place: str) -> None:
    client = login("deputy")
    answer = post(client, f"{MINE}?place={place}&section=2", {"name": " "})
    assert answer.status_code == 422
    assert "Please fill this in." in answer.text
    assert 'value="2" selected' in answer.text
    assert post(client, f"{MINE}?place=nowhere&section=2", {"name": "x"}).status_code == 404


def test_a_list_outlives_what_it_narrows_to_and_says_so(login: Login, database: Database) -> None:
    client = login("deputy")
    post(client, f"{MINE}?place=tasks&executor=college01&section=2", {"name": "Mine"})
    with database.transaction() as session:
        [kept] = session.query(SavedFilter).all()
        kept.arguments = {**kept.arguments, "executor": "closed-college", "late": "x", "nonsense": "1"}
    page = unescape(client.get(chips(client, LIST)["Mine"]).text)
    assert "executor “closed-college”. The list is shown without it." in page
    # the rest of it still holds
    assert re.search(r'<a class="chip" href="/plans/2022/tasks">Section 2\.', page)


def test_conditions_are_named_and_let_go_one_by_one(login: Login) -> None:
    client = login("deputy")
    query = "section=2&q=plan&state=planned&from=2022-01-01&to=2022-12-31&late=1&evidence=without&returned=1"
    page = unescape(client.get(f"{LIST}?show=overdue&{query}").text)
    found = re.findall(r'<a class="chip" href="([^"]+)">(.*?) <svg', page)
    assert [re.sub("<[^>]+>", "", words) for _url, words in found] == [
        "Section 2. " + found[0][1].partition(". ")[2],
        "words “plan”",
        "Not started",
        "due from 1 Jan 2022",
        "due up to 31 Dec 2022",
        "at least 1 day late",
        "nothing is attached",
        "returned at least once",
    ]
    for (url, _words), gone in zip(found, query.split("&"), strict=True):
        assert set(url.partition("?")[2].split("&")) == {"show=overdue", *query.split("&")} - {gone}
