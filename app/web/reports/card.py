"""An organisation's card of execution in words."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date, datetime
from typing import Any

from flask_babel import gettext, ngettext
from flask_babel import lazy_gettext as _l

from app.exports.official import Block, Column, Group, Heading, Lines, OfficialDocument, Signature, Table
from app.services.plans import PlanInfo
from app.services.reports.card import Card
from app.services.reports.card_figures import CardFigure, CardIndicator
from app.services.task_list import TaskLine
from app.web.formats import decimal, in_language, lang, named, percent, short_day
from app.web.indicators import words
from app.web.reports.wording import LANGUAGES
from workflows import WORKFLOWS

#: points
_TEXT = 12
#: widths of the columns, mm; each table as wide as the text
_TASKS = (14, 68, 24, 24, 40)
_INDICATORS = (10, 56, 62, 18, 24)
_EXTENSIONS = (14, 44, 22, 22, 20, 48)
_RETURNS = (14, 58, 22, 76)
#: the groups of the tasks, the most urgent first
GROUPS = {
    "overdue": _l("Overdue"),
    "review": _l("Under review"),
    "working": _l("In progress"),
    "planned": _l("Not started"),
    "accepted": _l("Accepted"),
    "off": _l("Withdrawn or suspended"),
}


def card_document(
    told: Card, plan: PlanInfo, today: date, made_at: datetime, subheading: Iterable[str]
) -> OfficialDocument:
    """The card in the language of the moment (see `force_locale`); `subheading` says of when it is."""
    return OfficialDocument(
        language=LANGUAGES[lang()],
        author=gettext("Vekha"),
        made_at=made_at,
        heading=gettext("Card of execution"),
        subheading=(told.owner.name, named(plan), *subheading),
        text=_TEXT,
        blocks=[*_blocks(told, plan, today, made_at)],
    )


def _blocks(told: Card, plan: PlanInfo, today: date, made_at: datetime) -> Iterable[Block]:
    yield Lines(card_totals(told))
    yield Heading(gettext("Tasks"))
    groups = [
        Group(f"{label}: {len(told.tasks[name])}", [_task(line, told, today) for line in told.tasks[name]])
        for name, label in GROUPS.items()
        if told.tasks[name]
    ]
    columns: Sequence[str] = (
        *(gettext("No."), gettext("Activity"), gettext("Term"), gettext("Handed in")),
        gettext("State"),
    )
    yield _table(columns, _TASKS, groups, centred=(2, 3))
    if told.indicators:
        yield Heading(gettext("Indicators that it reports to"))
        columns = (
            gettext("No."),
            gettext("Indicator"),
            gettext("Its accepted figures"),
            gettext("Reports accepted"),
            gettext("Indicator of the plan"),
        )
        lines: list[Sequence[str]] = [_indicator(each) for each in told.indicators]
        yield _table(columns, _INDICATORS, [Group("", lines)], centred=(3,))
    yield Heading(gettext("Later dates asked for"))
    if told.extensions:
        columns = (
            *(gettext("No."), gettext("Activity"), gettext("Date before"), gettext("Date asked for")),
            *(gettext("Decision"), gettext("Reason")),
        )
        lines = [
            (
                each.code,
                with_label(each),
                short_day(each.due_before),
                short_day(each.due_granted or each.due_asked),
                extension_state(each.state),
                each.reason,
            )
            for each in told.extensions
        ]
        yield _table(columns, _EXTENSIONS, [Group("", lines)], centred=(2, 3))
    else:
        yield Lines([gettext("None was asked for.")])
    yield Heading(gettext("Returned by the controller"))
    if told.returns:
        columns = (gettext("No."), gettext("Activity"), gettext("Day"), gettext("Reason"))
        lines = [(each.code, with_label(each), short_day(each.on), each.reason) for each in told.returns]
        yield _table(columns, _RETURNS, [Group("", lines)], centred=(2,))
    else:
        yield Lines([gettext("Nothing was returned.")])
    yield Signature(
        (gettext("position"), gettext("signature"), gettext("initials and surname")),
        gettext("“___” ______________ %(year)s", year=plan.today(made_at).year),
    )


def card_totals(told: Card) -> list[str]:
    """The count lines of a card."""
    counts = {name: len(lines) for name, lines in told.tasks.items()}
    return [
        gettext(
            "Tasks: %(number)s, of them accepted: %(accepted)s; under review: %(review)s; in progress: "
            "%(working)s; overdue: %(overdue)s; not started: %(planned)s; withdrawn: %(off)s.",
            number=told.total,
            **counts,
        ),
        gettext(
            "Discipline of execution: %(share)s (in time %(done)s of %(number)s that fell due).",
            share=percent(told.in_force.share),
            done=told.in_force.numerator,
            number=told.in_force.denominator,
        ),
        gettext(
            "Against the first dates: %(share)s (in time %(done)s of %(number)s that fell due).",
            share=percent(told.first.share),
            done=told.first.numerator,
            number=told.first.denominator,
        ),
        gettext(
            "Accepted late: %(late)s; later dates asked for: %(asked)s, granted: %(granted)s; returned: "
            "%(returned)s.",
            late=len(told.late),
            asked=len(told.extensions),
            granted=sum(each.state == "granted" for each in told.extensions),
            returned=len(told.returns),
        ),
    ]


def with_label(thing: Any) -> str:
    """The activity, and which of its dates is meant."""
    label = in_language(thing, "label")
    return f"{named(thing)}, {label}" if label else named(thing)


def term(line: TaskLine) -> str:
    """The date in force, and the first one where it is another."""
    if line.due is None:
        return str(gettext("no deadline"))
    if line.due_first is None or line.due_first == line.due:
        return short_day(line.due)
    return str(gettext("%(due)s, first %(first)s", due=short_day(line.due), first=short_day(line.due_first)))


def state(line: TaskLine, told: Card, today: date) -> str:
    """How it stands, and how late."""
    label = WORKFLOWS[line.workflow].state(line.state).label.in_language(lang())
    if line.id in told.late and line.due_scored and line.submitted_on:
        days = (line.submitted_on - line.due_scored).days
        late = ngettext("handed in %(num)s day late", "handed in %(num)s days late", days)
        return f"{label}, {late}"
    if line in told.tasks["overdue"] and line.due:
        days = (today - line.due).days
        return f"{label}. {ngettext('%(num)s day late', '%(num)s days late', days)}"
    return label


def extension_state(name: str) -> str:
    """What became of the wish for a later date."""
    return WORKFLOWS["extension"].state(name).label.in_language(lang())


def figures(each: CardIndicator) -> list[str]:
    """The figures that the organisation gave, a line each."""
    return [_figure(one) for one in each.figures]


def standing(each: CardIndicator) -> str:
    """Where the indicator of the whole plan stands."""
    return f"{words.STANDINGS[each.line.standing.code].label}: {words.value(each.line)}"


def _figure(one: CardFigure) -> str:
    label = in_language(one, "label")
    if one.number is None:
        return f"{label}: {gettext('no data')}"
    return f"{label}: {decimal(one.number)} ({short_day(one.as_of)})"


def _task(line: TaskLine, told: Card, today: date) -> tuple[str, ...]:
    return (
        line.code,
        with_label(line) + (f"\n{line.subject}" if line.subject else ""),
        term(line),
        short_day(line.submitted_on),
        state(line, told, today),
    )


def _indicator(each: CardIndicator) -> tuple[str, ...]:
    return (
        str(each.line.number),
        each.line.title,
        "\n".join(figures(each)),
        gettext("%(done)s of %(number)s", done=each.accepted, number=each.expected),
        standing(each),
    )


def _table(
    names: Iterable[str], widths: Iterable[int], groups: list[Group], *, centred: Iterable[int]
) -> Table:
    middle = set(centred)
    columns = [
        Column(name, width, place in middle)
        for place, (name, width) in enumerate(zip(names, widths, strict=True))
    ]
    return Table(columns, groups)
