"""What keeps an installation from serving people in earnest: the demonstration's key, accounts and clock.

An installation that was a demonstration keeps its settings and its database when it is turned into one for
work; each of them is found here and named. Nothing is mended by itself: somebody has to choose a key, and to
decide what becomes of the accounts.
"""

from __future__ import annotations

import logging
from collections.abc import Iterator

from sqlalchemy.exc import SQLAlchemyError

from app.db import Database
from app.domain.errors import OutageError
from app.services.demonstration import accounts_with_its_password
from config import DEMO_KEY, Config

#: characters of a key that nobody guesses
SHORTEST_KEY = 32

_log = logging.getLogger(__name__)


def demand(config: Config, database: Database) -> None:
    """End the process when there are faults; each is told in the log, like the warnings."""
    for warning in warnings(config):
        _log.warning(warning)
    found = faults(config, database)
    for fault in found:
        _log.critical("this installation must not serve: %s", fault)
    if found:
        raise SystemExit(1)


def faults(config: Config, database: Database, *, every_account: bool = False) -> list[str]:
    """Why this installation must not serve, in sentences that name the setting; a demonstration has none.

    Accounts are looked at as `services.demonstration` says. What the database cannot say now is no fault: the
    server waits for it like anybody.
    """
    found = list(_of_settings(config))
    if config.demo:
        return found
    try:
        with database.read() as session:
            accounts = accounts_with_its_password(session, every=every_account)
    except (OutageError, SQLAlchemyError):
        accounts = []
    if accounts:
        found.append(
            f"{len(accounts)} accounts have the demonstration's password: this database was a demonstration. "
            "Begin with an empty one, or give each another password with `flask user passwd`."
        )
    return found


def warnings(config: Config) -> list[str]:
    """What somebody should know of a demonstration that strangers can reach."""
    if config.demo and config.base_url and config.base_url.startswith("https:"):
        return [
            f"This is the demonstration, at {config.base_url}: everybody knows the password of all accounts. "
            "Enter nothing here that is not meant for everybody."
        ]
    return []


def _of_settings(config: Config) -> Iterator[str]:
    if config.demo_elsewhere is not None and config.demo_elsewhere is not config.demo:
        yield (
            "VEKHA_DEMO in the environment and demo in settings.toml say different things: the server and "
            "`flask` on the command line would not agree. Let one of them say it."
        )
    if config.demo:
        return
    if not config.has_own_key:
        yield "secret_key is not set (VEKHA_SECRET_KEY, or settings.toml): `flask setup` makes one."
    elif config.secret_key.startswith(DEMO_KEY):
        yield "secret_key was made for a demonstration: take it out, and let `flask setup` make another."
    elif len(config.secret_key) < SHORTEST_KEY or len(set(config.secret_key)) < 8:
        yield f"secret_key can be guessed: use {SHORTEST_KEY} random characters or more."
    if config.clock.today is not None:
        yield "today is set (VEKHA_TODAY, or settings.toml): the clock would stand still."
