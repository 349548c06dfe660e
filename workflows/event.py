"""A task that is held on a day: a seminar, a defence, a career week, a round of consultations."""

from workflows.backbone import Stage, task_workflow
from workflows.definition import OWING, Label, State

EVENT = task_workflow(
    "event",
    Label("Событие", "Event"),
    (
        Stage(
            "announce",
            State("announced", Label("Анонсировано", "Announced"), OWING, "megaphone"),
            Label("Отметить анонс", "Mark as announced"),
        ),
        Stage(
            "hold",
            State("held", Label("Проведено", "Held"), OWING, "calendar-check"),
            Label("Отметить проведение", "Mark as held"),
        ),
    ),
)
