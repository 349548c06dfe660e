"""A task that somebody asked for: no request, no task, and so nothing that could be overdue.

The service creates it as planned and records the request at once, whoever registered it.
"""

from workflows.backbone import Stage, task_workflow
from workflows.definition import CONTROLLER, COORDINATOR, EXECUTOR, OWING, SYSTEM, Label, State

REQUEST = task_workflow(
    "request",
    Label("По запросу", "On request"),
    (
        Stage(
            "request",
            State("requested", Label("Запрошено", "Requested"), OWING, "inbox"),
            Label("Зарегистрировать запрос", "Register the request"),
            roles=frozenset({EXECUTOR, COORDINATOR, CONTROLLER, SYSTEM}),
        ),
        Stage(
            "provide",
            State("provided", Label("Предоставлено", "Provided"), OWING, "box-seam"),
            Label("Отметить предоставление", "Mark as provided"),
        ),
    ),
)
