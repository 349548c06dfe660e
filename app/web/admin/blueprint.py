"""The blueprint of the administration."""

from __future__ import annotations

from flask import Blueprint

from app.domain.permissions import ADMINISTRATOR_ROLE
from app.web import access

blueprint = Blueprint("admin", __name__, url_prefix="/admin")

administrators = access.only(ADMINISTRATOR_ROLE)
