"""The asking for a later date: only the controller, who set the date, can move it."""

from workflows.backbone import BY_CONTROLLER, BY_EXECUTOR
from workflows.definition import ACCEPTED, OFF, REVIEW, Label, State, Step, Workflow

EXTENSION = Workflow(
    name="extension",
    label=Label("Перенос срока", "Extension"),
    initial="requested",
    states=(
        State("requested", Label("Запрошен", "Requested"), REVIEW, "hourglass-split"),
        State("granted", Label("Разрешён", "Granted"), ACCEPTED, "check-circle-fill"),
        State("refused", Label("Отказано", "Refused"), OFF, "x-circle"),
        State("withdrawn", Label("Отозван", "Withdrawn"), OFF, "slash-circle"),
    ),
    steps=(
        Step("grant", ("requested",), "granted", BY_CONTROLLER, (), Label("Разрешить перенос", "Grant")),
        Step(
            "refuse",
            ("requested",),
            "refused",
            BY_CONTROLLER,
            (),
            Label("Отказать в переносе", "Refuse"),
            reason_required=True,
        ),
        Step("withdraw", ("requested",), "withdrawn", BY_EXECUTOR, (), Label("Отозвать", "Take back")),
    ),
    finals=frozenset({"granted", "refused", "withdrawn"}),
)
