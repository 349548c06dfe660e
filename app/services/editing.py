"""The plan's editorial text: what an administrator words, never what the order says."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.domain.errors import InvalidInputError, NotFoundError
from app.domain.permissions import Actor
from app.domain.texts import one_line, several_lines
from app.models import (
    Activity,
    ActivityIndicator,
    FigureField,
    Indicator,
    Occurrence,
    Organization,
    Requirement,
)
from app.services import search_index
from app.services.changes import ask_administrator, check_fresh, difference
from app.services.journal import hold, record
from app.services.revisions import revise

STRENGTHS = ("direct", "context")
#: lengths that the texts may have; those of a requirement begin with its key and a dot
LENGTHS = {
    "short_title": 200,
    "gloss_en": 400,
    "note_ru": 4000,
    "note_en": 4000,
    "label_ru": 300,
    "label_en": 300,
}
#: per cent; what grows to eleven times its size is nothing that a bound should let pass
LARGEST_JUMP = 1000
#: texts that say nothing when they are empty
_NEEDED = {"short_title", "label_ru", "label_en"}
#: what a subscriber of the calendar reads
_IN_CALENDARS = ("short_title", "gloss_en", "coordinator", "note_ru", "note_en")


@dataclass(frozen=True, slots=True)
class Proof:
    """A requirement of an activity, as far as it is editorial."""

    label_ru: str
    label_en: str
    required: bool


def figure_name(cohort: str, key: str) -> str:
    """The name of a figure among the fields of its activity."""
    return f"figure.{cohort or 'all'}.{key}"


@dataclass(frozen=True, slots=True)
class Bound:
    """What is asked about before a figure is taken."""

    #: a change by more per cent; 0: none
    jump: int
    #: any change
    steady: bool


@dataclass(frozen=True, slots=True)
class ActivityText:
    """Everything editorial about an activity."""

    short_title: str
    gloss_en: str
    #: key of the organisation that collects the work of the others and reminds them; None: nobody
    coordinator: str | None
    note_ru: str
    note_en: str
    #: key of the requirement → its text
    proofs: Mapping[str, Proof] = field(default_factory=dict)
    #: number of the indicator → direct | context
    strengths: Mapping[int, str] = field(default_factory=dict)
    #: name of the figure (`figure_name`) → what is unusual about it
    bounds: Mapping[str, Bound] = field(default_factory=dict)

    def values(self) -> dict[str, Any]:
        """Flat, as the journal and a form's fingerprint need it."""
        flat: dict[str, Any] = {
            "short_title": self.short_title,
            "gloss_en": self.gloss_en,
            "coordinator": self.coordinator,
            "note_ru": self.note_ru,
            "note_en": self.note_en,
        }
        for key, proof in self.proofs.items():
            flat |= {
                f"{key}.label_ru": proof.label_ru,
                f"{key}.label_en": proof.label_en,
                f"{key}.required": proof.required,
            }
        for name, bound in self.bounds.items():
            flat |= {f"{name}.jump": bound.jump, f"{name}.steady": bound.steady}
        return flat | {f"indicator.{number}": strength for number, strength in self.strengths.items()}


def activity_text(session: Session, plan_id: int, code: str) -> ActivityText:
    """The editorial text of an activity. Raises NotFoundError."""
    return _text(session, _find(session, plan_id, code))


def edit_activity(
    session: Session,
    actor: Actor | None,
    plan_id: int,
    code: str,
    text: ActivityText,
    *,
    now: datetime,
    seen: str | None = None,
) -> None:
    """Word an activity anew; loading the seed again leaves what was edited here.

    Requirements, figures and links to indicators are neither added nor taken away. `seen` is the
    fingerprint of the values that the form showed. Raises NotAllowedError, NotFoundError, ConflictError,
    InvalidInputError (fields are named as in `ActivityText.values`).
    """
    ask_administrator(actor)
    hold(session, plan_id)
    activity = _find(session, plan_id, code)
    before = _text(session, activity).values()
    check_fresh(before, seen)
    text = _kept(text)
    _check(session, text, before)
    _put(session, activity, text)
    session.flush()
    details = difference(before, _text(session, activity).values())
    if details is None:
        return
    search_index.index(session, search_index.ACTIVITY, activity.id)
    if any(name in details["after"] for name in _IN_CALENDARS):
        revise(session, now, Occurrence.activity_id == activity.id)
    record(
        session,
        plan_id,
        actor,
        now,
        subject="activity",
        subject_id=activity.id,
        action="edit",
        activity_id=activity.id,
        details=details,
    )


def _find(session: Session, plan_id: int, code: str) -> Activity:
    found = session.scalar(select(Activity).where(Activity.plan_id == plan_id, Activity.code == code))
    if found is None:
        raise NotFoundError
    return found


def _text(session: Session, activity: Activity) -> ActivityText:
    coordinator = session.get(Organization, activity.coordinator_id) if activity.coordinator_id else None
    return ActivityText(
        activity.short_title,
        activity.gloss_en,
        coordinator.key if coordinator else None,
        activity.note_ru,
        activity.note_en,
        {
            each.key: Proof(each.label_ru, each.label_en, each.required)
            for each in session.scalars(_requirements(activity))
        },
        {number: link.strength for link, number in session.execute(_links(activity))},
        {
            figure_name(each.cohort, each.key): Bound(each.jump, each.steady)
            for each in session.scalars(_numbers(activity))
        },
    )


def _requirements(activity: Activity) -> Any:
    return select(Requirement).where(Requirement.activity_id == activity.id).order_by(Requirement.position)


def _numbers(activity: Activity) -> Any:
    return (
        select(FigureField)
        .where(FigureField.activity_id == activity.id, FigureField.kind == "number")
        .order_by(FigureField.position)
    )


def _links(activity: Activity) -> Any:
    return (
        select(ActivityIndicator, Indicator.number)
        .join(Indicator, Indicator.id == ActivityIndicator.indicator_id)
        .where(ActivityIndicator.activity_id == activity.id)
        .order_by(Indicator.number)
    )


def _kept(text: ActivityText) -> ActivityText:
    return replace(
        text,
        short_title=one_line(text.short_title),
        gloss_en=one_line(text.gloss_en),
        note_ru=several_lines(text.note_ru),
        note_en=several_lines(text.note_en),
        proofs={
            key: Proof(one_line(proof.label_ru), one_line(proof.label_en), proof.required)
            for key, proof in text.proofs.items()
        },
    )


def _check(session: Session, text: ActivityText, before: Mapping[str, Any]) -> None:
    """Refuse what cannot be taken, every field at once. Raises InvalidInputError."""
    refused: dict[str, str] = {}
    for name, value in text.values().items():
        last = name.rpartition(".")[2]
        if name not in before:
            refused[name] = "This activity has no such field."
        elif last in LENGTHS and not value and last in _NEEDED:
            refused[name] = "Please fill this in."
        elif last in LENGTHS and len(value) > LENGTHS[last]:
            refused[name] = "This text is too long."
        elif last == "jump" and not 0 <= value <= LARGEST_JUMP:
            refused[name] = "Please enter a number from 0 to 1000."
        elif name.startswith("indicator.") and value not in STRENGTHS:
            refused[name] = "There is no such strength."
    if text.coordinator and _organization_id(session, text.coordinator) is None:
        refused["coordinator"] = "There is no such organisation."
    if refused:
        raise InvalidInputError(refused)


def _put(session: Session, activity: Activity, text: ActivityText) -> None:
    activity.short_title, activity.gloss_en = text.short_title, text.gloss_en
    activity.coordinator_id = _organization_id(session, text.coordinator) if text.coordinator else None
    activity.note_ru, activity.note_en = text.note_ru, text.note_en
    for requirement in session.scalars(_requirements(activity)):
        if proof := text.proofs.get(requirement.key):
            requirement.label_ru, requirement.label_en = proof.label_ru, proof.label_en
            requirement.required = proof.required
    for link, number in session.execute(_links(activity)):
        link.strength = text.strengths.get(number, link.strength)
    for each in session.scalars(_numbers(activity)):
        if bound := text.bounds.get(figure_name(each.cohort, each.key)):
            each.jump, each.steady = bound.jump, bound.steady


def _organization_id(session: Session, key: str) -> int | None:
    return session.scalar(select(Organization.id).where(Organization.key == key))
