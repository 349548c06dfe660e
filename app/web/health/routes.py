"""`/healthz`: the process answers. `/readyz`: it can work, in words that tell a stranger nothing.

What exactly is wrong stands in the same place of the listener of `VEKHA_METRICS`, and at `/admin/jobs`.
"""

from __future__ import annotations

from flask import Blueprint, current_app, jsonify
from flask.typing import ResponseReturnValue

from app.health import Health, is_ready
from app.web import access
from app.web.state import vekha

blueprint = Blueprint("health", __name__)

_HEALTH = "vekha.health"


@blueprint.get("/healthz")
@access.public
def healthz() -> ResponseReturnValue:
    return "ok\n", {"Content-Type": "text/plain; charset=utf-8"}


@blueprint.get("/readyz")
@access.public
def readyz() -> ResponseReturnValue:
    findings = _health().look()
    ready = is_ready(findings)
    checks = {name: finding.state for name, finding in findings.items()}
    return jsonify(ready=ready, checks=checks), 200 if ready else 503


def _health() -> Health:
    if _HEALTH not in current_app.extensions:
        parts = vekha()
        current_app.extensions[_HEALTH] = Health(parts.config, parts.database, parts.store)
    health: Health = current_app.extensions[_HEALTH]
    return health
