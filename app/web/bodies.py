"""How much a request may send: little, unless its route takes files and this person may give them there.

It is settled before anything reads the body, so that nobody makes the server take in what it will refuse.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

from flask import Request, current_app, request
from werkzeug.exceptions import BadRequest

from app.web.state import vekha

View = TypeVar("View", bound=Callable[..., Any])
MayGive = Callable[..., bool]

#: bytes of a form without files
LITTLE = 2 * 1024 * 1024
#: bytes of one field of a form that brings files: the longest text that is taken has 4000 characters, but a
#: reading of the body, 64 KB, must fit in as well
_LONGEST_FIELD = 256 * 1024
#: so many of the largest files come at once, in one form
FILES_AT_ONCE = 8


class NamedParts(Request):
    """A request whose form names each of its parts; another cannot be read (400), and nobody looks at it."""

    def _load_form_data(self) -> None:
        super()._load_form_data()
        if None in self.form or None in self.files:
            raise BadRequest


def largest(max_file: int) -> int:
    """Bytes of a form that brings files of at most `max_file` bytes."""
    return FILES_AT_ONCE * max_file + LITTLE


def takes_files(may_give: MayGive, most: int | None = None) -> Callable[[View], View]:
    """The route takes files, from whom `may_give` lets give some to what the address names.

    It is asked with the arguments of the view, and may raise what the view would: NotFoundError. `most` is
    how many bytes the form may have, where that is less than several of the largest files.
    """

    def declare(view: View) -> View:
        view.may_give_files = may_give  # type: ignore[attr-defined]
        view.most_bytes = most  # type: ignore[attr-defined]
        return view

    return declare


def limit() -> None:
    """Before every request, after the rule of access: raise the limit for files that may be given.

    Every other body is cut off at `MAX_CONTENT_LENGTH`, whether it says its length or not.
    """
    length, unsaid = request.content_length or 0, "Transfer-Encoding" in request.headers
    if length <= LITTLE and not unsaid:
        return
    view = current_app.view_functions.get(request.endpoint or "")
    may_give: MayGive | None = getattr(view, "may_give_files", None)
    if may_give is not None and may_give(**(request.view_args or {})):
        allowed = largest(vekha().config.max_file)
        most: int | None = getattr(view, "most_bytes", None)
        request.max_content_length = allowed if most is None else min(most, allowed)
        request.max_form_memory_size = _LONGEST_FIELD
