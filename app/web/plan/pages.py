"""The pages of the plan and of an activity, shaped for their templates."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cache
from itertools import groupby
from typing import Any

from flask import request, url_for
from flask_babel import gettext
from markupsafe import Markup

from app.domain.permissions import Actor, may_control, may_open_request, may_remind, task_roles
from app.services import activity_page, activity_records, history
from app.services.activity_page import ActivityPage, Participant
from app.services.plan_page import PlannedActivity, PlanSection
from app.services.progress import OccurrenceLine, Progress, together
from app.web import kinds
from app.web.addresses import list_url
from app.web.formats import lang
from app.web.history import Line, lines
from app.web.plan import matrix
from app.web.state import actor, plan, reading, today
from workflows import WORKFLOWS, diagram
from workflows.definition import CONTROLLER, Step
from workflows.engine import available

#: entries of the history on one page, and pieces of evidence before "show all"
HISTORY_LINES = 50
PROOF_LINES = 20
#: late executors that a line names; the others are behind a link
NAMES = 5


def role_word(role: str) -> str:
    """The role of an organisation in an activity, in the reader's language."""
    words = {
        "lead": gettext("Lead executor"),
        "co_executor": gettext("Co-executor"),
        "member": gettext("Executor, each for itself"),
        "accepting": gettext("Accepts the results"),
    }
    return str(words[role])


@dataclass(frozen=True, slots=True)
class Dated:
    """An occurrence with its kind and those who are late in it."""

    line: OccurrenceLine
    kind: str
    #: short names and glosses of the first who are late, and how many more there are
    late: list[activity_page.Cell]
    late_more: int
    #: how many executors can be reminded now; 0 for who may not remind
    owed: int


@dataclass(frozen=True, slots=True)
class Group:
    """Executors that the order names with the same words."""

    role: str
    named: str
    members: list[Participant]


@dataclass(frozen=True, slots=True)
class Invitation:
    """A participant «по согласованию», and what the reader may answer."""

    participant: Participant
    kind: str
    steps: list[Step]


@dataclass(frozen=True, slots=True)
class Records:
    """Evidence and history, as far as the reader may see them."""

    proofs: list[activity_records.Proof]
    proofs_of: int
    history: list[Line]
    page: int
    more: bool


@dataclass(frozen=True, slots=True)
class ActivityView:
    """All that the template of an activity shows."""

    page: ActivityPage
    kind: str
    progress: Progress
    dated: list[Dated]
    groups: list[Group]
    invitations: dict[int, Invitation]
    table: matrix.Matrix | None
    tiles: list[matrix.Tile]
    kinds: list[str]
    #: the controller's steps
    steps: list[Step]
    own_only: int | None
    owed: int
    may_request: bool
    #: the review queue with what waits of this activity; "" for who reviews nothing
    review_url: str
    overdue_url: str
    tasks_url: str
    records: Records

    @property
    def section_name(self) -> str:
        """The section in the reader's language."""
        heading = self.page.heading
        return heading.section_gloss if lang() == "en" and heading.section_gloss else heading.section_title

    @property
    def coordinator(self) -> str:
        """The coordinating organisation in the reader's language."""
        heading = self.page.heading
        gloss = heading.coordinator_gloss if lang() == "en" else ""
        return gloss or heading.coordinator or ""

    @staticmethod
    def kind_words(names: Sequence[str]) -> str:
        """Kinds of proof in words: file or link."""
        words = {"file": gettext("file"), "link": gettext("link"), "note": gettext("note")}
        return str(gettext(" or ")).join(words[name] for name in names)


def activity_view(code: str) -> ActivityView:
    """Read and shape the page of an activity. Raises NotFoundError."""
    person, info = actor(), plan()
    page = activity_page.activity_page(reading(), info, code, today())
    heading, cells = page.heading, page.cells
    own_only = activity_page.own_only(person, heading.coordinator_id)
    squares = matrix.Squares(info, today(), heading.workflow, own_only)
    progress = together(page.occurrences)
    as_table = matrix.is_table(page.occurrences, cells, heading.workflow)
    table = matrix.matrix(page.occurrences, cells, squares) if as_table else None
    tiles = [] if as_table else matrix.tiles(page.occurrences, cells, squares)
    dated = _dated(page, may_remind(person, heading.coordinator_id))
    on_request = heading.workflow == "request" and heading.state not in ("suspended", "withdrawn")
    return ActivityView(
        page=page,
        kind=kinds.of_activity(heading.state, progress),
        progress=progress,
        dated=dated,
        groups=_groups(page.participants),
        invitations=_invitations(person, page.participants, heading.coordinator_id),
        table=table,
        tiles=tiles,
        kinds=_kinds_shown(table, tiles),
        steps=_controller_steps(person, heading.state),
        own_only=own_only,
        owed=sum(each.owed for each in dated),
        may_request=on_request
        and any(
            may_open_request(person, part.organization_id, heading.coordinator_id)
            for part in page.participants
        ),
        review_url=_review_url(person, code, progress),
        overdue_url=list_url(show="overdue", activity=code),
        tasks_url=list_url(show="all", activity=code),
        records=_records(heading.id, own_only),
    )


@cache
def picture(workflow: str, language: str, present: str | None, name: str) -> Markup:
    """The diagram of a workflow. There are a few dozen of them, drawn from declarations alone."""
    return Markup(diagram.svg(WORKFLOWS[workflow], language, present, title_id=name))


def chosen(sections: Iterable[PlanSection], kind: str) -> list[PlanSection]:
    """The sections with the rows that have an activity of that kind; every row for no kind."""
    found = []
    for section in sections:
        rows = [
            row for row in section.rows if not kind or any(kind_of(each) == kind for each in row.activities)
        ]
        if rows:
            found.append(
                PlanSection(section.number, section.title, section.short_title, section.gloss_en, rows)
            )
    return found


def kind_of(planned: PlannedActivity) -> str:
    """The kind of an activity of the plan."""
    return kinds.of_activity(planned.line.state, planned.progress)


def filters(sections: Iterable[PlanSection], kind: str) -> list[dict[str, Any]]:
    """Links that show the activities of one kind; kinds that no activity has are left out."""
    found = Counter(kind_of(each) for section in sections for row in section.rows for each in row.activities)
    words = {
        "overdue": gettext("Overdue"),
        "review": gettext("Under review"),
        "progress": gettext("In progress"),
        "planned": gettext("Not started"),
        "done": gettext("Done"),
        "off": gettext("Suspended or withdrawn"),
    }
    everything = {
        "label": gettext("All"),
        "url": url_for("plan.show"),
        "count": found.total(),
        "active": not kind,
    }
    return [everything] + [
        {
            "label": words[each],
            "url": url_for("plan.show", show=each),
            "count": found[each],
            "active": each == kind,
        }
        for each in kinds.KINDS
        if found[each] or each == kind
    ]


def _dated(page: ActivityPage, reminding: bool) -> list[Dated]:
    late: dict[int, list[activity_page.Cell]] = {}
    for cell in page.cells:
        if kinds.is_late(cell.phase, cell.due, today()):
            late.setdefault(cell.occurrence_id, []).append(cell)
    found = []
    for line in page.occurrences:
        names = late.get(line.id, [])
        owed = line.progress.owing if reminding and line.has_begun(today()) else 0
        kind = kinds.of_occurrence(page.heading.state, line.progress)
        found.append(Dated(line, kind, names[:NAMES], max(0, len(names) - NAMES), owed))
    return found


def _groups(participants: Sequence[Participant]) -> list[Group]:
    grouped = groupby(participants, key=lambda part: (part.role, part.named, part.by_agreement))
    return [Group(role, named, list(members)) for (role, named, _), members in grouped]


def _invitations(
    person: Actor, participants: Sequence[Participant], coordinator_id: int | None
) -> dict[int, Invitation]:
    workflow = WORKFLOWS["consent"]
    found = {}
    for part in participants:
        if part.by_agreement:
            roles = task_roles(person, part.organization_id, coordinator_id)
            steps = [option.step for option in available(workflow, part.consent, roles)]
            kind = {"invited": "soon", "agreed": "done", "declined": "off"}[part.consent]
            found[part.id] = Invitation(part, kind, steps)
    return found


def _kinds_shown(table: matrix.Matrix | None, tiles: Sequence[matrix.Tile]) -> list[str]:
    if table is not None:
        shown = {square.kind for _, squares in table.rows for square in squares if square}
    else:
        shown = {tile.square.kind for tile in tiles}
    return [kind for kind in kinds.ICONS if kind in shown]


def _review_url(person: Actor, code: str, progress: Progress) -> str:
    return list_url("review.queue", activity=code) if may_control(person) and progress.review else ""


def _controller_steps(person: Actor, state: str) -> list[Step]:
    if not may_control(person):
        return []
    return [option.step for option in available(WORKFLOWS["activity"], state, {CONTROLLER})]


def _records(activity_id: int, own_only: int | None) -> Records:
    session = reading()
    limit = None if request.args.get("evidence") == "all" else PROOF_LINES
    proofs, proofs_of = activity_records.proofs(session, activity_id, organization_id=own_only, limit=limit)
    page = max(1, request.args.get("page", 1, type=int))
    entries = history.of_activity(
        session, activity_id, HISTORY_LINES + 1, (page - 1) * HISTORY_LINES, organization_id=own_only
    )
    more = len(entries) > HISTORY_LINES
    return Records(proofs, proofs_of, lines(entries[:HISTORY_LINES]), page, more)
