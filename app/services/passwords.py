"""Passwords: which are taken, how they are kept, whether one matches."""

from __future__ import annotations

from functools import cache

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from app.domain.errors import InvalidInputError

MINIMUM_PASSWORD = 12
#: longer ones would only make the hashing slow
MAXIMUM_PASSWORD = 200
#: the password of every account of the demonstration; refused anywhere else
DEMO_PASSWORD = "vekha-demo-2022"

_hasher = PasswordHasher()
#: checked when the name is unknown, so that both answers take the same time
_NOBODY = "$argon2id$v=19$m=65536,t=3,p=4$OKn3Rdx7VtrT+5v3qT0Kpg$bYrpy9Q6u7PtGdch/oaO2kGp1LlZs6WtnoR0LGejncs"


def check_password(password: str, *, demo: bool = False) -> None:
    """Refuse a password of a bad length, or the demonstration's outside of it. Raises InvalidInputError."""
    if len(password) < MINIMUM_PASSWORD:
        raise InvalidInputError(
            {"password": "Please use at least %(length)s characters."}, length=MINIMUM_PASSWORD
        )
    if len(password) > MAXIMUM_PASSWORD:
        raise InvalidInputError(
            {"password": "Please use at most %(length)s characters."}, length=MAXIMUM_PASSWORD
        )
    if password == DEMO_PASSWORD and not demo:
        raise InvalidInputError({"password": "This is the demonstration's password; please choose another."})


def hash_password(password: str) -> str:
    """What is kept of a password (argon2id)."""
    return _published() if password == DEMO_PASSWORD else _hasher.hash(password)


def matches(password_hash: str | None, password: str, *, demo: bool = False) -> bool:
    """Whether it is the password; None, an account that does not exist, takes as long and never is.

    The demonstration's password opens nothing outside of it, whatever a copied database holds.
    """
    try:
        right = _hasher.verify(password_hash or _NOBODY, password)
    except (VerificationError, InvalidHashError):
        return False
    return right and password_hash is not None and (demo or password != DEMO_PASSWORD)


def is_outdated(password_hash: str) -> bool:
    """Whether it was hashed with weaker settings than today's."""
    return _hasher.check_needs_rehash(password_hash)


@cache
def _published() -> str:
    """Everybody knows the demonstration's password: a salt for each of its accounts would protect nothing."""
    return _hasher.hash(DEMO_PASSWORD)
