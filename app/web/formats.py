"""How dates, instants, sizes and numbers are written on screen, in the reader's language."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import UTC, date, datetime, tzinfo
from decimal import Decimal
from fractions import Fraction
from functools import lru_cache

from babel.dates import format_date
from babel.numbers import format_decimal
from flask import Flask
from flask_babel import get_locale, gettext
from markupsafe import Markup

from app.domain.errors import NotFoundError
from app.domain.rounding import half_up
from app.web.state import plan

_DAY = {"ru": "d MMMM y 'г'.", "en": "d MMMM y"}
_SHORT = {"ru": "dd.MM.y", "en": "d MMM y"}
_DAY_MONTH = {"ru": "d MMM", "en": "d MMM"}
_MONTH = {"ru": "LLLL y", "en": "LLLL y"}
_CYRILLIC = re.compile("[\u0400-\u04ff]")


def lang() -> str:
    """The language of this answer: ru or en."""
    locale = get_locale()
    return "en" if locale is not None and locale.language == "en" else "ru"


def day(value: date | None) -> str:
    """15 июня 2022 г."""
    return _write(value, _DAY[lang()], lang()) if value else "—"


def short_day(value: date | None) -> str:
    """15.06.2022"""
    return _write(value, _SHORT[lang()], lang()) if value else "—"


def short_days() -> Callable[[date | None], str]:
    """`short_day` for a calendar of thousands: the language is asked once."""
    language = lang()
    pattern = _SHORT[language]
    return lambda value: _write(value, pattern, language) if value else "—"


def iso_day(value: str) -> str:
    """`short_day` of a date that is kept as text: 2022-06-15."""
    return short_day(date.fromisoformat(value))


def day_month(value: date | None) -> str:
    """15 июн."""
    return _write(value, _DAY_MONTH[lang()], lang()) if value else "—"


def month(value: date) -> str:
    """июнь 2022"""
    return _write(value, _MONTH[lang()], lang())


def instant(value: datetime | None) -> str:
    """15.06.2022, 14:05 in the plan's time zone."""
    return instants()(value)


def instants() -> Callable[[datetime | None], str]:
    """`instant` for a page of hundreds: the language and the time zone are asked once."""
    zone, language = plan_zone(), lang()

    def write(value: datetime | None) -> str:
        if value is None:
            return "—"
        local = value.astimezone(zone)
        return f"{_write(local.date(), _SHORT[language], language)}, {local:%H:%M}"

    return write


def plan_zone() -> tzinfo:
    """The plan's time zone; UTC as long as there is no plan."""
    try:
        return plan().zone
    except NotFoundError:
        return UTC


def local_day(value: datetime | None) -> date | None:
    """The date of an instant in the plan's time zone."""
    return value.astimezone(plan().zone).date() if value else None


def size(number: int) -> str:
    """1,2 МБ"""
    if number < 1024:
        return str(gettext("%(number)s B", number=number))
    if number < 1024 * 1024:
        return str(gettext("%(number)s KB", number=(number + 512) // 1024))
    return str(gettext("%(number)s MB", number=decimal(Decimal(number) / (1024 * 1024), 1)))


def decimal(value: Decimal | Fraction | int | None, places: int | None = None) -> str:
    """62,5 with the language's comma; `places` fixes the decimals (half up), None shows what there is."""
    if value is None:
        return "—"
    if places is not None:
        value = half_up(Fraction(value), places)
    if isinstance(value, Fraction):
        raise TypeError("a fraction has no decimals of its own; say how many")
    return _number(Decimal(value).normalize() if places is None else Decimal(value), places, lang())


def percent(value: Fraction | None) -> str:
    """A share from 0 to 1 as 83,3 %; — when there is none."""
    if value is None:
        return "—"
    text = _number(half_up(value * 100, 1), None, lang())
    return f"{text}\u00a0%" if lang() == "ru" else f"{text}%"


def in_language(thing: object, name: str) -> str:
    """The field `name` of a record in the reader's language: `name_ru` or `name_en`."""
    text: str = getattr(thing, f"{name}_{lang()}")
    return text or getattr(thing, f"{name}_ru")


def named(thing: object) -> str:
    """The short title of a plan's part: Russian, or its English gloss."""
    gloss: str = getattr(thing, "gloss_en", "")
    short: str = getattr(thing, "short_title", "") or getattr(thing, "short_name", "")
    return gloss if lang() == "en" and gloss else short


def verbatim(text: str | None) -> str:
    """What somebody wrote or is called. Russian words on an English page are marked as Russian."""
    if text and lang() == "en" and _CYRILLIC.search(text):
        return Markup('<span lang="ru">{}</span>').format(text)
    return text or ""


def register(app: Flask) -> None:
    """Make them filters of the templates."""
    dates = (day, short_day, iso_day, day_month, month, instant, local_day)
    for filter_ in (*dates, size, decimal, percent, named, verbatim):
        app.add_template_filter(filter_)
    app.add_template_filter(in_language, "in_language")


@lru_cache(maxsize=4096)
def _write(value: date, pattern: str, language: str) -> str:
    return format_date(value, pattern, locale=language)


@lru_cache(maxsize=4096)
def _number(value: Decimal, places: int | None, language: str) -> str:
    pattern = "#,##0.####" if places is None else "#,##0." + "0" * places if places else "#,##0"
    return format_decimal(value, pattern, locale=language)
