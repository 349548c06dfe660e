"""Whether what was kept is still there and unchanged: the journals' chains and the evidence files."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.models import Evidence, JournalEntry
from app.services.journal import first_broken
from app.services.plans import all_plans
from app.storage import EvidenceStore


class Journals(NamedTuple):
    """What was checked, and where chains are broken: (code of the plan, position of the entry)."""

    plans: int
    entries: int
    broken: list[tuple[str, int]]


def check_journals(session: Session) -> Journals:
    """Verify the chain of every plan."""
    plans = all_plans(session)
    entries = session.scalar(select(func.count()).select_from(JournalEntry)) or 0
    broken = [
        (plan.code, position) for plan in plans if (position := first_broken(session, plan.id)) is not None
    ]
    return Journals(len(plans), entries, broken)


class Files(NamedTuple):
    """How many files were checked, and the evidence whose file is missing or not what it was."""

    files: int
    bad: list[int]


def check_evidence(session: Session, store: EvidenceStore, *, deep: bool = False) -> Files:
    """Look for the file of every piece of evidence: it exists with its size, and (deep) with its hash."""
    files = session.execute(
        select(Evidence.id, Evidence.sha256, Evidence.size)
        .where(Evidence.kind == "file")
        .order_by(Evidence.id)
    ).all()
    bad = list(_bad_files([(row.id, row.sha256, row.size) for row in files], store, deep=deep))
    return Files(len(files), bad)


def _bad_files(files: list[tuple[int, str, int]], store: EvidenceStore, *, deep: bool) -> Iterator[int]:
    for evidence_id, sha256, size in files:
        try:
            path = store.path(sha256)
            if path.stat().st_size != size or (deep and _digest(path) != sha256):
                yield evidence_id
        except (OSError, ValueError):
            yield evidence_id


def _digest(path: Path) -> str:
    with path.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()
