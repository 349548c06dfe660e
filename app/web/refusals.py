"""What a form does when its service refuses it: the reason beside the field, and what changed meanwhile."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from flask_babel import gettext
from wtforms.form import BaseForm

from app.domain.errors import ConflictError, InvalidInputError, VekhaError
from app.services.changes import fingerprint
from app.web.errors import words_of
from app.web.fields import tell_fields


def mark(form: BaseForm, error: VekhaError) -> None:
    """Put the reason beside the field that it is about, or over the form."""
    if isinstance(error, InvalidInputError):
        form.form_errors.extend(tell_fields(form, error))
    else:
        form.form_errors.append(words_of(error))


def renew(form: BaseForm, error: VekhaError, present: Mapping[str, Any]) -> list[tuple[str, str]]:
    """After a conflict: what stands there now where the form says otherwise, as label and text.

    The form's `seen` is from then on that of the present values, so that it can be sent again.
    """
    if not isinstance(error, ConflictError):
        return []
    form["seen"].data = fingerprint(present)
    return [
        (str(form[name].label.text), _shown(form[name], value))
        for name, value in present.items()
        if name in form and (form[name].data or None) != (value or None)
    ]


def _shown(field: Any, value: Any) -> str:
    if isinstance(value, bool):
        return str(gettext("yes") if value else gettext("no"))
    names = {choice.value: str(choice.label) for choice in getattr(field, "choices", None) or ()}
    return names.get(value or "", str(value or "—"))
