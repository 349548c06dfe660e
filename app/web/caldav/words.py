"""What a program was refused, in words: for its answer, the task's page and the history."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from flask_babel import gettext
from flask_babel import lazy_gettext as _l

from app.web.formats import lang

#: what a program can ask to be changed
_FIELDS = {
    "summary": _l("title"),
    "description": _l("description"),
    "due": _l("due date"),
    "repeats": _l("repetition"),
    "status": _l("state"),
    "percent": _l("percentage"),
}


def missing(details: Mapping[str, Any]) -> list[str]:
    """Why a tick was not taken, from the details of its entry: a sentence for each reason."""
    return [_reason(each["code"], each[lang()]) for each in details.get("missing", ())]


def asked(details: Mapping[str, Any]) -> list[str]:
    """What a program wanted to change, from the details of the entry."""
    return [str(_FIELDS[name]) for name in details.get("asked", ()) if name in _FIELDS]


def _reason(code: str, name: str) -> str:
    if code == "evidence":
        return str(gettext("Please attach: %(what)s.", what=name))
    if code == "figure":
        return str(gettext("Please give the figure: %(what)s.", what=name))
    if code == "activity_closed":
        return str(gettext("The activity is suspended or withdrawn; nothing is owed here now."))
    if code == "state":
        return str(gettext("This cannot be done now: the state is “%(state)s”.", state=name))
    return str(gettext("Something is missing."))
