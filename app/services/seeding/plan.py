"""Loading a plan from its seed: upserts by code, and never touches what people have done since."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, inspect, or_, select
from sqlalchemy.orm import Session

from app.db import Base
from app.domain.permissions import Actor
from app.domain.schedule import TaskDates, due_dates
from app.domain.seed import Seed, class_members, expected_tasks, lead_of
from app.domain.seed.records import Activity as SeedActivity
from app.domain.seed.records import Participant
from app.domain.working_days import working_calendar
from app.models import (
    Activity,
    JournalHead,
    Occurrence,
    Organization,
    Participation,
    Plan,
    Requirement,
    Row,
    Section,
    Task,
)
from app.models.plan import overrides_key
from app.services.activities import is_open
from app.services.changes import record_in_plans
from app.services.journal import hold, record
from app.services.revisions import naming, revise
from app.services.search_index import index_plan
from app.services.seeding.indicators import load_indicators
from app.services.seeding.loader import Loaded, Loader
from workflows import WORKFLOWS
from workflows.definition import OFF


def load_plan(session: Session, seed: Seed, now: datetime, actor: Actor | None = None) -> Loaded:
    """Bring the database in line with a seed; a second time nothing changes.

    1. organisations and the plan itself, 2. sections, rows, 3. activities with participants, proof and
    dates, 4. indicators with fields, sources and links, 5. the tasks that do not exist yet. States,
    evidence, figures, extensions and consents are people's and are not looked at; nothing is deleted.
    6. What calendars say of a changed row counts as a revision of the occurrences that it touches.
    7. The journal notes a later loading with the rows that it made and the values that it changed.
    8. The words by which it all is found are kept.
    """
    loader = Loader(session)
    _load_organizations(loader, seed)
    plan = _load_plan_row(loader, seed)
    first = not hold(session, plan.id).position
    rows = _load_rows(loader, seed, plan)
    activities = {
        each.code: _load_activity(loader, seed, plan, rows, each, position, now)
        for position, each in enumerate(seed.activities)
    }
    load_indicators(loader, seed, plan, activities)
    loader.loaded.tasks = _make_tasks(loader, seed, plan, activities, now)
    revise(session, now, _told_anew(loader.amended))
    _tell_other_plans(loader, plan, actor, now)
    if loader.loaded.created or loader.loaded.updated:
        details: dict[str, Any] = {"created": loader.loaded.created, "updated": loader.loaded.updated}
        if not first:
            details |= loader.notes.as_details()
        record(
            session, plan.id, actor, now, subject="plan", subject_id=plan.id, action="load", details=details
        )
        index_plan(session, plan.id)
    return loader.loaded


def _load_organizations(loader: Loader, seed: Seed) -> None:
    for position, each in enumerate(seed.organizations):
        values = {
            "name": each.name,
            "short_name": each.short_name,
            "gloss_en": each.gloss_en,
            "kind": each.kind,
            "category": each.category,
            "aliases": list(each.aliases),
            "note_ru": each.note,
            "note_en": each.note_en,
            "position": position,
        }
        loader.upsert(Organization, {"key": each.key}, values)


def _load_plan_row(loader: Loader, seed: Seed) -> Plan:
    plan, order = seed.plan, seed.order
    row = loader.upsert(
        Plan,
        {"code": plan.code},
        {
            "title": plan.title,
            "short_title": plan.short_title,
            "gloss_en": plan.gloss_en,
            "order_number": order.number,
            "order_number_stamp": order.number_stamp,
            "order_note_ru": order.note,
            "order_note_en": order.note_en,
            "order_date": order.date,
            "issuer": order.issuer,
            "control_clause": order.control_clause,
            "period_start": plan.period_start,
            "period_end": plan.period_end,
            "time_zone": plan.time_zone,
            "non_working_policy": plan.non_working_policy,
            "holidays_country": plan.holidays_country,
        },
        calendar_overrides={},
    )
    loader.upsert(JournalHead, {"plan_id": row.id}, {}, position=0, hash="")
    return row


def _load_rows(loader: Loader, seed: Seed, plan: Plan) -> dict[str, Row]:
    sections = {
        each.number: loader.upsert(
            Section,
            {"plan_id": plan.id, "number": each.number},
            {"title": each.title, "short_title": each.short_title, "gloss_en": each.gloss_en},
        )
        for each in seed.sections
    }
    return {
        each.number: loader.upsert(
            Row,
            {"plan_id": plan.id, "number": each.number},
            {
                "section_id": sections[each.section].id,
                "position": position,
                "title": each.title,
                "deadline": each.deadline,
                "executors": each.executors_text,
                "lines": list(each.lines),
            },
        )
        for position, each in enumerate(seed.rows)
    }


def _load_activity(
    loader: Loader,
    seed: Seed,
    plan: Plan,
    rows: Mapping[str, Row],
    each: SeedActivity,
    position: int,
    now: datetime,
) -> Activity:
    lead = lead_of(each)
    activity = loader.upsert(
        Activity,
        {"plan_id": plan.id, "code": each.code},
        {
            "section_id": rows[each.row].section_id,
            "row_id": rows[each.row].id,
            "position": position,
            "title": each.title,
            "short_title": each.short_title,
            "gloss_en": each.gloss_en,
            "workflow": each.workflow,
            "tasks_for": each.tasks_for,
            "lead_id": loader.organization_id(lead) if lead else None,
            "coordinator_id": loader.organization_id(each.coordinator),
            "after": [[link.activity, link.occurrence] for link in each.after],
            "note_ru": each.note,
            "note_en": each.note_en,
        },
        state=WORKFLOWS["activity"].initial,
        version=1,
    )
    _load_participants(loader, seed, activity, each)
    for number, slot in enumerate(each.evidence):
        loader.upsert(
            Requirement,
            {"activity_id": activity.id, "key": slot.key},
            {
                "position": number,
                "label_ru": slot.label_ru,
                "label_en": slot.label_en,
                "kinds": list(slot.kinds),
                "required": slot.required,
            },
        )
    _load_occurrences(loader, plan, activity, each, now)
    return activity


def _load_participants(loader: Loader, seed: Seed, activity: Activity, each: SeedActivity) -> None:
    position = 0
    for participant in each.participants:
        for key in _members(seed, participant):
            loader.upsert(
                Participation,
                {"activity_id": activity.id, "organization_id": loader.organization_id(key)},
                {
                    "role": participant.role,
                    "by_agreement": participant.by_agreement,
                    "named": participant.named,
                    "position": position,
                },
                consent=WORKFLOWS["consent"].initial if participant.by_agreement else "",
                version=1,
            )
            position += 1


def _members(seed: Seed, participant: Participant) -> tuple[str, ...]:
    if participant.organization:
        return (participant.organization,)
    return class_members(seed, participant.class_key)


def _load_occurrences(
    loader: Loader, plan: Plan, activity: Activity, each: SeedActivity, now: datetime
) -> None:
    calendar = working_calendar(
        plan.holidays_country,
        plan.period_start.year - 1,
        plan.period_end.year + 1,
        overrides_key(plan.calendar_overrides),
    )
    for position, occurrence in enumerate(each.occurrences):
        due = due_dates(occurrence.due, plan.non_working_policy, calendar)
        loader.upsert(
            Occurrence,
            {"activity_id": activity.id, "key": occurrence.key},
            {
                "plan_id": plan.id,
                "position": position,
                "label_ru": occurrence.label_ru,
                "label_en": occurrence.label_en,
                "cohort": occurrence.cohort,
                "mode": occurrence.mode,
                "window_start": occurrence.window_start,
                "due_nominal": due.nominal,
                "due_first": due.first,
                "due_rule": due.rule,
                "as_of": occurrence.as_of,
                "source": occurrence.source,
                "note_ru": occurrence.note,
                "note_en": occurrence.note_en,
                "min_updates": occurrence.min_updates,
            },
            revision=0,
            revised_at=now,
            created_at=now,
        )


def _make_tasks(
    loader: Loader, seed: Seed, plan: Plan, activities: Mapping[str, Activity], now: datetime
) -> int:
    session = loader.session
    occurrences = {
        (row.activity_id, row.key): row
        for row in session.scalars(select(Occurrence).where(Occurrence.plan_id == plan.id))
    }
    present = {
        (task.occurrence_id, task.organization_id): task
        for task in session.scalars(select(Task).where(Task.plan_id == plan.id))
    }
    owed_before = {occurrence_id for occurrence_id, _organization_id in present}
    made = []
    for code, occurrence_key, organization_key in expected_tasks(seed):
        activity = activities[code]
        occurrence = occurrences[activity.id, occurrence_key]
        organization_id = loader.organization_id(organization_key)
        task = present.get((occurrence.id, organization_id))
        if task is None:
            task = new_task(activity, occurrence, organization_id, now)
            session.add(task)
            made.append(task)
            if occurrence.id in owed_before:
                loader.amended.append(occurrence)
        elif task.due_first != occurrence.due_first:
            _move_due(loader, task, occurrence, now)
    loader.loaded.created += len(made)
    session.flush()
    for task in made:
        loader.notes.makes(task)
    return len(made)


def _tell_other_plans(loader: Loader, plan: Plan, actor: Actor | None, now: datetime) -> None:
    """Organisations are everybody's: what a seed changes of one is noted in the journal of every plan."""
    others = [plan_id for plan_id in loader.plans if plan_id != plan.id]
    for row in loader.amended:
        if isinstance(row, Organization):
            record_in_plans(
                loader.session, others, actor, now, subject="organization", subject_id=row.id, action="load"
            )


def _told_anew(amended: Sequence[Base]) -> ColumnElement[bool]:
    """The occurrences whose events show something of those rows."""
    ids: dict[type[Base], set[int]] = {}
    for row in amended:
        ids.setdefault(type(row), set()).update(inspect(row).identity or ())
    activities = select(Activity.id).where(
        Activity.id.in_(ids.get(Activity, ()))
        | Activity.row_id.in_(ids.get(Row, ()))
        | Activity.section_id.in_(ids.get(Section, ()))
    )
    return or_(
        Occurrence.id.in_(ids.get(Occurrence, ())),
        Occurrence.activity_id.in_(activities),
        *(naming(organization_id) for organization_id in ids.get(Organization, ())),
    )


def new_task(activity: Activity, occurrence: Occurrence, organization_id: int, now: datetime) -> Task:
    """A task that nobody has begun, due on its occurrence's date; off while its activity is closed."""
    workflow = WORKFLOWS[activity.workflow]
    return Task(
        plan_id=activity.plan_id,
        activity_id=activity.id,
        occurrence_id=occurrence.id,
        organization_id=organization_id,
        workflow=workflow.name,
        state=workflow.initial,
        phase=workflow.phase(workflow.initial) if is_open(activity) else OFF,
        due=occurrence.due_first,
        due_first=occurrence.due_first,
        due_scored=occurrence.due_first,
        version=1,
        changed_at=now,
    )


def _move_due(loader: Loader, task: Task, occurrence: Occurrence, now: datetime) -> None:
    """The plan's date was amended."""
    loader.notes.moves(task.id, task.due_first, occurrence.due_first)
    dates = TaskDates(task.due, task.due_first, task.due_scored).amended(occurrence.due_first)
    task.due, task.due_first, task.due_scored = dates
    task.version += 1
    task.changed_at = now
