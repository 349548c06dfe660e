"""Browsers in which somebody has signed in before: who hammers an account makes strangers wait, not them.

A signed cookie holds a secret of the browser for each person who signed in there, and whether with a second
factor. It proves and opens nothing; it has counters of failures of its own (`app.services.throttling`).
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
    known = _known()
    return Visitor(
        request.remote_addr or "",
        {person_id: secret for person_id, (secret, _) in known.items()},
        frozenset(person_id for person_id, (_, proven) in known.items() if proven),
    )


def remember_browser(response: Response, person_id: int, *, proven: bool = False) -> None:
    """From now on this browser is one of that person's, who has `proven` its second factor or not."""
    known = _known()
    secret, proven_before = known.pop(person_id, (secrets.token_urlsafe(12), False))
    kept = {str(each): known[each] for each in list(known)[1 - _MOST_PEOPLE :]}
    kept[str(person_id)] = secret, proven or proven_before
    response.set_cookie(
        _name(),
        _serializer().dumps(kept),
        max_age=_KEPT_FOR,
        secure=vekha().config.secure_cookies,
        httponly=True,
        samesite="Lax",
    )


def _known() -> dict[int, tuple[str, bool]]:
    """By id of the person: the browser's secret, and whether a second factor was proven."""
    try:
        kept = _serializer().loads(request.cookies.get(_name(), ""), max_age=_KEPT_FOR)
    except BadData:
        return {}
    return {int(person_id): (secret, proven) for person_id, (secret, proven) in kept.items()}


def _serializer() -> URLSafeTimedSerializer:
    config = vekha().config
    return URLSafeTimedSerializer([*reversed(config.old_keys), config.secret_key], salt="known browsers")


def _name() -> str:
    return "__Host-known" if vekha().config.secure_cookies else "known"
