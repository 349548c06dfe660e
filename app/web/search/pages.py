"""The page of the search: a few of each group, or one group to its end."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from flask import render_template, request, url_for
from flask_babel import lazy_gettext as _l

from app.domain.errors import NotFoundError
from app.domain.search import LONGEST_QUESTION, phrases
from app.domain.texts import one_line
from app.services.plans import PlanInfo, all_plans
from app.services.search import GROUPS, Found, found_counts, found_lines
from app.services.task_list import TaskLine
from app.web import kinds
from app.web.numbers import whole
from app.web.search.marking import beside, marked
from app.web.state import actor, now, plan, reading
from workflows import WORKFLOWS

#: results of a group beside other groups, and on a page of its own
FEW, PAGE = 6, 50

GROUP_NAMES = {
    "plans": _l("Plans"),
    "activities": _l("Activities"),
    "tasks": _l("Tasks"),
    "executors": _l("Executors"),
    "evidence": _l("Evidence"),
    "comments": _l("Comments"),
    "indicators": _l("Indicators"),
}


@dataclass(frozen=True, slots=True)
class Shown:
    """A group with what is shown of it."""

    name: str
    label: Any
    count: int
    lines: list[Found]
    #: all of the group, when more is found than is shown
    more_url: str


def search_page() -> str:
    """What is found for `q`; `in` names one group, `page` a page of it."""
    question = one_line(request.args.get("q", "")[: LONGEST_QUESTION * 2])[:LONGEST_QUESTION]
    asked = phrases(question)
    counts = found_counts(reading(), actor(), asked)
    chosen = request.args.get("in", "")
    chosen = chosen if chosen in GROUPS else ""
    pages = max(1, -(-counts[chosen] // PAGE)) if chosen else 1
    page = min(max(1, whole(request.args.get("page")) or 1), pages)
    plans = {each.id: each for each in all_plans(reading())}
    return render_template(
        "search/show.html",
        question=question,
        asked=asked,
        total=sum(counts.values()),
        chosen=chosen,
        tabs_of_page=[_tab(name, question, chosen, counts) for name in ("", *GROUPS)],
        groups=[
            _shown(name, question, asked, count, (page - 1) * PAGE if chosen else None)
            for name, count in counts.items()
            if count and chosen in ("", name)
        ],
        page=page,
        pages=pages,
        many_plans=len(plans) > 1,
        plans=plans,
        standing=lambda line: _standing(line, plans[line.plan_id]),
        mark=lambda text, longest=0: marked(text, asked, longest),
        beside=lambda shown, *others: beside(asked, shown, *others),
        workflows=WORKFLOWS,
        longest=LONGEST_QUESTION,
    )


def _shown(name: str, question: str, asked: tuple[str, ...], count: int, offset: int | None) -> Shown:
    limit = FEW if offset is None else PAGE
    lines = found_lines(reading(), actor(), asked, name, home=_home(), limit=limit, offset=offset or 0)
    more = _address(question, name) if offset is None and count > FEW else ""
    return Shown(name, GROUP_NAMES[name], count, lines, more)


def _home() -> int | None:
    """The plan that the installation is about, if there is one by now."""
    try:
        return plan().id
    except NotFoundError:
        return None


def _standing(line: TaskLine, info: PlanInfo) -> dict[str, Any]:
    """How a task stands today in its plan."""
    today = info.today(now())
    late = line.lateness(today, info)
    return {"today": today, "late": late, "kind": kinds.of_task(line.phase, line.state, late is not None)}


def _tab(name: str, question: str, chosen: str, counts: dict[str, int]) -> dict[str, Any]:
    return {
        "label": GROUP_NAMES[name] if name else _l("Everything"),
        "url": _address(question, name),
        "active": name == chosen,
        "count": counts[name] if name else sum(counts.values()),
    }


def _address(question: str, group: str = "") -> str:
    named: dict[str, Any] = {"q": question, "in": group or None}
    return url_for("search.show", **named)
