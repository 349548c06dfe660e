"""Form fields that say in the reader's language what is wrong, and keep what was typed."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date
from decimal import Decimal
from typing import Any

from flask_babel import gettext
from wtforms import Field, StringField, TextAreaField
from wtforms.form import BaseForm
from wtforms.validators import ValidationError
from wtforms.widgets import DateInput, TextInput

from app.domain.errors import InvalidInputError, OutsideWindowError
from app.domain.texts import LONGEST_TEXT, one_line, several_lines
from app.web.formats import day

_DAY = re.compile(r"\d{4}-\d{2}-\d{2}", re.ASCII)
#: more digits than any figure has
_LONGEST_NUMBER = 12


class _Kept(Field):
    """A text as `domain.texts` keeps it, of at most `longest` characters."""

    keep: Callable[[str], str]

    def __init__(self, *arguments: Any, longest: int = LONGEST_TEXT, **more: Any) -> None:
        super().__init__(*arguments, **more)
        self.longest = longest

    def process_formdata(self, valuelist: list[str]) -> None:
        self.data = self.keep(valuelist[0]) if valuelist else ""

    def pre_validate(self, form: Any) -> None:
        if self.data and len(self.data) > self.longest:
            raise ValidationError(too_long(self.longest))


class LineField(_Kept, StringField):
    """One line of text."""

    keep = staticmethod(one_line)


class TextField(_Kept, TextAreaField):
    """Several lines of text."""

    keep = staticmethod(several_lines)


class DayField(Field):
    """A date from the browser's own date input; None when nothing was entered."""

    widget = DateInput()

    def _value(self) -> str:
        if self.raw_data:
            return str(self.raw_data[0])
        return self.data.isoformat() if self.data else ""

    def process_formdata(self, valuelist: list[str]) -> None:
        self.data = None
        text = valuelist[0].strip() if valuelist else ""
        if text:
            # `fromisoformat` also takes 20220615 and 2022-W24-3, which no date input sends.
            if not _DAY.fullmatch(text):
                raise ValueError(gettext("Please enter a date like 2022-06-15."))
            try:
                self.data = date.fromisoformat(text)
            except ValueError:
                raise ValueError(gettext("Please enter a date like 2022-06-15.")) from None


class NumberField(Field):
    """A whole number as people write it (1 250); None when nothing was entered."""

    widget = TextInput()

    def _value(self) -> str:
        if self.raw_data:
            return str(self.raw_data[0])
        return str(self.data) if self.data is not None else ""

    def process_formdata(self, valuelist: list[str]) -> None:
        self.data = None
        digits = "".join(valuelist[0].split()) if valuelist else ""
        if not digits:
            return
        if not digits.isascii() or not digits.isdigit() or len(digits) > _LONGEST_NUMBER:
            raise ValueError(gettext("Please enter a whole number."))
        self.data = Decimal(digits)


def field_of(form: BaseForm, name: str) -> Field | None:
    """The field of that name, if the form has one."""
    field: Field | None = form._fields.get(name)
    return field


def add_error(field: Field, message: str) -> None:
    """Say on a field what is wrong with it, beside what it says already."""
    field.errors = (*field.errors, message)


def holds(form: BaseForm) -> bool:
    """Whether every field holds; what was said on a field before stays said."""
    told = {name: tuple(each.errors) for name, each in form._fields.items()}
    form.validate()
    for name, each in form._fields.items():
        each.errors = (*each.errors, *(reason for reason in told[name] if reason not in each.errors))
    return not any(each.errors for each in form)


def tell_fields(form: BaseForm, error: InvalidInputError) -> list[str]:
    """Say the reasons on the fields that they name; those that name no field of the form are returned."""
    params = dict(error.params)
    if isinstance(error, OutsideWindowError):
        params = {name: day(date.fromisoformat(str(value))) for name, value in params.items()}
    stray = []
    for name, message in error.fields.items():
        reason, field = gettext(message, **params), field_of(form, name)
        if field is None:
            stray.append(reason)
        else:
            add_error(field, reason)
    return stray


def too_long(longest: int) -> str:
    """What is said of a text of more characters."""
    return str(gettext("Please use at most %(number)s characters.", number=longest))
