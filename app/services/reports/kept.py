"""The reports of a plan: those that were made, with their hash, and those that are under way."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any, NamedTuple

from sqlalchemy import Integer, Select, bindparam, func, select
from sqlalchemy.orm import Session

from app.domain.errors import NotFoundError
from app.domain.permissions import Actor
from app.models import Person, Report
from app.services.reports.asked import READY, UNDER_WAY
from app.services.reports.rights import ask_reader


class ReportLine(NamedTuple):
    """A report. `as_of` is a date of the plan's time zone, `size` is in bytes.

    `made_at` is when it was asked for until it is ready; then alone has it a size and a hash.
    """

    id: int
    kind: str
    format: str
    as_of: date
    made_at: datetime
    person: str
    name: str
    size: int
    sha256: str
    #: waiting | making | ready | failed
    state: str
    #: how far the making has come, of 0: nobody knows yet
    steps_done: int
    steps: int
    #: why it failed
    error: str
    #: what part of the plan: key of the organisation of a card, code of an activity; "": all of it
    scope: str
    #: the period, if it has one: `period_start` and `period_end` as ISO dates
    parameters: Mapping[str, Any]


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
        Report.state,
        Report.steps_done,
        Report.steps,
        Report.error,
        Report.scope,
        Report.parameters,
    )
    .join(Person, Person.id == Report.person_id)
    .where(Report.plan_id == bindparam("plan_id", type_=Integer))
    .order_by(Report.made_at.desc(), Report.id.desc())
)
_NUMBER = (
    select(func.count()).select_from(Report).where(Report.plan_id == bindparam("plan_id", type_=Integer))
)


def report_lines(
    session: Session,
    actor: Actor,
    plan_id: int,
    limit: int,
    offset: int = 0,
    *,
    kind: str = "",
    scope: str = "",
) -> tuple[list[ReportLine], int]:
    """The reports of a plan, the newest first, and how many there are in all. Raises NotAllowedError.

    `kind` and `scope` leave only those of that kind about that part of the plan.
    """
    ask_reader(session, actor, kind, scope)
    narrowed = (Report.kind == kind, Report.scope == scope) if kind else ()
    rows = session.execute(_LINES.where(*narrowed).limit(limit).offset(offset), {"plan_id": plan_id})
    number: int = session.execute(_NUMBER.where(*narrowed), {"plan_id": plan_id}).scalar_one()
    return [ReportLine(*row) for row in rows], number


def find_report(session: Session, actor: Actor, plan_id: int, report_id: int) -> ReportLine:
    """One report of the plan that was made. Raises NotAllowedError and NotFoundError."""
    wanted = _LINES.where(Report.id == report_id, Report.state == READY)
    row = session.execute(wanted, {"plan_id": plan_id}).first()
    if row is None:
        # Who may not read reports learns no numbers of theirs.
        ask_reader(session, actor)
        raise NotFoundError
    line = ReportLine(*row)
    ask_reader(session, actor, line.kind, line.scope)
    return line


def lines_under_way(session: Session, actor: Actor, plan_id: int) -> list[ReportLine]:
    """The reports of the plan that wait or are being made, the newest first. Raises NotAllowedError."""
    ask_reader(session, actor)
    rows = session.execute(_LINES.where(Report.state.in_(UNDER_WAY)), {"plan_id": plan_id})
    return [ReportLine(*row) for row in rows]


def state_of(session: Session, report_id: int) -> str:
    """What has become of a report so far: waiting, making, ready or failed."""
    return session.scalars(select(Report.state).where(Report.id == report_id)).one()
