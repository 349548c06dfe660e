"""What the account and the administration do alike: show who acts for a person, and name a deputy."""

from __future__ import annotations

from contextlib import suppress
from typing import Any

from flask import flash
from flask_babel import gettext

from app.domain.errors import NotFoundError, VekhaError
from app.models import Person
from app.services import delegations
from app.services.delegations import StandIn
from app.web.deputies.forms import DeputyForm
from app.web.errors import status_of
from app.web.refusals import mark
from app.web.state import actor, changing, now, reading, today


def shown(person: Person, form: DeputyForm | None = None) -> dict[str, Any]:
    """What `deputies/_card.html` needs: who acts for the person, and the form."""
    candidates = delegations.candidates(reading(), person)
    return {
        "deputies": _named(person),
        "deputy_form": form or DeputyForm(candidates, formdata=None),
        "has_candidates": bool(candidates),
    }


def _named(person: Person) -> list[StandIn]:
    with suppress(NotFoundError):
        return delegations.named(reading(), person.id, today())
    # Without a plan there are no days of one.
    return []


def name_deputy(person: Person) -> tuple[DeputyForm, int]:
    """Name the deputy that the form says; the form with what was wrong, and the status (303: done)."""
    form = DeputyForm(delegations.candidates(reading(), person))
    if not form.validate():
        return form, 422
    day = today()
    try:
        with changing() as session:
            delegations.name_deputy(
                *(session, actor(), person.id, form.deputy_id),
                starts_on=form.starts_on.data,
                ends_on=form.ends_on.data,
                today=day,
                now=now(),
            )
    except VekhaError as error:
        mark(form, error)
        return form, status_of(error)
    flash(gettext("The deputy was named and may act in these days."), "success")
    return form, 303
