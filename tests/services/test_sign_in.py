"""Proving who one is, sessions, and how long they count."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta
from typing import Any

import pytest
from argon2 import PasswordHasher
from sqlalchemy import func, select

from app.db import Database
from app.domain.errors import InvalidInputError, NotFoundError, TooManyAttemptsError
from app.domain.permissions import Actor
from app.models import LoginSession, Throttle
from app.services import people, sessions
from app.services.passwords import DEMO_PASSWORD
from app.services.sign_in import change_own_password, sign_in
from app.services.throttling import Visitor, forget_old

PASSWORD = "a good long password"
IDLE, LIFE = 3600, 12 * 3600


@pytest.fixture
def auditor(database: Database, now: datetime) -> Actor:
    """An account; a second one stands beside it and must never be meant."""
    with database.transaction() as session:
        people.add_person(session, "second", name="", role="auditor", password="another password", now=now)
        people.add_person(session, "auditor", name="", role="auditor", password=PASSWORD, now=now)
        return people.find_actor(session, "auditor")


def begin(database: Database, now: datetime, agent: str = "") -> str:
    found = sign_in(database, "auditor", PASSWORD, now=now, agent=agent)
    assert found is not None
    return found[0]


def stands_for(database: Database, token: str, now: datetime) -> str | None:
    with database.read() as session:
        found = sessions.signed_in(session, token, now=now, idle=IDLE, life=LIFE)
    return found.actor.name if found else None


def test_the_right_password_begins_a_session_of_that_person(
    database: Database, auditor: Actor, now: datetime
) -> None:
    found = sign_in(database, " Auditor ", PASSWORD, now=now)
    assert found is not None
    token, actor = found
    assert actor == auditor
    assert stands_for(database, token, now) == "auditor"


@pytest.mark.parametrize(
    ("username", "password"),
    [
        ("auditor", "another password"),
        ("auditor", ""),
        ("auditor", PASSWORD + "\0"),
        ("nobody", PASSWORD),
        ("", PASSWORD),
        ("auditor\0", PASSWORD),
        ("\ud800", PASSWORD),
    ],
)
def test_a_wrong_name_or_password_begins_nothing(
    database: Database, auditor: Actor, now: datetime, username: str, password: str
) -> None:
    assert sign_in(database, username, password, now=now) is None
    with database.read() as session:
        assert session.scalar(select(func.count()).select_from(LoginSession)) == 0


def test_the_token_cannot_be_read_from_the_database(
    database: Database, auditor: Actor, now: datetime
) -> None:
    token = begin(database, now)
    with database.read() as session:
        row = session.scalars(select(LoginSession)).one()
    assert token not in (row.token_hash, row.agent)


@pytest.mark.parametrize("username", ["auditor", "nobody"])
def test_each_failure_in_a_row_makes_the_next_try_wait_longer(
    database: Database, auditor: Actor, now: datetime, username: str
) -> None:
    waits = []
    moment = now
    for _ in range(9):
        assert sign_in(database, username, "a wrong password", now=moment) is None
        try:
            sign_in(database, username, "a wrong password", now=moment)
        except TooManyAttemptsError as error:
            waits.append(int(str(error.params["seconds"])) - 1)
        else:
            waits.append(0)
        moment += timedelta(seconds=61)
    assert waits == sorted(waits)
    assert waits[0] == 0
    assert waits[-1] == 60


def test_who_waits_long_enough_gets_in_and_starts_afresh(
    database: Database, auditor: Actor, now: datetime
) -> None:
    for _ in range(3):
        sign_in(database, "auditor", "a wrong password", now=now)
    with pytest.raises(TooManyAttemptsError):
        sign_in(database, "auditor", PASSWORD, now=now + timedelta(seconds=1))
    later = now + timedelta(seconds=2)
    assert sign_in(database, "auditor", PASSWORD, now=later)
    assert sign_in(database, "auditor", "a wrong password", now=later) is None
    assert sign_in(database, "auditor", PASSWORD, now=later)


def test_nobody_else_waits_for_the_failures_under_one_name(
    database: Database, auditor: Actor, now: datetime
) -> None:
    for _ in range(3):
        sign_in(database, "auditor", "a wrong password", now=now)
    assert sign_in(database, "second", "another password", now=now)


def fail(database: Database, now: datetime, times: int, username: str = "auditor", **more: Any) -> int:
    """Try so often with a wrong password; how many of the tries were refused unseen."""
    refused = 0
    for _ in range(times):
        try:
            assert sign_in(database, username, "a wrong password", now=now, **more) is None
        except TooManyAttemptsError:
            refused += 1
    return refused


def test_who_hammers_an_account_from_everywhere_does_not_lock_its_owner_out(
    database: Database, auditor: Actor, now: datetime
) -> None:
    hammering = [Visitor(f"203.0.113.{number}") for number in range(1, 21)]
    assert sum(fail(database, now, 1, visitor=each) for each in hammering) == 17
    # A stranger waits, a minute at most, also with the right password ...
    with pytest.raises(TooManyAttemptsError):
        sign_in(database, "auditor", PASSWORD, now=now, visitor=Visitor("198.51.100.1"))
    # ... and the owner does not, in a browser that is known, from any address.
    known = Visitor("203.0.113.1", {auditor.person_id: "secret of the browser"})
    assert sign_in(database, "auditor", PASSWORD, now=now, visitor=known)
    # Being known as somebody else helps nobody.
    foreign = Visitor("198.51.100.1", {auditor.person_id + 1: "secret of the browser"})
    with pytest.raises(TooManyAttemptsError):
        sign_in(database, "auditor", PASSWORD, now=now, visitor=foreign)


def test_a_known_browser_guesses_no_faster(database: Database, auditor: Actor, now: datetime) -> None:
    known = Visitor("198.51.100.1", {auditor.person_id: "stolen"})
    assert fail(database, now, 10, visitor=known) == 7
    assert sign_in(database, "auditor", PASSWORD, now=now, visitor=Visitor("198.51.100.2"))


def test_a_known_and_an_unknown_name_take_the_same_work(
    database: Database, auditor: Actor, now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    verified: list[str] = []
    verify = PasswordHasher.verify

    def noted(self: PasswordHasher, password_hash: str, password: str) -> bool:
        verified.append(password_hash.rpartition("$")[0].rpartition("$")[0])
        return verify(self, password_hash, password)

    monkeypatch.setattr(PasswordHasher, "verify", noted)
    for username in ("auditor", "nobody", "", "auditor\0", "disabled"):
        sign_in(database, username, "a wrong password", now=now)
    # once each, and with the same parameters of argon2id
    assert len(verified) == 5
    assert len(set(verified)) == 1


def test_a_clock_that_was_moved_back_lets_nobody_wait(
    database: Database, auditor: Actor, now: datetime
) -> None:
    for _ in range(3):
        sign_in(database, "auditor", "a wrong password", now=now)
    assert sign_in(database, "auditor", PASSWORD, now=now - timedelta(hours=5))


def test_failures_at_once_are_all_counted(database: Database, auditor: Actor, now: datetime) -> None:
    with ThreadPoolExecutor(4) as threads:
        tries = [threads.submit(sign_in, database, "nobody", "wrong", now=now) for _ in range(4)]
    refused = sum(isinstance(each.exception(), TooManyAttemptsError) for each in tries)
    with database.read() as session:
        counted = session.scalars(select(Throttle.level)).one()
    # The third makes wait: what comes with it is not even looked at.
    assert (round(counted), refused) == (3, 1)


def test_failures_are_forgotten_after_a_day(database: Database, auditor: Actor, now: datetime) -> None:
    sign_in(database, "nobody", "wrong", now=now - timedelta(days=2))
    sign_in(database, "auditor", "wrong", now=now)
    with database.transaction() as session:
        assert forget_old(session, now - timedelta(days=1)) == 1
        assert session.scalar(select(func.count()).select_from(Throttle)) == 1


def test_the_demonstrations_password_opens_nothing_outside_of_it(database: Database, now: datetime) -> None:
    with database.transaction() as session:
        people.add_person(
            session, "admin", name="", role="administrator", password=DEMO_PASSWORD, now=now, demo=True
        )
    assert sign_in(database, "admin", DEMO_PASSWORD, now=now, demo=False) is None
    assert sign_in(database, "admin", DEMO_PASSWORD, now=now, demo=True)


@pytest.mark.parametrize(
    ("seen", "later", "counts"),
    [
        # idle for an hour at most
        (0, IDLE, True),
        (0, IDLE + 1, False),
        # twelve hours in all, however busy
        (LIFE - 60, LIFE, True),
        (LIFE - 60, LIFE + 1, False),
        # a demonstration's clock begins the day again
        (3600, 0, True),
    ],
)
def test_a_session_counts_for_a_time(
    database: Database, auditor: Actor, now: datetime, seen: int, later: int, counts: bool
) -> None:
    token = begin(database, now)
    with database.transaction() as session:
        row = session.scalars(select(LoginSession)).one()
        sessions.mark_seen(session, row.id, now + timedelta(seconds=seen))
    expected = "auditor" if counts else None
    assert stands_for(database, token, now + timedelta(seconds=later)) == expected


@pytest.mark.parametrize(
    ("idle", "later", "unmarked"), [(3600, 59, False), (3600, 61, True), (40, 15, False), (40, 25, True)]
)
def test_a_session_in_use_is_marked_before_it_can_run_out(
    database: Database, auditor: Actor, now: datetime, idle: int, later: int, unmarked: bool
) -> None:
    token = begin(database, now)
    with database.read() as session:
        found = sessions.signed_in(session, token, now=now + timedelta(seconds=later), idle=idle, life=LIFE)
    assert found is not None
    assert found.unmarked == unmarked


def test_signing_out_ends_one_session_and_signing_in_anew_the_one_it_replaces(
    database: Database, auditor: Actor, now: datetime
) -> None:
    first, second = begin(database, now), begin(database, now)
    with database.transaction() as session:
        sessions.sign_out(session, first, now=now)
    assert stands_for(database, first, now) is None
    assert stands_for(database, second, now) == "auditor"
    sign_in(database, "second", "another password", now=now, replaces=second)
    assert stands_for(database, second, now) is None


def test_the_own_password_changes_and_every_other_session_ends(
    database: Database, auditor: Actor, now: datetime
) -> None:
    here, elsewhere = begin(database, now), begin(database, now)
    with database.read() as session:
        found = sessions.signed_in(session, here, now=now, idle=IDLE, life=LIFE)
    assert found is not None
    change_own_password(
        database, auditor, PASSWORD, "a longer password yet", now=now, this_session=found.session_id
    )
    assert stands_for(database, here, now) == "auditor"
    assert stands_for(database, elsewhere, now) is None
    assert sign_in(database, "auditor", PASSWORD, now=now) is None
    assert sign_in(database, "auditor", "a longer password yet", now=now)


def test_the_own_password_is_no_common_one_and_not_the_user_name(
    database: Database, auditor: Actor, now: datetime
) -> None:
    for new in ("password1234", "the auditor himself"):
        with pytest.raises(InvalidInputError) as refused:
            change_own_password(database, auditor, PASSWORD, new, now=now, this_session=0)
        assert list(refused.value.fields) == ["password"]
    assert sign_in(database, "auditor", PASSWORD, now=now)


def test_a_password_is_the_same_however_a_keyboard_composes_it(
    database: Database, auditor: Actor, now: datetime
) -> None:
    change_own_password(database, auditor, PASSWORD, "лишний йогурт", now=now, this_session=0)
    assert sign_in(database, "auditor", "лишнии\u0306 и\u0306огурт", now=now)


def test_a_wrong_old_password_changes_nothing_and_cannot_be_guessed_quickly(
    database: Database, auditor: Actor, now: datetime
) -> None:
    def change(old: str) -> None:
        change_own_password(database, auditor, old, "a longer password yet", now=now, this_session=0)

    for _ in range(3):
        with pytest.raises(InvalidInputError) as refused:
            change("a wrong password")
        assert list(refused.value.fields) == ["old"]
    with pytest.raises(TooManyAttemptsError):
        change(PASSWORD)
    assert sign_in(database, "auditor", PASSWORD, now=now + timedelta(minutes=2))


def test_a_person_sees_where_it_is_signed_in_and_ends_only_its_own_sessions(
    database: Database, auditor: Actor, now: datetime
) -> None:
    begin(database, now - timedelta(hours=13), "too old")
    begin(database, now - timedelta(minutes=5), "a telephone")
    begin(database, now, "a desk")
    sign_in(database, "second", "another password", now=now, agent="somebody else's")
    with database.transaction() as session:
        active = sessions.active_sessions(session, auditor.person_id, now=now, idle=IDLE, life=LIFE)
        assert [each.agent for each in active] == ["a desk", "a telephone"]
        sessions.end_own_session(session, auditor, active[1].id, now=now)
        foreign = session.scalars(
            select(LoginSession.id).where(LoginSession.agent == "somebody else's")
        ).one()
        for missing in (foreign, 10_000):
            with pytest.raises(NotFoundError):
                sessions.end_own_session(session, auditor, missing, now=now)
    with database.read() as session:
        left = sessions.active_sessions(session, auditor.person_id, now=now, idle=IDLE, life=LIFE)
    assert [each.agent for each in left] == ["a desk"]


def test_sessions_are_forgotten_thirty_days_after_they_ended_or_ran_out(
    database: Database, auditor: Actor, now: datetime
) -> None:
    long_ago = now - timedelta(days=31)
    begin(database, long_ago, "ran out long ago")
    ended_long_ago = begin(database, long_ago, "ended long ago")
    ended_since = begin(database, now - timedelta(days=29), "ended since")
    with database.transaction() as session:
        sessions.sign_out(session, ended_long_ago, now=long_ago)
        sessions.sign_out(session, ended_since, now=now)
    begin(database, now, "in use")
    with database.transaction() as session:
        assert sessions.forget_old(session, now=now, idle=IDLE, life=LIFE) == 2
        assert set(session.scalars(select(LoginSession.agent))) == {"ended since", "in use"}
