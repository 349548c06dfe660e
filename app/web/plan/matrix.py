"""The tasks of an activity as a matrix of organisations and occurrences, hundreds of cells."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from flask_babel import format_date, gettext, ngettext

from app.services.activity_page import Cell
from app.services.plans import PlanInfo
from app.services.progress import OccurrenceLine
from app.web import kinds
from app.web.addresses import task_url
from app.web.formats import day_month, in_language, lang
from workflows import WORKFLOWS


@dataclass(frozen=True, slots=True)
class Square:
    """A task as everybody sees it. `url` is empty for those who may not open it."""

    kind: str
    icon: str
    #: state and date, in words
    text: str
    url: str


@dataclass(frozen=True, slots=True)
class Column:
    """An occurrence at the head of the matrix: a few letters, and the whole label."""

    brief: str
    label: str


@dataclass(frozen=True, slots=True)
class Matrix:
    """Organisations down, occurrences across. `groups` are cohorts and how many columns each has."""

    groups: list[tuple[str, int]]
    columns: list[Column]
    rows: list[tuple[str, list[Square | None]]]


@dataclass(frozen=True, slots=True)
class Tile:
    """A task beside others, where a matrix would have one row or one column."""

    label: str
    square: Square


class Squares:
    """Makes squares; those with the same state and dates share their words."""

    def __init__(self, plan: PlanInfo, today: date, workflow: str, own_only: int | None) -> None:
        self._plan = plan
        self._today = today
        self._workflow = WORKFLOWS[workflow]
        self._own_only = own_only
        self._language = lang()
        self._words: dict[tuple[object, ...], tuple[str, str, str]] = {}

    def of(self, cell: Cell) -> Square:
        """The square of a task."""
        key = (cell.state, cell.phase, cell.due, cell.submitted_on, self._day(cell.accepted_at))
        words = self._words.get(key)
        if words is None:
            words = self._words[key] = self._describe(cell)
        may_open = self._own_only is None or self._own_only == cell.organization_id
        return Square(*words, url=task_url(cell.id) if may_open else "")

    def name(self, cell: Cell) -> str:
        """The organisation of a task, in the reader's language."""
        return cell.gloss_en if self._language == "en" and cell.gloss_en else cell.short_name

    def _day(self, instant: datetime | None) -> date | None:
        return instant.astimezone(self._plan.zone).date() if instant else None

    def _describe(self, cell: Cell) -> tuple[str, str, str]:
        overdue = kinds.is_late(cell.phase, cell.due, self._today)
        kind = kinds.of_task(cell.phase, cell.state, overdue)
        state = self._workflow.state(cell.state).label.in_language(self._language)
        accepted = self._day(cell.accepted_at)
        if overdue and cell.due is not None:
            late = (self._today - cell.due).days
            text = ngettext("%(num)s day late", "%(num)s days late", late)
            return kind, kinds.ICONS[kind], f"{text}; {state}" if cell.state != "planned" else text
        if kind == "done" and accepted:
            return kind, kinds.ICONS[kind], f"{state}, {day_month(accepted)}"
        if kind == "review" and cell.submitted_on:
            return kind, kinds.ICONS[kind], f"{state}, {day_month(cell.submitted_on)}"
        if kind in ("planned", "progress", "returned") and cell.due:
            by = gettext("by %(date)s", date=day_month(cell.due))
            return kind, kinds.ICONS[kind], f"{state}, {by}"
        return kind, kinds.ICONS[kind], state


def is_table(occurrences: Sequence[OccurrenceLine], cells: Sequence[Cell], workflow: str) -> bool:
    """Whether the tasks fill a matrix: several organisations over several occurrences."""
    organizations = {cell.organization_id for cell in cells}
    return workflow != "request" and len(occurrences) > 1 and len(organizations) > 1


def matrix(occurrences: Sequence[OccurrenceLine], cells: Sequence[Cell], squares: Squares) -> Matrix:
    """The cells (in the order of their organisations) under their occurrences."""
    places = {line.id: number for number, line in enumerate(occurrences)}
    rows: dict[int, tuple[str, list[Square | None]]] = {}
    for cell in cells:
        row = rows.get(cell.organization_id)
        if row is None:
            row = rows[cell.organization_id] = (squares.name(cell), [None] * len(occurrences))
        row[1][places[cell.occurrence_id]] = squares.of(cell)
    columns = [Column(_brief(line), in_language(line, "label")) for line in occurrences]
    return Matrix(_groups(occurrences), columns, list(rows.values()))


def tiles(occurrences: Sequence[OccurrenceLine], cells: Sequence[Cell], squares: Squares) -> list[Tile]:
    """One tile a task: named by its organisation, or by its occurrence where there is one organisation."""
    labels = {line.id: in_language(line, "label") for line in occurrences}
    alone = len({cell.organization_id for cell in cells}) == 1 and len(occurrences) > 1
    order = {line.id: number for number, line in enumerate(occurrences)}
    made = []
    for cell in sorted(cells, key=lambda cell: order[cell.occurrence_id]):
        label = labels[cell.occurrence_id] if alone else squares.name(cell)
        if cell.subject:
            label = f"{labels[cell.occurrence_id]}, {squares.name(cell)}"
        made.append(Tile(label, squares.of(cell)))
    return made


def _brief(line: OccurrenceLine) -> str:
    """The month, when the occurrence is one of those that come each month; else its day."""
    start = line.as_of or line.window_start
    if start and line.due and line.as_of is None and start.day == 1 and start.month == line.due.month:
        return str(format_date(start, "LLL"))
    return day_month(line.as_of or line.due)


def _groups(occurrences: Sequence[OccurrenceLine]) -> list[tuple[str, int]]:
    groups: list[tuple[str, int]] = []
    for line in occurrences:
        label = str(gettext("Graduates of %(year)s", year=line.cohort)) if line.cohort else ""
        if groups and groups[-1][0] == label:
            groups[-1] = (label, groups[-1][1] + 1)
        else:
            groups.append((label, 1))
    return groups if any(label for label, _ in groups) else []
