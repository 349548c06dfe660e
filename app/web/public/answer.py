"""What a public address answers: made once for a revision of the plan, a day and a language, kept, sent.

An answer costs one statement: whether the plan is public, and its revision. Nobody is asked for, no session
is opened, and caches between here and the reader may keep it. A plan that is not public is not there.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Hashable
from dataclasses import dataclass
from datetime import date
from typing import Any
from urllib.parse import quote

from flask import Response, current_app, request
from flask.typing import ResponseReturnValue

from app.services.public.plan import PublicPlan, public_plan
from app.services.public.snapshot import Snapshot, snapshot
from app.web.feeds import links
from app.web.feeds.cache import BodyCache
from app.web.formats import lang
from app.web.public.place import asked_language
from app.web.state import now, reading, vekha

_KEPT = "vekha.public"
#: seconds for which a cache may give an answer out again: what is withdrawn is gone everywhere after them
MAX_AGE = 300


@dataclass(frozen=True, slots=True)
class Answer:
    """A body as it is sent. `etag` says the same of two bodies only when their bytes are the same."""

    content: bytes
    etag: str


@dataclass(frozen=True, slots=True)
class Kind:
    """One of the public answers. Two of the same name, `choice` and language are the same for a revision."""

    name: str
    content_type: str
    #: how it is filled in
    make: Callable[[Snapshot], str | bytes]
    #: whether its words follow the reader's language
    in_languages: bool = True
    #: what the reader chose of it
    choice: Hashable = ""
    #: name under which it is saved; "" is shown where it is
    file_name: str = ""


def prepare(extensions: dict[str, Any]) -> None:
    """Give an application room for what it has written."""
    extensions[_KEPT] = BodyCache[Answer]()


def find(plan_code: str) -> tuple[PublicPlan, date]:
    """The public plan of that code, and today there. Raises NotFoundError."""
    plan = public_plan(vekha().database, plan_code)
    return plan, plan.today(now())


def answer(plan_code: str, kind: Kind) -> ResponseReturnValue:
    """The answer of that kind, or 304 for who has it. Raises NotFoundError."""
    plan, today = find(plan_code)
    kept: BodyCache[Answer] = current_app.extensions[_KEPT]
    key = (plan.id, kind.name, kind.choice, lang() if kind.in_languages else "", links.origin())
    body = kept.get((*key, is_named(kind)), (plan.revision, today), lambda: _made(kind, plan, today))
    return respond(body, kind)


def is_named(kind: Kind) -> bool:
    """Whether the address itself says in which language it answers."""
    return kind.in_languages and asked_language() == lang()


def respond(body: Answer, kind: Kind) -> ResponseReturnValue:
    """The body as a response, or that it has not changed."""
    response = Response(body.content, content_type=kind.content_type)
    response.headers["Cache-Control"] = f"public, max-age={MAX_AGE}"
    if kind.in_languages and not is_named(kind):
        response.headers["Vary"] = "Accept-Language"
    if kind.in_languages:
        response.headers["Content-Language"] = lang()
    if kind.file_name:
        response.headers["Content-Disposition"] = f"inline; filename*=UTF-8''{quote(kind.file_name, safe='')}"
    response.set_etag(body.etag)
    return response.make_conditional(request)


def _made(kind: Kind, plan: PublicPlan, today: date) -> Answer:
    content = kind.make(snapshot(reading(), plan, today))
    octets = content.encode() if isinstance(content, str) else content
    return Answer(octets, hashlib.sha256(octets).hexdigest()[:32])
