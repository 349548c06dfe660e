"""The controller lets everybody have a copy of a proof that tells nothing of its makers, or takes it back."""

from __future__ import annotations

import io
from datetime import datetime
from typing import NamedTuple

from sqlalchemy import Integer, bindparam, select
from sqlalchemy.orm import Session

from app.domain.errors import CannotBePublishedError, InvalidInputError, NotAllowedError, WrongStateError
from app.domain.links import may_be_published
from app.domain.permissions import Actor, may_control
from app.domain.texts import kept_line
from app.exports.copies.make import public_copy
from app.models import Evidence, Material
from app.services.evidence import find_evidence
from app.services.scans import may_leave
from app.services.tasks import record_task, take, touch
from app.storage import EvidenceStore, StagedFile
from workflows.definition import CONTROLLER

#: characters of a title; a file system takes a name of 255 octets, and a Cyrillic letter is two
LONGEST_TITLE = 120


class Prepared(NamedTuple):
    """A copy that waits in the store to be published; of a link there is none."""

    file: StagedFile | None
    extension: str


_OF_TASK = select(Material).where(Material.task_id == bindparam("task_id", type_=Integer))


def materials_of(session: Session, task_id: int) -> dict[int, Material]:
    """What was published of a task's evidence, by its id, the withdrawn included."""
    return {each.evidence_id: each for each in session.scalars(_OF_TASK, {"task_id": task_id})}


def prepare(session: Session, store: EvidenceStore, actor: Actor, evidence_id: int) -> Prepared:
    """Make the copy of a piece of evidence: before the transaction, for a picture takes a second.

    Raises NotFoundError, NotAllowedError, StorageError, and CannotBePublishedError with the reason.
    """
    evidence = find_evidence(session, actor, evidence_id)
    if not may_control(actor):
        raise NotAllowedError
    if evidence.kind == "link":
        if not may_be_published(evidence.url):
            raise CannotBePublishedError("The address holds a name and a password.")
        return Prepared(None, "")
    if evidence.kind != "file":
        raise CannotBePublishedError("A note is for those who work on the plan; it cannot be published.")
    if not may_leave(evidence):
        raise CannotBePublishedError("The file is infected or not checked for viruses yet.")
    copy = public_copy(store.path(evidence.sha256), evidence.media_type)
    return Prepared(store.stage(io.BytesIO(copy.content), f"copy.{copy.extension}"), copy.extension)


def publish(
    session: Session,
    store: EvidenceStore,
    actor: Actor,
    evidence_id: int,
    prepared: Prepared,
    *,
    title: str,
    now: datetime,
    version: int | None = None,
) -> Material:
    """Let everybody have a piece of evidence under a title; again, with another one, or after a withdrawal.

    `version` is that of its task. Raises NotFoundError, NotAllowedError, ConflictError, InvalidInputError
    (field `title`), StorageError.
    """
    evidence = find_evidence(session, actor, evidence_id)
    open_ = take(session, actor, evidence.task_id, version)
    if CONTROLLER not in open_.roles:
        raise NotAllowedError
    title = kept_line("title", title, LONGEST_TITLE)
    if not title:
        raise InvalidInputError({"title": "Please write a few words."})
    material = materials_of(session, evidence.task_id).get(evidence_id)
    if material is None:
        material = Material(
            plan_id=open_.task.plan_id, task_id=evidence.task_id, evidence_id=evidence_id, published_at=now
        )
        session.add(material)
    material.title, material.changed_at, material.withdrawn_at = title, now, None
    if prepared.file is not None:
        material.extension, material.media_type = prepared.extension, prepared.file.media_type
        material.size, material.sha256 = prepared.file.size, prepared.file.sha256
        store.keep(prepared.file)
    session.flush()
    touch(open_, now)
    record_task(
        *(session, open_, actor, now, "publish_material"), note=title, details=_record(evidence, material)
    )
    return material


def withdraw(
    session: Session, actor: Actor, evidence_id: int, *, now: datetime, version: int | None = None
) -> None:
    """Take it back; its address is not there any more. Raises WrongStateError, else as `publish`."""
    evidence = find_evidence(session, actor, evidence_id)
    open_ = take(session, actor, evidence.task_id, version)
    if CONTROLLER not in open_.roles:
        raise NotAllowedError
    material = materials_of(session, evidence.task_id).get(evidence_id)
    if material is None or material.withdrawn_at is not None:
        raise WrongStateError("Nothing of this is public any more.")
    material.withdrawn_at = material.changed_at = now
    touch(open_, now)
    record_task(
        *(session, open_, actor, now, "unpublish_material"),
        note=material.title,
        details=_record(evidence, material),
    )


def _record(evidence: Evidence, material: Material) -> dict[str, object]:
    """What the journal keeps: which evidence, and the bytes that everybody can have."""
    return {"material": {"evidence": evidence.id, "title": material.title, "sha256": material.sha256}}
