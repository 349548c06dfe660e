"""The public page of a plan as HTML."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from datetime import datetime
from functools import partial
from typing import Any

from flask import current_app, url_for

from app.domain.publicity import STATES
from app.services.public.published import PAST, UPCOMING, PublicEvent
from app.services.public.rows import PublicSection
from app.services.public.snapshot import Snapshot
from app.web import terms
from app.web.context import LANGUAGES
from app.web.feeds import links
from app.web.formats import lang
from app.web.indicators import words as indicator_words
from app.web.public import words
from app.web.public.answer import Kind, is_named
from app.web.state import vekha


def page(state: str) -> Kind:
    """The whole page, with the rows of one state alone when there is such a state."""
    chosen = state if state in STATES else ""
    return Kind("page", "text/html; charset=utf-8", partial(_page, chosen), choice=chosen)


def _page(state: str, shown: Snapshot) -> tuple[str, datetime | None]:
    upcoming, past = _events(shown)
    counts = Counter(row.state for row in shown.rows)
    content = current_app.jinja_env.get_template("public/plan.html").render(
        **frame("public.show", shown.plan.code),
        demo_today=_demo_today(),
        shown=shown,
        plan_name=words.plan_name(shown),
        counts=[(each, counts[each]) for each in STATES if counts[each]],
        chosen=state,
        sections=_narrowed(shown.sections, state) if state else shown.sections,
        upcoming=upcoming,
        past=past,
        states=words.STATES,
        indicator_words=indicator_words,
        terms=terms,
    )
    return content, None


def frame(endpoint: str, plan_code: str) -> dict[str, Any]:
    """What the layout of a public page asks for. Its links keep the language that its address names."""
    language: dict[str, Any] = {"lang": lang()} if is_named(Kind("", "", lambda _shown: ("", None))) else {}
    return {
        "lang": lang(),
        "to": partial(url_for, plan_code=plan_code, **language),
        "canonical": links.absolute(endpoint, plan_code=plan_code),
        "alternates": {each: links.absolute(endpoint, plan_code=plan_code, lang=each) for each in LANGUAGES},
    }


def _demo_today() -> Any:
    clock = vekha().config.clock
    return clock.now().date() if clock.today else None


def _events(shown: Snapshot) -> tuple[list[PublicEvent], list[PublicEvent]]:
    """The upcoming ones, the nearest first, and those that are over, the newest first."""
    upcoming = [event for event in shown.events if event.status(shown.today) == UPCOMING]
    past = [event for event in shown.events if event.status(shown.today) == PAST]
    return upcoming, past[::-1]


def _narrowed(sections: Sequence[PublicSection], state: str) -> list[PublicSection]:
    found = (
        PublicSection(
            section.number,
            section.title,
            section.gloss_en,
            [row for row in section.rows if row.state == state],
        )
        for section in sections
    )
    return [section for section in found if section.rows]
