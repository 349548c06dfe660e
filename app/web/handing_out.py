"""Files as answers: to be saved under their names, never shown, and unable to do anything if they are."""

from __future__ import annotations

from pathlib import Path

from flask import Response, send_file

from app.domain.errors import StorageError

#: whatever is in the file, a browser that shows it all the same runs nothing and fetches nothing
_HARMLESS = "default-src 'none'; sandbox"


def hand_out(path: Path, media_type: str, name: str, sha256: str) -> Response:
    """A file of the store, for this person alone. Raises StorageError when the store has lost it."""
    if not path.is_file():
        raise StorageError("The file cannot be read now. Please tell the administrator.")
    answer = send_file(
        path, mimetype=media_type, as_attachment=True, download_name=name, etag=sha256, max_age=0
    )
    return kept_by_nobody(answer)


def kept_by_nobody(answer: Response) -> Response:
    """The answer is a file that no cache keeps: somebody else may sit at this computer tomorrow."""
    answer.headers["Cache-Control"] = "private, no-store"
    return harmless(answer)


def harmless(answer: Response) -> Response:
    """The answer is a file."""
    answer.headers["Content-Security-Policy"] = _HARMLESS
    return answer
