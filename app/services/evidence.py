"""Evidence: what an executor attaches to a task. Nothing is overwritten; the old stays."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.domain.errors import InvalidInputError, NotFoundError
from app.domain.links import leads_somewhere
from app.domain.permissions import Actor, may_see_task
from app.domain.texts import kept_lines, several_lines
from app.models import Activity, Evidence, Requirement, Task
from app.scanning import INFECTED
from app.services import scans, search_index
from app.services.publishing.words import NO_WORDS, PublicWords
from app.storage import EvidenceStore, StagedFile


@dataclass(frozen=True, slots=True)
class Attachment:
    """One file, link or note. `slot` None: the first required slot that still lacks something."""

    kind: str
    slot: str | None = None
    file: StagedFile | None = None
    url: str = ""
    note: str = ""
    #: id of the evidence that it takes the place of
    replaces: int | None = None


@dataclass(frozen=True, slots=True)
class Submission:
    """What comes with a click: attachments, and the figures that the task asks for."""

    attachments: Sequence[Attachment] = ()
    figures: Mapping[str, Decimal] = field(default_factory=dict)
    #: what everybody is told, of a stage that is told about
    public: PublicWords = NO_WORDS
    #: of figures that are unusual: why they are right all the same, by their keys
    explained: Mapping[str, str] = field(default_factory=dict)


NOTHING = Submission()


def current_evidence(session: Session, task_id: int) -> list[Evidence]:
    """The evidence of a task that nothing has replaced, oldest first."""
    return list(
        session.scalars(
            select(Evidence)
            .where(Evidence.task_id == task_id, Evidence.replaced_by.is_(None))
            .order_by(Evidence.id)
        )
    )


def requirements(session: Session, activity_id: int) -> list[Requirement]:
    """What the tasks of an activity must attach, in the order of the screen."""
    return list(
        session.scalars(
            select(Requirement).where(Requirement.activity_id == activity_id).order_by(Requirement.position)
        )
    )


def attach(
    session: Session, actor: Actor, task: Task, attachments: Sequence[Attachment], now: datetime
) -> list[Evidence]:
    """Add the rows of evidence to a task; a file of the same name in the same slot becomes its next version.

    The bytes follow with `keep`, once everything else is known to hold. Two files of one name that come
    together are two files. Raises InvalidInputError naming the field (`evidence.<slot>`, `link.<slot>` …).
    """
    if not attachments:
        return []
    slots = requirements(session, task.activity_id)
    present = current_evidence(session, task.id)
    filled = {item.slot for item in present}
    added = []
    for attachment in attachments:
        old = _replaced(attachment, present)
        slot = old.slot if old else _slot_for(attachment, slots, filled)
        _check(attachment, slot)
        old = old or _same_file(attachment, slot, present)
        evidence = Evidence(
            task_id=task.id,
            slot=slot,
            kind=attachment.kind,
            version=old.version + 1 if old else 1,
            url=attachment.url,
            note=kept_lines(_field(attachment, slot), attachment.note),
            created_at=now,
            person_id=actor.person_id,
        )
        if attachment.file is not None:
            evidence.name = attachment.file.name
            evidence.media_type = attachment.file.media_type
            evidence.size = attachment.file.size
            evidence.sha256 = attachment.file.sha256
            evidence.scan, evidence.scanned_at, evidence.signature = _scanned(session, attachment, slot, now)
        session.add(evidence)
        session.flush()
        if old is not None:
            old.replaced_by, old.replaced_at = evidence.id, now
            present.remove(old)
        filled.add(slot)
        added.append(evidence)
    search_index.index(session, search_index.EVIDENCE, *(evidence.id for evidence in added))
    return added


def keep(store: EvidenceStore, attachments: Sequence[Attachment]) -> None:
    """Make the attached files durable under their final names. Raises StorageError."""
    for attachment in attachments:
        if attachment.file is not None:
            store.keep(attachment.file)


def find_evidence(session: Session, actor: Actor, evidence_id: int) -> Evidence:
    """A piece of evidence that the actor may see. Raises NotFoundError, also for a foreign one."""
    row = session.execute(
        select(Evidence, Task.organization_id, Activity.coordinator_id)
        .join(Task, Task.id == Evidence.task_id)
        .join(Activity, Activity.id == Task.activity_id)
        .where(Evidence.id == evidence_id)
    ).first()
    if row is None or not may_see_task(actor, row.organization_id, row.coordinator_id):
        raise NotFoundError
    evidence: Evidence = row.Evidence
    return evidence


def _scanned(session: Session, attachment: Attachment, slot: str, now: datetime) -> scans.Known:
    """What is known of the bytes. Raises InvalidInputError for those that were found harmful before."""
    assert attachment.file is not None
    known = scans.known_of(session, attachment.file, now)
    if known.state == INFECTED:
        raise InvalidInputError(
            {_field(attachment, slot): "This file is infected. Check your computer and attach a clean one."}
        )
    return known


def _slot_for(attachment: Attachment, slots: Sequence[Requirement], filled: set[str]) -> str:
    if attachment.slot is not None:
        match = next((slot for slot in slots if slot.key == attachment.slot), None)
        if attachment.slot == "" or (match is not None and attachment.kind in match.kinds):
            return attachment.slot
        raise InvalidInputError({_field(attachment): "This kind of proof is not asked for here."})
    fitting = [slot for slot in slots if attachment.kind in slot.kinds]
    waiting = [slot for slot in fitting if slot.required and slot.key not in filled]
    required = [slot for slot in fitting if slot.required]
    chosen = next(iter(waiting or required or fitting), None)
    return chosen.key if chosen else ""


def _replaced(attachment: Attachment, present: Sequence[Evidence]) -> Evidence | None:
    """What the attachment says that it takes the place of."""
    if attachment.replaces is None:
        return None
    old = next((item for item in present if item.id == attachment.replaces), None)
    if old is None:
        raise InvalidInputError({_field(attachment): "What you want to replace has been replaced already."})
    return old


def _same_file(attachment: Attachment, slot: str, present: Sequence[Evidence]) -> Evidence | None:
    """The file of the same name that was there before."""
    if attachment.file is None:
        return None
    name = attachment.file.name.casefold()
    return next(
        (
            item
            for item in present
            if item.slot == slot and item.kind == "file" and item.name.casefold() == name
        ),
        None,
    )


def _check(attachment: Attachment, slot: str) -> None:
    """Refuse what nobody could follow or read. Raises InvalidInputError."""
    if attachment.kind == "link":
        if not leads_somewhere(attachment.url):
            raise InvalidInputError({_field(attachment, slot): "Please enter an address like https://…"})
    elif attachment.kind == "note" and not several_lines(attachment.note):
        raise InvalidInputError({_field(attachment, slot): "Please write a few words."})


def _field(attachment: Attachment, slot: str | None = None) -> str:
    """The field of the form that brought the attachment."""
    name = {"file": "evidence"}.get(attachment.kind, attachment.kind)
    if attachment.replaces is not None:
        return f"replace.{attachment.replaces}"
    slot = attachment.slot if attachment.slot is not None else slot
    return f"{name}.{slot}" if slot else name
