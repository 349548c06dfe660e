"""What is unusual about a number, in words: as a question beside its field, as a fact beside the number."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from flask import Flask
from flask_babel import gettext

from app.domain.plausibility import ABOVE, CHANGED, Doubt
from app.web.formats import decimal, short_day


def question(doubt: Doubt) -> str:
    """What the person is asked who gives the number."""
    words = _params(doubt)
    if doubt.code == ABOVE:
        return str(gettext("%(number)s is more than the whole, %(against)s. Is that right?", **words))
    if doubt.code == CHANGED:
        return str(
            gettext(
                "It was %(against)s on %(date)s and should stay so, now it is %(number)s. Is that right?",
                **words,
            )
        )
    if doubt.percent is None:
        return str(gettext("It was %(against)s on %(date)s, now it is %(number)s. Is that right?", **words))
    return str(
        gettext(
            "It was %(against)s on %(date)s, now it is %(number)s, %(percent)s %% off. Is that right?",
            **words,
        )
    )


def facts(kept: Iterable[Mapping[str, Any]]) -> list[str]:
    """What was unusual about a number when it was given, as its row keeps it."""
    return [_fact(Doubt.of_plain(each)) for each in kept]


def register(app: Flask) -> None:
    """Make them filters of the templates."""
    app.add_template_filter(question, "doubt_question")
    app.add_template_filter(facts, "doubt_facts")


def _fact(doubt: Doubt) -> str:
    words = _params(doubt)
    if doubt.code == ABOVE:
        return str(gettext("more than the whole, %(against)s", **words))
    if doubt.code == CHANGED:
        return str(gettext("was %(against)s on %(date)s and should stay so", **words))
    if doubt.percent is None:
        return str(gettext("was %(against)s on %(date)s", **words))
    return str(gettext("was %(against)s on %(date)s, %(percent)s %% off", **words))


def _params(doubt: Doubt) -> dict[str, object]:
    return {
        "number": decimal(doubt.number),
        "against": decimal(doubt.against),
        "date": short_day(doubt.as_of) if doubt.as_of else "",
        "percent": doubt.percent,
    }
