"""The report of execution in words: what was counted becomes the texts of a document."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from datetime import date, datetime

from flask_babel import gettext, ngettext

from app.domain.indicators import STANDINGS
from app.exports.execution_report import (
    ExecutionReport,
    IndicatorOfExecution,
    RowOfExecution,
    SectionOfExecution,
)
from app.services.counters import SHARES
from app.services.indicators import IndicatorLine
from app.services.overdue import OverdueItem
from app.services.plans import PlanInfo
from app.services.reports.execution import ActivityExecution, Execution, Late, ProofName, RowExecution
from app.services.task_list import TaskLine
from app.web import kinds
from app.web.formats import day, in_language, lang, percent, short_day
from app.web.indicators import words
from app.web.reports.task_words import task_cells, task_columns
from workflows import WORKFLOWS

#: what a row names at most: executors without an explanation, tasks with one, later dates
_NAMED = 5
#: characters of a note that stands for a document
_LONGEST_NOTE = 120
#: BCP 47 of the languages of the screen
LANGUAGES = {"ru": "ru-RU", "en": "en-GB"}


def execution_report(
    told: Execution, plan: PlanInfo, today: date, made_at: datetime, subheading: Sequence[str]
) -> ExecutionReport:
    """The report in the language of the moment (see `force_locale`); `subheading` says of when it is."""
    return ExecutionReport(
        language=LANGUAGES[lang()],
        author=gettext("Vekha"),
        made_at=made_at,
        as_of=today,
        heading=gettext("Report on the execution of the plan"),
        subheading=(
            plan.title,
            gettext(
                "Approved: %(issuer)s, order of %(date)s, no. %(number)s",
                issuer=told.order.issuer,
                date=day(told.order.date),
                number=told.order.number,
            ),
            *subheading,
        ),
        columns=(
            gettext("No. in the plan"),
            gettext("Activity"),
            gettext("Term"),
            gettext("Executors"),
            gettext("Actual date"),
            gettext("Result"),
            gettext("Documents of proof"),
            gettext("State"),
            gettext("Reasons for the deviation and the new term"),
        ),
        done_columns=(gettext("Actual date, first"), gettext("Actual date, last")),
        counted=(gettext("Tasks"), gettext("Accepted"), gettext("Under review"), gettext("Overdue")),
        sections=[
            SectionOfExecution(
                f"{each.section.number}. {each.section.title}", [_row(row) for row in each.rows]
            )
            for each in told.sections
        ],
        notes=(
            gettext(
                "The actual date is the day on which accepted work was handed in; where several executors "
                "answer for a row, the first and the last such day."
            ),
            gettext("The documents are those of accepted tasks; what is still under review is not named."),
        ),
        rows_heading=gettext("Rows of the plan"),
        tasks_heading=gettext("Tasks"),
        task_columns=task_columns(),
        tasks=[task_cells(row) for row in told.tasks],
        indicators_heading=gettext("Indicators"),
        indicator_columns=(
            gettext("No."),
            gettext("Indicator"),
            gettext("Target"),
            gettext("Value"),
            gettext("Reported"),
            gettext("Standing"),
        ),
        indicator_numbers=(
            gettext("Target, number"),
            gettext("Value"),
            gettext("Unit of measure"),
            gettext("Reported"),
            gettext("Expected to report"),
        ),
        indicators=[_indicator(line) for line in told.indicators],
        totals_heading=gettext("Totals"),
        totals=totals(told),
        signature=(gettext("position"), gettext("signature"), gettext("initials and surname")),
        signed_on=gettext("“___” ______________ %(year)s", year=plan.today(made_at).year),
    )


def _row(row: RowExecution) -> RowOfExecution:
    several = len(row.activities) > 1
    firsts = [each.done_first for each in row.activities if each.done_first]
    lasts = [each.done_last for each in row.activities if each.done_last]
    first, last = min(firsts, default=None), max(lasts, default=None)

    def told(texts: Iterable[str]) -> str:
        named = zip(row.activities, texts, strict=True)
        if not several:
            return "\n".join(text for _, text in named)
        return "\n".join(f"{each.planned.line.short_title}: {text}" for each, text in named if text)

    progress = row.progress
    return RowOfExecution(
        number=row.row.number,
        title=row.row.title,
        deadline=row.row.deadline,
        executors=row.row.executors,
        done=_days(first, last),
        done_first=first,
        done_last=last,
        result=told(map(_result, row.activities)),
        documents=told(map(_documents, row.activities)),
        state=told(map(_state, row.activities)),
        reasons=told(map(_reasons, row.activities)),
        counts=(progress.total, progress.accepted, progress.review, progress.overdue),
    )


def _days(first: date | None, last: date | None) -> str:
    if first is None or first == last:
        return short_day(first)
    return str(gettext("%(start)s to %(end)s", start=short_day(first), end=short_day(last)))


def _result(each: ActivityExecution) -> str:
    progress = each.planned.progress
    if not progress.total:
        return str(gettext("there is no task") if each.planned.occurrences else gettext("nobody has asked"))
    parts = [gettext("accepted: %(done)s of %(number)s", done=progress.accepted, number=progress.total)]
    if each.late:
        parts.append(gettext("of these late: %(number)s", number=len(each.late)))
    if progress.review:
        parts.append(gettext("under review: %(number)s", number=progress.review))
    if progress.overdue:
        parts.append(gettext("overdue: %(number)s", number=progress.overdue))
    return "; ".join(parts)


def _documents(each: ActivityExecution) -> str:
    named = [_document(proof) for proof in each.proofs]
    return "; ".join(with_more(named, each.proofs_of)) if named else ""


def _document(proof: ProofName) -> str:
    if proof.kind == "file":
        return proof.name
    text = proof.url if proof.kind == "link" else proof.note
    return text if len(text) <= _LONGEST_NOTE or proof.kind == "link" else f"{text[:_LONGEST_NOTE]}…"


def _state(each: ActivityExecution) -> str:
    label = WORKFLOWS["activity"].state(each.planned.line.state).label.in_language(lang())
    if not each.overdue:
        return label
    days = max(item.late.days for item in each.overdue)
    return f"{label}. {ngettext('%(num)s day late', '%(num)s days late', days)}"


def _reasons(each: ActivityExecution) -> str:
    found = [each.basis] if each.basis else []
    found += with_more(
        [
            gettext(
                "%(name)s: moved from %(before)s to %(due)s: %(reason)s",
                name=granted.executor,
                before=short_day(granted.due_before),
                due=short_day(granted.due_granted),
                reason=granted.reason,
            )
            for granted in each.granted[:_NAMED]
        ],
        len(each.granted),
    )
    late = [_sentence(one, one.executor, [one.explanation]) for one in each.late if one.explanation]
    found += with_more(late[:_NAMED], len(late))
    explained = [item for item in each.overdue if _explains(item)]
    silent = [item for item in each.overdue if not _explains(item)]
    found += with_more([_explanation(item) for item in explained[:_NAMED]], len(explained))
    if silent:
        names = [_who(item.line, item.line.short_name) for item in silent[:_NAMED]]
        found.append(gettext("without an explanation: %(names)s", names=listed(names, len(silent))))
    return "; ".join(found)


def _explains(item: OverdueItem) -> bool:
    return bool(item.line.explanation or item.line.expected_on or item.extension)


def _explanation(item: OverdueItem) -> str:
    parts = [item.line.explanation]
    if item.line.expected_on:
        parts.append(gettext("expects to finish %(date)s", date=short_day(item.line.expected_on)))
    if item.extension:
        parts.append(gettext("asks for %(date)s", date=short_day(item.extension.due_asked)))
    return _sentence(item.line, item.line.short_name, parts)


def _sentence(of: TaskLine | Late, name: str, parts: Iterable[str]) -> str:
    """Who says what about which date; what was written may end in a full stop already."""
    told = ", ".join(part.rstrip(" .") for part in parts if part)
    return f"{_who(of, name)}: {told}"


def _who(of: TaskLine | Late, name: str) -> str:
    """The executor, and which of its dates is meant."""
    label = in_language(of, "label")
    return f"{name} ({label})" if label else name


def with_more(named: list[str], number: int) -> list[str]:
    """The names, and how many there are beyond them."""
    more = number - len(named)
    return [*named, ngettext("and %(num)s more", "and %(num)s more", more)] if more > 0 else named


def listed(names: list[str], number: int) -> str:
    """A, B и ещё 3: the names in one line, and how many there are beyond them."""
    more = number - len(names)
    text = ", ".join(names)
    return f"{text} {ngettext('and %(num)s more', 'and %(num)s more', more)}" if more > 0 else text


def _indicator(line: IndicatorLine) -> IndicatorOfExecution:
    reasons = words.why(line)
    standing = str(words.STANDINGS[line.standing.code].label)
    return IndicatorOfExecution(
        number=line.number,
        title=line.title,
        target=words.target(line),
        target_number=line.target,
        value=words.value(line),
        value_number=line.display,
        unit=line.unit_ru if lang() == "ru" else line.unit_en,
        reported=words.reported(line),
        reported_number=line.reported,
        expected_number=line.expected,
        standing=f"{standing}. {reasons}",
    )


def totals(told: Execution) -> list[str]:
    """The count lines: activities as the plan counts them, tasks as the dashboard does."""
    activities = [each for section in told.sections for row in section.rows for each in row.activities]
    rows = sum(len(section.rows) for section in told.sections)
    by_kind = Counter(
        kinds.of_activity(each.planned.line.state, each.planned.progress) for each in activities
    )
    tasks, standings = told.board.tasks, Counter(line.standing.code for line in told.indicators)
    discipline = told.discipline
    return [
        gettext("Rows of the plan: %(rows)s, activities: %(number)s.", rows=rows, number=len(activities)),
        gettext(
            "Activities done: %(done)s; under review: %(review)s; in progress: %(progress)s; with overdue "
            "tasks: %(overdue)s; not started: %(planned)s; suspended or withdrawn: %(off)s.",
            **{kind: by_kind[kind] for kind in kinds.KINDS},
        ),
        gettext(
            "Tasks: %(number)s, of them accepted: %(accepted)s; under review: %(review)s; in progress: "
            "%(working)s; overdue: %(overdue)s; not started: %(planned)s; withdrawn: %(off)s.",
            number=sum(tasks[name] for name in SHARES),
            **{name: tasks[name] for name in SHARES},
        ),
        gettext(
            "Discipline of execution: %(share)s (in time %(done)s of %(number)s that fell due).",
            share=percent(discipline.share),
            done=discipline.numerator,
            number=discipline.denominator,
        ),
        gettext(
            "Indicators: %(number)s, of them met: %(met)s; on course: %(on_course)s; at risk: %(at_risk)s; "
            "missed: %(missed)s; without data: %(no_data)s.",
            number=len(told.indicators),
            **{code: standings[code] for code in STANDINGS},
        ),
    ]
