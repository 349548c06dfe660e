"""What a form asks for, as a report: its kind and format, of when it is to be, of what, and its name."""

from __future__ import annotations

from datetime import date

from flask import request
from flask_babel import force_locale, gettext
from wtforms.form import BaseForm

from app.domain.errors import InvalidInputError, NotFoundError
from app.exports import official_pdf
from app.exports.file_names import safe_name
from app.services.past import check_day
from app.services.plans import PlanInfo
from app.services.reports.accepted_evidence import check_activity
from app.services.reports.asked import Asked
from app.services.reports.card import open_card
from app.services.reports.period import Period, period_between
from app.services.reports.rights import CARD
from app.web.formats import short_day
from app.web.reports.makers import KINDS, MAKERS, as_parameters
from app.web.state import actor, now, plan, reading, today

#: characters of a name before its extension
_LONGEST = 180


def formats(kind: str) -> list[str]:
    """The formats in which a kind can be had here: PDF where the library for it is installed."""
    return [
        extension
        for known, extension in MAKERS
        if known == kind and (extension != "pdf" or official_pdf.available())
    ]


def report_wanted() -> tuple[str, str]:
    """The kind and the format of the button that was pressed. Raises NotFoundError."""
    kind, _, extension = request.form.get("report", "").partition(".")
    if extension not in formats(kind):
        raise NotFoundError
    return kind, extension


def asked_for(kind: str, extension: str, form: BaseForm, organization: str = "") -> Asked:
    """The report that a form asks for. Raises InvalidInputError, which names its fields."""
    day, period = of_when(form)
    info, scope = plan(), ""
    # The order is in Russian, and so is what answers for it.
    with force_locale("ru"):
        parts = [str(KINDS[kind]), info.code]
        if kind == CARD:
            scope, name = _organization(info, organization or form["organization"].data)
            parts.append(name)
        elif kind == "evidence" and form["activity"].data:
            scope = _activity(info, form["activity"].data)
            parts.append(scope)
        parts.append(short_day(day))
        if period is not None:
            parts.append(
                gettext(
                    "due from %(start)s to %(end)s",
                    start=short_day(period.start),
                    end=short_day(period.end),
                )
            )
    name = f"{safe_name(' '.join(parts), _LONGEST)}.{extension}"
    return Asked(kind, extension, day, name, scope, as_parameters(period))


def of_when(form: BaseForm) -> tuple[date, Period | None]:
    """The day that a form names, today if none, and the period. Raises InvalidInputError."""
    info = plan()
    day = check_day(info, form["as_of"].data or today(), now())
    if day < info.order_date:
        raise InvalidInputError({"as_of": "The plan was not approved yet on this day."})
    return day, period_between(form["period_start"].data, form["period_end"].data)


def _organization(info: PlanInfo, key: str | None) -> tuple[str, str]:
    """Its key and what it is called."""
    try:
        owner = open_card(reading(), actor(), info, key or "")
    except NotFoundError:
        raise InvalidInputError({"organization": "Please choose an organisation."}) from None
    return owner.key, owner.short_name


def _activity(info: PlanInfo, code: str) -> str:
    try:
        check_activity(reading(), info.id, code)
    except NotFoundError:
        raise InvalidInputError({"activity": "Please choose the activity."}) from None
    return code
