"""The files of the store that nothing names, and their removal beside uploads that go on."""

from __future__ import annotations

import re
from collections.abc import Iterator

from sqlalchemy import Text, cast, select
from sqlalchemy.orm import Session

from app.db import Base
from app.models import JournalEntry
from app.services.changes import hold_plans
from app.storage import EvidenceStore

#: a column of this name holds the name of a file in the store, in whatever table
_COLUMN = "sha256"
#: names that are looked up by one statement
_AT_ONCE = 500
_HASH = re.compile(r"[0-9a-f]{64}")


def unnamed(session: Session, hashes: set[str]) -> set[str]:
    """Those of the hashes that no row names, nor the journal: what once was public may be superseded, but
    the journal says which bytes it was."""
    left = hashes - set(_named_by_rows(session, hashes))
    return left - set(_named_by_journal(session)) if left else set()


def remove_unnamed(session: Session, store: EvidenceStore, hashes: set[str], before: float) -> int:
    """Remove the files that were kept before that time (seconds since the epoch) and are still not named;
    how many.

    Whoever keeps a file holds its plan from then on until the row is committed. With every plan held here,
    nobody is between the two: what no row names now, nobody is about to name.
    """
    hold_plans(session)
    left = hashes - set(_named_by_rows(session, hashes))
    return sum(store.remove(each, before) for each in sorted(left))


def _named_by_rows(session: Session, hashes: set[str]) -> Iterator[str]:
    wanted = sorted(hashes)
    for table in Base.metadata.sorted_tables:
        if (column := table.columns.get(_COLUMN)) is None:
            continue
        for start in range(0, len(wanted), _AT_ONCE):
            yield from session.scalars(select(column).where(column.in_(wanted[start : start + _AT_ONCE])))


def _named_by_journal(session: Session) -> Iterator[str]:
    details = cast(JournalEntry.details, Text)
    statement = select(details).where(details.contains(_COLUMN)).execution_options(yield_per=500)
    for text in session.scalars(statement):
        yield from _HASH.findall(text)
