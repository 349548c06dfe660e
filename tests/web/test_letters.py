"""Letters on the pages: each person's own choice, and what the administrator does about dead ones."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import datetime, timedelta

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select
from werkzeug.test import TestResponse

from app.db import Database
from app.models import JournalEntry, OutboxMessage, Person
from app.services import outbox
from app.services.outbox import PAUSES, Letter
from tests import factories
from tests.infrastructure.signing_in import PASSWORD
from tests.web.acting import in_english, post, words

pytestmark = [pytest.mark.data("plan"), pytest.mark.one_database]

SignIn = Callable[[str], FlaskClient]


@pytest.fixture(autouse=True)
def people(database: Database, now: datetime) -> None:
    with database.transaction() as session:
        factories.actor(session, "college01", now)
        for role in ("controller", "auditor", "administrator"):
            factories.actor(session, role, now, role=role)


def kept(database: Database, username: str = "college01") -> tuple[str, str]:
    with database.read() as session:
        person = session.scalars(select(Person).where(Person.username == username)).one()
        return person.email, person.digest


def letters_to(client: FlaskClient, email: str, digest: str = "day", present: str = PASSWORD) -> TestResponse:
    return post(client, "/account/letters", {"email": email, "digest": digest, "present": present})


def dead_letter(database: Database, now: datetime) -> int:
    """A letter that the server refused to the last."""
    with database.transaction() as session:
        person_id = session.scalars(select(Person.id).where(Person.username == "college01")).one()
        letter = Letter("digest:1", person_id, "a@example.org", "О сроках", "", "")
        outbox.write(session, letter, domain="vekha.test", now=now)
        session.flush()
        moment = now
        for _ in range(len(PAUSES) + 1):
            taken = outbox.take(session, moment)
            assert taken is not None
            outbox.mark_failed(session, taken, moment, "550 <no> such mailbox")
            moment += timedelta(days=1)
            session.expire_all()
        return taken.id


def test_a_person_says_where_its_letters_go_and_how_often(database: Database, sign_in: SignIn) -> None:
    college = in_english(sign_in("college01"))
    answer = letters_to(college, " College01@example.org ", "week")
    assert (answer.status_code, answer.location) == (303, "/account#letters")
    assert kept(database) == ("College01@example.org", "week")
    page = college.get("/account").text
    assert 'value="College01@example.org"' in page
    assert '<option selected value="week">On Mondays</option>' in page
    letters_to(college, "", "none")
    assert kept(database) == ("", "none")
    assert kept(database, "controller") == ("", "day")


@pytest.mark.parametrize("present", ["", "not the password"])
def test_who_finds_a_session_open_sends_no_letters_elsewhere(
    database: Database, sign_in: SignIn, present: str
) -> None:
    college = in_english(sign_in("college01"))
    for email in ("thief@example.org", ""):
        letters_to(college, "a@example.org")
        refused = letters_to(college, email, "week", present)
        assert refused.status_code == 422
        assert 'id="letters-present-error"' in refused.text
    assert kept(database) == ("a@example.org", "day")
    # How often is no secret, and the address stays.
    assert letters_to(college, "a@example.org", "week", present).status_code == 303
    assert kept(database) == ("a@example.org", "week")


def test_an_address_is_nobody_elses_business(database: Database, sign_in: SignIn) -> None:
    letters_to(sign_in("college01"), "secret@example.org")
    with database.read() as session:
        entries = session.scalars(select(JournalEntry)).all()
    assert not [entry for entry in entries if "secret@" in f"{entry.details}{entry.note}"]
    for name in ("controller", "auditor", "administrator"):
        assert "secret@" not in sign_in(name).get("/admin/people").text + sign_in(name).get("/account").text


@pytest.mark.parametrize(
    ("form", "told"),
    [
        ({"email": "college01"}, "This is not an address like name@example.org."),
        ({"email": "имя@example.org"}, "This is not an address like name@example.org."),
        ({"email": "a@example.org, b@example.org"}, "This is not an address like name@example.org."),
        ({"email": "a@example.org\r\nBcc: b@example.org"}, "This is not an address like name@example.org."),
        ({"email": f"a@{'x' * 260}.org"}, "Please use at most 254 characters."),
        ({"digest": "hourly"}, "There is no such choice."),
    ],
)
def test_what_cannot_be_taken_names_the_field_and_changes_nothing(
    database: Database, sign_in: SignIn, form: dict[str, str], told: str
) -> None:
    college = in_english(sign_in("college01"))
    given = {"email": "a@example.org", "digest": "day", "present": PASSWORD, **form}
    answer = post(college, "/account/letters", given)
    assert answer.status_code == 422
    assert told in words(answer)
    assert kept(database) == ("", "day")


@pytest.mark.parametrize(
    ("name", "digests"), [("controller", True), ("auditor", False), ("administrator", False)]
)
def test_everybody_enters_an_address_and_chooses_how_often_who_gets_digests(
    database: Database, sign_in: SignIn, name: str, digests: bool
) -> None:
    client = sign_in(name)
    found = re.search(r"<(\w+)[^>]* name=\"digest\"", client.get("/account").text)
    assert found is not None
    assert (found[1] == "select") == digests
    letters_to(client, "a@example.org")
    assert kept(database, name) == ("a@example.org", "day")


def test_the_administrator_sees_a_dead_letter_with_its_reason_and_has_it_tried_again(
    database: Database, sign_in: SignIn, now: datetime
) -> None:
    administrator = in_english(sign_in("administrator"))
    assert "Letters that were given up" not in words(administrator.get("/admin/jobs"))
    letter_id = dead_letter(database, now)
    page = administrator.get("/admin/jobs").text
    assert "Letters that were given up" in page
    assert "550 &lt;no&gt; such mailbox" in page
    assert "a@example.org" in page
    assert post(administrator, f"/admin/letters/{letter_id}/again").status_code == 303
    assert "Letters that were given up" not in words(administrator.get("/admin/jobs"))
    with database.read() as session:
        letter = session.get_one(OutboxMessage, letter_id)
        assert (letter.attempts, letter.dead_at) == (0, None)
        assert letter.next_at is not None
    assert post(administrator, f"/admin/letters/{letter_id}/again").status_code == 404
    assert post(sign_in("controller"), f"/admin/letters/{letter_id}/again").status_code == 403
