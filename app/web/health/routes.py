"""`/healthz`: the process answers. `/readyz`: it can work, and what keeps it from it when not.

`/readyz` also tells of the background work, but a late or failing job leaves the process ready: whoever
balances the load would take every server away because a letter could not be sent.
"""

from __future__ import annotations

from flask import Blueprint, jsonify
from flask.typing import ResponseReturnValue
from sqlalchemy import select
from sqlalchemy.exc import SQLAlchemyError

from app import timetable
from app.anchor import Anchor
from app.domain.errors import OutageError, StorageError
from app.schema import level
from app.services.checking import check_ends
from app.services.job_runs import last_runs
from app.web import access
from app.web.state import reading, vekha

blueprint = Blueprint("health", __name__)


@blueprint.get("/healthz")
@access.public
def healthz() -> ResponseReturnValue:
    return "ok\n", {"Content-Type": "text/plain; charset=utf-8"}


@blueprint.get("/readyz")
@access.public
def readyz() -> ResponseReturnValue:
    checks = {"database": "ok", "migrations": "ok", "evidence": "ok"}
    try:
        reading().execute(select(1))
        current, newest = level(vekha().database)
        if current != newest:
            checks["migrations"] = f"at {current}, newest {newest}"
    except (SQLAlchemyError, OutageError) as error:
        checks["database"] = type(error).__name__
    if not vekha().store.writable():
        checks["evidence"] = "not writable"
    ready = all(answer == "ok" for answer in checks.values())
    if checks["database"] == checks["migrations"] == "ok":
        checks["jobs"] = _jobs()
        checks["journal"] = _journal()
    return jsonify(ready=ready, checks=checks), 200 if ready else 503


def _journal() -> str:
    """ok, or which plans' journals do not go on from what was anchored last."""
    anchor = Anchor(vekha().config.anchor)
    if not anchor.writable():
        return "the anchor is not writable"
    try:
        _heads, strayed = check_ends(reading(), anchor.last())
    except StorageError:
        return "the anchor cannot be read"
    return f"not what was anchored: {', '.join(strayed)}" if strayed else "ok"


def _jobs() -> str:
    """ok, or which jobs nobody seems to run and which failed last time."""
    config = vekha().config
    zone = timetable.zone_of(reading(), config.plan)
    found = timetable.health(last_runs(reading()), config.clock.machine(), zone)
    told = [f"{word}: {', '.join(names)}" for word, names in found._asdict().items() if names]
    return "; ".join(told) or "ok"
