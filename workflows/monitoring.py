"""A task that ends in a table of figures: a monthly count, a yearly survey, a register kept all year."""

from workflows.backbone import Stage, task_workflow
from workflows.definition import OWING, Label, State

MONITORING = task_workflow(
    "monitoring",
    Label("Мониторинг", "Monitoring"),
    (
        Stage(
            "collect",
            State("collecting", Label("Сбор сведений", "Collecting"), OWING, "table"),
            Label("Начать сбор сведений", "Start collecting"),
        ),
    ),
)
