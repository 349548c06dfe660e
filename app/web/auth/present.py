"""The present password once more, before what would give the account away: an open session may be found."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l
from flask_login import current_user
from wtforms import PasswordField
from wtforms.validators import InputRequired, Length

from app.services.passwords import MAXIMUM_PASSWORD
from app.services.sign_in import prove_own_password
from app.web.state import actor, now, stop_reading, vekha


def present_password(id: str, *, always: bool = True) -> PasswordField:
    """The field `present` of a form, needed `always` or at times; forms of one page differ in its `id`."""
    needed = [InputRequired(_l("Please fill this in."))] if always else []
    return PasswordField(
        _l("Present password"),
        [*needed, Length(max=MAXIMUM_PASSWORD)],
        id=id,
        render_kw={"autocomplete": "current-password"},
    )


def prove(password: str | None) -> None:
    """Refuse what is about to be done to whoever does not know the password of who is signed in.

    Raises InvalidInputError (field `present`), TooManyAttemptsError.
    """
    parts, who, session_id = vekha(), actor(), current_user.session_id
    stop_reading()
    prove_own_password(
        parts.database, who, password or "", now=now(), this_session=session_id, demo=parts.config.demo
    )
