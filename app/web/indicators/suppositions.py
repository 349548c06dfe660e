"""What if: what the reader supposes, as the address asks for it, and the outcomes in words."""

from __future__ import annotations

import re
from decimal import ROUND_CEILING, ROUND_FLOOR, Decimal
from fractions import Fraction
from typing import NamedTuple

from flask import request
from flask_babel import gettext, ngettext

from app.domain.figures import AT_LEAST, COUNT, GROWTH, PERCENT_KINDS
from app.domain.rounding import half_up
from app.domain.texts import one_line
from app.domain.what_if import BEST, REST, WORST
from app.services.indicator_page import IndicatorPage
from app.services.indicator_what_if import ACCEPTED, GIVEN, Outcome
from app.web.indicators import words
from app.web.indicators.pages import counts_one

#: what is understood as a number: 62,5 or 62.5
_NUMBER = re.compile(r"[0-9]{1,9}([.,][0-9]{1,4})?")


class Asked(NamedTuple):
    """What the reader supposes; `level` is None where the text is no number."""

    text: str
    level: Fraction | None


def asked() -> Asked:
    """The supposition of the address, `?suppose=62,5`."""
    text = one_line(request.args.get("suppose", ""))[:20]
    found = _NUMBER.fullmatch(text)
    return Asked(text, Fraction(text.replace(",", ".")) if found else None)


def problem(page: IndicatorPage, wanted: Asked) -> str:
    """Why what was entered could not be supposed; "" where it could, and where nothing was."""
    if not wanted.text or any(one.supposed == GIVEN for one in page.what_if.outcomes):
        return ""
    if page.line.kind in PERCENT_KINDS:
        return str(gettext("Please enter a number from 0 to 100."))
    return str(gettext("Please enter a number that is not negative."))


def who(page: IndicatorPage) -> str:
    """Whose reports are supposed."""
    number = len(page.what_if.missing)
    if not number:
        return str(gettext("Everything has been reported, and nothing more is expected."))
    if not page.what_if.lacking:
        return str(gettext("Nobody is missing; what is supposed is the next report."))
    return str(
        ngettext(
            "%(num)s report is missing: it is late, or has never been given.",
            "%(num)s reports are missing: they are late, or have never been given.",
            number,
        )
    )


def waiting(page: IndicatorPage) -> str:
    """That what waits for the controller is taken as accepted; "" where nothing waits."""
    number = page.what_if.waiting
    if not number:
        return ""
    return str(
        ngettext(
            "%(num)s report that is not accepted yet is taken as accepted.",
            "%(num)s reports that are not accepted yet are taken as accepted.",
            number,
        )
    )


def supposition(page: IndicatorPage, outcome: Outcome) -> str:
    """What is supposed, with the level: like the rest (57,1 %)."""
    if outcome.supposed == ACCEPTED:
        return str(gettext("nothing more comes"))
    level = _level(page, outcome.level or Fraction())
    told = {
        REST: gettext("like the rest: %(level)s", level=level),
        BEST: gettext("like the best of the rest: %(level)s", level=level),
        WORST: gettext("like the worst of the rest: %(level)s", level=level),
        GIVEN: gettext("as you have entered: %(level)s", level=level),
    }
    return str(told[outcome.supposed])


def needed(page: IndicatorPage) -> str:
    """What the missing would have to report for the target to be reached now; "" where nobody can tell."""
    found, line = page.what_if.needed, page.line
    if found is None:
        return ""
    if found.level is None and found.possible:
        return str(gettext("The target is reached whatever they report."))
    if found.level is None:
        return str(gettext("Whatever they report, the target is not reached by this alone."))
    if counts_one(page):
        number = _up(found.level * len(page.what_if.missing) / 100, 0)
        return str(
            ngettext(
                "The target is reached if %(num)s of them reports “yes”.",
                "The target is reached if %(num)s of them report “yes”.",
                int(number),
            )
        )
    if line.direction == AT_LEAST:
        level = words.amount(line, _up(found.level, 0 if line.kind == COUNT else 2))
        return words.ended(
            gettext("The target is reached if each of them reports at least %(level)s", level=level)
        )
    level = words.amount(line, _down(found.level, 2))
    return words.ended(
        gettext("The target is reached if each of them reports at most %(level)s", level=level)
    )


def _level(page: IndicatorPage, level: Fraction) -> str:
    return words.amount(page.line, half_up(level, 2 if page.line.kind == GROWTH else 1))


def _up(level: Fraction, places: int) -> Decimal:
    return _exact(level).quantize(Decimal(1).scaleb(-places), ROUND_CEILING)


def _down(level: Fraction, places: int) -> Decimal:
    return _exact(level).quantize(Decimal(1).scaleb(-places), ROUND_FLOOR)


def _exact(level: Fraction) -> Decimal:
    return Decimal(level.numerator) / Decimal(level.denominator)
