"""What somebody typed whose session has ended meanwhile: shown once more, for it was sent and not done."""

from __future__ import annotations

import re
from urllib.parse import urlsplit

from flask import request, session
from flask_wtf.csrf import validate_csrf
from wtforms import ValidationError

from app.web.auth.inside import inside
from app.web.bodies import LITTLE

#: what people do not type
_HIDDEN = frozenset({"csrf_token", "once", "nonce", "trigger", "version", "next", "waiting", "back"})
_SECRET = re.compile(r"password|secret|code|^(old|new|again|present)$")
#: an id, a key or a choice says nothing to who reads it again
_WORDS = re.compile(r".*(\s|[^\W\d_]{3})", re.DOTALL)


def typed() -> list[str]:
    """The texts of the form that came from a browser whose session has ended; [] for any other request.

    A form of another site is not shown: its token is not the one of this browser. A large body is not read.
    """
    length = request.content_length
    if request.method != "POST" or "_user_id" not in session or length is None or length > LITTLE:
        return []
    try:
        validate_csrf(request.form.get("csrf_token"))
    except ValidationError:
        return []
    found = (
        value.strip()
        for name, values in request.form.lists()
        if name not in _HIDDEN and not _SECRET.search(name)
        for value in values
    )
    return [value for value in found if _WORDS.match(value)]


def page_of_form() -> str | None:
    """The address of the page on which the form stood, if the browser names it and it is of this site."""
    parts = urlsplit(request.referrer or "")
    if not request.referrer or parts.netloc != request.host:
        return None
    return inside(parts.path + (f"?{parts.query}" if parts.query else ""))
