"""The plan as the order prints it, shaped for its template."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from typing import Any

from flask import current_app, render_template, request, url_for
from flask_babel import gettext

from app.domain.permissions import EXECUTOR_ROLE
from app.services import plan_page
from app.services.plan_page import PlannedActivity, PlanSection
from app.web import kinds, terms
from app.web.formats import lang
from app.web.remembered import until_the_plan_changes
from app.web.state import actor, plan, reading, today
from workflows import WORKFLOWS


def role_word(role: str) -> str:
    """The role of an organisation in an activity, in the reader's language."""
    words = {
        "lead": gettext("Lead executor"),
        "co_executor": gettext("Co-executor"),
        "member": gettext("Executor, each for itself"),
        "accepting": gettext("Accepts the results"),
    }
    return str(words[role])


def kind_of(planned: PlannedActivity) -> str:
    """The kind of an activity of the plan."""
    return kinds.of_activity(planned.line.state, planned.progress)


def show() -> str:
    """The order and its rows; made once between two changes of the plan for each organisation."""
    person = actor()
    own = person.organization_id if person.role == EXECUTOR_ROLE else None
    kind = request.args.get("show", "")
    kind = kind if kind in kinds.KINDS else ""
    body = until_the_plan_changes("plan", (own, kind), lambda: _body(own, kind))
    return render_template("plan/show.html", body=body)


def _body(own: int | None, kind: str) -> str:
    sections = plan_page.plan_sections(reading(), plan(), today(), own)
    return current_app.jinja_env.get_template("plan/_body.html").render(
        lang=lang(),
        plan=plan(),
        order=plan_page.order_of(reading(), plan().id),
        all_sections=sections,
        sections=_chosen(sections, kind),
        filters=_filters(sections, kind),
        kind_of=kind_of,
        role_word=role_word,
        kinds=kinds,
        terms=terms,
        workflows=WORKFLOWS,
    )


def _chosen(sections: Iterable[PlanSection], kind: str) -> list[PlanSection]:
    """The sections with the rows that have an activity of that kind; every row for no kind."""
    found = []
    for section in sections:
        rows = [row for row in section.rows if not kind or kind in map(kind_of, row.activities)]
        if rows:
            found.append(
                PlanSection(section.number, section.title, section.short_title, section.gloss_en, rows)
            )
    return found


def _filters(sections: Iterable[PlanSection], kind: str) -> list[dict[str, Any]]:
    """Links that show the activities of one kind; kinds that no activity has are left out."""
    found = Counter(kind_of(each) for section in sections for row in section.rows for each in row.activities)
    words = {
        "overdue": gettext("Overdue"),
        "review": gettext("Under review"),
        "progress": gettext("In progress"),
        "planned": gettext("Not started"),
        "done": gettext("Done"),
        "off": gettext("Suspended or withdrawn"),
    }
    return [
        {"label": gettext("All"), "url": url_for("plan.show"), "count": found.total(), "active": not kind}
    ] + [
        {
            "label": words[each],
            "url": url_for("plan.show", show=each),
            "count": found[each],
            "active": each == kind,
        }
        for each in kinds.KINDS
        if found[each] or each == kind
    ]
