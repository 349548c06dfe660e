"""The backbone that all kinds of task share; they differ in their stages alone."""

from __future__ import annotations

from dataclasses import dataclass

from workflows.definition import (
    ACCEPTED,
    CONTROLLER,
    EXECUTOR,
    OFF,
    OWING,
    REVIEW,
    Label,
    State,
    Step,
    Workflow,
)

BY_EXECUTOR = frozenset({EXECUTOR})
BY_CONTROLLER = frozenset({CONTROLLER})

PLANNED = State("planned", Label("Не начато", "Not started"), OWING, "circle")
_AFTER_STAGES = (
    State("submitted", Label("На проверке", "Under review"), REVIEW, "eye"),
    State("accepted", Label("Исполнено", "Done"), ACCEPTED, "check-circle-fill"),
    State("returned", Label("На доработке", "Returned for rework"), OWING, "arrow-counterclockwise"),
    State("withdrawn", Label("Снято с контроля", "Withdrawn"), OFF, "slash-circle"),
    State("reopened", Label("Возобновлено", "Reopened"), OWING, "arrow-clockwise"),
)


@dataclass(frozen=True, slots=True)
class Stage:
    """Something true about the world that one click records on the way to submitting."""

    trigger: str
    state: State
    label: Label
    roles: frozenset[str] = BY_EXECUTOR


def task_workflow(name: str, label: Label, stages: tuple[Stage, ...]) -> Workflow:
    """A kind of task: planned, the stages in their order, submitted, accepted, and the ways back.

    A stage may be skipped, and submitting never waits for one: what it waits for is the evidence.
    """
    stage_names = tuple(stage.state.name for stage in stages)
    before_review = ("planned", *stage_names)
    stage_steps = tuple(
        Step(
            trigger=stage.trigger,
            sources=before_review[: position + 1],
            dest=stage.state.name,
            roles=stage.roles,
            guards=(),
            label=stage.label,
            stage=True,
        )
        for position, stage in enumerate(stages)
    )
    return Workflow(
        name=name,
        label=label,
        initial="planned",
        states=(PLANNED, *(stage.state for stage in stages), *_AFTER_STAGES),
        steps=(*stage_steps, *_shared_steps(before_review)),
        finals=frozenset({"accepted", "withdrawn"}),
    )


def _shared_steps(before_review: tuple[str, ...]) -> tuple[Step, ...]:
    owing = (*before_review, "returned", "reopened")
    return (
        Step(
            "submit",
            owing,
            "submitted",
            BY_EXECUTOR,
            ("activity_open", "evidence_attached", "figures_given"),
            Label("Отметить исполнение", "Mark as done"),
        ),
        Step("accept", ("submitted",), "accepted", BY_CONTROLLER, (), Label("Принять", "Accept")),
        Step(
            "return",
            ("submitted",),
            "returned",
            BY_CONTROLLER,
            (),
            Label("Вернуть на доработку", "Return for rework"),
            reason_required=True,
        ),
        Step(
            "withdraw",
            (*owing, "submitted"),
            "withdrawn",
            BY_CONTROLLER,
            (),
            Label("Снять с контроля", "Withdraw"),
            reason_required=True,
        ),
        Step(
            "reopen",
            ("accepted", "withdrawn"),
            "reopened",
            BY_CONTROLLER,
            (),
            Label("Возобновить", "Reopen"),
            reason_required=True,
        ),
    )
