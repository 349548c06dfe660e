"""The second factor: codes of a program on a telephone (TOTP, RFC 6238), and codes on paper instead.

`machine` is the machine's own instant: telephones know nothing of a demonstration's day.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import secrets
from collections.abc import Sequence
from contextlib import suppress
from datetime import datetime
from typing import NamedTuple

import pyotp
from sqlalchemy import delete, func, select, update
from sqlalchemy.orm import Session

from app.db import Database
from app.domain.errors import ConflictError, InvalidInputError
from app.domain.permissions import Actor
from app.models import Person, RecoveryCode, SecondFactor
from app.services import account_letters, sessions
from app.services.changes import ask_administrator, hold_plans, record_in_plans
from app.services.people import person_by_id
from app.services.sealing import SealBrokenError, seal, unseal
from app.services.throttling import Visitor, count_try, take_back

#: seconds that a code counts (RFC 6238, 5.2); the one before and the one after are taken too
_STEP = 30
_SECRET_BYTES = 20
_RECOVERY_CODES = 10
#: what can be told apart in any typeface: five bits a character
_ALPHABET = "abcdefghijkmnpqrstuvwxyz23456789"
_PURPOSE = "second factor"


class Standing(NamedTuple):
    """Since when a person has a second factor, and how many codes on paper are left."""

    since: datetime
    codes_left: int


def secret_of(random: bytes) -> str:
    """A new secret as programs take it, base32, from at least 160 random bits."""
    return base64.b32encode(random[:_SECRET_BYTES]).decode()


def address_of(secret: str, username: str, issuer: str) -> str:
    """The `otpauth:` address of a secret, for a QR code."""
    return pyotp.TOTP(secret).provisioning_uri(name=username, issuer_name=issuer)


def standing(session: Session, person_id: int) -> Standing | None:
    """How it stands with a person's second factor; None: it has none."""
    factor = session.get(SecondFactor, person_id)
    if factor is None:
        return None
    left = session.scalar(
        select(func.count())
        .select_from(RecoveryCode)
        .where(RecoveryCode.person_id == person_id, RecoveryCode.used_at.is_(None))
    )
    return Standing(factor.since, left or 0)


def has_second_factor(session: Session, person_id: int) -> bool:
    """Whether a person proves more than a password."""
    return session.get(SecondFactor, person_id) is not None


def enrol(
    session: Session,
    actor: Actor,
    secret: str,
    code: str,
    *,
    secret_key: str,
    now: datetime,
    machine: datetime,
    this_session: int,
) -> list[str]:
    """Take a second factor for the actor, proven by a code; ten codes for paper, told now and never again.

    The other sessions began without it and end. Raises InvalidInputError, ConflictError (there is one).
    """
    step = _step_of(secret, code, machine)
    if step is None:
        raise InvalidInputError(
            {"code": "This is not the code of this moment. Is the telephone's clock right?"}
        )
    plans = hold_plans(session)
    if session.get(SecondFactor, actor.person_id) is not None:
        raise ConflictError("The second factor is switched on already.")
    sealed = seal(secret_key, f"{_PURPOSE}:{actor.person_id}", secret.encode())
    session.add(SecondFactor(person_id=actor.person_id, secret=sealed, since=now, last_step=step))
    codes = [_new_code() for _ in range(_RECOVERY_CODES)]
    session.add_all(RecoveryCode(person_id=actor.person_id, code_hash=_hash(each)) for each in codes)
    sessions.end_all(session, actor.person_id, now=now, but=this_session)
    _tell(session, plans, actor, actor.person_id, account_letters.FACTOR_ON, now)
    return codes


def proves(
    session: Session,
    person_id: int,
    code: str,
    *,
    secret_keys: Sequence[str],
    now: datetime,
    machine: datetime,
) -> bool:
    """Whether a code, or one from paper, proves the second factor; each counts once.

    `secret_keys` are the installation's key and those before it. Raises InvalidInputError when only paper
    helps: none of them opens the secret.
    """
    typed = "".join(code.split()).replace("-", "").lower()
    if not (typed.isascii() and typed.isdigit()):
        used = session.execute(
            update(RecoveryCode)
            .where(
                RecoveryCode.person_id == person_id,
                RecoveryCode.code_hash == _hash(typed),
                RecoveryCode.used_at.is_(None),
            )
            .values(used_at=now)
        )
        return bool(used.rowcount)  # type: ignore[attr-defined]
    factor = session.get(SecondFactor, person_id, with_for_update=True)
    if factor is None:
        return False
    secret = _opened(factor, secret_keys)
    step = _step_of(secret, typed, machine)
    # What was seen over somebody's shoulder, or in between, opens nothing a second time.
    if step is None or step <= factor.last_step:
        return False
    factor.last_step = step
    # An old key can be taken out once everybody has signed in under the present one.
    factor.secret = seal(secret_keys[0], f"{_PURPOSE}:{person_id}", secret.encode())
    return True


def switch_off(
    database: Database,
    actor: Actor,
    code: str,
    *,
    visitor: Visitor,
    secret_keys: Sequence[str],
    now: datetime,
    machine: datetime,
) -> None:
    """Give the actor's second factor up, proven by itself.

    Wrong codes count together with those of signing in. Raises InvalidInputError, TooManyAttemptsError.
    """
    counters = visitor.counters_of_codes(actor.person_id)
    with database.transaction() as session:
        count_try(session, counters, now)
    with database.transaction() as session:
        plans = hold_plans(session)
        if not proves(session, actor.person_id, code, secret_keys=secret_keys, now=now, machine=machine):
            raise InvalidInputError({"code": "This code does not count."})
        take_back(session, counters, now)
        _forget(session, actor.person_id)
        _tell(session, plans, actor, actor.person_id, account_letters.FACTOR_OFF, now)


def reset(session: Session, actor: Actor | None, person_id: int, *, now: datetime) -> None:
    """Take a second factor from a person who lost it, and end its sessions; `actor` None: the command line.

    Without one nothing happens. Raises NotAllowedError, NotFoundError.
    """
    ask_administrator(actor)
    plans = hold_plans(session)
    person = person_by_id(session, person_id)
    if session.get(SecondFactor, person.id) is None:
        return
    _forget(session, person.id)
    sessions.end_all(session, person.id, now=now)
    _tell(session, plans, actor, person.id, account_letters.FACTOR_RESET, now)


def _opened(factor: SecondFactor, secret_keys: Sequence[str]) -> str:
    for key in secret_keys:
        with suppress(SealBrokenError):
            return unseal(key, f"{_PURPOSE}:{factor.person_id}", factor.secret).decode()
    raise InvalidInputError(
        {
            "code": "Codes of the telephone do not count any more."
            " Use one from paper, or ask the administrator."
        }
    )


def _forget(session: Session, person_id: int) -> None:
    session.execute(delete(RecoveryCode).where(RecoveryCode.person_id == person_id))
    session.execute(delete(SecondFactor).where(SecondFactor.person_id == person_id))


def _tell(
    session: Session, plans: list[int], actor: Actor | None, person_id: int, what: str, now: datetime
) -> None:
    record_in_plans(session, plans, actor, now, subject="person", subject_id=person_id, action=what)
    account_letters.tell(session, session.get_one(Person, person_id), what, now)


def _step_of(secret: str, code: str, machine: datetime) -> int | None:
    """The step, counted from 1970, whose code it is; None when it is of none near this moment."""
    present = int(machine.timestamp()) // _STEP
    codes = pyotp.TOTP(secret)
    typed = "".join(code.split()).encode(errors="replace")
    found = [
        step
        for step in (present - 1, present, present + 1)
        if hmac.compare_digest(codes.at(step * _STEP).encode(), typed)
    ]
    return max(found, default=None)


def _new_code() -> str:
    """80 bits, in four groups; one letter at least, so that it is never taken for the telephone's."""
    while True:
        code = "".join(secrets.choice(_ALPHABET) for _ in range(16))
        if not code.isdigit():
            return "-".join(code[start : start + 4] for start in range(0, 16, 4))


def _hash(code: str) -> str:
    return hashlib.sha256(code.replace("-", "").encode(errors="replace")).hexdigest()
