"""The public page of a plan as HTML."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from functools import partial

from flask import current_app

from app.domain.publicity import STATES
from app.services.public.published import PAST, UPCOMING, PublicEvent
from app.services.public.rows import PublicSection
from app.services.public.snapshot import Snapshot
from app.web import terms
from app.web.indicators import words as indicator_words
from app.web.public import words
from app.web.public.answer import Kind
from app.web.public.frame import frame


def page(state: str) -> Kind:
    """The whole page, with the rows of one state alone when there is such a state."""
    chosen = state if state in STATES else ""
    return Kind("page", "text/html; charset=utf-8", partial(_page, chosen), choice=chosen)


def _page(state: str, shown: Snapshot) -> str:
    upcoming, past = _events(shown)
    counts = Counter(row.state for row in shown.rows)
    return current_app.jinja_env.get_template("public/plan.html").render(
        **frame("public.show", shown),
        counts=[(each, counts[each]) for each in STATES if counts[each]],
        chosen=state,
        sections=_narrowed(shown.sections, state) if state else shown.sections,
        upcoming=upcoming,
        past=past,
        states=words.STATES,
        indicator_words=indicator_words,
        terms=terms,
    )


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
