"""From indicators.toml to its records."""

from __future__ import annotations

from dataclasses import fields
from typing import NamedTuple

from app.domain.plausibility import USUAL_JUMP
from app.domain.seed import records as r
from app.domain.seed.table import Table


class IndicatorsFile(NamedTuple):
    indicators: tuple[r.Indicator, ...]
    figures: tuple[r.Figure, ...]
    links: tuple[r.Link, ...]


def indicators_file(table: Table) -> IndicatorsFile:
    """Read the whole file. Raises SeedError."""
    return IndicatorsFile(
        indicators=table.tables("indicator", _indicator, "number"),
        figures=table.tables("figure", _figure, "activity", "key"),
        links=table.tables("link", _link, "activity", "indicator"),
    )


def _indicator(table: Table) -> r.Indicator:
    return r.Indicator(
        number=table.number("number", 1),
        title=table.text("title"),
        short_title=table.text("short_title"),
        gloss_en=table.text("gloss_en"),
        kind=table.choice("kind", r.INDICATOR_KINDS),
        direction=table.choice("direction", r.DIRECTIONS),
        target=table.decimal("target"),
        unit=table.text("unit"),
        unit_en=table.text("unit_en"),
        as_of=table.day_or_none("as_of"),
        baseline=table.text_or("baseline"),
        baseline_en=table.text_or("baseline_en"),
        numerator_ru=table.text("numerator_ru"),
        numerator_en=table.text("numerator_en"),
        denominator_ru=table.text_or("denominator_ru"),
        denominator_en=table.text_or("denominator_en"),
        inferred=table.texts("inferred", [each.name for each in fields(r.Indicator)]),
        line=table.number("line", 1),
        collected_in=table.tables("collected_in", _collected_in, "activity"),
    )


def _collected_in(table: Table) -> r.CollectedIn:
    return r.CollectedIn(
        activity=table.text("activity"),
        cohort=table.text_or("cohort"),
        numerator=table.text("numerator"),
        denominator=table.text_or("denominator"),
        constant=table.number_or("constant", None, 1),
        ours=table.text_or("ours"),
        theirs=table.text_or("theirs"),
        cumulative=table.flag("cumulative"),
        organizations=table.texts("organizations"),
    )


def _figure(table: Table) -> r.Figure:
    return r.Figure(
        activity=table.text("activity"),
        cohort=table.text_or("cohort"),
        key=table.text("key"),
        kind=table.choice("kind", r.FIGURE_KINDS),
        required=table.flag("required"),
        label_ru=table.text("label_ru"),
        label_en=table.text("label_en"),
        hint_ru=table.text_or("hint_ru"),
        hint_en=table.text_or("hint_en"),
        minimum=table.number("minimum"),
        maximum=table.number_or("maximum", None),
        at_most=table.text_or("at_most"),
        jump=table.number_or("jump", USUAL_JUMP),
        steady=table.flag_or("steady", False),
    )


def _link(table: Table) -> r.Link:
    return r.Link(
        activity=table.text("activity"),
        indicator=table.number("indicator", 1),
        strength=table.choice("strength", r.STRENGTHS),
        editorial=table.flag("editorial"),
    )
