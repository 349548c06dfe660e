"""The words by which things are found, kept in the transaction that writes what they are the words of.

Whoever words something anew says so here. To make one more kind of thing findable: a statement in `_TEXTS`,
a call of `index` where it is written, and a group in `services.search`.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, delete, insert, or_, select
from sqlalchemy.orm import Session

from app.domain.search import searchable
from app.models import (
    Activity,
    Comment,
    Evidence,
    Indicator,
    Occurrence,
    Organization,
    Plan,
    Row,
    SearchText,
    Task,
)

PLAN, ACTIVITY, OCCURRENCE, INDICATOR = "plan", "activity", "occurrence", "indicator"
ORGANIZATION, TASK, EVIDENCE, COMMENT = "organization", "task", "evidence", "comment"

#: kind → the id and then every text by which it is found
_TEXTS: dict[str, Select[*tuple[Any, ...]]] = {
    PLAN: select(
        Plan.id,
        Plan.code,
        Plan.order_number,
        Plan.order_number_stamp,
        Plan.title,
        Plan.short_title,
        Plan.gloss_en,
    ),
    ACTIVITY: select(
        Activity.id,
        Activity.code,
        Row.number,
        Activity.short_title,
        Activity.title,
        Activity.gloss_en,
        Row.title,
    ).join(Row, Row.id == Activity.row_id),
    OCCURRENCE: select(Occurrence.id, Occurrence.label_ru, Occurrence.label_en),
    ORGANIZATION: select(
        Organization.id,
        Organization.key,
        Organization.short_name,
        Organization.name,
        Organization.gloss_en,
        Organization.aliases,
    ),
    INDICATOR: select(
        Indicator.id, Indicator.number, Indicator.short_title, Indicator.title, Indicator.gloss_en
    ),
    TASK: select(Task.id, Task.subject).where(Task.subject != ""),
    EVIDENCE: select(Evidence.id, Evidence.name, Evidence.url, Evidence.note),
    COMMENT: select(Comment.id, Comment.text).where(Comment.withdrawn_at.is_(None)),
}
#: rows that are written at a time
_BATCH = 500


def index(session: Session, kind: str, *ids: int) -> None:
    """Keep the words of these rows, as they stand in this transaction."""
    if ids:
        session.flush()
        _keep(session, kind, _TEXTS[kind].where(_key(kind).in_(ids)), SearchText.subject_id.in_(ids))


def index_plan(session: Session, plan_id: int) -> None:
    """Keep the words of a plan and of its parts, and those of all organisations, anew."""
    session.flush()
    for kind, table in ((ACTIVITY, Activity), (OCCURRENCE, Occurrence), (INDICATOR, Indicator)):
        own = select(table.id).where(table.plan_id == plan_id)
        _keep(session, kind, _TEXTS[kind].where(table.plan_id == plan_id), SearchText.subject_id.in_(own))
    _keep(session, PLAN, _TEXTS[PLAN].where(Plan.id == plan_id), SearchText.subject_id == plan_id)
    _keep(session, ORGANIZATION, _TEXTS[ORGANIZATION], SearchText.kind == ORGANIZATION)


def index_all(session: Session) -> None:
    """Keep the words of everything anew."""
    session.flush()
    for kind, texts in _TEXTS.items():
        _keep(session, kind, texts, SearchText.kind == kind)


def complete(session: Session) -> bool:
    """Index what was there before its kind could be found; whether there was anything."""
    present = set(session.scalars(select(SearchText.kind).distinct()))
    for kind, texts in _TEXTS.items():
        if kind not in present:
            _keep(session, kind, texts, SearchText.kind == kind)
    return set(session.scalars(select(SearchText.kind).distinct())) != present


def holding(kind: str, phrase: str) -> Select[int]:
    """The ids of that kind whose words hold a phrase of `domain.search.phrases`."""
    return select(SearchText.subject_id).where(SearchText.kind == kind, SearchText.text.contains(phrase))


def task_holds(phrase: str, private: ColumnElement[bool]) -> ColumnElement[bool]:
    """Whether a phrase occurs in what a task is called: its activity, date, executor.

    What it is about (`Task.subject`) counts where `private` lets it be seen.
    """
    return or_(
        Task.activity_id.in_(holding(ACTIVITY, phrase)),
        Task.organization_id.in_(holding(ORGANIZATION, phrase)),
        Task.occurrence_id.in_(holding(OCCURRENCE, phrase)),
        Task.id.in_(holding(TASK, phrase)) & private,
    )


def task_answers(asked: Sequence[str], private: ColumnElement[bool]) -> ColumnElement[bool]:
    """Whether a task holds all of the phrases, or is the one whose number is asked for and nothing else."""
    held = and_(*(task_holds(phrase, private) for phrase in asked))
    number = _number(asked[0]) if len(asked) == 1 else None
    return held if number is None else or_(held, Task.id == number)


def _number(phrase: str) -> int | None:
    """The id that a phrase names, when it is one."""
    digits = phrase.strip()
    return int(digits) if digits.isascii() and digits.isdigit() and len(digits) < 10 else None


def _key(kind: str) -> ColumnElement[int]:
    return next(iter(_TEXTS[kind].selected_columns))


def _keep(session: Session, kind: str, texts: Select[*tuple[Any, ...]], gone: ColumnElement[bool]) -> None:
    session.execute(delete(SearchText).where(SearchText.kind == kind, gone))
    rows = session.execute(texts.execution_options(yield_per=_BATCH))
    for batch in rows.partitions(_BATCH):
        session.execute(
            insert(SearchText),
            [{"kind": kind, "subject_id": row[0], "text": searchable(*_flat(row[1:]))} for row in batch],
        )


def _flat(texts: Iterable[Any]) -> Iterable[str]:
    for text in texts:
        if isinstance(text, list):
            yield from text
        elif text not in (None, ""):
            yield str(text)
