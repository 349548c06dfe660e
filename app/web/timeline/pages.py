"""The year of the plan, shaped for its templates, on the screen and on paper."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace

from flask import current_app, render_template, request
from flask_babel import gettext

from app.domain.permissions import EXECUTOR_ROLE
from app.domain.texts import one_line
from app.services import timeline
from app.services.timeline import Entry, Executor, Group
from app.web.formats import lang, named
from app.web.remembered import until_the_plan_changes
from app.web.state import actor, plan, reading, today
from app.web.timeline import words
from app.web.timeline.drawing import Mark, Year, marks

#: lines (rows and headings) that one A4 sheet takes; the heading and the legend of the first count as some
_SHEET = 28
_HEAD = 7


@dataclass(frozen=True, slots=True)
class TimelineRow:
    """An activity over the year, with its dates and state in words."""

    entry: Entry
    kind: str
    state: str
    dates: str
    #: whose dates were extended; "" when nobody's was
    extended: str
    #: why dates are others than the order's
    explanations: list[str]
    marks: list[Mark]
    #: the marks, for those who do not see them
    text: str


@dataclass(frozen=True, slots=True)
class TimelineGroup:
    """A heading with its activities."""

    label: str
    number: int | None
    #: how many organisations a class counts
    size: int
    rows: list[TimelineRow]
    #: whether a new sheet of A4 begins with it
    turns: bool = False


#: kinds in the order of the legend; "returned" is of single tasks alone
_KINDS = ("planned", "progress", "returned", "review", "done", "overdue", "off")


@dataclass(frozen=True, slots=True)
class Asked:
    """What the address asks for, in its own words; empty ones are left out of an address."""

    #: "executor" or "", which is by section
    by: str
    #: key of the organisation whose own tasks are shown
    executor: str
    #: "a3" or "", which is A4
    paper: str


def show() -> str:
    """The timeline as the address asks for it. Raises NotFoundError for an executor that does not exist."""
    key = one_line(request.args.get("executor", ""))[:40]
    executor = timeline.find_executor(reading(), key) if key else None
    asked = Asked(
        by="executor" if request.args.get("by") == "executor" else "",
        executor=executor.key if executor else "",
        paper="a3" if request.args.get("paper") == "a3" else "",
    )
    person = actor()
    own = person.organization_id if person.role == EXECUTOR_ROLE else None
    controls = until_the_plan_changes(
        "timeline-controls", (asked, own), lambda: _controls(asked, executor, own)
    )
    body = until_the_plan_changes("timeline", (asked.by, asked.executor), lambda: _body(asked.by, executor))
    return render_template(
        "timeline/show.html", executor=executor, asked=asdict(asked), controls=controls, body=body
    )


def _controls(asked: Asked, executor: Executor | None, own: int | None) -> str:
    """How it is grouped and whose tasks it shows, with the reader's own organisation at hand."""
    choices = timeline.executors(reading(), plan().id)
    return current_app.jinja_env.get_template("timeline/_controls.html").render(
        asked=asdict(asked),
        executor=executor,
        choices=choices,
        own=next((choice for choice in choices if choice.id == own), None),
    )


def _body(by: str, executor: Executor | None) -> str:
    """The legend and the table; the same for everybody."""
    year = Year(plan())
    read = timeline.by_executor if by else timeline.by_section
    groups = [_group(each, year) for each in read(reading(), plan(), today(), executor)]
    drawn = [mark for group in groups for row in group.rows for mark in row.marks]
    shown = {mark.kind for mark in drawn}
    return current_app.jinja_env.get_template("timeline/_body.html").render(
        lang=lang(),
        today=today(),
        groups=turned(groups),
        months=year.months(),
        today_at=year.middle(today()) if year.holds(today()) else None,
        shapes={mark.shape for mark in drawn},
        explained=any(row.explanations for group in groups for row in group.rows),
        kinds=[kind for kind in _KINDS if kind != "returned" or kind in shown],
    )


def _group(group: Group, year: Year) -> TimelineGroup:
    label = words.class_word(group.kind) if group.kind else named(group)
    rows = [_row(entry, year) for entry in group.entries]
    return TimelineGroup(label or str(gettext("Nobody is named")), group.number, group.size, rows)


def _row(entry: Entry, year: Year) -> TimelineRow:
    kind = words.kind_of(entry)
    drawn = marks(entry, year)
    return TimelineRow(
        entry=entry,
        kind=kind,
        state=words.state(entry, kind),
        dates=words.dates(entry),
        extended=words.extensions(entry),
        explanations=words.explanations(entry),
        marks=drawn,
        text=words.joined([mark.words for mark in drawn]),
    )


def turned(groups: Sequence[TimelineGroup]) -> list[TimelineGroup]:
    """The groups, marked where the second sheet of A4 begins when one does not hold them.

    A group begins it, so that the fuller of the two sheets is as empty as it can be.
    """
    lines = [1 + len(group.rows) for group in groups]
    if len(groups) < 2 or _HEAD + sum(lines) <= _SHEET:
        return list(groups)

    def fuller(first: int) -> int:
        return max(_HEAD + sum(lines[:first]), sum(lines[first:]))

    turn = min(range(1, len(groups)), key=fuller)
    return [replace(group, turns=number == turn) for number, group in enumerate(groups)]
