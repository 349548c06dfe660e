"""The dashboard as the template shows it: every number with the address of the list that it counts."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import date
from fractions import Fraction
from typing import Any, NamedTuple

from flask import current_app, render_template, url_for
from flask_babel import gettext, ngettext
from flask_babel import lazy_gettext as _l
from markupsafe import Markup

from app.domain.chart import Spark
from app.domain.permissions import may_control, may_remind
from app.services.counters import SHARES
from app.services.dashboard import Attention, Board, SectionProgress, attention, board
from app.services.discipline import discipline_lines, pooled
from app.services.endangered import gravest_first
from app.services.extension_list import pending_extensions
from app.services.indicators import IndicatorLine, indicator_lines
from app.services.overdue import overdue_items
from app.web.addresses import activity_url, list_url, task_url
from app.web.asked_day import asked_day, shown_past
from app.web.formats import day_month, lang, percent
from app.web.indicators import drawing, words
from app.web.indicators.words import Badge
from app.web.remembered import until_the_plan_changes
from app.web.state import actor, plan, reading_as_of, today

#: colours of the shares of a plan
KIND_OF = {
    "accepted": "done",
    "review": "review",
    "working": "progress",
    "overdue": "overdue",
    "planned": "planned",
    "off": "off",
}
_SHARE_NAMES = {
    "accepted": _l("done"),
    "review": _l("under review"),
    "working": _l("in progress"),
    "overdue": _l("overdue"),
    "planned": _l("not started"),
    "off": _l("withdrawn"),
}
#: organisations of the dashboard's list of discipline, and names in a line that needs attention
_WORST = 12
_NAMES = 3


class CounterCard(NamedTuple):
    """A number, and the list that it counts."""

    number: int
    label: str
    url: str
    kind: str
    note: str


class Segment(NamedTuple):
    """A part of a section's bar."""

    kind: str
    number: int
    label: str
    url: str


class SectionRow(NamedTuple):
    """A section with its bar."""

    progress: SectionProgress
    url: str
    segments: list[Segment]
    #: the bar as it is read aloud
    text: str


class IndicatorRow(NamedTuple):
    """An indicator, and how many overdue tasks of the activities that move it the person can open."""

    line: IndicatorLine
    url: str
    standing: Badge
    value: str
    target: str
    reported: str
    #: the shape of its values; None where there are none
    spark: Spark | None
    #: "" where there is no forecast
    forecast: str
    overdue: int
    overdue_url: str


class AttentionRow(NamedTuple):
    """A line under "Needs attention" with where it leads."""

    line: Attention
    url: str
    #: organisations named, and how many more there are
    named: tuple[Any, ...]
    more: int
    #: whether the person may remind them
    remind: bool


def dashboard_page() -> str:
    """How the plan stands; between two changes of the plan today's is made once for each kind of reader."""
    if asked_day() != today():
        return render_template("dashboard/show.html", body=Markup(_body()))
    reader = actor().role if actor().sees_everything else actor().organization_id
    return render_template("dashboard/show.html", body=until_the_plan_changes("dashboard", reader, _body))


def _body() -> str:
    """All of it but what belongs to one session. Seven statements."""
    day = asked_day()
    session = reading_as_of(day)
    counted = board(session, plan(), day)
    asked = pending_extensions(session, plan().id)
    late = overdue_items(session, plan(), day, visible_to=actor(), extensions=asked)
    measured = indicator_lines(session, plan(), day)
    mine = actor().sees_everything
    lines, number = attention(
        plan(),
        day,
        gravest_first(late, measured),
        asked.values() if mine else (),
        counted.waiting if mine else (),
    )
    endangered = Counter(indicator.number for item in late for indicator in item.indicators)
    keeping = discipline_lines(session, plan().id, day)
    return current_app.jinja_env.get_template("dashboard/_body.html").render(
        lang=lang(),
        today=day,
        board=counted,
        counters=_counters(counted, day),
        sections=_sections(counted.sections),
        attention=[_attention(line) for line in lines],
        attention_number=number,
        indicators=[_indicator(line, endangered) for line in measured],
        keeping=[line for line in keeping if line.in_force.denominator][:_WORST],
        organizations=len(keeping),
        together=pooled(keeping)[0],
    )


def _counters(counted: Board, today: date) -> list[CounterCard]:
    tasks, soon = counted.tasks, counted.nearest_due
    return [
        CounterCard(
            tasks["overdue"], gettext("Overdue"), _overdue_url(), "overdue", _late_note(counted, today)
        ),
        CounterCard(
            tasks["soon"],
            gettext("Due in 14 days"),
            list_url(show="soon"),
            "soon",
            gettext("the nearest on %(date)s", date=day_month(soon)) if soon else gettext("nothing soon"),
        ),
        CounterCard(
            tasks["review"], gettext("Under review"), _review_url(), "review", _wait_note(counted, today)
        ),
        CounterCard(
            tasks["working"],
            gettext("In progress"),
            list_url(show="working"),
            "progress",
            gettext("begun, not late"),
        ),
        CounterCard(
            tasks["accepted"],
            gettext("Done"),
            list_url(show="accepted"),
            "done",
            gettext(
                "%(share)s of the plan",
                share=percent(Fraction(tasks["accepted"], counted.total) if counted.total else None),
            ),
        ),
    ]


def _late_note(counted: Board, today: date) -> str:
    if counted.oldest_due is None:
        return str(gettext("nothing is late"))
    days = (today - counted.oldest_due).days
    return str(ngettext("the longest for %(num)s day", "the longest for %(num)s days", days))


def _wait_note(counted: Board, today: date) -> str:
    if not counted.waiting:
        return str(gettext("nothing waits"))
    days = (today - counted.waiting[0].since.astimezone(plan().zone).date()).days
    if not days:
        return str(gettext("all since today"))
    return str(ngettext("the longest waits %(num)s day", "the longest waits %(num)s days", days))


def _overdue_url() -> str:
    """The tracker; to an executor it shows its own part alone, so that the plan's list opens instead."""
    return list_url("overdue.show") if actor().sees_everything else list_url(show="overdue")


def _review_url() -> str:
    """The queue; of a day before today, what waited then."""
    return list_url("review.queue") if _acts() else list_url(show="review")


def _acts() -> bool:
    """Whether the reader decides, and about what the page shows."""
    return may_control(actor()) and shown_past() is None


def _sections(progress: Sequence[SectionProgress]) -> list[SectionRow]:
    names = {share: str(name) for share, name in _SHARE_NAMES.items()}
    return [_section(section, names) for section in progress]


def _section(progress: SectionProgress, names: Mapping[str, str]) -> SectionRow:
    segments = [
        Segment(
            KIND_OF[share],
            progress.tasks[share],
            names[share],
            list_url(show=share, section=progress.number),
        )
        for share in SHARES
        if progress.tasks[share]
    ]
    read = "; ".join(f"{segment.label}: {segment.number}" for segment in segments)
    return SectionRow(progress, list_url(section=progress.number), segments, read)


def _attention(line: Attention) -> AttentionRow:
    return AttentionRow(
        line,
        _attention_url(line),
        line.organizations[:_NAMES],
        len(line.organizations[_NAMES:]),
        line.kind == "overdue" and may_remind(actor(), line.coordinator_id) and shown_past() is None,
    )


def _attention_url(line: Attention) -> str:
    if line.kind == "extension":
        return url_for("extensions.show", extension_id=line.extension_id)
    if line.kind == "review":
        return f"{_review_url()}#activity-{line.code}" if _acts() else activity_url(line.code)
    if line.number == 1:
        return task_url(line.tasks[0])
    return list_url("overdue.show", activity=line.code)


def _indicator(line: IndicatorLine, endangered: Counter[int]) -> IndicatorRow:
    number = endangered[line.number]
    heading = line.forecast
    return IndicatorRow(
        line,
        url_for("indicators.show", number=line.number),
        words.STANDINGS[line.standing.code],
        words.value(line),
        words.target(line),
        words.reported(line),
        drawing.sparkline(line, asked_day()) if line.value is not None else None,
        words.projected(line, heading)["value"] if heading else "",
        number,
        list_url("overdue.show", indicator=line.number) if number else "",
    )
