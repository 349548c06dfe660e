"""Passwords: which are taken, how they are kept, whether one matches."""

from __future__ import annotations

import unicodedata
from functools import cache

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from app.domain.common_passwords import is_common
from app.domain.errors import InvalidInputError

MINIMUM_PASSWORD = 12
#: longer ones would only make the hashing slow
MAXIMUM_PASSWORD = 200
#: user names of fewer characters are part of anything
_SHORTEST_NAME = 4
#: the password of every account of the demonstration; refused anywhere else
DEMO_PASSWORD = "vekha-demo-2022"

_hasher = PasswordHasher()
#: checked when the name is unknown, so that both answers take the same time
_NOBODY = "$argon2id$v=19$m=65536,t=3,p=4$OKn3Rdx7VtrT+5v3qT0Kpg$bYrpy9Q6u7PtGdch/oaO2kGp1LlZs6WtnoR0LGejncs"


def check_password(password: str, username: str, *, demo: bool = False) -> None:
    """Refuse a password that is too short, too long, common or made from the user name.

    The demonstration's own is taken there and nowhere else. Raises InvalidInputError.
    """
    password = _normal(password)
    if password == DEMO_PASSWORD:
        if not demo:
            raise _refused("This is the demonstration's password; please choose another.")
        return
    if len(password) < MINIMUM_PASSWORD:
        raise _refused("Please use at least %(length)s characters.", length=MINIMUM_PASSWORD)
    if len(password) > MAXIMUM_PASSWORD:
        raise _refused("Please use at most %(length)s characters.", length=MAXIMUM_PASSWORD)
    name = _normal(username).casefold()
    if len(name) >= _SHORTEST_NAME and name in password.casefold():
        raise _refused("Please choose a password that does not contain the user name.")
    if is_common(password):
        raise _refused("Many people use this password, and it is guessed first. Please choose another.")


def hash_password(password: str) -> str:
    """What is kept of a password (argon2id)."""
    return _published() if password == DEMO_PASSWORD else _hasher.hash(_normal(password))


def matches(password_hash: str | None, password: str, *, demo: bool = False) -> bool:
    """Whether it is the password; None, an account that does not exist, takes as long and never is.

    The demonstration's password opens nothing outside of it, whatever a copied database holds.
    """
    password = _normal(password)
    try:
        right = _hasher.verify(password_hash or _NOBODY, password)
    except (VerificationError, InvalidHashError):
        return False
    return right and password_hash is not None and (demo or password != DEMO_PASSWORD)


def is_outdated(password_hash: str) -> bool:
    """Whether it was hashed with weaker settings than today's."""
    return _hasher.check_needs_rehash(password_hash)


def _normal(password: str) -> str:
    """The same characters, however a keyboard composes them (NIST SP 800-63B, 3.1.1.2)."""
    return unicodedata.normalize("NFKC", password)


def _refused(reason: str, **params: object) -> InvalidInputError:
    return InvalidInputError({"password": reason}, **params)


@cache
def _published() -> str:
    """Everybody knows the demonstration's password: a salt for each of its accounts would protect nothing."""
    return _hasher.hash(DEMO_PASSWORD)
