"""My tasks as HTML: groups made once between two changes of the plan, reminders and notices each time."""

from __future__ import annotations

from flask import current_app, render_template

from app.services.my_tasks import GROUPS, my_tasks, unread
from app.web import kinds
from app.web.formats import lang
from app.web.notices.panel import my_notices
from app.web.remembered import until_the_plan_changes
from app.web.state import plan, reading, today
from workflows import WORKFLOWS


def my_page(organization_id: int, asked: str) -> str:
    """The page of an organisation; `asked` names a group of which every task is wanted."""
    whole = asked if asked in GROUPS else ""
    part = until_the_plan_changes(
        "tasks.mine", (organization_id, whole), lambda: _groups(organization_id, whole)
    )
    reminded = unread(reading(), plan().id, organization_id)
    return render_template("tasks/mine.html", reminded=reminded, notices=my_notices(), part=part)


def _groups(organization_id: int, whole: str) -> str:
    return current_app.jinja_env.get_template("tasks/_mine.html").render(
        lang=lang(),
        mine=my_tasks(reading(), plan(), organization_id, today(), whole=whole),
        workflows=WORKFLOWS,
        kind_of=kinds.of_task,
    )
