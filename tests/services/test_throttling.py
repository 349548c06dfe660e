"""How failures make wait, by address and by account; what is right costs nobody anything."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from sqlalchemy.orm import Session

from app.db import Database
from app.domain.errors import TooManyAttemptsError
from app.services.throttling import Visitor, count_try, network_of, take_back

COLLEGE = Visitor("198.51.100.1")


def attempt(session: Session, now: datetime, account: str, visitor: Visitor, right: bool = False) -> bool:
    """Whether the try was looked at at all."""
    counters = visitor.counters(account, None)
    try:
        count_try(session, counters, now)
    except TooManyAttemptsError:
        return False
    if right:
        take_back(session, counters, now)
    return True


def test_one_address_tries_few_passwords_on_many_accounts(database: Database, now: datetime) -> None:
    with database.transaction() as session:
        tried = sum(attempt(session, now, f"name{number}", COLLEGE) for number in range(200))
        assert tried == 31
        assert attempt(session, now, "name1", Visitor("198.51.100.2"))
        # In the long run it comes to one a minute.
        later = [now + timedelta(seconds=10 * step) for step in range(1, 6 * 180)]
        tried = sum(attempt(session, moment, f"more{moment}", COLLEGE) for moment in later)
    assert 90 <= tried <= 200


def test_an_address_pays_for_no_success_and_gains_nothing_by_one(database: Database, now: datetime) -> None:
    with database.transaction() as session:
        for number in range(200):
            assert attempt(session, now, f"name{number}", COLLEGE, right=True)
        tried = 0
        for number in range(200):
            # An own account between two guesses does not begin the counting anew.
            attempt(session, now, "own", COLLEGE, right=True)
            tried += attempt(session, now, f"other{number}", COLLEGE)
    assert tried == 31


def test_a_college_behind_one_address_signs_in_in_the_morning(database: Database, now: datetime) -> None:
    with database.transaction() as session:
        for number in range(120):
            moment, name = now + timedelta(seconds=20 * number), f"name{number}"
            # Every fourth person mistypes once or twice.
            for _ in range(1 + number // 4 % 2 if number % 4 == 0 else 0):
                assert attempt(session, moment, name, COLLEGE)
            assert attempt(session, moment, name, COLLEGE, right=True)


def test_nobody_waits_longer_than_a_minute(database: Database, now: datetime) -> None:
    moment = now
    with database.transaction() as session:
        for _ in range(200):
            assert attempt(session, moment, "deputy", Visitor())
            moment += timedelta(seconds=61)


@pytest.mark.parametrize(
    ("address", "network"),
    [
        ("198.51.100.7", "198.51.100.7"),
        ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::"),
        ("2001:db8:1:2:ffff::1", "2001:db8:1:2::"),
        ("2001:db8:1:3::1", "2001:db8:1:3::"),
        ("fe80::1%eth0", "fe80::"),
        # IPv4 as a socket of IPv6 tells it
        ("::ffff:198.51.100.7", "198.51.100.7"),
        ("nonsense", "nonsense"),
    ],
)
def test_an_address_is_what_one_household_has(address: str, network: str) -> None:
    assert network_of(address) == network
