"""State machines as data, with the engine that decides and the diagrams that show; no Flask, no database."""

from types import MappingProxyType

from workflows.activity import ACTIVITY
from workflows.agreement import AGREEMENT
from workflows.consent import CONSENT
from workflows.definition import Workflow
from workflows.document import DOCUMENT
from workflows.event import EVENT
from workflows.extension import EXTENSION
from workflows.monitoring import MONITORING
from workflows.request import REQUEST

__all__ = ["TASK_KINDS", "WORKFLOWS"]

_TASK_WORKFLOWS = (DOCUMENT, EVENT, AGREEMENT, MONITORING, REQUEST)

#: The names of the kinds of task, in the order of the table in the manual.
TASK_KINDS: tuple[str, ...] = tuple(flow.name for flow in _TASK_WORKFLOWS)

#: Every workflow by its name.
WORKFLOWS: MappingProxyType[str, Workflow] = MappingProxyType(
    {flow.name: flow for flow in (ACTIVITY, *_TASK_WORKFLOWS, EXTENSION, CONSENT)}
)
