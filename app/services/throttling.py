"""Throttling: who fails waits before the next try, longer each time, and nobody is locked out for good.

Tries are counted by account (what was typed as its name, whether or not it exists) and by address. A browser
in which the person has signed in before has a counter of its own instead: whoever hammers an account from all
over the world makes strangers wait, not its owner. Only failures count. A try is counted before it is
checked and taken back when it was right, so that a hundred at once are a hundred.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from ipaddress import IPv6Address, ip_address

from sqlalchemy import delete, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from app.domain.errors import TooManyAttemptsError
from app.models import Throttle

#: what one household or server has of IPv6
_IPV6_PREFIX = 64


@dataclass(frozen=True, slots=True)
class Pace:
    """So many failures cost nothing, and one is forgotten in each of these spans."""

    free: int
    forgets: timedelta
    #: seconds to wait after each failure beyond the free ones; the last goes on
    waits: tuple[int, ...] = (2, 5, 15, 30, 60)


ACCOUNT = Pace(2, timedelta(hours=1))
#: a whole college may sit behind one address, and mistype in the morning
ADDRESS = Pace(30, timedelta(minutes=1))
#: there are a million codes and three count at a time: guessing must take years
CODES = Pace(5, timedelta(hours=1), waits=(30, 60, 300, 900))


@dataclass(frozen=True, slots=True)
class Counter:
    """One of the things whose failures are counted."""

    kind: str
    of: str
    pace: Pace = ACCOUNT

    @property
    def key(self) -> str:
        """SHA-256: names that people mistype, often their passwords, cannot be read from the database."""
        return hashlib.sha256(f"{self.kind}:{self.of}".encode(errors="replace")).hexdigest()


@dataclass(frozen=True, slots=True)
class Visitor:
    """Whence a try comes: the address, "" when unknown, and who has signed in in this browser before."""

    address: str = ""
    #: by id of the person, a secret of this browser
    known: Mapping[int, str] = field(default_factory=dict)
    #: ids of those among them who have proven their second factor here
    proven: frozenset[int] = frozenset()

    def counters(self, account: str, person_id: int | None) -> list[Counter]:
        """What a try at that account counts against; `person_id` None: nobody is called so."""
        if person_id is not None and person_id in self.known:
            return [Counter("browser", f"{person_id}:{self.known[person_id]}")]
        return [Counter("account", account), *self.counters_of_address()]

    def counters_of_codes(self, person_id: int) -> list[Counter]:
        """What a try at a code of the second factor counts against, wherever it is asked for.

        Neither a password nor the letters of an account make a browser its own here: a code alone does.
        """
        if person_id in self.proven and person_id in self.known:
            return [Counter("code of browser", f"{person_id}:{self.known[person_id]}", CODES)]
        return [Counter("code", str(person_id), CODES)]

    def counters_of_address(self, kind: str = "address") -> list[Counter]:
        """What a try at no account in particular counts against."""
        return [Counter(kind, network_of(self.address), ADDRESS)] if self.address else []


NOWHERE = Visitor()


def network_of(address: str) -> str:
    """What counts as one address: of IPv6 the first 64 bits, in which everybody has as many as he likes."""
    try:
        found = ip_address(address.partition("%")[0])
    except ValueError:
        return address
    if isinstance(found, IPv6Address):
        if found.ipv4_mapped is not None:
            return str(found.ipv4_mapped)
        return str(IPv6Address(int(found) >> _IPV6_PREFIX << _IPV6_PREFIX))
    return str(found)


def count_try(session: Session, counters: Iterable[Counter], now: datetime) -> None:
    """Count a try as failed until `take_back` is told otherwise. Raises TooManyAttemptsError.

    While one of the counters makes wait, the try counts nowhere: waiting never becomes longer by itself.
    """
    # The same order everywhere rules out deadlocks.
    held = [(each, _held(session, each, now)) for each in sorted(counters, key=lambda each: each.key)]
    if left := max((_left(row, each.pace, now) for each, row in held), default=0):
        raise TooManyAttemptsError(seconds=left)
    for counter, row in held:
        row.level = _level(row, counter.pace, now) + 1
        row.counted_at = now
        row.free_at = now + timedelta(seconds=_wait(row, counter.pace))


def take_back(session: Session, counters: Iterable[Counter], now: datetime) -> None:
    """The try was right: an account or a browser starts afresh, an address is as it was before."""
    for each in sorted(counters, key=lambda each: each.key):
        row = _held(session, each, now)
        row.level = max(0, row.level - 1) if each.pace is ADDRESS else 0
        row.free_at = now


def let_in(session: Session, username: str) -> None:
    """Forget the failures under a name: somebody has proven in another way whose it is."""
    session.execute(delete(Throttle).where(Throttle.key_hash == Counter("account", username).key))


def forget_old(session: Session, before: datetime) -> int:
    """Delete the counters that count nothing since that instant; how many there were."""
    found = session.execute(delete(Throttle).where(Throttle.counted_at < before))
    return int(found.rowcount)  # type: ignore[attr-defined]


def _held(session: Session, counter: Counter, now: datetime) -> Throttle:
    """The row of a counter, nobody else's until the commit."""
    query = select(Throttle).where(Throttle.key_hash == counter.key).with_for_update()
    found = session.scalar(query)
    if found is None:
        # Two first tries at once: the second finds the row of the first.
        with suppress(IntegrityError), session.begin_nested():
            session.add(Throttle(key_hash=counter.key, level=0, counted_at=now, free_at=now))
        found = session.scalars(query).one()
    return found


def _level(row: Throttle, pace: Pace, now: datetime) -> float:
    """How many failures are not forgotten yet."""
    return max(0.0, row.level - max(0.0, (now - row.counted_at) / pace.forgets))


def _wait(row: Throttle, pace: Pace) -> int:
    beyond = round(row.level) - pace.free
    return pace.waits[min(beyond, len(pace.waits)) - 1] if beyond > 0 else 0


def _left(row: Throttle, pace: Pace, now: datetime) -> int:
    left = (row.free_at - now).total_seconds()
    # More than the longest wait is left only when the clock was moved back; nobody waits for that.
    return int(left) + 1 if 0 < left <= pace.waits[-1] else 0
