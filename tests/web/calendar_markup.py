"""What the pages of the calendar show, read from their markup."""

from __future__ import annotations

import re
from datetime import date
from html import unescape

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.db import Database
from app.models import Activity, Organization, Task
from app.services import feed_events
from app.services.feed_scopes import Scope
from app.services.plans import find_plan
from tests.infrastructure.forms import words

CALENDAR = "/plans/2022/calendar"
AGENDA = f"{CALENDAR}?view=agenda"


def cell(html: str, day: str) -> str:
    """The markup of a day of the month."""
    found = re.search(rf'<td data-date="{day}".*?</td>', html, re.DOTALL)
    assert found, f"no {day}"
    return found.group()


def due_on(html: str, day: str) -> list[str]:
    """The codes of what is due on a day, folded ones too."""
    return re.findall(r'<li class="entry.*?<b>([^<]+)</b>', cell(html, day), re.DOTALL)


def codes(html: str) -> list[str]:
    """The codes that an agenda lists, in its order."""
    return re.findall(r'<th scope="row"><span class="code">([^<]+)</span>', html)


def link(html: str, name: str) -> str:
    """Where the link of that name leads."""
    found = [
        unescape(href)
        for href, text in re.findall(r'<a\b[^>]*?href="([^"]+)"[^>]*>(.*?)</a>', html, re.DOTALL)
        if words(text) == name
    ]
    assert found, f"no link {name!r}"
    return found[0]


def selected(html: str) -> dict[str, str]:
    """What the filters say, by their names."""
    return {
        name: words(chosen[0]) if chosen else ""
        for name, options in re.findall(r'<select[^>]* name="(\w+)">(.*?)</select>', html, re.DOTALL)
        for chosen in [re.findall(r"<option[^>]* selected>(.*?)</option>", options)]
    }


def expected(database: Database, scope: Scope, today: date) -> list[tuple[str, str]]:
    """Day and code of everything that a calendar of that scope holds."""
    with database.read() as session:
        plan = find_plan(session, "2022")
        found = feed_events.occurrences(
            session, plan.id, scope, today=today, zone=plan.zone, withdrawn_too=True
        )
        return sorted((str(each.due), each.code) for each in found)


def task_of(session: Session, code: str, organization: str = "") -> int:
    """The first task of an activity, or the organisation's."""
    statement = (
        select(Task.id)
        .join(Activity, Activity.id == Task.activity_id)
        .join(Organization, Organization.id == Task.organization_id)
        .where(Activity.code == code)
    )
    if organization:
        statement = statement.where(Organization.key == organization)
    return session.scalars(statement.order_by(Task.id).limit(1)).one()
