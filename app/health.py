"""Whether an installation can work: what is looked at, and what is found, for who watches it.

`failed` keeps it from working; `warn` will, or concerns what goes on beside: a late or failing job, a journal
that is not what was anchored, little room on the disk. Whoever balances the load would otherwise take every
server away because a letter could not be sent.
"""

from __future__ import annotations

import os
import shutil
import time
from collections.abc import Callable
from typing import NamedTuple

from sqlalchemy import select
from sqlalchemy.orm import Session

from app import timetable
from app.anchor import Anchor
from app.db import Database
from app.domain.errors import DatabaseBusyError, VekhaError
from app.schema import newest, revision_of, try_to_write
from app.services.checking import check_ends
from app.storage import EvidenceStore
from config import Config

OK, WARN, FAILED = "ok", "warn", "failed"
#: seconds for which it counts that something was written: whoever asks may not wear the disk out
KEPT_FOR = 2.0


class Finding(NamedTuple):
    """What was found; `details` are for those who run the installation, `state` anybody may know."""

    state: str
    details: str = ""


Findings = dict[str, Finding]


def is_ready(findings: Findings) -> bool:
    """Whether requests can be answered."""
    return all(finding.state != FAILED for finding in findings.values())


class Health:
    """Looks at one installation, from one process."""

    def __init__(self, config: Config, database: Database, store: EvidenceStore) -> None:
        self._config = config
        self._database = database
        self._store = store
        self._written: dict[str, tuple[float, Finding]] = {}

    def look(self) -> Findings:
        """Everything, as it is now."""
        found: Findings = {}
        try:
            with self._database.read() as session:
                found["database"] = _asked(session)
                found["migrations"] = _level(session)
                if found["migrations"].state == OK:
                    found["jobs"] = self._jobs(session)
                    found["journal"] = self._journal(session)
        except Exception as error:
            found["database"] = Finding(FAILED, type(error).__name__)
        if found["database"].state == OK:
            found["writing"] = self._lately("writing", self._writing)
        found["evidence"] = self._lately("evidence", self._evidence)
        found["disk"] = self._disk()
        return found

    def _lately(self, name: str, look: Callable[[], Finding]) -> Finding:
        at, finding = self._written.get(name, (0.0, None))
        if finding is None or time.monotonic() - at >= KEPT_FOR:
            finding = look()
            self._written[name] = time.monotonic(), finding
        return finding

    def _writing(self) -> Finding:
        try:
            try_to_write(self._database)
        except DatabaseBusyError:
            # Somebody writes for long; pages are read meanwhile.
            return Finding(WARN, "busy")
        except Exception as error:
            return Finding(FAILED, type(error).__name__)
        return Finding(OK)

    def _evidence(self) -> Finding:
        return Finding(OK) if self._store.writable() else Finding(FAILED, "no file can be written")

    def _disk(self) -> Finding:
        free = free_bytes(self._config)
        short = [
            f"{name}: {left // 2**20} MB left" for name, left in free.items() if left < self._config.reserve
        ]
        return Finding(WARN, "; ".join(short)) if short else Finding(OK)

    def _jobs(self, session: Session) -> Finding:
        found = timetable.health(session, self._config)
        told = [f"{word}: {', '.join(names)}" for word, names in found._asdict().items() if names]
        return Finding(WARN, "; ".join(told)) if told else Finding(OK)

    def _journal(self, session: Session) -> Finding:
        anchor = Anchor(self._config.anchor)
        if not anchor.writable():
            return Finding(WARN, "the anchor is not writable")
        try:
            _heads, strayed = check_ends(session, anchor.last())
        except VekhaError:
            return Finding(WARN, "the anchor cannot be read")
        return Finding(WARN, f"not what was anchored: {', '.join(strayed)}") if strayed else Finding(OK)


def free_bytes(config: Config) -> dict[str, int]:
    """Free room for the database's folder and for the evidence; what is not there yet is left out."""
    places = {"instance": config.instance, "evidence": config.evidence}
    return {name: shutil.disk_usage(path).free for name, path in places.items() if os.path.isdir(path)}


def _asked(session: Session) -> Finding:
    session.execute(select(1))
    return Finding(OK)


def _level(session: Session) -> Finding:
    present = revision_of(session.connection())
    return Finding(OK) if present == newest() else Finding(FAILED, f"at {present}, newest {newest()}")
