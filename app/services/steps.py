"""One decision of a state machine, with its refusals as the product's own errors."""

from __future__ import annotations

from collections.abc import Collection

from app.domain.errors import GuardRefusedError, NotAllowedError, WrongStateError
from workflows import WORKFLOWS, engine
from workflows.definition import NO_FACTS, Facts, Step


def decide(workflow: str, state: str, trigger: str, roles: Collection[str], facts: Facts = NO_FACTS) -> Step:
    """The step that the trigger takes. Raises WrongStateError, NotAllowedError, GuardRefusedError."""
    try:
        return engine.fire(WORKFLOWS[workflow], state, trigger, roles, facts)
    except (engine.UnknownTriggerError, engine.WrongStateError) as error:
        raise WrongStateError(state=state) from error
    except engine.RoleRefusedError as error:
        raise NotAllowedError from error
    except engine.GuardRefusedError as error:
        raise GuardRefusedError(tuple((item.code, item.detail) for item in error.missing)) from error
