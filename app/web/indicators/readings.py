"""The two readings of a divergence beside each other, in words."""

from __future__ import annotations

from typing import NamedTuple

from flask_babel import gettext

from app.domain.figures import DIVERGENCE, passes
from app.domain.indicators import display
from app.services.indicator_page import IndicatorPage
from app.web.formats import decimal, in_language, short_day
from app.web.indicators import arithmetic, words
from app.web.indicators.pages import figure_name


class Reading(NamedTuple):
    """One way to read the order."""

    name: str
    formula: str
    chosen: bool
    #: the value as arithmetic; "" without one
    sum: str
    as_of: str
    #: whether the target would be reached; None without a value
    reached: bool | None


def readings(page: IndicatorPage) -> list[Reading]:
    """By persons, which counts, and by totals; nothing where the indicator is no divergence."""
    if page.line.kind != DIVERGENCE:
        return []
    return [_by_persons(page), _by_totals(page)]


def lacking(page: IndicatorPage) -> str:
    """What is missing for the reading by totals; "" where it has a value."""
    if page.totals is not None and page.totals.value is not None:
        return ""
    if page.totals is not None:
        return str(gettext("By totals there is no value: the other register counts nobody."))
    source = next((source for source in page.definition.sources if source.ours), None)
    if source is None:
        return str(
            gettext("By totals there is no value: the plan asks nobody how many each register counts.")
        )
    return str(
        gettext(
            "By totals there is no value yet: activity %(activity)s has not reported “%(ours)s” and "
            "“%(theirs)s” for one day, or they are not accepted.",
            activity=source.activity,
            ours=figure_name(page, source.activity_id, source.ours),
            theirs=figure_name(page, source.activity_id, source.theirs),
        )
    )


def _by_persons(page: IndicatorPage) -> Reading:
    line = page.line
    part, whole = (in_language(page.wording, name) for name in ("numerator", "denominator"))
    return Reading(
        name=str(gettext("By persons")),
        formula=f"{part} ÷ {whole} × {words.amount(line, 100)}",
        chosen=True,
        sum=arithmetic.formula(line),
        as_of=short_day(line.points[-1].day) if line.points else "",
        reached=passes(line.rule, line.value) if line.value is not None else None,
    )


def _by_totals(page: IndicatorPage) -> Reading:
    line, found = page.line, page.totals
    hundred = words.amount(line, 100)
    told = ""
    if found is not None and found.value is not None:
        ours, theirs = decimal(found.ours), decimal(found.theirs)
        value = words.amount(line, display(line.rule, found.value))
        told = f"|{ours} − {theirs}| ÷ {theirs} × {hundred} = {value}"
    source = next((source for source in page.definition.sources if source.ours), None)
    keys = (
        [figure_name(page, source.activity_id, key) for key in (source.ours, source.theirs)] if source else []
    )
    where = f"; A: {keys[0]}; B: {keys[1]}" if keys else ""
    return Reading(
        name=str(gettext("By totals")),
        formula=f"|A − B| ÷ B × {hundred}{where}",
        chosen=False,
        sum=told,
        as_of=short_day(found.as_of) if found is not None else "",
        reached=passes(line.rule, found.value) if found is not None and found.value is not None else None,
    )
