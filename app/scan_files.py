"""Having the files scanned that wait for it: one at a time, outside of any transaction."""

from __future__ import annotations

from app.scanning import UnansweredError
from app.services import scans
from app.work import Work

#: seconds that a file may take when nobody waits for the answer
_PATIENCE = 120.0
#: files of one run; the next one comes within a minute
_AT_ONCE = 200
#: files without an answer, one after another, that tell of a scanner that is away
_ENOUGH = 3


def scan_files(work: Work) -> tuple[dict[str, int], str]:
    """Scan what waits, then what never was; with `work.deep` every file anew, for what was unknown then.

    How many files have a verdict now and how many pieces of evidence are harmful, and why one has none.
    A file that the store has lost is left to the check of the files. Without a scanner nothing is done.
    """
    scanner = work.store.scanner
    if scanner is None:
        return {"files": 0, "infected": 0}, ""
    with work.database.read() as session:
        found = scans.unscanned(session, everything=work.deep)
    files = infected = unanswered = 0
    failure = ""
    for sha256 in found if work.deep else found[:_AT_ONCE]:
        path = work.store.path(sha256)
        if not path.is_file():
            continue
        try:
            verdict = scanner.scan(path, _PATIENCE)
        except UnansweredError as error:
            # It may be about this file: larger than the scanner takes. Or the scanner is away.
            failure, unanswered = str(error), unanswered + 1
            if unanswered == _ENOUGH:
                break
            continue
        with work.database.transaction() as session:
            infected += scans.note(session, sha256, verdict, work.now)
        files, unanswered = files + 1, 0
    return {"files": files, "infected": infected}, failure
