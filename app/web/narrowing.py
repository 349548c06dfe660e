"""What narrows a list, read from the address: section, executor, indicator, activity."""

from __future__ import annotations

from flask import request

from app.domain.texts import one_line
from app.services.task_list import Filter
from app.web.numbers import whole


def narrowed() -> Filter:
    """The filter that the address names. A number that is none narrows nothing."""
    return Filter(
        section=whole(request.args.get("section")),
        organization=one_line(request.args.get("executor", ""))[:40],
        indicator=whole(request.args.get("indicator")),
        activity=one_line(request.args.get("activity", ""))[:20],
    )


def arguments(narrowed: Filter) -> dict[str, object]:
    """The filter as arguments of an address; empty ones are left out."""
    named = {
        "section": narrowed.section,
        "executor": narrowed.organization,
        "indicator": narrowed.indicator,
        "activity": narrowed.activity,
    }
    return {name: value for name, value in named.items() if value not in (None, "")}
