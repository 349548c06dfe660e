"""The second factor: codes of a telephone and of paper, each once, and what becomes of guessing."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pyotp
import pytest
from sqlalchemy import select, text
from sqlalchemy.orm import Session

from app.db import Base, Database
from app.domain.errors import (
    ConflictError,
    InvalidInputError,
    LinkSpentError,
    NotAllowedError,
    TooManyAttemptsError,
)
from app.domain.permissions import Actor
from app.models import JournalEntry, LoginSession, PendingSignIn
from app.services import people, second_factor, sessions
from app.services.pending_sign_ins import is_pending, prove_second_factor
from app.services.sealing import SealBrokenError, seal, unseal
from app.services.sign_in import SecondStep, change_own_password, sign_in
from app.services.throttling import NOWHERE, Visitor

pytestmark = pytest.mark.data("plan")

PASSWORD, KEY = "a good long password", "the key of this installation"
SECRET = second_factor.secret_of(bytes(range(32)))
#: the telephone's time, whatever day the demonstration shows
MACHINE = datetime(2026, 3, 1, 12, 0, 5, tzinfo=UTC)


def code_at(moment: datetime = MACHINE, secret: str = SECRET) -> str:
    return pyotp.TOTP(secret).at(moment)


@pytest.fixture
def deputy(database: Database, now: datetime) -> Actor:
    with database.transaction() as session:
        people.add_person(session, "boss", name="", role="administrator", password=PASSWORD, now=now)
        people.add_person(session, "deputy", name="", role="controller", password=PASSWORD, now=now)
        return people.find_actor(session, "deputy")


@pytest.fixture
def paper(database: Database, deputy: Actor, now: datetime) -> list[str]:
    """The codes that the controller got when it enrolled, some time ago."""
    with database.transaction() as session:
        return enrol(session, deputy, now, MACHINE - timedelta(days=30))


def enrol(session: Session, actor: Actor, now: datetime, machine: datetime = MACHINE) -> list[str]:
    return second_factor.enrol(
        session,
        actor,
        SECRET,
        code_at(machine),
        secret_key=KEY,
        now=now,
        machine=machine,
        this_session=0,
    )


def half_way(database: Database, now: datetime, visitor: Visitor = NOWHERE) -> str:
    found = sign_in(database, "deputy", PASSWORD, now=now, visitor=visitor)
    assert isinstance(found, SecondStep)
    return found.token


def prove(
    database: Database,
    token: str,
    code: str,
    now: datetime,
    machine: datetime = MACHINE,
    keys: Sequence[str] = (KEY,),
    visitor: Visitor = NOWHERE,
) -> bool:
    found = prove_second_factor(
        database, token, code, secret_keys=keys, now=now, machine=machine, agent="", visitor=visitor
    )
    return found is not None


@pytest.mark.parametrize(
    ("seconds", "code"),
    [
        # RFC 6238, appendix B, SHA-1, the last six digits
        (59, "287082"),
        (1111111109, "081804"),
        (1111111111, "050471"),
        (1234567890, "005924"),
        (2000000000, "279037"),
        (20000000000, "353130"),
    ],
)
def test_codes_are_those_of_the_standard(
    database: Database, deputy: Actor, now: datetime, seconds: int, code: str
) -> None:
    secret = second_factor.secret_of(b"12345678901234567890")
    moment = datetime(1970, 1, 1, tzinfo=UTC) + timedelta(seconds=seconds)
    with database.transaction() as session:
        second_factor.enrol(
            session, deputy, secret, code, secret_key=KEY, now=now, machine=moment, this_session=0
        )
        assert second_factor.has_second_factor(session, deputy.person_id)


def test_a_password_alone_begins_no_session(
    database: Database, deputy: Actor, paper: list[str], now: datetime
) -> None:
    token = half_way(database, now)
    with database.read() as session:
        assert session.scalars(select(LoginSession)).all() == []
        assert sessions.signed_in(session, token, now=now, idle=3600, life=3600) is None
    assert not prove(database, token, "000000", now)
    assert prove(database, token, code_at(), now)
    with pytest.raises(LinkSpentError):
        prove(database, token, code_at(MACHINE + timedelta(seconds=30)), now)


@pytest.mark.parametrize(
    ("seconds", "counts"), [(-60, False), (-30, True), (0, True), (30, True), (60, False)]
)
def test_a_clock_may_be_off_by_half_a_minute(
    database: Database, deputy: Actor, paper: list[str], now: datetime, seconds: int, counts: bool
) -> None:
    shown = code_at(MACHINE + timedelta(seconds=seconds))
    assert prove(database, half_way(database, now), f" {shown[:3]} {shown[3:]} ", now) is counts


def test_each_code_counts_once(database: Database, deputy: Actor, paper: list[str], now: datetime) -> None:
    assert prove(database, half_way(database, now), code_at(), now)
    again = half_way(database, now)
    assert not prove(database, again, code_at(), now)
    # nor one from before, which was not used
    assert not prove(database, again, code_at(MACHINE - timedelta(seconds=30)), now)
    later = MACHINE + timedelta(seconds=30)
    assert prove(database, again, code_at(later), now, later)


def test_codes_on_paper_count_once_each_and_need_no_key(
    database: Database, deputy: Actor, paper: list[str], now: datetime
) -> None:
    assert len(set(paper)) == 10
    assert prove(database, half_way(database, now), paper[3].upper(), now)
    token = half_way(database, now)
    assert not prove(database, token, paper[3], now)
    # The installation has another key: the telephone's codes cannot be checked, and it says so.
    with pytest.raises(InvalidInputError):
        prove(database, token, code_at(), now, keys=["another key"])
    assert prove(database, token, paper[4].replace("-", " "), now, keys=["another key"])
    with database.read() as session:
        standing = second_factor.standing(session, deputy.person_id)
    assert standing is not None
    assert standing.codes_left == 8


def test_a_new_key_takes_the_secret_over_while_the_old_one_stands_beside_it(
    database: Database, deputy: Actor, paper: list[str], now: datetime
) -> None:
    assert prove(database, half_way(database, now), code_at(), now, keys=["new", KEY])
    later = MACHINE + timedelta(seconds=30)
    assert prove(database, half_way(database, now), code_at(later), now, later, keys=["new"])


def test_guessing_ends_the_sign_in_and_makes_wait(
    database: Database, deputy: Actor, paper: list[str], now: datetime
) -> None:
    token = half_way(database, now)
    for number in range(5):
        assert not prove(database, token, f"00000{number}", now)
    with pytest.raises(LinkSpentError):
        prove(database, token, code_at(), now)
    # Who knows the password begins anew, and waits all the same.
    assert not prove(database, half_way(database, now), "000005", now)
    with pytest.raises(TooManyAttemptsError):
        prove(database, half_way(database, now), code_at(), now)
    # The password, or a letter of the account, makes no browser its own; a code does.
    known = Visitor("", {deputy.person_id: "secret of the browser"})
    with pytest.raises(TooManyAttemptsError):
        prove(database, half_way(database, now, known), code_at(), now, visitor=known)
    known = replace(known, proven=frozenset({deputy.person_id}))
    assert prove(database, half_way(database, now, known), code_at(), now, visitor=known)


def test_in_a_year_of_guessing_few_codes_are_tried(
    database: Database, deputy: Actor, paper: list[str], now: datetime
) -> None:
    from app.services.throttling import count_try

    tried, moment = 0, now
    with database.transaction() as session:
        while moment < now + timedelta(days=1):
            try:
                count_try(session, NOWHERE.counters_of_codes(1), moment)
                tried += 1
            except TooManyAttemptsError:
                pass
            moment += timedelta(seconds=20)
    # Three of a million count at a time: in a year the chance stays below one in seven.
    assert tried * 365 * 3 / 1_000_000 < 1 / 7


def test_a_sign_in_half_done_does_not_last(
    database: Database, deputy: Actor, paper: list[str], now: datetime
) -> None:
    token = half_way(database, now)
    with pytest.raises(LinkSpentError):
        prove(database, token, code_at(), now + timedelta(minutes=10))
    for act in ENDS:
        token = half_way(database, now)
        with database.transaction() as session:
            assert is_pending(session, token, now)
            ENDS[act](session, deputy, now)
            assert not is_pending(session, token, now)
            session.execute(text("UPDATE person SET active = true"))


ENDS: dict[str, Callable[[Session, Actor, datetime], object]] = {
    "sessions": lambda session, who, now: people.end_sessions(session, None, who.person_id, now=now),
    "a backup was put back": lambda session, _who, now: sessions.end_everybodys(session, now=now),
    "disabled": lambda session, who, now: people.set_active(session, None, who.person_id, False, now=now),
    "password": lambda session, who, now: people.set_password(
        session, None, who.person_id, PASSWORD, now=now
    ),
}


def test_enrolling_ends_the_sessions_that_began_without_it(
    database: Database, deputy: Actor, now: datetime
) -> None:
    found = sign_in(database, "deputy", PASSWORD, now=now)
    assert isinstance(found, tuple)
    with database.transaction() as session:
        with pytest.raises(InvalidInputError):
            second_factor.enrol(
                session,
                deputy,
                SECRET,
                "000000",
                secret_key=KEY,
                now=now,
                machine=MACHINE,
                this_session=0,
            )
        enrol(session, deputy, now)
        assert sessions.signed_in(session, found[0], now=now, idle=3600, life=3600) is None
        with pytest.raises(ConflictError):
            enrol(session, deputy, now)


def off(database: Database, actor: Actor, code: str, now: datetime) -> None:
    second_factor.switch_off(
        database, actor, code, visitor=NOWHERE, secret_keys=[KEY], now=now, machine=MACHINE
    )


def test_the_password_buys_no_guesses_at_a_code(
    database: Database, deputy: Actor, paper: list[str], now: datetime
) -> None:
    old = PASSWORD
    for number in range(6):
        with pytest.raises(InvalidInputError):
            off(database, deputy, f"{number:06}", now)
        new = f"{PASSWORD} number {number}"
        change_own_password(database, deputy, old, new, now=now, this_session=1)
        old = new
    with pytest.raises(TooManyAttemptsError):
        off(database, deputy, code_at(), now)
    # Nor are there others to be had at the sign-in page.
    half = sign_in(database, "deputy", old, now=now)
    assert isinstance(half, SecondStep)
    with pytest.raises(TooManyAttemptsError):
        prove(database, half.token, code_at(), now)


def test_it_is_given_up_with_a_code_and_taken_away_by_an_administrator(
    database: Database, deputy: Actor, paper: list[str], now: datetime
) -> None:
    with pytest.raises(InvalidInputError):
        off(database, deputy, "000000", now)
    off(database, deputy, code_at(), now)
    assert isinstance(sign_in(database, "deputy", PASSWORD, now=now), tuple)
    with database.transaction() as session:
        enrol(session, deputy, now, MACHINE + timedelta(minutes=2))
        with pytest.raises(NotAllowedError):
            second_factor.reset(session, deputy, deputy.person_id, now=now)
        boss = people.find_actor(session, "boss")
        second_factor.reset(session, boss, deputy.person_id, now=now)
        # A second click changes nothing.
        second_factor.reset(session, boss, deputy.person_id, now=now)
    assert isinstance(sign_in(database, "deputy", PASSWORD, now=now), tuple)
    with database.read() as session:
        entries = session.scalars(
            select(JournalEntry).where(JournalEntry.subject_id == deputy.person_id).order_by(JournalEntry.id)
        ).all()
    told = [(entry.action, entry.person_id) for entry in entries if "factor" in entry.action]
    assert told == [
        ("second_factor", deputy.person_id),
        ("no_second_factor", deputy.person_id),
        ("second_factor", deputy.person_id),
        ("reset_second_factor", boss.person_id),
    ]


def test_the_database_holds_neither_the_secret_nor_a_code(
    database: Database, deputy: Actor, paper: list[str], now: datetime
) -> None:
    token = half_way(database, now)
    with database.read() as session:
        everything = "\n".join(
            str(tuple(row)) for table in Base.metadata.sorted_tables for row in session.execute(select(table))
        )
        assert session.scalars(select(PendingSignIn)).one().token_hash in everything
    for secret in (SECRET, token, *paper, *(code.replace("-", "") for code in paper)):
        assert secret not in everything


def test_what_is_sealed_opens_with_its_key_for_its_purpose_unchanged() -> None:
    sealed = seal("key", "a purpose", b"a secret of thirty-three letters!")
    assert sealed != seal("key", "a purpose", b"a secret of thirty-three letters!")
    assert unseal("key", "a purpose", sealed) == b"a secret of thirty-three letters!"
    changed = [
        sealed[:at] + ("A" if sealed[at] != "A" else "B") + sealed[at + 1 :] for at in range(0, 100, 7)
    ]
    for key, purpose, text_ in (
        ("another", "a purpose", sealed),
        ("key", "another", sealed),
        ("key", "a purpose", ""),
        ("key", "a purpose", "é"),
        *(("key", "a purpose", each) for each in changed),
    ):
        with pytest.raises(SealBrokenError):
            unseal(key, purpose, text_)
