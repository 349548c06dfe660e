"""From the TOML files of a seed to its records, one file after the other."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import NamedTuple

from app.domain.seed import records as r
from app.domain.seed.checks import check
from app.domain.seed.indicators_file import indicators_file
from app.domain.seed.table import Table, read_file


class _OrderFile(NamedTuple):
    plan: r.Plan
    order: r.Order


class _OrganizationsFile(NamedTuple):
    classes: tuple[r.OrganizationClass, ...]
    organizations: tuple[r.Organization, ...]


class _PlanFile(NamedTuple):
    sections: tuple[r.Section, ...]
    rows: tuple[r.Row, ...]
    activities: tuple[r.Activity, ...]


def read_seed(folder: Path) -> r.Seed:
    """Read and check the seed in a folder: order, organizations, plan and indicators (.toml).

    Raises SeedError at the first fault: a field that is missing, unknown or mistyped, a code that
    stands twice, a reference to nothing, dates in the wrong order.
    """
    plan = read_file(folder, "plan.toml", _plan_file)
    seed = r.Seed(
        **read_file(folder, "order.toml", _order_file)._asdict(),
        **read_file(folder, "organizations.toml", _organizations_file)._asdict(),
        sections=plan.sections,
        rows=plan.rows,
        activities=_with_words_of_rows(plan),
        **read_file(folder, "indicators.toml", indicators_file)._asdict(),
    )
    check(seed)
    return seed


def _with_words_of_rows(plan: _PlanFile) -> tuple[r.Activity, ...]:
    rows = {row.number: row for row in plan.rows}
    return tuple(
        replace(
            activity,
            title=activity.title or row.title,
            short_title=activity.short_title or row.short_title,
            gloss_en=activity.gloss_en or row.gloss_en,
        )
        if (row := rows.get(activity.row))
        else activity
        for activity in plan.activities
    )


def _order_file(table: Table) -> _OrderFile:
    return _OrderFile(table.table("plan", "plan", _plan), table.table("order", "order", _order))


def _plan(table: Table) -> r.Plan:
    return r.Plan(
        code=table.text("code"),
        title=table.text("title"),
        short_title=table.text("short_title"),
        gloss_en=table.text("gloss_en"),
        period_start=table.day("period_start"),
        period_end=table.day("period_end"),
        time_zone=table.text("time_zone"),
        non_working_policy=table.choice("non_working_policy", r.POLICIES),
        holidays_country=table.text("holidays_country"),
        lines=table.lines("lines"),
    )


def _order(table: Table) -> r.Order:
    return r.Order(
        number=table.text("number"),
        number_stamp=table.text_or("number_stamp"),
        note=table.text_or("note"),
        note_en=table.text_or("note_en"),
        date=table.day("date"),
        issuer=table.text("issuer"),
        controller_position=table.text("controller_position"),
        control_clause=table.text("control_clause"),
        lines=table.table("lines", "order.lines", _order_lines),
    )


def _order_lines(table: Table) -> dict[str, tuple[int, ...]]:
    fields_with_lines = ("number", "number_stamp", "date", "issuer", "controller_position", "control_clause")
    return {field: table.lines(field) for field in fields_with_lines if table.has(field)}


def _organizations_file(table: Table) -> _OrganizationsFile:
    return _OrganizationsFile(
        classes=table.tables("class", _class, "key"),
        organizations=table.tables("organization", _organization, "key"),
    )


def _class(table: Table) -> r.OrganizationClass:
    return r.OrganizationClass(
        key=table.text("key"),
        kind=table.choice("kind", r.ORGANIZATION_KINDS),
        name=table.text("name"),
        short_name=table.text("short_name"),
        gloss_en=table.text("gloss_en"),
        aliases=table.texts("aliases"),
        line=table.number("line", 1),
    )


def _organization(table: Table) -> r.Organization:
    kind = table.choice("kind", r.ORGANIZATION_KINDS)
    return r.Organization(
        key=table.text("key"),
        name=table.text("name"),
        short_name=table.text("short_name"),
        gloss_en=table.text("gloss_en"),
        kind=kind,
        category=table.choice("category", r.COLLEGE_CATEGORIES) if kind == "college" else "",
        aliases=table.texts("aliases"),
        note=table.text_or("note"),
        note_en=table.text_or("note_en"),
        line=table.number("line", 1),
    )


def _plan_file(table: Table) -> _PlanFile:
    return _PlanFile(
        sections=table.tables("section", _section, "number"),
        rows=table.tables("row", _row, "number"),
        activities=table.tables("activity", _activity, "code"),
    )


def _section(table: Table) -> r.Section:
    return r.Section(
        number=table.number("number", 1),
        title=table.text("title"),
        short_title=table.text("short_title"),
        gloss_en=table.text("gloss_en"),
        line=table.number("line", 1),
    )


def _row(table: Table) -> r.Row:
    return r.Row(
        number=table.text("number"),
        section=table.number("section", 1),
        title=table.text("title"),
        short_title=table.text("short_title"),
        gloss_en=table.text("gloss_en"),
        deadline=table.text("deadline"),
        executors_text=table.text("executors_text"),
        lines=table.lines("lines"),
    )


def _activity(table: Table) -> r.Activity:
    note, note_en = table.text_or("note"), table.text_or("note_en")
    occurrences = table.tables("occurrence", _occurrence, "key")
    return r.Activity(
        code=table.text("code"),
        row=table.text("row"),
        title=table.text_or("title"),
        short_title=table.text_or("short_title"),
        gloss_en=table.text_or("gloss_en"),
        workflow=table.choice("workflow", r.WORKFLOW_KINDS),
        tasks_for=table.text("tasks_for"),
        coordinator=table.text("coordinator"),
        after=table.tables("after", _dependency, "activity"),
        note=note,
        note_en=note_en,
        participants=table.tables("participant", _participant, "named"),
        evidence=table.tables("evidence", _evidence, "key"),
        occurrences=tuple(
            each if each.note else replace(each, note=note, note_en=note_en) for each in occurrences
        ),
    )


def _dependency(table: Table) -> r.Dependency:
    return r.Dependency(activity=table.text("activity"), occurrence=table.text_or("occurrence"))


def _participant(table: Table) -> r.Participant:
    return r.Participant(
        organization=table.text_or("organization"),
        class_key=table.text_or("class"),
        role=table.choice("role", r.ROLES),
        by_agreement=table.flag_or("by_agreement", False),
        named=table.text("named"),
    )


def _evidence(table: Table) -> r.Evidence:
    kinds = table.texts("kinds", r.EVIDENCE_KINDS)
    if not kinds:
        raise table.error("kinds", f"must hold at least one of {', '.join(r.EVIDENCE_KINDS)}")
    return r.Evidence(
        key=table.text("key"),
        label_ru=table.text("label_ru"),
        label_en=table.text("label_en"),
        kinds=kinds,
        required=table.flag("required"),
        editorial=table.flag("editorial"),
    )


def _occurrence(table: Table) -> r.Occurrence:
    return r.Occurrence(
        key=table.text("key"),
        label_ru=table.text("label_ru"),
        label_en=table.text("label_en"),
        window_start=table.day("window_start"),
        due=table.day("due"),
        as_of=table.day_or_none("as_of"),
        cohort=table.text_or("cohort"),
        mode=table.choice("mode", r.MODES),
        source=table.choice("source", r.DATE_SOURCES),
        min_updates=table.number_or("min_updates", 1, 1),
        note=table.text_or("note"),
        note_en=table.text_or("note_en"),
    )
