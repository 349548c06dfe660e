"""The forms that make calendar addresses, sent once more: by reloading, by going back, by somebody else."""

from __future__ import annotations

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select

from app.db import Database
from app.models import Feed
from tests.web.acting import Login, post
from tests.web.subscribing import PAGE, addresses, nonce_of, only_feed, path_of

pytestmark = [pytest.mark.data("plan"), pytest.mark.one_database]


def test_a_form_that_is_sent_again_shows_the_same_address_and_makes_no_other(
    login: Login, client: FlaskClient, database: Database
) -> None:
    deputy = login("deputy")
    fields = {"scope": "section:2", "alarms": "7", "nonce": nonce_of(deputy.get(PAGE).text)}
    first, again = (post(deputy, PAGE, fields) for _ in range(2))
    assert first.status_code == again.status_code == 201
    assert addresses(first.text) == addresses(again.text)
    assert only_feed(database)
    assert client.get(path_of(addresses(again.text)[0])).status_code == 200


def test_the_form_that_is_shown_after_one_was_made_makes_another(login: Login) -> None:
    deputy = login("deputy")
    first = post(deputy, PAGE, {"scope": "plan", "nonce": nonce_of(deputy.get(PAGE).text)})
    second = post(deputy, PAGE, {"scope": "plan", "nonce": nonce_of(first.text)})
    assert addresses(first.text) != addresses(second.text)


def test_another_choice_on_the_same_page_is_another_address(login: Login) -> None:
    deputy = login("deputy")
    nonce = nonce_of(deputy.get(PAGE).text)
    choices = ({"scope": "plan"}, {"scope": "plan", "show": "due"}, {"scope": "section:1"})
    found = {
        path_of(addresses(post(deputy, PAGE, {"nonce": nonce, **choice}).text)[0]).partition("?")[0]
        for choice in choices
    }
    assert len(found) == 3


def test_the_same_form_of_another_person_makes_another_address(login: Login) -> None:
    college, other = login("college01"), login("college02")
    nonce = nonce_of(college.get(PAGE).text)
    found = [
        addresses(post(client, PAGE, {"scope": "plan", "nonce": nonce}).text)[0]
        for client in (college, other)
    ]
    assert found[0] != found[1]


@pytest.mark.parametrize("nonce", [None, "", "x", "x" * 21, "x" * 23, "я" * 22, "\x00" * 22])
def test_a_form_without_a_nonce_of_ours_makes_an_address_that_nobody_can_tell(
    login: Login, database: Database, nonce: str | None
) -> None:
    deputy = login("deputy")
    fields = {"scope": "plan"} if nonce is None else {"scope": "plan", "nonce": nonce}
    made = [addresses(post(deputy, PAGE, fields).text)[0] for _ in range(2)]
    assert made[0] != made[1]
    with database.read() as session:
        assert len(session.scalars(select(Feed.id)).all()) == 2


def test_a_withdrawn_address_does_not_come_back_with_its_form(
    login: Login, client: FlaskClient, database: Database
) -> None:
    deputy = login("deputy")
    fields = {"scope": "plan", "nonce": nonce_of(deputy.get(PAGE).text)}
    path = path_of(addresses(post(deputy, PAGE, fields).text)[0])
    post(deputy, f"{PAGE}/{only_feed(database)}/revoke")
    again = post(deputy, PAGE, fields)
    assert again.status_code == 410
    assert "This calendar address was withdrawn." in again.text
    assert not addresses(again.text)
    assert client.get(path).status_code == 410
    assert post(deputy, PAGE, {"scope": "plan", "nonce": nonce_of(again.text)}).status_code == 201


def test_replacing_that_is_sent_again_shows_the_same_new_address(
    login: Login, client: FlaskClient, database: Database
) -> None:
    college = login("college01")
    old = path_of(addresses(post(college, PAGE, {"scope": "mine", "show": "due"}).text)[0])
    rotate, nonce = f"{PAGE}/{only_feed(database)}/rotate", nonce_of(college.get(PAGE).text)
    first, again = (post(college, rotate, {"nonce": nonce}) for _ in range(2))
    assert first.status_code == again.status_code == 201
    assert addresses(first.text) == addresses(again.text)
    assert (client.get(old).status_code, client.get(path_of(addresses(again.text)[0])).status_code) == (
        410,
        200,
    )
    with database.read() as session:
        assert len(session.scalars(select(Feed.id)).all()) == 2
    assert post(college, rotate, {"nonce": nonce_of(again.text)}).status_code == 410
    post(college, f"{PAGE}/{only_feed(database)}/revoke")
    assert post(college, rotate, {"nonce": nonce}).status_code == 410
    assert client.get(path_of(addresses(again.text)[0])).status_code == 410
