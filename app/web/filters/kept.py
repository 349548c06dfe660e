"""What a list shows of the lists that its reader has kept."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from flask import request

from app.services.saved_filters import saved_lines
from app.web.addresses import list_url
from app.web.state import actor, plan, reading

#: a place of `saved_filters.PLACES` → the endpoint of its list
ENDPOINTS = {"tasks": "tasklist.show", "overdue": "overdue.show"}


def saved_filters(place: str, present: Mapping[str, object], problem: str = "") -> dict[str, Any]:
    """The reader's lists of a place, and where the one at hand (`present`, its arguments) is kept."""
    here = {name: str(value) for name, value in present.items() if value not in (None, "")}
    lines = saved_lines(reading(), actor(), plan().id, place)
    return {
        "lines": [
            {
                "name": line.name,
                "url": list_url(ENDPOINTS[place], line.arguments),
                "active": line.arguments == here,
            }
            for line in lines
        ],
        "save_url": list_url("filters.save", {**here, "place": place}) if here else "",
        "problem": problem,
        "name": request.form.get("name", "") if problem else "",
    }
