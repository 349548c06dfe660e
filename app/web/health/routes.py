"""`/healthz`: the process answers. `/readyz`: it can work, and what keeps it from it when not."""

from __future__ import annotations

from flask import Blueprint, jsonify
from flask.typing import ResponseReturnValue
from sqlalchemy import select
from sqlalchemy.exc import SQLAlchemyError

from app.schema import level
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
    except SQLAlchemyError as error:
        checks["database"] = type(error).__name__
    if not vekha().store.writable():
        checks["evidence"] = "not writable"
    ready = all(answer == "ok" for answer in checks.values())
    return jsonify(ready=ready, checks=checks), 200 if ready else 503
