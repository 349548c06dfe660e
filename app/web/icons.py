"""The icons of the screens: one small file with the used symbols of Bootstrap Icons, and nothing else."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable
from functools import cache
from pathlib import Path

import flask_bootstrap
from flask import Blueprint, Response, g, url_for

from app.web import access

_NAMES = (
    "arrow-clockwise arrow-counterclockwise arrow-left arrow-right bar-chart-steps bell box-arrow-right "
    "box-seam building calendar-check calendar-plus calendar3 chat-left-text check-circle-fill check-lg "
    "chevron-down chevron-left chevron-right circle circle-half clipboard-check clock-fill clock-history "
    "cloud-arrow-up copy dash-circle dash-lg diagram-3 download envelope exclamation-circle-fill "
    "exclamation-triangle-fill eye eye-fill file-earmark file-earmark-text flag funnel gear globe2 "
    "graph-down graph-up hourglass-split house inbox info-circle-fill journal-text key keyboard link-45deg "
    "list list-check lock megaphone moon-stars paperclip pause-circle pen pencil-square people person-circle "
    "person-plus play-circle play-circle-fill plus-lg printer qr-code question-circle search shield-check "
    "slash-circle sun table trash upload x-circle x-lg "
)
#: every symbol that a template or a state of a workflow names
ICONS = frozenset(_NAMES.split())

_SYMBOL = re.compile(r'<symbol class="[^"]*" viewBox="([^"]*)" id="([^"]*)">(.*?)</symbol>', re.DOTALL)
_YEAR = 365 * 24 * 3600

icons_bp = Blueprint("icons", __name__)


class UnknownIconError(LookupError):
    """Bootstrap Icons has no symbol of that name."""


def build_sprite(names: Iterable[str]) -> str:
    """An SVG file with the named symbols of the installed Bootstrap Icons, in the order of their names.

    Raises UnknownIconError when the package has no symbol of a name.
    """
    symbols = _symbols()
    wanted = sorted(set(names))
    if missing := [name for name in wanted if name not in symbols]:
        raise UnknownIconError(", ".join(missing))
    return f'<svg xmlns="http://www.w3.org/2000/svg">{"".join(symbols[name] for name in wanted)}</svg>\n'


@icons_bp.get("/icons.svg")
@access.public
def sprite() -> Response:
    """The sprite. Its address carries a hash of the content, so that it may be kept for ever."""
    response = Response(_sprite()[0], mimetype="image/svg+xml")
    response.headers["Cache-Control"] = f"public, max-age={_YEAR}, immutable"
    return response


@icons_bp.app_template_global()
def icon_sprite() -> str:
    """The address of the sprite; found once a request, for a page shows hundreds of icons."""
    if "icon_sprite" not in g:
        g.icon_sprite = url_for("icons.sprite", v=_sprite()[1])
    address: str = g.icon_sprite
    return address


@cache
def _sprite() -> tuple[str, str]:
    """The sprite and the hash of its content."""
    text = build_sprite(ICONS)
    return text, hashlib.sha256(text.encode()).hexdigest()[:12]


def _symbols() -> dict[str, str]:
    source = Path(flask_bootstrap.__file__).parent / "static" / "bootstrap5" / "icons" / "bootstrap-icons.svg"
    return {
        name: f'<symbol id="{name}" viewBox="{box}">{shape}</symbol>'
        for box, name, shape in _SYMBOL.findall(source.read_text(encoding="utf-8"))
    }
