"""Indicators, where their figures are collected, and the figures."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import JSON, ForeignKey, Index, Numeric, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from app.db import Base
from app.domain.plausibility import USUAL_JUMP


class Indicator(Base):
    __tablename__ = "indicator"

    id: Mapped[int] = mapped_column(primary_key=True)
    plan_id: Mapped[int] = mapped_column(ForeignKey("plan.id"))
    number: Mapped[int]
    title: Mapped[str] = mapped_column(Text)
    short_title: Mapped[str] = mapped_column(String(200))
    gloss_en: Mapped[str] = mapped_column(String(400), default="")
    #: share | count | worst_case | growth | divergence
    kind: Mapped[str] = mapped_column(String(12))
    #: at_least | at_most
    direction: Mapped[str] = mapped_column(String(10))
    target: Mapped[Decimal] = mapped_column(Numeric(12, 4))
    unit_ru: Mapped[str] = mapped_column(String(40))
    unit_en: Mapped[str] = mapped_column(String(40))
    as_of: Mapped[date | None]
    numerator_ru: Mapped[str] = mapped_column(String(300), default="")
    numerator_en: Mapped[str] = mapped_column(String(300), default="")
    denominator_ru: Mapped[str] = mapped_column(String(300), default="")
    denominator_en: Mapped[str] = mapped_column(String(300), default="")
    baseline_ru: Mapped[str] = mapped_column(Text, default="")
    baseline_en: Mapped[str] = mapped_column(Text, default="")
    #: names of the fields that the order leaves open and the operator decided
    inferred: Mapped[list[str]] = mapped_column(JSON, default=list)

    __table_args__ = (UniqueConstraint("plan_id", "number"),)


class ActivityIndicator(Base):
    """That an activity moves an indicator (editorial)."""

    __tablename__ = "activity_indicator"

    activity_id: Mapped[int] = mapped_column(ForeignKey("activity.id"), primary_key=True)
    indicator_id: Mapped[int] = mapped_column(ForeignKey("indicator.id"), primary_key=True)
    #: direct | context
    strength: Mapped[str] = mapped_column(String(10))


class IndicatorSource(Base):
    """Where an indicator's figures are collected: which fields of which activity's tasks (editorial)."""

    __tablename__ = "indicator_source"

    id: Mapped[int] = mapped_column(primary_key=True)
    indicator_id: Mapped[int] = mapped_column(ForeignKey("indicator.id"))
    activity_id: Mapped[int] = mapped_column(ForeignKey("activity.id"))
    #: only this cohort's occurrences; "" for all
    cohort: Mapped[str] = mapped_column(String(10), default="")
    #: keys of figure fields; a denominator may also be a constant
    numerator: Mapped[str] = mapped_column(String(40))
    denominator: Mapped[str] = mapped_column(String(40), default="")
    constant: Mapped[Decimal | None] = mapped_column(Numeric(12, 4))
    #: of a divergence: keys of how many each register counts, for the reading by totals; "" for none
    ours: Mapped[str] = mapped_column(String(40), default="")
    theirs: Mapped[str] = mapped_column(String(40), default="")
    #: the newest figure of an organisation takes the place of the earlier ones, or adds to them
    running_total: Mapped[bool] = mapped_column(default=True)
    #: keys of the organisations whose reports alone count; empty for all
    organizations: Mapped[list[str]] = mapped_column(JSON, default=list)

    __table_args__ = (UniqueConstraint("indicator_id", "activity_id", "cohort"),)


class FigureField(Base):
    """A number that the tasks of an activity ask for when they are submitted."""

    __tablename__ = "figure_field"

    id: Mapped[int] = mapped_column(primary_key=True)
    activity_id: Mapped[int] = mapped_column(ForeignKey("activity.id"))
    cohort: Mapped[str] = mapped_column(String(10), default="")
    key: Mapped[str] = mapped_column(String(40))
    position: Mapped[int]
    label_ru: Mapped[str] = mapped_column(String(300))
    label_en: Mapped[str] = mapped_column(String(300))
    hint_ru: Mapped[str] = mapped_column(String(400), default="")
    hint_en: Mapped[str] = mapped_column(String(400), default="")
    #: number | yes_no
    kind: Mapped[str] = mapped_column(String(10), default="number")
    required: Mapped[bool] = mapped_column(default=True)
    minimum: Mapped[int] = mapped_column(default=0)
    maximum: Mapped[int | None]
    #: key of the field that it is a part of and cannot exceed
    at_most: Mapped[str] = mapped_column(String(40), default="")
    #: a change by more per cent is asked about before it is taken; 0: none is
    jump: Mapped[int] = mapped_column(default=USUAL_JUMP)
    #: a number that is the same from report to report; any change is asked about
    steady: Mapped[bool] = mapped_column(default=False)

    __table_args__ = (UniqueConstraint("activity_id", "cohort", "key"),)


class Measurement(Base):
    """One number that an organisation gave in a task. A newer one adds a row; the old one stays."""

    __tablename__ = "measurement"

    id: Mapped[int] = mapped_column(primary_key=True)
    plan_id: Mapped[int] = mapped_column(ForeignKey("plan.id"))
    activity_id: Mapped[int] = mapped_column(ForeignKey("activity.id"))
    task_id: Mapped[int] = mapped_column(ForeignKey("task.id"), index=True)
    organization_id: Mapped[int] = mapped_column(ForeignKey("organization.id"))
    #: key of the figure field
    figure: Mapped[str] = mapped_column(String(40))
    #: the day that it speaks for, never after the nominal end of its occurrence
    as_of: Mapped[date]
    number: Mapped[Decimal] = mapped_column(Numeric(14, 2))
    #: pending: nobody has confirmed it yet; counted: the controller has, with the task or on its own;
    #: replaced: a later row of the same task and figure took its place; declined: the controller let the
    #: number before it stand
    standing: Mapped[str] = mapped_column(String(10), default="pending")
    created_at: Mapped[datetime]
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    confirmed_at: Mapped[datetime | None]
    #: when it was replaced or declined
    ended_at: Mapped[datetime | None]
    #: of a correction: why the number before it was wrong
    reason: Mapped[str] = mapped_column(Text, default="")
    #: why the controller declined it
    decision: Mapped[str] = mapped_column(Text, default="")
    #: what was odd about it when it was given (`app.domain.plausibility.Doubt.plain`)
    doubts: Mapped[list[dict[str, Any]]] = mapped_column(JSON, default=list)
    #: why it is right all the same, in the words of whoever gave it
    explanation: Mapped[str] = mapped_column(Text, default="")

    __table_args__ = (
        Index("ix_measurement_plan_id_activity_id", "plan_id", "activity_id"),
        # finds the newest figure of an organisation without reading a year of them
        Index("ix_measurement_newest", "activity_id", "organization_id", "figure", "standing", "as_of", "id"),
    )
