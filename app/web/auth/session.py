"""Flask-Login on sessions of our own: the cookie holds a token, the database says whether it still counts."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from flask import g
from flask_login import LoginManager, UserMixin

from app.domain.errors import NotFoundError
from app.domain.permissions import Actor
from app.services import delegations, sessions
from app.services.delegations import StandIn
from app.web.state import noting, now, reading, today, vekha


class SignedIn(UserMixin):
    """What Flask-Login carries about: the actor, found by a session's token."""

    def __init__(
        self,
        actor: Actor,
        token: str,
        session_id: int = 0,
        stands_in: Sequence[StandIn] = (),
        must_enrol: bool = False,
    ) -> None:
        #: with the rights of the person that it acts for, if it does
        self.actor = actor
        self.token = token
        self.session_id = session_id
        #: for whom it may act today
        self.stands_in = stands_in
        #: its role needs a second factor, and it has none yet
        self.must_enrol = must_enrol

    def get_id(self) -> str:
        return self.token


class _SessionsOnly(LoginManager):
    """Without the cookie of Flask-Login that outlives a browser: nobody is remembered past a session.

    Looking after that cookie would touch the session of every answer, so that static files and
    calendars would vary with it and be kept by no cache.
    """

    def _update_remember_cookie(self, response: Any) -> Any:
        return response


login_manager = _SessionsOnly()
# The token is the whole proof and dies in the database; a fingerprint of the browser adds nothing.
login_manager.session_protection = None


@login_manager.user_loader
def load(token: str) -> SignedIn | None:
    """Who this token stands for now; None when its session was ended or has expired."""
    config = vekha().config
    found = sessions.signed_in(
        reading(), token, now=now(), idle=config.session_idle, life=config.session_life
    )
    if found is None:
        return None
    if found.unmarked:
        g.unmarked_session = found.session_id
    stands_in = _stands_in(found.actor) if found.is_deputy else []
    actor = delegations.acting(found.actor, stands_in, found.delegation_id)
    must_enrol = actor.role in config.second_factor and not found.has_second_factor
    return SignedIn(actor, token, found.session_id, stands_in, must_enrol)


def _stands_in(actor: Actor) -> list[StandIn]:
    """For whom a deputy may act today; the days are those of the plan at hand."""
    try:
        day = today()
    except NotFoundError:
        return []
    return delegations.entrusted(reading(), actor.person_id, day)


def forget_person() -> None:
    """For the rest of this request nobody is signed in, and the database is not asked who is.

    The page still speaks the language of who was, and looks as it likes it.
    """
    found = g.get("_login_user")
    g._login_user = login_manager.anonymous_user()
    if isinstance(found, SignedIn):
        g.preferences = found.actor


def keep_alive() -> None:
    """Note that the session is in use, at most once a minute. Runs after the rule of access was asked."""
    session_id = g.pop("unmarked_session", None)
    if session_id is None:
        return
    # When the database cannot be written, the next click marks the session.
    with noting() as session:
        sessions.mark_seen(session, session_id, now())
