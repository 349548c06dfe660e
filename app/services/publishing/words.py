"""What everybody is told about an event, as it is kept: who may tell it is asked elsewhere."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Integer, bindparam, select
from sqlalchemy.orm import Session

from app.domain.errors import InvalidInputError
from app.domain.links import may_be_published
from app.domain.texts import kept_lines, one_line
from app.models import Publication, Task
from app.services.public.published import ANNOUNCED, HELD

#: the kind of tasks that everybody is told about, and which stage a trigger tells of
EVENT = "event"
STAGES = {"announce": ANNOUNCED, "hold": HELD}
#: characters
LONGEST_WORDS = 2000

#: the fields of a form that hold them
TEXT_FIELD, LINK_FIELD = "public_text", "public_link"


@dataclass(frozen=True, slots=True)
class PublicWords:
    """What is to be told: a text, and where there is more. Both empty: nothing."""

    text: str = ""
    url: str = ""


NO_WORDS = PublicWords()

_OF_TASK = (
    select(Publication)
    .where(Publication.task_id == bindparam("task_id", type_=Integer))
    .order_by(Publication.published_at, Publication.id)
)


def told_of(session: Session, task_id: int) -> dict[str, Publication]:
    """What was told about a task, by stage, the withdrawn included."""
    return {each.stage: each for each in session.scalars(_OF_TASK, {"task_id": task_id})}


def tell_of_step(
    session: Session, task: Task, trigger: str, words: PublicWords, now: datetime
) -> dict[str, Any]:
    """Tell what came along with a step, where that is told about; what the journal keeps of it.

    Raises InvalidInputError (fields `public_text` and `public_link`).
    """
    stage = STAGES.get(trigger) if task.workflow == EVENT else None
    if stage is None or not (one_line(words.text) or one_line(words.url)):
        return {}
    told = tell(session, task, stage, words, now)
    return {"public": as_record(told)}


def tell(session: Session, task: Task, stage: str, words: PublicWords, now: datetime) -> Publication:
    """Enter or correct what is told at a stage; what was withdrawn stands again. Raises as above."""
    text, url = kept_lines(TEXT_FIELD, words.text, LONGEST_WORDS), one_line(words.url)
    problems = {}
    if not text:
        problems[TEXT_FIELD] = "Please write a few words."
    if url and not may_be_published(url):
        problems[LINK_FIELD] = "Please enter an address like https://…"
    if problems:
        raise InvalidInputError(problems)
    told = told_of(session, task.id).get(stage)
    if told is None:
        told = Publication(plan_id=task.plan_id, task_id=task.id, stage=stage, published_at=now)
        session.add(told)
    told.text, told.url, told.changed_at, told.withdrawn_at = text, url, now, None
    session.flush()
    return told


def as_record(told: Publication) -> dict[str, str]:
    """What the journal keeps of it."""
    return {"stage": told.stage, "text": told.text, "link": told.url}
