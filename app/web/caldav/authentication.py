"""Who a program acts for: Basic authentication with a password of its own (RFC 7617).

Cookies of a browser count for nothing here, so no page of another site can use them, and no token of a
form is asked for.
"""

from __future__ import annotations

from flask import request

from app.services import app_passwords
from app.services.app_passwords import Account
from app.web.state import noting, now, vekha

CHALLENGE = 'Basic realm="Vekha", charset="UTF-8"'


def account() -> Account | None:
    """Whom the request's password lets in; None for whoever must say it first, or again."""
    said = request.authorization
    if said is None or said.type != "basic":
        return None
    return app_passwords.find_account(vekha().database, said.username or "", said.password or "")


def note_use(found: Account) -> None:
    """Note at most once an hour that the program was here."""
    if not found.use_is_worth_noting(now()):
        return
    with noting() as session:
        app_passwords.note_use(session, found.password_id, now())
