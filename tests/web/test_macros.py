"""What the macros put on the screen: states in words, errors tied to fields, bars without inline style."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date
from fractions import Fraction
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import pytest
from flask import Flask
from flask_wtf import FlaskForm
from flask_wtf.file import MultipleFileField
from wtforms import RadioField, StringField
from wtforms.validators import DataRequired

pytestmark = pytest.mark.one_database

TEMPLATES = Path(__file__).resolve().parents[2] / "app" / "templates"


class _Form(FlaskForm):  # type: ignore[misc]
    title = StringField("Title", validators=[DataRequired("Say what it is.")])
    verdict = RadioField("Verdict", choices=["Accept", "Return"])
    evidence = MultipleFileField("Evidence")


@pytest.fixture
def screen(app: Flask) -> Iterator[Flask]:
    """A request of somebody who reads English."""
    with app.test_request_context("/", headers={"Accept-Language": "en"}):
        yield app


def _macros(app: Flask, name: str) -> Any:
    return app.jinja_env.get_template(f"_macros/{name}.html").module


@pytest.mark.parametrize(
    ("left", "words"),
    [(2, "2 days left"), (1, "1 day left"), (0, "Due today"), (-1, "1 day late"), (-31, "31 days late")],
)
def test_days_are_told_in_words(screen: Flask, left: int, words: str) -> None:
    assert _macros(screen, "status").days(left) == words


def test_what_is_no_longer_owed_shows_no_days(screen: Flask) -> None:
    due = _macros(screen, "status").due

    assert "6 days late" in due(date(2022, 6, 9), -6)
    assert "late" not in due(date(2022, 6, 9), -6, open=False)


def test_a_moved_date_shows_the_date_of_the_order_too(screen: Flask) -> None:
    due = _macros(screen, "status").due

    assert "in the order: 30 Apr 2022" in due(date(2022, 4, 29), 3, first=date(2022, 4, 30))
    assert "in the order" not in due(date(2022, 4, 29), 3, first=date(2022, 4, 29))


@pytest.mark.parametrize(
    ("state", "kind"),
    [
        (("owing", "planned", True), "overdue"),
        (("owing", "returned", True), "overdue"),
        (("owing", "returned", False), "returned"),
        (("owing", "planned", False), "planned"),
        (("owing", "drafting", False), "progress"),
        (("owing", "drafting", False, True), "soon"),
        (("review", "submitted", False, True), "review"),
        (("accepted", "accepted", False), "done"),
        (("off", "withdrawn", False), "off"),
    ],
)
def test_a_state_has_the_kind_that_matters_most(screen: Flask, state: tuple[Any, ...], kind: str) -> None:
    assert _macros(screen, "status").state_kind(*state) == kind


def test_a_badge_says_its_state_in_words_beside_the_icon(screen: Flask) -> None:
    badge = _macros(screen, "status").badge

    assert "Overdue" in badge("overdue")
    assert "#exclamation-circle-fill" in badge("overdue")
    assert "Negotiating" in badge("progress", "Negotiating", "people")
    assert "#people" in badge("progress", "Negotiating", "people")


def test_an_error_is_tied_to_its_field_and_listed_at_the_top(screen: Flask) -> None:
    form = _Form(meta={"csrf": False})
    form.validate()
    macros = _macros(screen, "forms")

    control = re.search("<input[^>]*>", macros.field(form.title, hint="Shortly."))
    assert control
    assert 'aria-describedby="title-hint title-error"' in control[0]
    assert 'aria-invalid="true"' in control[0]
    assert 'id="title-error"' in macros.field(form.title)
    assert '<a href="#title">Title</a>: Say what it is.' in macros.error_summary(form)


def test_what_was_typed_comes_back_as_text(screen: Flask) -> None:
    form = _Form(meta={"csrf": False})
    form.title.data = '"><script>'

    assert "<script>" not in _macros(screen, "forms").field(form.title)


def test_choices_are_grouped_under_their_question(screen: Flask) -> None:
    html = _macros(screen, "forms").field(_Form(meta={"csrf": False}).verdict)

    assert "<legend>Verdict" in html
    assert html.count('type="radio"') == 2


def test_a_file_field_names_the_types_and_the_limit(screen: Flask) -> None:
    form = _Form(meta={"csrf": False})
    html = _macros(screen, "forms").file_drop(form.evidence, ["pdf", "png"], 50 * 1024 * 1024)

    assert "PDF, PNG, up to 50 MB each" in html
    assert 'accept=".pdf,.png"' in html


def test_a_stacked_bar_fills_its_width_and_says_its_parts(screen: Flask) -> None:
    html = _macros(screen, "charts").stacked_bar([("done", 31), ("review", 0), ("overdue", 4)])
    bars = [bar for bar in ElementTree.fromstring(html).findall("rect") if bar.get("class") != "bar-frame"]

    assert [bar.get("width") for bar in bars] == ["88.571%", "11.429%"]
    assert bars[1].get("x") == "88.571%"
    assert bars[1].get("fill") == "url(#hatch-overdue)"
    assert ElementTree.fromstring(html).get("aria-label") == "Done: 31; Overdue: 4"


def test_no_data_is_no_bar_and_not_a_zero(screen: Flask) -> None:
    share_bar = _macros(screen, "charts").share_bar

    assert "no data" in share_bar(None)
    assert "no data" not in share_bar(Fraction(0))
    assert 'width="83.333%"' in share_bar(Fraction(5, 6))


def test_a_missing_cell_of_a_matrix_says_so(screen: Flask) -> None:
    cell = {"kind": "done", "text": "Done, 3 Feb", "url": "/tasks/1"}
    html = _macros(screen, "tables").matrix(
        [{"label": "Jan"}, {"label": "Feb"}], [{"label": "College 1", "cells": [cell, None]}], "By month"
    )

    assert html.count("Done, 3 Feb</span>") == 1
    assert html.count("no task</span>") == 1


@pytest.mark.parametrize("template", sorted(TEMPLATES.rglob("*.html")), ids=lambda path: path.name)
def test_no_template_needs_what_the_policy_forbids(template: Path) -> None:
    html = template.read_text(encoding="utf-8")

    assert not re.search(r"""\sstyle\s*=\s*["'{]|\son[a-z]+\s*=\s*["']|<style|javascript:""", html)
    assert all("src=" in script for script in re.findall("<script[^>]*>", html))
