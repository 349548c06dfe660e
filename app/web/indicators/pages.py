"""What the pages of indicators show beside the records: bars, points, states and names."""

from __future__ import annotations

from decimal import Decimal
from typing import Any, NamedTuple

from flask_babel import gettext, ngettext

from app.domain.figures import COUNT, WORST_CASE
from app.domain.permissions import Actor, may_remind
from app.services.indicator_contributions import Contribution
from app.services.indicator_page import IndicatorPage
from app.services.indicator_records import Collecting
from app.services.indicator_sources import Source
from app.services.indicators import IndicatorLine
from app.web.formats import day_month, in_language
from workflows.definition import REVIEW


class Told(NamedTuple):
    """The state of a reporter: a kind of _macros/status.html and its word."""

    kind: str
    label: str


#: fields that the order may leave open, as the page calls them
_OPEN = ("direction", "as_of", "numerator", "denominator")


def most(line: IndicatorLine) -> Decimal:
    """The end of a bar's scale: half more than the target, or the value where that is more."""
    return max(line.target * 3 / 2, line.display or Decimal())


def told(one: Contribution) -> list[Told]:
    """What is in, what waits, and what is missing, as badges."""
    found = []
    if one.reported:
        found.append(Told("done", gettext("Counted")))
    if one.waiting:
        found.append(_waiting(one.waiting))
    if one.late:
        found.append(Told("overdue", ngettext("%(num)s day late", "%(num)s days late", one.late)))
    if not found and one.next_due:
        found.append(Told("planned", gettext("expected by %(date)s", date=day_month(one.next_due))))
    return found or [Told("planned", gettext("not yet"))]


def _waiting(task: Collecting) -> Told:
    if task.phase == REVIEW:
        return Told("review", gettext("Under review"))
    if task.state == "returned":
        return Told("returned", gettext("Returned for rework"))
    return Told("progress", gettext("Not accepted yet"))


def remindable(page: IndicatorPage, person: Actor) -> dict[int, list[int]]:
    """The overdue tasks that the person may remind of, by the place of their reporter among the missing."""
    return {
        number: tasks
        for number, one in enumerate(page.what_if.missing)
        if (tasks := [task.id for task in one.overdue if may_remind(person, task.coordinator_id)])
    }


def by_activity(page: IndicatorPage) -> bool:
    """Whether the reporters are told apart by activity and not by organisation alone."""
    return page.line.kind in (COUNT, WORST_CASE) and len(page.definition.sources) > 1


def reporter_word(page: IndicatorPage) -> str:
    """The heading of the column of reporters."""
    return str(gettext("Event") if page.line.kind == WORST_CASE else gettext("Organisation"))


def adds_up(page: IndicatorPage) -> bool:
    """Whether the reports of one organisation count different things."""
    return any(not source.running_total for source in page.definition.sources)


def counts_one(page: IndicatorPage) -> bool:
    """Whether each organisation brings one to the whole."""
    return page.definition.rule(1).whole is not None


def figure_name(page: IndicatorPage, activity_id: int, key: str) -> str:
    """What a figure is called in the form that asks for it."""
    return next(
        (
            in_language(name, "label")
            for name in page.names
            if (name.activity_id, name.key) == (activity_id, key)
        ),
        key,
    )


def sources(page: IndicatorPage) -> list[dict[str, Any]]:
    """Where the figures are collected, those of one activity together."""
    return [{"source": source, "figures": _figures(page, source)} for source in page.definition.sources]


def left_open(page: IndicatorPage) -> list[str]:
    """What the order does not say and the operator decided, as sentences."""
    inferred = {name.removesuffix("_ru").removesuffix("_en") for name in page.wording.inferred}
    return [str(_DECISIONS[name]()) for name in _OPEN if name in inferred]


def _figures(page: IndicatorPage, source: Source) -> list[str]:
    return [figure_name(page, source.activity_id, key) for key in source.keys]


_DECISIONS = {
    "direction": lambda: gettext("The order gives a bare number: the direction was decided by the operator."),
    "as_of": lambda: gettext("The order names no day: the one above was set by the operator."),
    "numerator": lambda: gettext("The order gives no formula: what is counted was decided by the operator."),
    "denominator": lambda: gettext(
        "The order names no whole: what is divided by was decided by the operator."
    ),
}
