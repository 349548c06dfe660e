"""Browsers in which somebody has signed in before: who hammers an account makes strangers wait, not them.

A signed cookie holds a secret of the browser for each person who signed in there. It proves nothing and
opens nothing; it has a counter of failures of its own (`app.services.throttling`).
"""

from __future__ import annotations

import secrets

from flask import request
from itsdangerous import BadData, URLSafeTimedSerializer
from werkzeug.wrappers import Response

from app.services.throttling import Visitor
from app.web.state import vekha

#: a browser that nobody signs in with for so long is a stranger again, seconds
_KEPT_FOR = 180 * 24 * 3600
#: people who share a browser; who came first is forgotten first
_MOST_PEOPLE = 8


def visitor() -> Visitor:
    """Whence this request comes."""
    return Visitor(request.remote_addr or "", _known())


def remember_browser(response: Response, person_id: int) -> None:
    """From now on this browser is one of that person's."""
    known = _known()
    secret = known.pop(person_id, None) or secrets.token_urlsafe(12)
    kept = {str(each): known[each] for each in list(known)[1 - _MOST_PEOPLE :]} | {str(person_id): secret}
    response.set_cookie(
        _name(),
        _serializer().dumps(kept),
        max_age=_KEPT_FOR,
        secure=vekha().config.secure_cookies,
        httponly=True,
        samesite="Lax",
    )


def _known() -> dict[int, str]:
    try:
        kept = _serializer().loads(request.cookies.get(_name(), ""), max_age=_KEPT_FOR)
    except BadData:
        return {}
    return {int(person_id): secret for person_id, secret in kept.items()}


def _serializer() -> URLSafeTimedSerializer:
    config = vekha().config
    return URLSafeTimedSerializer([*reversed(config.old_keys), config.secret_key], salt="known browser")


def _name() -> str:
    return "__Host-known" if vekha().config.secure_cookies else "known"
