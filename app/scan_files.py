"""Having the files scanned that wait for it: one at a time, outside of any transaction."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from app.scanning import UnansweredError
from app.services import scans
from app.work import JobFailedError, Work

#: seconds that a file may take when nobody waits for the answer
_PATIENCE = 120.0
#: files of one run; the next one comes within a minute
_AT_ONCE = 200
#: files without an answer, one after another, that tell of a scanner that is away
_ENOUGH = 3


def scan_uploads(work: Work) -> Mapping[str, Any]:
    """Scan files for viruses. Without a scanner nothing is done.

    1. Find what waits for a scan, then what never had one, then what had no answer, longest ago first; when
       asked for a deep check, every file.
    2. One at a time, ask the scanner and note the verdict. A file that the store has lost is left to the
       check of the files.
    3. Fail when a file has no verdict, with what the scanner said; several in a row end the run.
    """
    result = {"files": 0, "infected": 0}
    scanner = work.store.scanner
    if scanner is None:
        return result
    with work.database.read() as session:
        found = scans.unscanned(session, everything=work.deep)
    unanswered, error = 0, ""
    for sha256 in found if work.deep else found[:_AT_ONCE]:
        path = work.store.path(sha256)
        if not path.is_file():
            continue
        try:
            verdict = scanner.scan(path, _PATIENCE)
        except UnansweredError as reason:
            # It may be about this file: larger than the scanner takes. Or the scanner is away.
            error, unanswered = str(reason), unanswered + 1
            with work.database.transaction() as session:
                scans.note_try(session, sha256, work.now)
            if unanswered == _ENOUGH:
                break
            continue
        unanswered = 0
        with work.database.transaction() as session:
            result["infected"] += scans.note(session, sha256, verdict, work.now)
        result["files"] += 1
    if error:
        raise JobFailedError("The scanner did not answer: %(error)s", **result, error=error)
    return result
