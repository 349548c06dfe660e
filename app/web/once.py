"""Forms that make something once: sent again, as by reloading, they show the same thing and make no other."""

from __future__ import annotations

import hashlib
import hmac
import json
import re
import secrets

from flask import request

from app.web.state import actor, vekha

_NONCE = re.compile(r"[A-Za-z0-9_-]{22}", re.ASCII)


def fresh_nonce() -> str:
    """What tells one page with such a form from every other: 128 random bits for its field `nonce`."""
    return secrets.token_urlsafe(16)


def sent_nonce() -> str:
    """The nonce of the form that was sent; "" without one as `fresh_nonce` makes it."""
    nonce = request.form.get("nonce", "")
    return nonce if _NONCE.fullmatch(nonce) else ""


def random_of_form(purpose: str, *choices: object) -> bytes:
    """256 bits that follow from the installation's key, the person, the form's nonce and what was chosen.

    Nobody without the key can tell them; the same form of the same person gives the same ones. Without a
    nonce as `fresh_nonce` makes it they are new each time.
    """
    nonce = sent_nonce() or fresh_nonce()
    said = json.dumps([purpose, actor().person_id, nonce, *choices])
    return hmac.digest(vekha().config.secret_key.encode(), said.encode(), hashlib.sha256)
