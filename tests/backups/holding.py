"""What an installation holds, read without the code of backups; and one in which people have worked."""

from __future__ import annotations

import hashlib
import io
from datetime import datetime
from typing import Any

from sqlalchemy import select

from app.db import Base, Database
from app.domain.permissions import Actor
from app.services import comments, tasks
from app.services.evidence import Attachment, Submission
from app.storage import EvidenceStore
from tests import factories
from tests.infrastructure.files import PDF, docx

Rows = dict[str, list[tuple[Any, ...]]]


def rows_of(database: Database) -> Rows:
    """Every row of every table, as the models have them, in an order that no database chooses."""
    with database.read() as session:
        return {
            table.name: sorted((tuple(row) for row in session.execute(select(table))), key=repr)
            for table in Base.metadata.sorted_tables
        }


def files_of(store: EvidenceStore) -> dict[str, str]:
    """The kept files by their names, with the hashes of their bytes."""
    return {
        path.name: hashlib.sha256(path.read_bytes()).hexdigest()
        for path in store.root.glob("[0-9a-f][0-9a-f]/*")
    }


def hand_in(
    database: Database,
    store: EvidenceStore,
    actor: Actor,
    code: str,
    now: datetime,
    *files: tuple[str, bytes],
) -> int:
    """An executor hands its task in with these files and a comment; the task's id."""
    with store.staging() as staged:
        staged += [store.stage(io.BytesIO(content), name) for name, content in files]
        with database.transaction() as session:
            task = factories.find_task(session, code, actor.name)
            proof = factories.proof(session, task)
            added = [*proof.attachments, *(Attachment("file", "", file=file) for file in staged)]
            submission = Submission(added, proof.figures, explained=proof.explained)
            tasks.fire(session, store, actor, task.id, "submit", now=now, submission=submission)
            comments.write(session, actor, task.id, "Сдано, смотрите приложение", now=now)
            return task.id


def add_file(
    database: Database,
    store: EvidenceStore,
    actor: Actor,
    task_id: int,
    now: datetime,
    name: str,
    content: bytes,
) -> None:
    """A file more for a task; of the same name, a new version of it."""
    with store.staging() as staged:
        staged.append(store.stage(io.BytesIO(content), name))
        submission = Submission([Attachment("file", "", file=staged[0])])
        with database.transaction() as session:
            tasks.attach(session, store, actor, task_id, now=now, submission=submission)


def year_of(database: Database, store: EvidenceStore, now: datetime) -> list[Actor]:
    """A little of a year: two colleges hand in, one replaces a file, the controller returns and accepts."""
    with database.transaction() as session:
        people = [factories.actor(session, name, now) for name in ("college01", "college02")]
        deputy = factories.actor(session, "deputy", now, "controller")
    first = hand_in(database, store, people[0], "2.3", now, ("Отчёт.pdf", PDF), ("Справка.docx", docx()))
    second = hand_in(database, store, people[1], "2.3", now, ("Отчёт.pdf", PDF))
    for task_id, trigger in ((first, "return"), (second, "accept")):
        with database.transaction() as session:
            tasks.fire(session, store, deputy, task_id, trigger, now=now, note="Так решено")
    add_file(database, store, people[0], first, now, "Отчёт.pdf", PDF + b"% second version\n")
    return [*people, deputy]
