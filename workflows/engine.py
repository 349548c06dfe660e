"""Decides whether a step may be taken; the only module that knows `transitions`.

One module-level machine a definition, fired on a throwaway token that carries the state and the facts:
a machine an object costs a hundred times as much, and a bound row is reset to the initial state. The
engine has no callbacks and no effects: legality is decided here, the work is done by the service.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from functools import cache, partial
from typing import cast

from transitions import EventData, Machine, MachineError

from workflows.definition import NO_FACTS, Facts, Step, Workflow
from workflows.guards import Missing, missing_for


class WorkflowError(Exception):
    """A step that cannot be taken."""


class UnknownTriggerError(WorkflowError):
    """The workflow has no such trigger at all."""

    def __init__(self, workflow: str, trigger: str) -> None:
        super().__init__(f"{workflow} has no trigger {trigger!r}")
        self.workflow = workflow
        self.trigger = trigger


class WrongStateError(WorkflowError):
    """The trigger exists, but does not lead out of the present state."""

    def __init__(self, state: str, trigger: str, allowed: tuple[str, ...]) -> None:
        super().__init__(f"{trigger!r} is not open from {state!r}; open are: {', '.join(allowed) or 'none'}")
        self.state = state
        self.trigger = trigger
        self.allowed = allowed


class RoleRefusedError(WorkflowError):
    """The step is open, but not to these roles."""

    def __init__(self, trigger: str, roles: Collection[str], needed: frozenset[str]) -> None:
        super().__init__(f"{trigger!r} is a step of: {', '.join(sorted(needed))}")
        self.trigger = trigger
        self.roles = frozenset(roles)
        self.needed = needed


class GuardRefusedError(WorkflowError):
    """The step is open to the role, but something is missing."""

    def __init__(self, trigger: str, missing: tuple[Missing, ...]) -> None:
        listed = ", ".join(f"{item.code} {item.detail}".strip() for item in missing)
        super().__init__(f"{trigger!r} is refused; missing: {listed}")
        self.trigger = trigger
        self.missing = missing


@dataclass(frozen=True, slots=True)
class Option:
    """A step that the role may take now; shown disabled, with the reason, when something is missing."""

    step: Step
    missing: tuple[Missing, ...]


class _Token:
    """What a machine moves: thrown away after one firing."""

    __slots__ = ("facts", "missing", "roles", "state", "step")

    def __init__(self, state: str, roles: Collection[str], facts: Facts) -> None:
        self.state = state
        self.roles = roles
        self.facts = facts
        self.step: Step | None = None
        self.missing: tuple[Missing, ...] = ()


def fire(
    workflow: Workflow, state: str, trigger: str, roles: Collection[str], facts: Facts = NO_FACTS
) -> Step:
    """The step that the trigger takes from the state; `step.dest` is the new state.

    Raises, in this order: UnknownTriggerError, WrongStateError (also for a state that the workflow does
    not have), RoleRefusedError, GuardRefusedError with everything that is missing at once.
    """
    machine = _machine(workflow)
    try:
        event = machine.events[trigger]
    except KeyError:
        raise UnknownTriggerError(workflow.name, trigger) from None
    token = _Token(state, roles, facts)
    try:
        moved = workflow.has_state(state) and event.trigger(token)
    except MachineError:
        moved = False
    step = token.step
    if step is None:
        allowed = tuple(option.trigger for option in workflow.steps_from(state))
        raise WrongStateError(state, trigger, allowed)
    if moved:
        return step
    if token.missing:
        raise GuardRefusedError(trigger, token.missing)
    raise RoleRefusedError(trigger, roles, step.roles)


def available(
    workflow: Workflow, state: str, roles: Collection[str], facts: Facts = NO_FACTS
) -> tuple[Option, ...]:
    """The steps open to the roles, for buttons, in the order of declaration.

    A reason is not counted as missing: it is asked for together with the click.
    """
    return tuple(
        Option(step, missing_for(step.guards, facts))
        for step in workflow.steps_from(state)
        if not step.roles.isdisjoint(roles)
    )


@cache
def _machine(workflow: Workflow) -> Machine:
    return Machine(
        model=None,
        states=[state.name for state in workflow.states],
        initial=workflow.initial,
        transitions=[
            {
                "trigger": step.trigger,
                "source": list(step.sources),
                "dest": step.dest,
                "conditions": [partial(_passes, step)],
            }
            for step in workflow.steps
        ],
        auto_transitions=False,
        send_event=True,
        queued=False,
    )


def _passes(step: Step, event: EventData) -> bool:
    token = cast(_Token, event.model)
    token.step = step
    if step.roles.isdisjoint(token.roles):
        return False
    token.missing = missing_for(step.conditions, token.facts)
    return not token.missing
