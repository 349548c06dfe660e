"""Having the files scanned that wait for it: one at a time, outside of any transaction."""

from __future__ import annotations

from typing import NamedTuple

from app.scanning import Scanner, UnansweredError
from app.services import scans
from app.work import Work

#: seconds that a file may take when nobody waits for the answer
_PATIENCE = 120.0
#: files of one run; the next one comes within a minute
_AT_ONCE = 200


class Scanned(NamedTuple):
    """How many files were scanned, how many pieces of evidence are harmful, and why it ended early."""

    files: int
    infected: int
    failure: str


def scan_files(work: Work, scanner: Scanner) -> Scanned:
    """Scan what waits, then what never was; with `work.deep` every file anew, for what was unknown then.

    A file that the store has lost is left to the check of the files.
    """
    with work.database.read() as session:
        found = scans.unscanned(session, everything=work.deep)
    files = infected = 0
    for sha256 in found if work.deep else found[:_AT_ONCE]:
        path = work.store.path(sha256)
        if not path.is_file():
            continue
        try:
            verdict = scanner.scan(path, _PATIENCE)
        except UnansweredError as error:
            return Scanned(files, infected, str(error))
        with work.database.transaction() as session:
            infected += scans.note(session, sha256, verdict, work.now)
        files += 1
    return Scanned(files, infected, "")
