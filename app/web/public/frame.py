"""What the layout of every public page asks for."""

from __future__ import annotations

from datetime import date
from functools import partial
from typing import Any

from flask import url_for

from app.services.public.snapshot import Snapshot
from app.web.context import LANGUAGES
from app.web.feeds import links
from app.web.formats import lang
from app.web.public import words
from app.web.public.place import asked_language
from app.web.state import vekha


def frame(endpoint: str, shown: Snapshot) -> dict[str, Any]:
    """For the page at that endpoint. Its links keep the language where its address names one."""
    code = shown.plan.code
    language: dict[str, Any] = {"lang": lang()} if asked_language() == lang() else {}
    return {
        "lang": lang(),
        "shown": shown,
        "plan_name": words.plan_name(shown),
        "demo_today": _demo_today(),
        "to": partial(url_for, plan_code=code, **language),
        "canonical": links.absolute(endpoint, plan_code=code),
        "alternates": {each: links.absolute(endpoint, plan_code=code, lang=each) for each in LANGUAGES},
    }


def _demo_today() -> date | None:
    clock = vekha().config.clock
    return clock.now().date() if clock.today else None
