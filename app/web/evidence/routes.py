"""`/evidence/<id>`: a file that was attached, for those who may see its task."""

from __future__ import annotations

from flask import Blueprint, send_file
from flask.typing import ResponseReturnValue

from app.domain.errors import NotFoundError, StorageError
from app.services.evidence import find_evidence
from app.web import access
from app.web.state import actor, reading, vekha

blueprint = Blueprint("evidence", __name__)


@blueprint.get("/evidence/<int(max=2147483647):evidence_id>")
@access.signed_in
def download(evidence_id: int) -> ResponseReturnValue:
    evidence = find_evidence(reading(), actor(), evidence_id)
    if evidence.kind != "file":
        raise NotFoundError
    path = vekha().store.path(evidence.sha256)
    if not path.is_file():
        raise StorageError("The file cannot be read now. Please tell the administrator.")
    answer = send_file(
        path,
        mimetype=evidence.media_type,
        as_attachment=True,
        download_name=evidence.name,
        etag=evidence.sha256,
        max_age=0,
    )
    # Somebody else may sit at this computer tomorrow.
    answer.headers["Cache-Control"] = "private, no-store"
    return answer
