"""The form that names a deputy."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import SelectField
from wtforms.fields.choices import SelectChoice

from app.models import Person
from app.web.fields import DayField
from app.web.formats import verbatim
from app.web.numbers import whole


class DeputyForm(FlaskForm):
    """Who acts, from when until when. The service asks whether that person may."""

    deputy = SelectField(_l("Deputy"), validate_choice=False)
    starts_on = DayField(_l("From"))
    ends_on = DayField(_l("Until, inclusive"))

    def __init__(self, candidates: Iterable[Person], **more: Any) -> None:
        super().__init__(**more)
        self.deputy.choices = [
            SelectChoice("", _l("Choose a person")),
            *map(_choice, candidates),
        ]

    @property
    def deputy_id(self) -> int | None:
        """The person that was chosen."""
        return whole(self.deputy.data)


def _choice(person: Person) -> SelectChoice:
    russian = verbatim(person.name) != person.name
    return SelectChoice(
        str(person.id),
        f"{person.name} (@{person.username})",
        render_kw={"lang": "ru"} if russian else None,
    )
