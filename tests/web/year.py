"""The timeline as tests read it: its rows and groups in words, and where each mark lies."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace
from datetime import date, datetime, timedelta
from typing import NamedTuple
from xml.etree import ElementTree

import pytest
from sqlalchemy import select

from app.db import Database
from app.domain.permissions import Actor
from app.models import Organization
from app.services import extensions
from tests import factories
from tests.infrastructure.forms import words

TIMELINE = "/plans/2022/timeline"
#: the plan's period is the year 2022
FIRST, DAYS = date(2022, 1, 1), 365

Extend = Callable[..., None]


class Shape(NamedTuple):
    """Something drawn: places are percent of the year, heights pixels from the middle of the row."""

    name: str
    start: float
    end: float
    y: float
    title: str


def row_markup(html: str, code: str) -> str:
    found = re.search(rf'<tr data-activity="{re.escape(code)}".*?</tr>', html, re.DOTALL)
    assert found, f"no row {code}"
    return found.group()


def drawn(html: str, code: str) -> dict[str, list[Shape]]:
    """What is drawn in the row of an activity, by what it is: a class, or the name of a symbol."""
    chart = re.search(r'<svg class="year-row".*</svg>', row_markup(html, code), re.DOTALL)
    assert chart
    found: dict[str, list[Shape]] = {}
    for group in ElementTree.fromstring(chart.group()).iter():
        title = group.findtext("title") or ""
        for element in group:
            name = (element.get("href", "").removeprefix("#") or element.get("class", "-")).partition(" ")[0]
            x1 = float(element.get("x1", element.get("x", "0")).rstrip("%"))
            x2 = element.get("x2")
            end = float(x2.rstrip("%")) if x2 else x1 + float(element.get("width", "0").rstrip("%"))
            y = float(element.get("y", "0").rstrip("%"))
            found.setdefault(name, []).append(Shape(name, x1, round(end, 2), y, title))
    return found


def begins(day: date) -> object:
    return pytest.approx((day - FIRST).days * 100 / DAYS, abs=0.011)


def ends(day: date) -> object:
    return begins(day + timedelta(days=1))


def noon(day: date) -> object:
    return pytest.approx(((day - FIRST).days + 0.5) * 100 / DAYS, abs=0.011)


def codes(html: str) -> list[str]:
    return re.findall(r'<tr data-activity="([^"]+)"', html)


def groups(html: str) -> list[str]:
    return [words(group) for group in re.findall(r'<th scope="rowgroup"[^>]*>(.*?)</th>', html)]


def dates(html: str, code: str) -> str:
    cell = re.search(r'<td class="year-dates">(.*?)</td>', row_markup(html, code), re.DOTALL)
    assert cell
    return words(cell.group(1)).replace(" ,", ",")


def standing(html: str, code: str) -> str:
    cell = re.search(r'<td class="year-state">(.*?)</td>', row_markup(html, code), re.DOTALL)
    assert cell
    return words(cell.group(1))


def extending(database: Database, people: dict[str, Actor], now: datetime) -> Extend:
    """What lets an organisation have a later date for its task of an activity."""

    def extend(code: str, organization: str, due: date, occurrence: str = "") -> None:
        with database.transaction() as session:
            owner = select(Organization.id).where(Organization.key == organization)
            asking = replace(people["college01"], organization_id=session.scalars(owner).one())
            task = factories.find_task(session, code, organization, occurrence)
            asked = extensions.ask(session, asking, task.id, due=due, reason="A secret reason", now=now)
            extensions.decide(session, people["deputy"], asked.id, "grant", now=now)

    return extend
