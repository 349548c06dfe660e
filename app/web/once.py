"""Forms that do something once: sent again, by a second click or a retry, they show the same and do no more.

Most forms carry a key, `once`, which is taken in the transaction of what they do (`changing()` in state.py).
Those that make a secret carry a `nonce` instead: the secret follows from it, and is shown again.
"""

from __future__ import annotations

import hashlib
import hmac
import json
import re
import secrets
import time
from typing import cast
from urllib.parse import urlsplit

from flask import Flask, Response, current_app, flash, g, redirect, request, url_for
from flask_babel import gettext
from flask_login import current_user
from werkzeug.wrappers import Response as AnyResponse

from app.services import sent_forms
from app.web import access
from app.web.auth.inside import inside
from app.web.state import SentBeforeError, actor, noting, vekha

_NONCE = re.compile(r"[A-Za-z0-9_-]{22}", re.ASCII)
#: seconds that a second click waits for the answer to the first
_PATIENCE = 3.0
_PAUSE = 0.05


def register(app: Flask) -> None:
    """Give pages their keys, and forms that come again the answer that they had; after tokens are checked."""
    app.add_template_global(key_of_page)
    app.before_request(_recognise)
    app.after_request(_note_answer)
    app.register_error_handler(SentBeforeError, _answer_again)


def fresh_nonce() -> str:
    """What tells one page with such a form from every other: 128 random bits for its field `nonce`."""
    return secrets.token_urlsafe(16)


def key_of_page() -> str:
    """The key of the forms of this page, for their field `once`."""
    if "key_of_page" not in g:
        g.key_of_page = fresh_nonce()
    key: str = g.key_of_page
    return key


def sent_nonce() -> str:
    """The nonce of the form that was sent; "" without one as `fresh_nonce` makes it."""
    return _sent("nonce")


def random_of(nonce: str, purpose: str, *choices: object) -> bytes:
    """The same bits for a page that shows what its form will make."""
    said = json.dumps([purpose, actor().person_id, nonce, *choices])
    return hmac.digest(vekha().config.secret_key.encode(), said.encode(), hashlib.sha256)


def random_of_form(purpose: str, *choices: object) -> bytes:
    """256 bits that follow from the installation's key, the person, the form's nonce and what was chosen.

    Nobody without the key can tell them; the same form of the same person gives the same ones. Without a
    nonce as `fresh_nonce` makes it they are new each time.
    """
    return random_of(sent_nonce() or fresh_nonce(), purpose, *choices)


def _recognise() -> AnyResponse | None:
    """Before a form is looked at: answer it as before, or let `changing()` take it."""
    rule = access.rule_of(current_app, request.endpoint or "")
    if request.method != "POST" or rule in {None, access.FOR_PROGRAMS} or not current_user.is_authenticated:
        return None
    if not _sent("once") or sent_nonce():
        return None
    g.sent_form = g.form_to_take = _hash_of_form()
    return _earlier_answer()


def _note_answer(response: Response) -> AnyResponse:
    """After a form was taken: note where it leads. One that was refused may be the second of two clicks."""
    if taken := g.pop("taken_form", None):
        with noting(_PATIENCE) as session:
            if 300 <= response.status_code < 400:
                sent_forms.note_answer(session, taken, response.location or "")
            else:
                sent_forms.forget(session, taken)
    elif "sent_form" in g and response.status_code in {409, 422}:
        return _earlier_answer() or response
    return response


def _answer_again(_error: SentBeforeError) -> AnyResponse:
    """The form was taken a moment ago, and its answer may be under way."""
    for _ in range(round(_PATIENCE / _PAUSE)):
        if answer := _earlier_answer():
            return answer
        time.sleep(_PAUSE)
    return _to(_where_it_came_from())


def _earlier_answer() -> AnyResponse | None:
    with vekha().database.read() as session:
        location = sent_forms.answer_to(session, g.sent_form)
    return _to(location) if location else None


def _to(location: str) -> AnyResponse:
    flash(gettext("This form came more than once. It was done once."), "info")
    return redirect(location, code=303)


def _where_it_came_from() -> str:
    parts = urlsplit(request.referrer or "")
    page = f"{parts.path}?{parts.query}" if parts.query else parts.path
    return (inside(page) if parts.netloc == request.host else None) or url_for("auth.home")


def _sent(name: str) -> str:
    value = request.form.get(name, "")
    return value if _NONCE.fullmatch(value) else ""


def _hash_of_form() -> str:
    """Over who sends it, where to, and all that it says; the token alone is the session's."""
    said = [[name, value] for name, value in request.form.items(multi=True) if name != "csrf_token"]
    files = []
    for name, file in request.files.items(multi=True):
        digest = hashlib.file_digest(cast("hashlib._BytesIOLike", file.stream), "sha256").hexdigest()
        file.stream.seek(0)
        files.append([name, file.filename, digest])
    whole = json.dumps([actor().person_id, request.full_path, said, files])
    return hashlib.sha256(whole.encode()).hexdigest()
