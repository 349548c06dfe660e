"""Acting for another on the pages: named at the account, switched on and off, shown everywhere."""

from __future__ import annotations

import re

import pytest

from app.db import Database
from app.domain.permissions import Actor
from tests.web.acting import Login, post, stands, words

pytestmark = pytest.mark.data("plan")

REVIEW = "/plans/2022/review"


def test_the_controller_names_a_deputy_who_acts_for_it_until_it_is_ended(
    login: Login, database: Database, people: dict[str, Actor], handed_in: int
) -> None:
    deputy, other = login("deputy"), login("college02")
    chosen = str(people["college02"].person_id)
    days = {"deputy": chosen, "starts_on": "2022-06-15", "ends_on": "2022-06-30"}
    refused = post(deputy, "/account/deputies", {**days, "ends_on": "2022-06-01"})
    assert refused.status_code == 422
    assert "This day has passed." in refused.text
    assert f'<option selected value="{chosen}">' in refused.text
    assert post(deputy, "/account/deputies", days).location == "/account#deputies"
    assert "acts now" in words(deputy.get("/account"))
    # Offered, and not yet acting: the queue stays closed.
    offered = other.get("/tasks")
    assert "You may act for: deputy" in words(offered)
    assert other.get(REVIEW).status_code == 403
    delegation = re.search(r'name="delegation" value="(\d+)"', offered.text)
    assert delegation
    assert post(other, "/deputies/acting", {"delegation": "999"}).status_code == 404
    assert post(other, "/deputies/acting", {"delegation": delegation[1]}).status_code == 303
    page = other.get(f"/tasks/{handed_in}").text
    assert "You act for: deputy" in words(other.get(REVIEW))
    version = re.search(r'name="version" value="(\d+)"', page)
    assert version
    sent = {"trigger": "accept", "version": version[1]}
    assert post(other, f"/tasks/{handed_in}/transitions", sent).status_code == 303
    assert stands(database, handed_in).state == "accepted"
    assert "college02 for deputy" in words(deputy.get(f"/tasks/{handed_in}"))
    # Its account is its own, and names nobody while it acts for another.
    assert "Deputy while away" not in other.get("/account").text
    assert post(other, "/account/deputies", days).status_code in {403, 422}
    post(other, "/deputies/acting", {"delegation": ""})
    assert other.get(REVIEW).status_code == 403
    post(other, "/deputies/acting", {"delegation": delegation[1]})
    assert other.get(REVIEW).status_code == 200
    assert post(deputy, f"/deputies/{delegation[1]}/end").location == "/account#deputies"
    assert other.get(REVIEW).status_code == 403
    assert "act for" not in words(other.get("/tasks"))


def test_who_may_delegate_nothing_is_offered_nothing(login: Login, people: dict[str, Actor]) -> None:
    assert "Deputy while away" not in login("auditor").get("/account").text
    assert "needs a colleague" in words(login("college01").get("/account"))
    assert post(login("college01"), "/deputies/1/end").status_code == 404
