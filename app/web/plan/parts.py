"""The parts of an activity's page that are made once between two changes of the plan."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache, cached_property

from flask import current_app, request
from markupsafe import Markup

from app.services import activity_page, activity_records, history
from app.services.activity_page import Asked, Before, Cell
from app.services.progress import OccurrenceLine
from app.web import kinds, terms
from app.web.addresses import list_url
from app.web.formats import instants, lang
from app.web.history import Line, lines
from app.web.numbers import whole
from app.web.plan import matrix
from app.web.plan.activity import ActivityView, kind_words
from app.web.remembered import until_the_plan_changes
from app.web.state import plan, reading, today
from workflows import WORKFLOWS, diagram

#: entries of the history on one page, and pieces of evidence before "show all"
HISTORY_LINES = 50
PROOF_LINES = 20
#: late executors that a line names; the others are behind a link
NAMES = 5


@dataclass(frozen=True, slots=True)
class Dated:
    """An occurrence with its kind and those who are late in it."""

    line: OccurrenceLine
    kind: str
    #: the first who are late, and how many more there are
    late: list[Cell]
    late_more: int
    #: how many executors the reader can remind
    owed: int


@dataclass(frozen=True, slots=True)
class Records:
    """Evidence and history, as far as the reader may see them."""

    proofs: list[activity_records.Proof]
    proofs_of: int
    history: list[Line]
    page: int
    more: bool


class Parts:
    """`{{ parts.main }}`: a part is read and made when it is asked for and not remembered."""

    def __init__(self, view: ActivityView) -> None:
        self._view = view
        self._all_proofs = request.args.get("evidence") == "all"
        self._page = max(1, whole(request.args.get("page")) or 1)

    @property
    def main(self) -> Markup:
        """What the order says, the machine, and the tasks where they are few."""
        return self._part("main")

    @property
    def aside(self) -> Markup:
        """What comes before, what it moves, what it asks for."""
        return self._part("aside")

    @property
    def below(self) -> Markup:
        """The matrix where there is one, evidence and history."""
        return self._part("below")

    @cached_property
    def before(self) -> list[Before]:
        return activity_page.before_of(reading(), plan().id, self._view.head.after)

    @cached_property
    def asked(self) -> list[Asked]:
        return activity_page.asked_of(reading(), self._view.head.id)

    @cached_property
    def cells(self) -> list[Cell]:
        return activity_page.cells_of(reading(), self._view.head.id)

    @cached_property
    def is_table(self) -> bool:
        """Whether there is a matrix, and not tiles."""
        return matrix.is_table(self._view.occurrences, self.cells, self._view.head.workflow)

    @cached_property
    def table(self) -> matrix.Matrix:
        return matrix.matrix(self._view.occurrences, self.cells, self._squares)

    @cached_property
    def tiles(self) -> list[matrix.Tile]:
        return matrix.tiles(self._view.occurrences, self.cells, self._squares)

    @property
    def table_kinds(self) -> list[str]:
        """The kinds that the matrix shows."""
        shown = {square.kind for _, squares in self.table.rows for square in squares if square}
        return [kind for kind in kinds.ICONS if kind in shown]

    @property
    def dated(self) -> list[Dated]:
        """The occurrences with who is late in them."""
        late: dict[int, list[Cell]] = {}
        for cell in self.cells:
            if kinds.is_late(cell.phase, cell.due, today()):
                late.setdefault(cell.occurrence_id, []).append(cell)
        return [self._dated(line, late.get(line.id, [])) for line in self._view.occurrences]

    @property
    def records(self) -> Records:
        """Evidence and one page of the history."""
        view, limit = self._view, None if self._all_proofs else PROOF_LINES
        proofs, proofs_of = activity_records.proofs(
            reading(), view.head.id, organization_id=view.own_only, limit=limit
        )
        entries = self._entries(HISTORY_LINES + 1, (self._page - 1) * HISTORY_LINES)
        more = len(entries) > HISTORY_LINES
        return Records(proofs, proofs_of, lines(entries[:HISTORY_LINES]), self._page, more)

    def newest(self) -> Line | None:
        """The last thing that happened, for somebody whose form was too late."""
        return next(iter(lines(self._entries(1))), None)

    @property
    def _squares(self) -> matrix.Squares:
        return matrix.Squares(plan(), today(), self._view.head.workflow, self._view.own_only)

    def _entries(self, limit: int, offset: int = 0) -> Sequence[history.Entry]:
        return history.of_activity(
            reading(), self._view.head.id, limit, offset, organization_id=self._view.own_only
        )

    def _dated(self, line: OccurrenceLine, late: list[Cell]) -> Dated:
        kind = kinds.of_occurrence(self._view.head.state, line.progress)
        return Dated(line, kind, late[:NAMES], max(0, len(late) - NAMES), self._view.owed_in(line))

    def _part(self, name: str) -> Markup:
        view = self._view
        reader = (view.head.id, view.own_only, view.reminding, self._all_proofs, self._page)
        return until_the_plan_changes(f"activity-{name}", reader, lambda: self._make(name))

    def _make(self, name: str) -> str:
        code = self._view.head.code
        return current_app.jinja_env.get_template(f"plan/_{name}.html").render(
            lang=lang(),
            view=self._view,
            head=self._view.head,
            parts=self,
            picture=picture,
            kinds=kinds,
            kind_words=kind_words,
            terms=terms,
            when=instants(),
            workflows=WORKFLOWS,
            overdue_url=list_url(show="overdue", activity=code),
            tasks_url=list_url(show="all", activity=code),
        )


@cache
def picture(workflow: str, language: str, present: str | None, name: str) -> Markup:
    """The diagram of a workflow. There are a few dozen of them, drawn from declarations alone."""
    return Markup(diagram.svg(WORKFLOWS[workflow], language, present, title_id=name))
