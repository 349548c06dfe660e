"""Files of a form that was sent back: they wait in the store's waiting room until it is sent again.

A browser cannot be handed a file, so the form carries a signed ticket for each instead. It is good for the
person and the task that it was made for, and for as long as the store leaves what waits alone.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import NamedTuple

from flask import current_app
from itsdangerous import BadSignature, URLSafeTimedSerializer

from app.storage import EvidenceStore, StagedFile
from app.web.bodies import FILES_AT_ONCE

#: seconds; a day, as `remove_uploads` has it
_GOOD_FOR = 24 * 60 * 60


class WaitingFile(NamedTuple):
    """A file that waits, as the form shows it. `field` is the input that brought it."""

    field: str
    name: str
    #: bytes
    size: int
    ticket: str


def set_aside(
    store: EvidenceStore, files: Sequence[tuple[str, StagedFile]], person_id: int
) -> list[tuple[str, StagedFile]]:
    """The files in the person's name from now on. Of one person as many wait as one form brings: when these
    come, the oldest go. Raises OutageError."""
    if not files:
        return []
    aside = store.set_aside([file for _, file in files], f"of-{person_id}", FILES_AT_ONCE)
    return [(field, file) for (field, _), file in zip(files, aside, strict=True)]


def tickets(files: Iterable[tuple[str, StagedFile]], person_id: int, task_id: int) -> list[WaitingFile]:
    """Tickets for files, with which `redeem` finds them again."""
    signer = _signer()
    return [
        WaitingFile(
            field,
            file.name,
            file.size,
            signer.dumps(
                [
                    person_id,
                    task_id,
                    field,
                    file.path.name,
                    file.name,
                    file.media_type,
                    file.size,
                    file.sha256,
                    file.scan,
                ]
            ),
        )
        for field, file in files
    ]


def redeem(store: EvidenceStore, ticket: str, person_id: int, task_id: int) -> tuple[str, StagedFile] | None:
    """The field and the file that a ticket stands for; None when it is not good any more."""
    try:
        *who, field, waits, name, media_type, size, sha256, scan = _signer().loads(ticket, max_age=_GOOD_FOR)
    except (BadSignature, ValueError):
        return None
    if who != [person_id, task_id]:
        return None
    file = store.staged(waits, name, media_type, size, sha256, scan)
    return (field, file) if file else None


def _signer() -> URLSafeTimedSerializer:
    return URLSafeTimedSerializer(str(current_app.secret_key), salt="waiting file")
