"""The day whose state a page shows: today, or the one that the address names (`?as_of=2022-05-31`)."""

from __future__ import annotations

from datetime import date
from urllib.parse import urlencode

from flask import g, request

from app.domain.errors import NoDayError
from app.services.past import check_day
from app.web.numbers import day_of
from app.web.state import now, plan, today


def asked_day() -> date:
    """The day that the address names, else today. A page that asks tells of it under its heading.

    Raises NoDayError for what is no date, and DayToComeError.
    """
    text = request.args.get("as_of", "").strip()
    if not text:
        return today()
    day = day_of(text)
    if day is None:
        raise NoDayError("as_of")
    g.asked_day = check_day(plan(), day, now())
    return day


def shown_past() -> date | None:
    """The day before today that this page shows, once it has asked; None: it shows today."""
    day: date | None = g.get("asked_day")
    return day if day is not None and day != today() else None


def todays_url() -> str:
    """The address of the same page for today."""
    left = [(name, value) for name, value in request.args.items(multi=True) if name != "as_of"]
    here = request.script_root + request.path
    return f"{here}?{urlencode(left)}" if left else here


def kept_day() -> dict[str, object]:
    """What links and forms of the page hand on, so that one stays in the same day."""
    day = shown_past()
    return {"as_of": day.isoformat()} if day else {}
