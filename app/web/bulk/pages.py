"""The preview, and what came of it when not everything could be done."""

from __future__ import annotations

from collections.abc import Mapping

from flask import render_template

from app.domain.errors import NotFoundError
from app.services.bulk import EXTEND, WITH_REASON, Outcome, Result
from app.services.review import TaskName, task_names
from app.web.addresses import list_url
from app.web.bulk import words
from app.web.bulk.asked import Asked
from app.web.state import actor, reading


def preview_page(asked: Asked, result: Result | None, problems: Mapping[str, str]) -> str:
    """What will happen; or, with problems, the words and the date that are missing."""
    return _page("bulk/preview.html", asked, result, problems=problems)


def result_page(asked: Asked, result: Result) -> str:
    """What was done, and what was not and why."""
    return _page("bulk/result.html", asked, result)


def _page(template: str, asked: Asked, result: Result | None, **more: object) -> str:
    outcomes = result.outcomes if result else [Outcome(*pair) for pair in asked.wanted.chosen]
    # What was not found must not be named: it may be somebody else's.
    known = [outcome.task_id for outcome in outcomes if not isinstance(outcome.error, NotFoundError)]
    names = task_names(reading(), known) if known and (result or actor().sees_everything) else {}
    return render_template(
        template,
        asked=asked,
        act=asked.wanted.act,
        result=result,
        outcomes=outcomes,
        names=names,
        reasons=_reasons(outcomes, names),
        words=words,
        takes_reason=asked.wanted.act in WITH_REASON,
        takes_date=asked.wanted.act == EXTEND,
        back=asked.back or list_url(),
        **more,
    )


def _reasons(outcomes: list[Outcome], names: Mapping[int, TaskName]) -> dict[int, str]:
    return {
        outcome.task_id: words.why_not(outcome.error, names.get(outcome.task_id))
        for outcome in outcomes
        if outcome.error is not None
    }
