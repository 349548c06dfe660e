"""The people of the services' tests, and the files that they attach."""

from __future__ import annotations

import io
from typing import NamedTuple

from app.domain.permissions import Actor
from app.services.evidence import Attachment
from app.storage import EvidenceStore
from tests.infrastructure.files import PDF


class People(NamedTuple):
    """Two colleges, the centre that coordinates them, the controller and the auditor."""

    college: Actor
    other: Actor
    centre: Actor
    deputy: Actor
    auditor: Actor


def file(store: EvidenceStore, name: str, content: bytes = PDF, **more: object) -> Attachment:
    """A file that waits in the store."""
    return Attachment("file", file=store.stage(io.BytesIO(content), name), **more)  # type: ignore[arg-type]
