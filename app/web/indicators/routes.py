"""`/plans/<code>/indicators` and the page of each indicator."""

from __future__ import annotations

from flask import Blueprint, render_template
from flask.typing import ResponseReturnValue

from app.services.indicator_page import indicator_page
from app.services.indicators import indicator_lines
from app.web import access, kinds, terms
from app.web.asked_day import asked_day, kept_day
from app.web.indicators import arithmetic, drawing, pages, readings, suppositions, words
from app.web.state import actor, plan, reading_as_of

blueprint = Blueprint("indicators", __name__)


@blueprint.get("/plans/<plan_code>/indicators")
@access.signed_in
def table(plan_code: str) -> ResponseReturnValue:
    day = asked_day()
    lines = indicator_lines(reading_as_of(day), plan(), day)
    return render_template("indicators/table.html", lines=lines, words=words, pages=pages)


@blueprint.get("/plans/<plan_code>/indicators/<int(max=2147483647):number>")
@access.signed_in
def show(plan_code: str, number: int) -> ResponseReturnValue:
    asked, day = suppositions.asked(), asked_day()
    page = indicator_page(reading_as_of(day), plan(), number, actor(), day, asked.level)
    return render_template(
        "indicators/show.html",
        page=page,
        line=page.line,
        chart=drawing.telling(page.line, day) if page.line.value is not None else None,
        asked=asked,
        kept_day=kept_day(),
        suppositions=suppositions,
        readings=readings,
        arithmetic=arithmetic,
        words=words,
        pages=pages,
        kinds=kinds,
        terms=terms,
    )
