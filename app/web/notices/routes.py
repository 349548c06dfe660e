"""`POST /notices/read`: the notices that were shown have been read."""

from __future__ import annotations

from flask import Blueprint, redirect, request, url_for
from flask.typing import ResponseReturnValue

from app.domain.errors import InvalidInputError
from app.domain.permissions import EXECUTOR_ROLE
from app.services import notices
from app.web import access
from app.web.state import actor, changing, now

blueprint = Blueprint("notices", __name__)

#: an id that the database can hold
_LARGEST = 2**31 - 1


@blueprint.post("/notices/read")
@access.signed_in
def read() -> ResponseReturnValue:
    first, last = _id("first"), _id("last")
    with changing() as session:
        notices.mark_read(session, actor().person_id, first, last, now())
    return redirect(url_for("tasks.mine" if actor().role == EXECUTOR_ROLE else "overdue.show"), code=303)


def _id(name: str) -> int:
    """A number of the form. Raises InvalidInputError when it does not say."""
    number = request.form.get(name, type=int)
    if number is None or not 0 <= number <= _LARGEST:
        raise InvalidInputError({name: "This form is not complete. Please reload the page."})
    return number
