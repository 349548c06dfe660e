"""The note on execution in words: what is done, what is late and what that endangers, on one page."""

from __future__ import annotations

from datetime import date, datetime

from flask_babel import gettext, ngettext

from app.domain.indicators import AT_RISK, MISSED
from app.exports.note_docx import Note, NotePart
from app.services.dashboard import Attention, attention
from app.services.indicators import IndicatorLine
from app.services.plans import PlanInfo
from app.services.reports.execution import Execution
from app.web.formats import day, lang, named
from app.web.indicators import words
from app.web.reports.wording import LANGUAGES, listed, totals, with_more

#: lines of each part, so that all of it stays on one page, and the executors that a line names
_LINES, _NAMES = 6, 3


def note_on_execution(told: Execution, plan: PlanInfo, today: date, made_at: datetime) -> Note:
    """The note in the language of the moment (see `force_locale`)."""
    return Note(
        language=LANGUAGES[lang()],
        author=gettext("Vekha"),
        made_at=made_at,
        heading=gettext("Note on the execution of the plan"),
        subheading=(named(plan), gettext("as of %(date)s", date=day(today))),
        totals=totals(told),
        columns=(
            gettext("Section"),
            gettext("Activities done"),
            gettext("Tasks accepted"),
            gettext("Under review"),
            gettext("Overdue"),
        ),
        sections=[
            (
                f"{section.number}. {named(section)}",
                gettext("%(done)s of %(number)s", done=section.done, number=section.activities),
                gettext("%(done)s of %(number)s", done=section.tasks["accepted"], number=section.total),
                str(section.tasks["review"]),
                str(section.tasks["overdue"]),
            )
            for section in told.board.sections
        ],
        parts=(
            NotePart(gettext("Overdue"), _late(told, plan, today)),
            NotePart(gettext("Indicators endangered or missed"), _endangered(told)),
        ),
    )


def _late(told: Execution, plan: PlanInfo, today: date) -> list[str]:
    """As the dashboard lines them up: what feeds an indicator first, then the longest."""
    overdue = [
        item
        for section in told.sections
        for row in section.rows
        for activity in row.activities
        for item in activity.overdue
    ]
    lines, number = attention(plan, today, overdue, (), ())
    return with_more([_line(line) for line in lines[:_LINES]], number) or [gettext("Nothing is overdue.")]


def _line(line: Attention) -> str:
    executors = [named(each) for each in line.organizations]
    names = listed(executors[:_NAMES], len(executors))
    late = ngettext("%(num)s day late", "%(num)s days late", line.days)
    text = f"{line.code} {named(line)}: {names}. {late}"
    if not line.indicators:
        return f"{text}."
    numbers = ", ".join(str(each.number) for each in line.indicators)
    return f"{text}. {gettext('Endangers indicators')}: {numbers}."


def _endangered(told: Execution) -> list[str]:
    lines = [line for line in told.indicators if line.standing.code in (MISSED, AT_RISK)]
    lines.sort(key=lambda line: line.standing.code != MISSED)
    found = with_more([_indicator(line) for line in lines[:_LINES]], len(lines))
    return found or [gettext("No indicator is endangered.")]


def _indicator(line: IndicatorLine) -> str:
    return str(
        gettext(
            "%(number)s. %(name)s: %(value)s now; the target is %(target)s; reported by %(reported)s.",
            number=line.number,
            name=named(line),
            value=words.value(line),
            target=words.target(line),
            reported=words.reported(line),
        )
    )
