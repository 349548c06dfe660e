"""The note on execution in words: what is done, what is late and what that endangers, on one page."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime

from flask_babel import gettext, ngettext

from app.domain.indicators import AT_RISK, MISSED
from app.exports.note_document import Note, NotePart, fits
from app.services.dashboard import Attention, SectionProgress, attention
from app.services.endangered import gravest_first
from app.services.indicators import IndicatorLine
from app.services.plans import PlanInfo
from app.services.reports.execution import Execution
from app.web.formats import lang, named
from app.web.indicators import words
from app.web.reports.wording import LANGUAGES, listed, totals, with_more

#: lines of each part at most, and the executors that a line names
_LINES, _NAMES = 10, 3


def note_on_execution(
    told: Execution, plan: PlanInfo, today: date, made_at: datetime, subheading: Sequence[str]
) -> Note:
    """The note in the language of the moment (see `force_locale`); `subheading` says of when it is.

    It names as much as one page holds, the most urgent first, and counts what is beyond.
    """
    (late, late_in_all), endangered = _late(told, plan, today), _endangered(told)
    shown = [min(len(late), _LINES), min(len(endangered), _LINES)]
    while True:
        named_late = with_more(late[: shown[0]], late_in_all)
        named_endangered = with_more(endangered[: shown[1]], len(endangered))
        parts = (
            NotePart(gettext("Overdue"), named_late or [gettext("Nothing is overdue.")]),
            NotePart(
                gettext("Indicators endangered or missed"),
                named_endangered or [gettext("No indicator is endangered.")],
            ),
        )
        note = _note(told, plan, made_at, subheading, parts)
        if fits(note) or max(shown) <= 1:
            return note
        shown[shown.index(max(shown))] -= 1


def _note(
    told: Execution,
    plan: PlanInfo,
    made_at: datetime,
    subheading: Sequence[str],
    parts: Sequence[NotePart],
) -> Note:
    return Note(
        language=LANGUAGES[lang()],
        author=gettext("Vekha"),
        made_at=made_at,
        heading=gettext("Note on the execution of the plan"),
        subheading=(named(plan), *subheading),
        totals=totals(told),
        columns=(
            gettext("Section"),
            gettext("Activities done"),
            gettext("Tasks accepted"),
            gettext("Under review"),
            gettext("Overdue"),
            gettext("Indicators endangered"),
        ),
        sections=[_section(section, told) for section in told.board.sections],
        parts=parts,
    )


def _section(section: SectionProgress, told: Execution) -> Sequence[str]:
    """What is done, what is late, and the indicators that its lateness endangers."""
    endangered = {
        indicator.number
        for each in told.sections
        if each.section.number == section.number
        for row in each.rows
        for activity in row.activities
        for item in activity.overdue
        for indicator in item.indicators
    }
    return (
        f"{section.number}. {named(section)}",
        gettext("%(done)s of %(number)s", done=section.done, number=section.activities),
        gettext("%(done)s of %(number)s", done=section.tasks["accepted"], number=section.total),
        str(section.tasks["review"]),
        str(section.tasks["overdue"]),
        ", ".join(map(str, sorted(endangered))) or "—",
    )


def _late(told: Execution, plan: PlanInfo, today: date) -> tuple[list[str], int]:
    """As the dashboard lines them up, what endangers the most first; and their number."""
    overdue = [
        item
        for section in told.sections
        for row in section.rows
        for activity in row.activities
        for item in activity.overdue
    ]
    lines, number = attention(plan, today, gravest_first(overdue, told.indicators), (), ())
    return [_line(line) for line in lines], number


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
    """What is missed before what is at risk."""
    lines = [line for line in told.indicators if line.standing.code in (MISSED, AT_RISK)]
    return [_indicator(line) for line in sorted(lines, key=lambda line: line.standing.code != MISSED)]


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
