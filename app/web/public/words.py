"""The states of rows and events in words, for the page, the calendar and the open data."""

from __future__ import annotations

from typing import Any

from flask_babel import force_locale
from flask_babel import lazy_gettext as _l

from app.domain.publicity import DONE, IN_PROGRESS, OVERDUE, PLANNED, SUSPENDED, WITHDRAWN
from app.services.public.published import PAST, UPCOMING
from app.services.public.snapshot import Snapshot
from app.web.context import LANGUAGES
from app.web.formats import lang

#: state of a row → its kind in _macros/status.html, and its word
STATES: dict[str, tuple[str, Any]] = {
    DONE: ("done", _l("Done")),
    IN_PROGRESS: ("progress", _l("In progress")),
    OVERDUE: ("overdue", _l("Past its date")),
    PLANNED: ("planned", _l("Not started")),
    SUSPENDED: ("off", _l("Suspended")),
    WITHDRAWN: ("off", _l("Withdrawn")),
}
EVENT_STATES: dict[str, Any] = {UPCOMING: _l("Upcoming"), PAST: _l("Past")}


def in_each_language(word: Any) -> dict[str, str]:
    """A word in every language, whichever this answer has."""
    said = {}
    for language in LANGUAGES:
        with force_locale(language):
            said[language] = str(word)
    return said


def plan_name(shown: Snapshot) -> str:
    """What the plan is called, in the reader's language."""
    return shown.plan.gloss_en if lang() == "en" and shown.plan.gloss_en else shown.plan.short_title
