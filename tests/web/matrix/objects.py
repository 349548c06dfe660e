"""What stands behind the arguments of the routes: for each actor something of its own, something that is not
for it, and an id that nothing has.

An argument of a route is described by its name alone, or with its endpoint where the name says too little.
`test_matrix.py` walks every route with them, and fails at an argument that is not described.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from flask.testing import FlaskClient
from sqlalchemy import select

from app.db import Database
from app.models import (
    Task,
)
from app.services import sessions
from app.services.people import find_person, set_active

#: who acts: how it is called here → its account in the demonstration
ACCOUNTS = {
    "executor": "college01",
    "coordinator": "centre",
    "controller": "deputy",
    "auditor": "auditor",
    "administrator": "admin",
}
#: signed in once; since then the account was disabled, the session revoked
DISABLED, REVOKED = "cluster01", "cluster02"
ROLES = {name: "executor" if name in {"executor", "coordinator"} else name for name in ACCOUNTS}
#: sees every organisation
SEEING = ("controller", "auditor", "administrator")
#: whose work is hidden from the executor
OTHER = "college02"

#: no database has it, and it has as many digits as no other id here
MISSING_ID = 999_999_999


@dataclass(frozen=True)
class Reach:
    """What one argument can be: by actor, what it may see and what not; and what does not exist."""

    missing: Any
    own: Mapping[str, Any]
    foreign: Mapping[str, Any] = field(default_factory=dict)


def everybodys(value: Any, missing: Any) -> Reach:
    """What is not hidden from anybody who may call the route."""
    return Reach(missing, dict.fromkeys(ACCOUNTS, value))


#: arguments that are choices of the route itself, not objects
CHOICES = {
    "form": "csv",
    "static:filename": "css/app.css",
    "bootstrap.static:filename": "css/bootstrap.min.css",
    "path": "",
    "public.table:name": "rows",
}


@dataclass
class Objects:
    """Everything that the arguments can stand for, by their names."""

    database: Database
    reach: dict[str, Reach]
    #: what the walk needs beside the arguments
    extra: dict[str, Any]

    def of(self, endpoint: str, argument: str) -> Reach | None:
        """What an argument can be; None: it is not described."""
        return self.reach.get(f"{endpoint}:{argument}") or self.reach.get(argument)

    def version(self, task_id: int) -> int:
        """Of a task as it is now, as its forms carry it; 1 of one that does not exist."""
        with self.database.read() as session:
            return session.scalar(select(Task.version).where(Task.id == task_id)) or 1


def sign_everybody_in(
    database: Database, sign_in: Callable[[str], FlaskClient], anonymous: FlaskClient, now: datetime
) -> dict[str, FlaskClient]:
    """A client of every actor. The last three are no one's any more."""
    clients = {name: sign_in(account) for name, account in ACCOUNTS.items()}
    clients |= {"anonymous": anonymous, "disabled": sign_in(DISABLED), "revoked": sign_in(REVOKED)}
    with database.transaction() as session:
        set_active(session, None, find_person(session, DISABLED).id, False, now=now)
        sessions.end_all(session, find_person(session, REVOKED).id, now=now)
    return clients
