"""Roles in words."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l

from app.domain.permissions import ADMINISTRATOR_ROLE, AUDITOR_ROLE, CONTROLLER_ROLE, EXECUTOR_ROLE

ROLE_NAMES = {
    EXECUTOR_ROLE: _l("Executor"),
    CONTROLLER_ROLE: _l("Controller"),
    AUDITOR_ROLE: _l("Auditor"),
    ADMINISTRATOR_ROLE: _l("Administrator"),
}
