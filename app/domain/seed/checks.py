"""What only the whole seed can tell: codes that stand twice, references to nothing, dates out of order."""

from __future__ import annotations

from datetime import date
from graphlib import CycleError, TopologicalSorter
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from app.domain.seed.check_indicators import check_indicators
from app.domain.seed.errors import SeedError
from app.domain.seed.records import (
    TASKS_FOR_LEAD,
    TASKS_FOR_REQUEST,
    Activity,
    Occurrence,
    Organization,
    OrganizationClass,
    Participant,
    Plan,
    Seed,
)
from app.domain.seed.refuse import known, once

PLAN, ORDER, ORGANIZATIONS = "plan.toml", "order.toml", "organizations.toml"


def check(seed: Seed) -> None:
    """Raise SeedError at the first thing that does not hold together."""
    _check_plan(seed.plan)
    _check_organizations(seed.organizations, seed.classes)
    _check_rows(seed)
    classes = {each.key for each in seed.classes}
    organizations = {each.key for each in seed.organizations}
    for activity in seed.activities:
        _check_participants(activity, organizations, classes)
        _check_tasks_for(activity, classes)
        _check_evidence(activity)
        _check_occurrences(activity, seed.plan)
    _check_dependencies(seed.activities)
    check_indicators(seed)


def _check_plan(plan: Plan) -> None:
    _in_order(ORDER, "plan", "period_end", plan.period_start, plan.period_end)
    try:
        ZoneInfo(plan.time_zone)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        raise SeedError(ORDER, "plan", "time_zone", f"“{plan.time_zone}” is not a time zone") from None


def _check_organizations(
    organizations: tuple[Organization, ...], classes: tuple[OrganizationClass, ...]
) -> None:
    once(ORGANIZATIONS, "class", "key", (each.key for each in classes))
    once(ORGANIZATIONS, "organization", "key", (each.key for each in organizations))
    once(ORGANIZATIONS, "organization", "name", (each.name for each in organizations))
    kinds = {each.kind for each in organizations}
    for each in classes:
        row = f"class {each.key}"
        if each.key in (TASKS_FOR_LEAD, TASKS_FOR_REQUEST):
            raise SeedError(ORGANIZATIONS, row, "key", "means something else in tasks_for")
        if each.kind not in kinds:
            raise SeedError(ORGANIZATIONS, row, "kind", f"no organisation is of the kind “{each.kind}”")


def _check_rows(seed: Seed) -> None:
    once(PLAN, "section", "number", (each.number for each in seed.sections))
    once(PLAN, "row", "number", (each.number for each in seed.rows))
    once(PLAN, "activity", "code", (each.code for each in seed.activities))
    sections = {each.number for each in seed.sections}
    rows = {each.number for each in seed.rows}
    for row in seed.rows:
        known(PLAN, f"row {row.number}", "section", row.section, sections)
    for activity in seed.activities:
        known(PLAN, f"activity {activity.code}", "row", activity.row, rows)
    executed = {each.row for each in seed.activities}
    for row in seed.rows:
        if row.number not in executed:
            raise SeedError(PLAN, f"row {row.number}", "", "no activity carries it out")


def _check_participants(activity: Activity, organizations: set[str], classes: set[str]) -> None:
    row = f"activity {activity.code}"
    known(PLAN, row, "coordinator", activity.coordinator, organizations)
    for each in activity.participants:
        _check_participant(f"{row}, participant {each.named}", each, organizations, classes)
    who = (each.organization or each.class_key for each in activity.participants)
    once(PLAN, f"{row}, participant", "organization", who)


def _check_participant(row: str, each: Participant, organizations: set[str], classes: set[str]) -> None:
    if each.organization and each.class_key:
        raise SeedError(PLAN, row, "class", "stands beside organization: give one of the two")
    if each.class_key:
        known(PLAN, row, "class", each.class_key, classes)
        if each.role == "lead":
            raise SeedError(PLAN, row, "role", "a class cannot lead: its members answer for themselves")
    elif each.organization:
        known(PLAN, row, "organization", each.organization, organizations)
    else:
        raise SeedError(PLAN, row, "organization", "is missing, and so is class")


def _check_tasks_for(activity: Activity, classes: set[str]) -> None:
    row = f"activity {activity.code}"
    leads = [each for each in activity.participants if each.role == "lead"]
    if len(leads) > 1:
        raise SeedError(PLAN, row, "participant", f"{len(leads)} leads: at most one can lead")
    if activity.tasks_for == TASKS_FOR_LEAD:
        if not leads:
            raise SeedError(PLAN, row, "participant", "no lead, and the tasks are for the lead")
    elif activity.tasks_for != TASKS_FOR_REQUEST:
        known(PLAN, row, "tasks_for", activity.tasks_for, {TASKS_FOR_LEAD, TASKS_FOR_REQUEST, *classes})
        if activity.tasks_for not in {each.class_key for each in activity.participants}:
            reason = f"“{activity.tasks_for}” does not take part in this activity"
            raise SeedError(PLAN, row, "tasks_for", reason)
    if (activity.tasks_for == TASKS_FOR_REQUEST) != (activity.workflow == "request"):
        raise SeedError(
            PLAN, row, "tasks_for", "“request” goes with the workflow “request”, and only with it"
        )


def _check_evidence(activity: Activity) -> None:
    row = f"activity {activity.code}"
    once(PLAN, f"{row}, evidence", "key", (each.key for each in activity.evidence))
    if not any(each.required for each in activity.evidence):
        raise SeedError(PLAN, row, "evidence", "nothing is required, so nothing would prove the work")


def _check_occurrences(activity: Activity, plan: Plan) -> None:
    row = f"activity {activity.code}"
    once(PLAN, f"{row}, occurrence", "key", (each.key for each in activity.occurrences))
    if bool(activity.occurrences) == (activity.tasks_for == TASKS_FOR_REQUEST):
        must = "must have none: it waits for requests" if activity.occurrences else "is missing"
        raise SeedError(PLAN, row, "occurrence", must)
    for each in activity.occurrences:
        _check_dates(f"{row}, occurrence {each.key}", each, plan)


def _check_dates(row: str, occurrence: Occurrence, plan: Plan) -> None:
    _in_order(PLAN, row, "due", occurrence.window_start, occurrence.due)
    if occurrence.mode == "on" and occurrence.window_start != occurrence.due:
        raise SeedError(PLAN, row, "window_start", f"is not the day itself, {occurrence.due}")
    dates = {"window_start": occurrence.window_start, "due": occurrence.due, "as_of": occurrence.as_of}
    for field, day in dates.items():
        if day is not None and not plan.period_start <= day <= plan.period_end:
            reason = f"{day} is outside the plan's period, {plan.period_start} to {plan.period_end}"
            raise SeedError(PLAN, row, field, reason)


def _in_order(file: str, row: str, field: str, first: date, last: date) -> None:
    if last < first:
        raise SeedError(file, row, field, f"{last} is before {first}")


def _check_dependencies(activities: tuple[Activity, ...]) -> None:
    keys = {activity.code: {each.key for each in activity.occurrences} for activity in activities}
    for activity in activities:
        row = f"activity {activity.code}"
        for each in activity.after:
            known(PLAN, row, "after", each.activity, keys)
            if each.occurrence:
                known(
                    PLAN, f"{row}, after {each.activity}", "occurrence", each.occurrence, keys[each.activity]
                )
    try:
        TopologicalSorter(
            {activity.code: [each.activity for each in activity.after] for activity in activities}
        ).prepare()
    except CycleError as error:
        circle = [str(code) for code in error.args[1]]
        raise SeedError(PLAN, f"activity {circle[0]}", "after", "waits for itself") from None
