"""A task that ends in a document: methodical recommendations, a list, an order."""

from workflows.backbone import Stage, task_workflow
from workflows.definition import OWING, Label, State

DOCUMENT = task_workflow(
    "document",
    Label("Документ", "Document"),
    (
        Stage(
            "start",
            State("drafting", Label("Подготовка", "Drafting"), OWING, "pencil-square"),
            Label("Начать подготовку", "Start drafting"),
        ),
    ),
)
