"""Indicators in words: targets, values, and why an indicator stands where it does."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from typing import Any

from flask_babel import gettext, ngettext
from flask_babel import lazy_gettext as _l

from app.domain.figures import AT_LEAST, COUNT, GROWTH, WORST_CASE
from app.domain.forecast import Forecast
from app.domain.indicators import AT_RISK, MET, MISSED, NO_DATA, ON_COURSE, Reason, display
from app.services.indicators import IndicatorLine
from app.web.formats import day, decimal, lang, short_day


@dataclass(frozen=True, slots=True)
class Badge:
    """How a standing looks: a kind of _macros/status.html, its word and its icon."""

    kind: str
    label: Any
    icon: str


STANDINGS = {
    MET: Badge("done", _l("Met"), "check-circle-fill"),
    ON_COURSE: Badge("progress", _l("On course"), "graph-up"),
    AT_RISK: Badge("soon", _l("At risk"), "exclamation-triangle-fill"),
    MISSED: Badge("overdue", _l("Missed"), "x-circle"),
    NO_DATA: Badge("planned", _l("No data"), "question-circle"),
}
#: what tells where an indicator leads, the most telling first: one of them stands in the sentence
_LEADING = (
    "violation",
    "undefined",
    "forecast",
    "below_pace",
    "at_pace",
    "value_against_target",
)
_FOLLOWING = ("overdue_drivers", "not_due_yet", "complete", "pending", "period_over")


def target(line: IndicatorLine) -> str:
    """не менее 62,5 %"""
    words = {"amount": amount(line, line.target)}
    if line.direction == AT_LEAST:
        return str(gettext("at least %(amount)s", **words))
    return str(gettext("at most %(amount)s", **words))


def value(line: IndicatorLine) -> str:
    """The value with its unit, or that there is none."""
    return amount(line, line.display) if line.display is not None else str(gettext("no data"))


def amount(line: IndicatorLine, number: Decimal | Fraction | int | None) -> str:
    """A number with the indicator's unit: 62,5 %, 300 чел. A fraction is rounded as values are."""
    places = None
    if isinstance(number, Fraction):
        places = {COUNT: 0, GROWTH: 2}.get(line.kind, 1)
    text, name = decimal(number, places), unit(line)
    tight = name == "%" and lang() == "en"
    return text if number is None else f"{text}{'' if tight else chr(0xA0)}{name}"


def unit(line: IndicatorLine) -> str:
    """The indicator's unit in the reader's language."""
    return line.unit_ru if lang() == "ru" else line.unit_en


def projected(line: IndicatorLine, heading: Forecast) -> dict[str, str]:
    """The forecast for the day of the target: `value` and the band from `low` to `high`."""
    _day, *numbers = heading.projection
    written = (amount(line, display(line.rule, number)) for number in numbers)
    return dict(zip(("value", "low", "high"), written, strict=True))


def reported(line: IndicatorLine) -> str:
    """31 из 35"""
    return str(gettext("%(done)s of %(number)s", done=line.reported, number=line.expected))


def why(line: IndicatorLine) -> str:
    """Why it stands where it does, as one sentence: who has reported, where that leads, what is late."""
    text = "; ".join(sentence(line, reason) for reason in _told(line))
    return ended(f"{text[:1].upper()}{text[1:]}")


def ended(text: str) -> str:
    """The sentence with its full stop, of which a unit may have brought one: 300 чел."""
    return text if text.endswith(".") else f"{text}."


def besides(line: IndicatorLine) -> list[str]:
    """The reasons that neither the sentence of `why` nor the head of the page tells."""
    told = _told(line)
    return [
        sentence(line, reason)
        for reason in line.standing.reasons
        if reason not in told and reason.code != "value_against_target"
    ]


def _told(line: IndicatorLine) -> list[Reason]:
    first = {reason.code: reason for reason in reversed(line.standing.reasons)}
    leading = next((code for code in _LEADING if code in first), "")
    return [first[code] for code in ("reported", leading, *_FOLLOWING) if code in first]


def sentence(line: IndicatorLine, reason: Reason) -> str:
    """A reason of the domain in the reader's language."""
    return str(_SENTENCES[reason.code](line, reason.params))


def _violation(line: IndicatorLine, params: Mapping[str, Any]) -> Any:
    return gettext(
        "activity %(activity)s: %(value)s, past the limit",
        activity=params["activity"],
        value=amount(line, params["value"]),
    )


def _against_target(line: IndicatorLine, _params: Mapping[str, Any]) -> Any:
    return gettext("%(value)s now against the target of %(target)s", value=value(line), target=target(line))


def _below_pace(line: IndicatorLine, params: Mapping[str, Any]) -> Any:
    return gettext("a steady year would be at %(amount)s by today", amount=amount(line, params["by_now"]))


def _at_pace(line: IndicatorLine, params: Mapping[str, Any]) -> Any:
    return gettext(
        "keeps pace: a steady year would be at %(amount)s by today", amount=amount(line, params["by_now"])
    )


def _forecast(line: IndicatorLine, params: Mapping[str, Any]) -> Any:
    return gettext(
        "at the present rate %(value)s by %(date)s against the target of %(target)s",
        value=amount(line, display(line.rule, params["value"])),
        date=short_day(params["day"]),
        target=target(line),
    )


def _overdue(_line: IndicatorLine, params: Mapping[str, Any]) -> Any:
    return ngettext(
        "%(num)s task that feeds it is overdue", "%(num)s tasks that feed it are overdue", params["number"]
    )


def _reported(line: IndicatorLine, params: Mapping[str, Any]) -> Any:
    if line.kind == WORST_CASE:
        return ngettext(
            "%(reported)s of %(num)s event has a survey",
            "%(reported)s of %(num)s events have a survey",
            params["expected"],
            reported=params["reported"],
        )
    return ngettext(
        "%(reported)s of %(num)s organisation has reported",
        "%(reported)s of %(num)s organisations have reported",
        params["expected"],
        reported=params["reported"],
    )


def _pending(_line: IndicatorLine, params: Mapping[str, Any]) -> Any:
    return ngettext(
        "%(num)s report is not accepted yet",
        "%(num)s reports are not accepted yet",
        params["number"],
    )


def _not_due_yet(_line: IndicatorLine, params: Mapping[str, Any]) -> Any:
    return ngettext(
        "%(num)s task that feeds it is still open, none is late",
        "%(num)s tasks that feed it are still open, none is late",
        params["number"],
    )


def _undefined(line: IndicatorLine, _params: Mapping[str, Any]) -> Any:
    if line.kind == GROWTH:
        return gettext("the figure at the start is missing, so the growth is undefined")
    return gettext("the whole is nothing, so there is no share of it")


_SENTENCES: dict[str, Callable[[IndicatorLine, Mapping[str, Any]], Any]] = {
    "violation": _violation,
    "value_against_target": _against_target,
    "below_pace": _below_pace,
    "at_pace": _at_pace,
    "forecast": _forecast,
    "overdue_drivers": _overdue,
    "reported": _reported,
    "pending": _pending,
    "complete": lambda _line, _params: gettext("everything is in, and nothing is open"),
    "not_due_yet": _not_due_yet,
    "undefined": _undefined,
    "period_over": lambda _line, params: gettext("the period ended on %(date)s", date=day(params["end"])),
}
