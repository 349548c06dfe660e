"""The panel of unread notices, read anew for each page that shows it."""

from __future__ import annotations

from app.services.notices import Unread, unread
from app.web.state import actor, plan, reading, today


def my_notices() -> Unread:
    """What the signed-in person has not read of the plan at hand."""
    return unread(reading(), actor().person_id, plan().id, today())
