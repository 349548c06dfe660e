"""How the value of an indicator and its forecast come about, in words."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from typing import Any

from flask_babel import gettext, ngettext

from app.domain.figures import AT_LEAST, COUNT, DIVERGENCE, GROWTH, PERCENT_KINDS, SHARE, WORST_CASE
from app.domain.forecast import BAND, KNOWN_WHOLE, NO_TREND, PAST, TOO_FEW
from app.services.indicators import IndicatorLine
from app.web.formats import decimal, short_day
from app.web.indicators.words import amount, projected, value


def formula(line: IndicatorLine) -> str:
    """The value as arithmetic: 1 234 ÷ 2 800 × 100 % = 44,1 %. Empty when there is nothing to compute."""
    if line.value is None or line.numerator is None:
        return ""
    if line.kind == COUNT or line.denominator is None:
        return value(line)
    part = decimal(line.numerator)
    times = f" × {amount(line, Decimal(100))}" if line.kind in PERCENT_KINDS else ""
    return f"{part} ÷ {decimal(line.denominator)}{times} = {value(line)}"


def rules(line: IndicatorLine, *, adds_up: bool, counts_one: bool) -> list[str]:
    """How it is computed and what is left out, as `app.domain.figures` does it.

    `adds_up`: the reports of an organisation count different things; `counts_one`: each organisation
    brings one to the whole.
    """
    found = list(_HOW[line.kind](line, adds_up))
    if counts_one and (line.kind, line.direction) == (SHARE, AT_LEAST):
        found.append(gettext("Whoever has not reported counts in the whole, and not in the part."))
    found.append(gettext("What is not accepted yet is left out."))
    return [str(one) for one in found]


def _how_share(_line: IndicatorLine, _adds_up: bool) -> list[Any]:
    return [
        gettext("All reports are pooled: a sum over a sum, never the mean of the organisations’ shares."),
        gettext("Of each organisation the newest accepted report counts."),
    ]


def _how_count(_line: IndicatorLine, adds_up: bool) -> list[Any]:
    if adds_up:
        return [gettext("Everything in the accepted reports is added up.")]
    return [gettext("Of each organisation the newest accepted report counts; these are added up.")]


def _how_worst(line: IndicatorLine, _adds_up: bool) -> list[Any]:
    return [
        gettext("The worst event decides; exactly %(limit)s passes.", limit=amount(line, line.target)),
        gettext("An event without a survey is no data, and no pass."),
    ]


def _how_growth(_line: IndicatorLine, _adds_up: bool) -> list[Any]:
    return [
        gettext("The newest accepted figure over the one at the start."),
        gettext("Without the figure at the start the growth is undefined."),
    ]


def _how_divergence(_line: IndicatorLine, _adds_up: bool) -> list[Any]:
    return [
        gettext("Those that differ over those that were compared."),
        gettext("Only the newest day as of which anybody compared counts."),
    ]


_HOW: dict[str, Callable[[IndicatorLine, bool], list[Any]]] = {
    SHARE: _how_share,
    COUNT: _how_count,
    WORST_CASE: _how_worst,
    GROWTH: _how_growth,
    DIVERGENCE: _how_divergence,
}


def method(line: IndicatorLine) -> list[str]:
    """How the forecast is made, or why there is none; and what the straight way is, where there is one."""
    told = []
    if line.forecast is not None:
        told.append(
            gettext(
                "Forecast for %(date)s: %(value)s; the band: %(low)s to %(high)s.",
                date=short_day(line.forecast.day),
                **projected(line, line.forecast),
            )
        )
        told.append(
            ngettext(
                "It is the linear trend by least squares over %(num)s value, as a spreadsheet finds it with "
                "FORECAST.LINEAR; the band is the %(share)s%% prediction interval of that line.",
                "It is the linear trend by least squares over %(num)s values, as a spreadsheet finds it with "
                "FORECAST.LINEAR; the band is the %(share)s%% prediction interval of that line.",
                len(line.forecast.observed),
                share=BAND,
            )
        )
    elif line.no_forecast:
        told.append(_NO_FORECAST[line.no_forecast]())
    if line.path:
        told.append(_WAY[line.kind in (COUNT, GROWTH)]())
    return [str(one) for one in told]


_NO_FORECAST: dict[str, Callable[[], Any]] = {
    NO_TREND: lambda: gettext("There is no forecast: the worst of separate events has no trend."),
    KNOWN_WHOLE: lambda: gettext(
        "There is no trend: whoever has not reported counts against the share, so that a line would only "
        "show how fast the reports come."
    ),
    TOO_FEW: lambda: gettext("There is no forecast: it takes at least three accepted values."),
    PAST: lambda: gettext("There is no forecast: the day of the target has come."),
}
_WAY: dict[bool, Callable[[], Any]] = {
    True: lambda: gettext("The even way rises by the same amount each day of the period."),
    False: lambda: gettext("The even way leads from the first value to the target on its day."),
}
