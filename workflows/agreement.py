"""A task that ends in a paper signed by another party: an agreement, a forecast agreed by a cluster."""

from workflows.backbone import Stage, task_workflow
from workflows.definition import OWING, Label, State

AGREEMENT = task_workflow(
    "agreement",
    Label("Соглашение", "Agreement"),
    (
        Stage(
            "negotiate",
            State("negotiating", Label("Согласование сторон", "Negotiating"), OWING, "people"),
            Label("Начать согласование", "Start negotiating"),
        ),
        Stage(
            "sign",
            State("signed", Label("Подписано", "Signed"), OWING, "pen"),
            Label("Отметить подписание", "Mark as signed"),
        ),
    ),
)
