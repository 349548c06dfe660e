"""The page of one task: what it asks for, what there is, who may do what now."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property

from sqlalchemy.orm import Session

from app.domain.errors import NotFoundError
from app.domain.figures import COUNTED, PENDING
from app.domain.overdue import Lateness, lateness
from app.domain.permissions import (
    Actor,
    may_comment,
    may_remind,
    may_see_task,
    task_roles,
)
from app.domain.schedule import days_left
from app.models import Material, Publication
from app.scanning import INFECTED
from app.services import comments, history, task_records
from app.services.activities import CLOSED
from app.services.corrections import ASKABLE
from app.services.figure_history import Correction, corrections_in
from app.services.history import Entry
from app.services.plans import PlanInfo, plan_by_id
from app.services.publishing import materials, words
from app.services.task_list import Endangered
from app.services.task_records import Asked, Figure, Given, Head, Item, Slot
from app.services.todo_list import TICK
from workflows import WORKFLOWS
from workflows.definition import ACCEPTED, CONTROLLER, EXECUTOR, OWING, REVIEW, Facts, Step, Workflow
from workflows.engine import Option, available


@dataclass(frozen=True, slots=True)
class Kept:
    """A piece of current evidence with the versions that it took the place of, newest first."""

    item: Item
    older: tuple[Item, ...]


@dataclass(frozen=True, slots=True)
class Asking:
    """A figure that the task asks for, with what the organisation has given so far."""

    figure: Figure
    #: the newest one in this task, counted or pending; None: nothing yet
    present: Given | None
    #: the one of this task that counts
    counted: Given | None
    #: the newest one of another task of the activity that speaks for an earlier day
    previous: Given | None

    @property
    def pending(self) -> bool:
        """Given here, and not confirmed by the controller."""
        return self.present is not None and self.present.standing == PENDING


@dataclass(frozen=True)
class TaskPage:
    """Everything that the page shows, for one actor."""

    task: Head
    plan: PlanInfo
    roles: frozenset[str]
    controls: bool
    #: of somebody else's task that is still owed
    may_remind: bool
    may_comment: bool
    #: calendar days until the due date; None without one
    left: int | None
    lateness: Lateness | None
    #: the rest is read when it is asked for: a click that succeeds shows none of it
    session: Session = field(repr=False)

    @cached_property
    def slots(self) -> list[Slot]:
        return task_records.slots_of(self.session, self.task)

    @cached_property
    def evidence(self) -> dict[str, list[Kept]]:
        """Current evidence by slot; "" holds what answers no slot."""
        return _kept(task_records.items_of(self.session, self.task))

    @cached_property
    def figures(self) -> list[Asking]:
        return _asking(self.session, self.task)

    @cached_property
    def options(self) -> tuple[Option, ...]:
        """The steps that are open to the actor."""
        facts = _facts(self.task, self.slots, self.evidence, self.figures)
        return available(self.workflow, self.task.state, self.roles, facts)

    @cached_property
    def extensions(self) -> list[Asked]:
        return task_records.extensions_of(self.session, self.task)

    @cached_property
    def indicators(self) -> list[Endangered]:
        return task_records.indicators_of(self.session, self.task)

    @cached_property
    def corrections(self) -> list[tuple[Figure, Correction]]:
        """What was changed in the figures that the task was given, the newest first."""
        asked = {asking.figure.key: asking.figure for asking in self.figures if asking.present}
        # What was given once was never changed: nothing is read for it.
        given_again = sum("figures" in entry.details for entry in self.history) > 1
        found = corrections_in(self.session, self.task.id) if given_again else []
        return [(asked[one.new.figure], one) for one in found if one.new.figure in asked]

    @cached_property
    def history(self) -> list[Entry]:
        """The journal of the task, newest first."""
        return history.of_task(self.session, self.task.id, self.task.activity_id)

    @cached_property
    def thread(self) -> list[comments.Line]:
        """The comments, oldest first."""
        return comments.thread(self.session, self.task.id) if self.task.comments else []

    @cached_property
    def readers(self) -> list[comments.Reader]:
        """Who may see the task, and so be mentioned."""
        return comments.readers(self.session, self.task.organization_id, self.task.coordinator_id)

    @cached_property
    def told(self) -> dict[str, Publication]:
        """What everybody was told about the event, by stage; only events are told about."""
        return words.told_of(self.session, self.task.id) if self.task.workflow == words.EVENT else {}

    @cached_property
    def materials(self) -> dict[int, Material]:
        """What of the evidence was published, by its id."""
        return materials.materials_of(self.session, self.task.id)

    @property
    def workflow(self) -> Workflow:
        return WORKFLOWS[self.task.workflow]

    @property
    def open(self) -> bool:
        """The activity is neither suspended nor withdrawn."""
        return self.task.activity_state not in CLOSED

    @property
    def owing(self) -> bool:
        return self.task.phase == OWING

    @property
    def executes(self) -> bool:
        """The actor may attach, submit and explain now."""
        return EXECUTOR in self.roles and self.owing

    @property
    def explains(self) -> bool:
        """The actor may say why it is late."""
        return self.executes and (self.lateness is not None or bool(self.task.explanation))

    @property
    def asks(self) -> bool:
        """The actor may ask for a later date."""
        return self.executes and self.task.due is not None and self.waiting is None

    @property
    def corrects(self) -> bool:
        """The actor may put other numbers in the place of those given: at once, or by asking."""
        asks = EXECUTOR in self.roles and self.open and self.task.phase in ASKABLE
        return (self.controls or asks) and any(asking.present for asking in self.figures)

    @property
    def correction_waits(self) -> bool:
        """Figures of the accepted task wait for the controller to let them count."""
        return self.task.phase == ACCEPTED and self.pending_figures

    @property
    def reviews(self) -> bool:
        """The controller has the next word."""
        return self.controls and self.task.phase == REVIEW

    @property
    def stages(self) -> list[Step]:
        """The one-click steps."""
        return [option.step for option in self.options if option.step.stage] if self.owing else []

    @property
    def pending_figures(self) -> bool:
        return any(asking.pending for asking in self.figures)

    @property
    def waiting(self) -> Asked | None:
        """The request for a later date that nobody has decided yet."""
        initial = WORKFLOWS["extension"].initial
        return next((asked for asked in self.extensions if asked.state == initial), None)

    @property
    def reminders(self) -> list[Entry]:
        """What the executor was reminded of, newest first."""
        return [entry for entry in self.history if entry.action == "remind"]

    @property
    def refused_tick(self) -> Entry | None:
        """The last tick of a calendar program that was not taken, until something was done about it."""
        for entry in self.history if self.owing else ():
            if entry.action == TICK:
                return entry
            if entry.subject == "task" and entry.action in {"submit", "attach"}:
                return None
        return None

    @property
    def visited(self) -> set[str]:
        """The states that the task has been in, for its diagram."""
        own = [entry for entry in self.history if entry.subject == "task"]
        return {state for entry in own for state in (entry.state_before, entry.state_after) if state}

    @property
    def position(self) -> int:
        """The newest entry of the history: what a form has known."""
        return self.history[0].position if self.history else 0

    def offers(self, trigger: str) -> bool:
        """Whether the actor may fire the trigger from the present state."""
        return any(option.step.trigger == trigger for option in self.options)

    def since(self, version: int, position: int | None) -> list[Entry]:
        """What happened after a form with that version (and that newest entry) was shown, newest first."""
        if position is not None:
            return [entry for entry in self.history if entry.position > position]
        return self.history[: max(self.task.version - version, 0)]


def show_task(session: Session, actor: Actor, task_id: int, today: date, plan: PlanInfo) -> TaskPage:
    """The page of a task. Raises NotFoundError, also for a task that the actor may not see.

    At most eleven statements (one more each for comments and for a task of another plan than `plan`).
    """
    head = task_records.find_head(session, task_id, actor.person_id)
    if head is None or not may_see_task(actor, head.organization_id, head.coordinator_id):
        raise NotFoundError
    if head.plan_id != plan.id:
        plan = plan_by_id(session, head.plan_id)
    roles = task_roles(actor, head.organization_id, head.coordinator_id)
    return TaskPage(
        task=head,
        plan=plan,
        roles=roles,
        controls=CONTROLLER in roles,
        may_remind=may_remind(actor, head.coordinator_id) and head.phase == OWING and EXECUTOR not in roles,
        may_comment=may_comment(actor, head.organization_id, head.coordinator_id),
        left=days_left(head.due, today) if head.due else None,
        lateness=lateness(head.phase, head.due, today, plan.calendar),
        session=session,
    )


def _kept(items: Sequence[Item]) -> dict[str, list[Kept]]:
    replaced = {item.replaced_by: item for item in items if item.replaced_by is not None}
    found: dict[str, list[Kept]] = {}
    for item in items:
        if item.replaced_by is not None:
            continue
        older, before = [], replaced.get(item.id)
        while before is not None:
            older.append(before)
            before = replaced.get(before.id)
        found.setdefault(item.slot, []).append(Kept(item, tuple(older)))
    return found


def _asking(session: Session, head: Head) -> list[Asking]:
    fields = task_records.figures_of(session, head)
    if not fields:
        return []
    present: dict[str, Given] = {}
    counted: dict[str, Given] = {}
    others: list[Given] = []
    for given in task_records.given_by(session, head):
        if given.task_id != head.id:
            others.append(given)
            continue
        present[given.figure] = given
        if given.standing == COUNTED:
            counted[given.figure] = given
    day = head.as_of or head.due_nominal or date.max
    days = {figure: given.as_of for figure, given in present.items()}
    previous = {given.figure: given for given in others if given.as_of < days.get(given.figure, day)}
    return [
        Asking(field, present.get(field.key), counted.get(field.key), previous.get(field.key))
        for field in fields
    ]


def _facts(
    head: Head, slots: Sequence[Slot], evidence: dict[str, list[Kept]], figures: Sequence[Asking]
) -> Facts:
    return Facts(
        evidence=frozenset(
            slot for slot, kept in evidence.items() if any(each.item.scan != INFECTED for each in kept)
        ),
        required=tuple(slot.key for slot in slots if slot.required),
        figures=frozenset(asking.figure.key for asking in figures if asking.present),
        required_figures=tuple(asking.figure.key for asking in figures if asking.figure.required),
        activity_open=head.activity_state not in CLOSED,
    )
