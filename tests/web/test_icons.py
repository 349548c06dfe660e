"""The sprite holds what the screens draw, and nothing is drawn that it lacks."""

from __future__ import annotations

import re
from pathlib import Path
from xml.etree import ElementTree

import pytest
from flask.testing import FlaskClient

from app.web.icons import ICONS, UnknownIconError, build_sprite
from workflows import WORKFLOWS

TEMPLATES = Path(__file__).resolve().parents[2] / "app" / "templates"
_NAMED = re.compile(r"""\b(?:icon|draw|empty|icon_button)\(\s*'([a-z0-9-]+)'""")
_PASSED = re.compile(r"""\bicon='([a-z0-9-]+)'""")
_SYMBOL = "{http://www.w3.org/2000/svg}symbol"


def test_a_sprite_holds_each_named_symbol_once() -> None:
    symbols = ElementTree.fromstring(build_sprite(["sun", "bell", "sun"])).findall(_SYMBOL)

    assert [symbol.get("id") for symbol in symbols] == ["bell", "sun"]
    assert all(len(symbol) and symbol.get("viewBox") == "0 0 16 16" for symbol in symbols)


def test_a_name_that_the_package_lacks_is_refused_by_name() -> None:
    with pytest.raises(UnknownIconError, match="no-such-icon"):
        build_sprite(["bell", "no-such-icon"])


def test_the_sprite_has_every_icon_that_a_template_draws() -> None:
    drawn = {
        name
        for template in TEMPLATES.rglob("*.html")
        for pattern in (_NAMED, _PASSED)
        for name in pattern.findall(template.read_text(encoding="utf-8"))
    }

    assert "moon-stars" in drawn
    assert drawn <= ICONS


def test_the_sprite_has_every_icon_of_a_state() -> None:
    assert {state.icon for workflow in WORKFLOWS.values() for state in workflow.states} <= ICONS


def test_the_sprite_is_public_and_kept_for_a_year(client: FlaskClient) -> None:
    answer = client.get("/icons.svg")

    assert answer.status_code == 200
    assert answer.mimetype == "image/svg+xml"
    assert "max-age=31536000" in answer.headers["Cache-Control"]
    assert {symbol.get("id") for symbol in ElementTree.fromstring(answer.data)} == ICONS
