"""Who may do what. Pure: services ask, and pass on the answer as an error or a hidden button."""

from __future__ import annotations

from dataclasses import dataclass

from workflows.definition import CONTROLLER, COORDINATOR, EXECUTOR

EXECUTOR_ROLE = "executor"
CONTROLLER_ROLE = "controller"
AUDITOR_ROLE = "auditor"
ADMINISTRATOR_ROLE = "administrator"
ROLES = (EXECUTOR_ROLE, CONTROLLER_ROLE, AUDITOR_ROLE, ADMINISTRATOR_ROLE)


@dataclass(frozen=True, slots=True)
class Actor:
    """The signed-in person, as far as rights go."""

    person_id: int
    name: str
    role: str
    organization_id: int | None
    language: str = ""
    theme: str = "auto"
    #: while it acts for another person: whom, and its own organisation; role and organisation are the other's
    for_id: int | None = None
    for_name: str = ""
    home_id: int | None = None

    @property
    def sees_everything(self) -> bool:
        return self.role in {CONTROLLER_ROLE, AUDITOR_ROLE, ADMINISTRATOR_ROLE}


def task_roles(actor: Actor, organization_id: int, coordinator_id: int | None) -> frozenset[str]:
    """The workflow roles that the actor has on a task of that organisation and coordinator.

    Who acts for the controller decides about everybody's work but that of its own house.
    """
    if actor.role == CONTROLLER_ROLE:
        return frozenset() if actor.home_id == organization_id else frozenset({CONTROLLER})
    if actor.role != EXECUTOR_ROLE or actor.organization_id is None:
        return frozenset()
    roles = set()
    if actor.organization_id == organization_id:
        roles.add(EXECUTOR)
    if coordinator_id is not None and actor.organization_id == coordinator_id:
        roles.add(COORDINATOR)
    return frozenset(roles)


def may_see_task(actor: Actor, organization_id: int, coordinator_id: int | None) -> bool:
    """Its own organisation's tasks, those it coordinates, or all of them."""
    return actor.sees_everything or bool(task_roles(actor, organization_id, coordinator_id))


def may_comment(actor: Actor, organization_id: int, coordinator_id: int | None) -> bool:
    """Whoever may see the task, but for the auditor, who only reads."""
    return actor.role != AUDITOR_ROLE and may_see_task(actor, organization_id, coordinator_id)


def may_see_organization(actor: Actor, organization_id: int) -> bool:
    """Whether the calendar or the card of execution of that organisation is open to the actor."""
    return actor.sees_everything or actor.organization_id == organization_id


def may_control(actor: Actor) -> bool:
    """Accept, return, extend, withdraw, suspend, reopen."""
    return actor.role == CONTROLLER_ROLE


def may_remind(actor: Actor, coordinator_id: int | None) -> bool:
    """The controller everybody; a coordinator those whose work it collects."""
    return may_control(actor) or (
        actor.role == EXECUTOR_ROLE and coordinator_id is not None and actor.organization_id == coordinator_id
    )


def may_administer(actor: Actor) -> bool:
    return actor.role == ADMINISTRATOR_ROLE


def may_stand_in(
    role: str, organization_id: int | None, deputy_role: str, deputy_organization_id: int | None
) -> bool:
    """Whether somebody may act for a person who is away.

    For an executor a colleague of the same organisation; for the controller another controller or an
    executor, who then has its rights («и. о.»). Rights to administer or to audit pass to nobody.
    """
    if role == EXECUTOR_ROLE:
        return deputy_role == EXECUTOR_ROLE and deputy_organization_id == organization_id
    return role == CONTROLLER_ROLE and deputy_role in {CONTROLLER_ROLE, EXECUTOR_ROLE}


def may_open_request(actor: Actor, organization_id: int, coordinator_id: int | None) -> bool:
    """A request for 4.3 or 4.5 is entered by whoever provides it, for itself; by the coordinator or the
    controller for any of those that take part."""
    return may_remind(actor, coordinator_id) or (
        actor.role == EXECUTOR_ROLE and actor.organization_id == organization_id
    )
