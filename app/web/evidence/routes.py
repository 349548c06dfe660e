"""`/evidence/<id>`: a file that was attached, for those who may see its task."""

from __future__ import annotations

from flask import Blueprint
from flask.typing import ResponseReturnValue

from app.domain.errors import NotFoundError
from app.services.evidence import find_evidence
from app.services.scans import ask_for_file
from app.web import access
from app.web.handing_out import hand_out
from app.web.state import actor, reading, vekha

blueprint = Blueprint("evidence", __name__)


@blueprint.get("/evidence/<int(max=2147483647):evidence_id>")
@access.signed_in
def download(evidence_id: int) -> ResponseReturnValue:
    evidence = find_evidence(reading(), actor(), evidence_id)
    if evidence.kind != "file":
        raise NotFoundError
    ask_for_file(evidence, actor())
    path = vekha().store.path(evidence.sha256)
    return hand_out(path, evidence.media_type, evidence.name, evidence.sha256)
