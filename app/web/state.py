"""What a request works with: configuration, database, store, the actor, the plan, the moment."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import date, datetime

from flask import current_app, g, has_request_context, request
from flask_login import current_user
from sqlalchemy.orm import Session

from app.background import Background
from app.db import LITTLE_PATIENCE, Database
from app.domain.errors import OutageError
from app.domain.permissions import Actor
from app.services import sent_forms
from app.services.past import as_of
from app.services.plans import PlanInfo, find_plan
from app.storage import EvidenceStore
from config import Config

EXTENSION = "vekha"


@dataclass(frozen=True, slots=True)
class Vekha:
    """The parts of one installation, made once by `create_app`."""

    config: Config
    database: Database
    store: EvidenceStore
    background: Background


def vekha() -> Vekha:
    """The parts of this installation."""
    parts: Vekha = current_app.extensions[EXTENSION]
    return parts


def reading() -> Session:
    """The session that this request looks with; closed at its end."""
    if "reading" not in g:
        g.reading_scope = vekha().database.read()
        g.reading = g.reading_scope.__enter__()
    session: Session = g.reading
    return session


def reading_as_of(day: date) -> Session:
    """The session that this request looks with at the plan as it stood on that day; today: `reading()`."""
    if day == today():
        return reading()
    if g.get("then_day") != day:
        _close("then")
        g.then_day = day
        g.then_scope = as_of(reading(), plan(), day)
        g.then = g.then_scope.__enter__()
    session: Session = g.then
    return session


class SentBeforeError(Exception):
    """The form has done what it does already. No reason to show it again, so none of the product's errors."""


@contextmanager
def changing(*, once: bool = True) -> Iterator[Session]:
    """A transaction; what this request has read so far is let go, so that nothing stale is shown after.

    The form that was sent, if it has a key (once.py), is taken in it, unless it may be sent again and again
    (`once` False). Raises SentBeforeError when it was taken before; OutageError, which a form that is shown
    again can say like any other reason.
    """
    stop_reading()
    form = g.pop("form_to_take", None) if once else None
    try:
        with vekha().database.transaction() as session:
            if form and not sent_forms.take(session, form, now()):
                raise SentBeforeError
            yield session
    except OutageError as error:
        g.outage = error
        raise
    if form:
        g.taken_form = form


@contextmanager
def noting(patience: float = LITTLE_PATIENCE) -> Iterator[Session]:
    """A transaction for what is noted in passing, such as that somebody was here.

    A page must neither fail nor wait for it: when the database cannot be written now, it is not noted.
    """
    stop_reading()
    with suppress(OutageError), vekha().database.transaction(patience) as session:
        yield session


def stop_reading(_error: BaseException | None = None) -> None:
    """Close the reading session, if there is one."""
    _close("then")
    _close("reading")
    g.pop("plan", None)


def _close(name: str) -> None:
    g.pop(name, None)
    g.pop(f"{name}_day", None)
    scope = g.pop(f"{name}_scope", None)
    if scope is not None:
        scope.__exit__(None, None, None)


def actor() -> Actor:
    """The signed-in person. Only for routes that are not public."""
    person: Actor = current_user.actor
    return person


def now() -> datetime:
    """The moment of this request, UTC; the same however often it is asked."""
    if "now" not in g:
        g.now = vekha().config.clock.now()
    moment: datetime = g.now
    return moment


def plan() -> PlanInfo:
    """The plan that the address names, or the installation's own. Raises NotFoundError.

    Outside of a request it is the one that is worked on.
    """
    if not has_request_context() and "plan" in g:
        worked_on: PlanInfo = g.plan
        return worked_on
    code = (request.view_args or {}).get("plan_code") or vekha().config.plan
    if "plan" not in g or g.plan.code != code:
        g.plan = find_plan(reading(), code)
    info: PlanInfo = g.plan
    return info


def today() -> date:
    """Today in the plan's time zone."""
    return plan().today(now())
