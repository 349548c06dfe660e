"""An activity: nobody drags it by hand, it follows its tasks; the controller may take it off the road.

It is done exactly when it has tasks and all of them are accepted. So nobody reopens a done activity:
one of its tasks is reopened, or a new one appears, and it opens by itself.
"""

from __future__ import annotations

from workflows.backbone import BY_CONTROLLER
from workflows.definition import ACCEPTED, OFF, OWING, REVIEW, SYSTEM, Facts, Label, State, Step, Workflow
from workflows.engine import available

_BY_SYSTEM = frozenset({SYSTEM})
_OPEN = ("planned", "in_progress", "under_review", "reopened")

ACTIVITY = Workflow(
    name="activity",
    label=Label("Мероприятие", "Activity"),
    initial="planned",
    states=(
        State("planned", Label("Не начато", "Not started"), OWING, "circle"),
        State("in_progress", Label("В работе", "In progress"), OWING, "play-circle"),
        State("under_review", Label("На проверке", "Under review"), REVIEW, "eye"),
        State("done", Label("Исполнено", "Done"), ACCEPTED, "check-circle-fill"),
        State("suspended", Label("Приостановлено", "Suspended"), OFF, "pause-circle"),
        State("withdrawn", Label("Снято с контроля", "Withdrawn"), OFF, "slash-circle"),
        State("reopened", Label("Возобновлено", "Reopened"), OWING, "arrow-clockwise"),
    ),
    steps=(
        Step(
            "start",
            ("planned",),
            "in_progress",
            _BY_SYSTEM,
            ("some_task_started",),
            Label("Работа начата", "Work started"),
        ),
        Step(
            "review",
            ("in_progress", "reopened"),
            "under_review",
            _BY_SYSTEM,
            ("none_left_to_submit",),
            Label("Всё представлено", "All submitted"),
        ),
        Step(
            "finish",
            ("in_progress", "under_review", "reopened"),
            "done",
            _BY_SYSTEM,
            ("all_tasks_accepted",),
            Label("Все задачи приняты", "All tasks accepted"),
        ),
        Step(
            "resume_work",
            ("under_review",),
            "in_progress",
            _BY_SYSTEM,
            ("some_left_to_submit",),
            Label("Есть что доделать", "Work left to do"),
        ),
        Step(
            "unstart",
            ("in_progress",),
            "planned",
            _BY_SYSTEM,
            ("no_task_started",),
            Label("Начатое снято", "Started work withdrawn"),
        ),
        Step(
            "unfinish",
            ("done",),
            "reopened",
            _BY_SYSTEM,
            ("some_not_accepted",),
            Label("Задача открыта", "Task reopened"),
        ),
        Step(
            "suspend",
            _OPEN,
            "suspended",
            BY_CONTROLLER,
            (),
            Label("Приостановить", "Suspend"),
            reason_required=True,
        ),
        # Where it really stands is said by its tasks: `settle` follows at once.
        Step("resume", ("suspended",), "in_progress", BY_CONTROLLER, (), Label("Продолжить", "Resume")),
        Step(
            "withdraw",
            (*_OPEN, "suspended"),
            "withdrawn",
            BY_CONTROLLER,
            (),
            Label("Снять с контроля", "Withdraw"),
            reason_required=True,
        ),
        Step(
            "reopen",
            ("withdrawn",),
            "reopened",
            BY_CONTROLLER,
            (),
            Label("Возобновить", "Reopen"),
            reason_required=True,
        ),
    ),
    finals=frozenset({"done", "withdrawn"}),
)


def settle(state: str, facts: Facts) -> tuple[Step, ...]:
    """The system's steps to take now, in order, so that the activity stands where its tasks say.

    To be called after every change of a task and after `resume` and `reopen`. A suspended or withdrawn
    activity is not moved; from any other state at most one step is open at a time, and none repeats.
    """
    taken: list[Step] = []
    while True:
        options = available(ACTIVITY, state, _BY_SYSTEM, facts)
        step = next((option.step for option in options if not option.missing), None)
        if step is None:
            return tuple(taken)
        taken.append(step)
        state = step.dest
