"""The reports that were made: kept by their hash, with who made them, when and as of when."""

from __future__ import annotations

import io
from datetime import date, datetime
from typing import Any, NamedTuple

from sqlalchemy import Integer, Select, bindparam, func, select
from sqlalchemy.orm import Session

from app.domain.errors import NotAllowedError, NotFoundError
from app.domain.permissions import Actor
from app.models import Person, Report
from app.services import journal
from app.services.plans import PlanInfo
from app.storage import EvidenceStore


class ReportLine(NamedTuple):
    """A kept report. `as_of` is a date of the plan's time zone, `size` is in bytes."""

    id: int
    kind: str
    format: str
    as_of: date
    made_at: datetime
    person: str
    name: str
    size: int
    sha256: str


_LINES: Select[*tuple[Any, ...]] = (
    select(
        Report.id,
        Report.kind,
        Report.format,
        Report.as_of,
        Report.made_at,
        Person.name.label("person"),
        Report.name,
        Report.size,
        Report.sha256,
    )
    .join(Person, Person.id == Report.person_id)
    .where(Report.plan_id == bindparam("plan_id", type_=Integer))
    .order_by(Report.made_at.desc(), Report.id.desc())
)
_NUMBER = (
    select(func.count()).select_from(Report).where(Report.plan_id == bindparam("plan_id", type_=Integer))
)


def keep_report(
    session: Session,
    store: EvidenceStore,
    actor: Actor,
    plan: PlanInfo,
    *,
    kind: str,
    name: str,
    content: bytes,
    now: datetime,
) -> Report:
    """Keep what was made of the plan's present state: first the bytes, then the row and the journal's entry.

    The format is the extension of the name. Raises NotAllowedError and StorageError.
    """
    _ask(actor)
    with store.staging() as staged:
        file = store.stage(io.BytesIO(content), name)
        staged.append(file)
        store.keep(file)
    journal.hold(session, plan.id)
    report = Report(
        plan_id=plan.id,
        kind=kind,
        format=name.rpartition(".")[2],
        as_of=plan.today(now),
        person_id=actor.person_id,
        made_at=now,
        name=file.name,
        size=file.size,
        sha256=file.sha256,
    )
    session.add(report)
    session.flush()
    journal.record(
        session,
        plan.id,
        actor,
        now,
        subject="report",
        subject_id=report.id,
        action="make",
        details={
            "kind": kind,
            "format": report.format,
            "as_of": report.as_of.isoformat(),
            "sha256": file.sha256,
        },
    )
    return report


def report_lines(
    session: Session, actor: Actor, plan_id: int, limit: int, offset: int = 0
) -> tuple[list[ReportLine], int]:
    """The reports of a plan, the newest first, and how many there are in all. Raises NotAllowedError."""
    _ask(actor)
    rows = session.execute(_LINES.limit(limit).offset(offset), {"plan_id": plan_id})
    number: int = session.execute(_NUMBER, {"plan_id": plan_id}).scalar_one()
    return [ReportLine(*row) for row in rows], number


def find_report(session: Session, actor: Actor, plan_id: int, report_id: int) -> ReportLine:
    """One report of the plan. Raises NotAllowedError and NotFoundError."""
    _ask(actor)
    row = session.execute(_LINES.where(Report.id == report_id), {"plan_id": plan_id}).first()
    if row is None:
        raise NotFoundError
    return ReportLine(*row)


def _ask(actor: Actor) -> None:
    """Reports tell of everybody: they are for those who see everything."""
    if not actor.sees_everything:
        raise NotAllowedError
