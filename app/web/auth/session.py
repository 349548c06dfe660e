"""Flask-Login on sessions of our own: the cookie holds a token, the database says whether it still counts."""

from __future__ import annotations

from flask import g
from flask_login import LoginManager, UserMixin

from app.domain.permissions import Actor
from app.services import people
from app.web.state import now, reading, vekha


class SignedIn(UserMixin):
    """What Flask-Login carries about: the actor, found by a session's token."""

    def __init__(self, actor: Actor, token: str) -> None:
        self.actor = actor
        self.token = token

    def get_id(self) -> str:
        return self.token


login_manager = LoginManager()
# The token is the whole proof and dies in the database; a fingerprint of the browser adds nothing.
login_manager.session_protection = None


@login_manager.user_loader
def load(token: str) -> SignedIn | None:
    """Who this token stands for now; None when its session was ended or has expired."""
    config = vekha().config
    found = people.signed_in(reading(), token, now=now(), idle=config.session_idle, life=config.session_life)
    if found is None:
        return None
    actor, session_id, stale = found
    if stale:
        g.seen_session = session_id
    return SignedIn(actor, token)


def keep_alive() -> None:
    """Note that the session is in use, at most once a minute; before the request reads anything else."""
    session_id = g.pop("seen_session", None)
    if session_id is not None:
        with vekha().database.transaction() as session:
            people.mark_seen(session, session_id, now())
