"""The form of all open tasks of an organisation. Fields are named `figure.<task>.<key>`, as are the rest."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any

from flask_babel import gettext
from wtforms import SelectField
from wtforms.fields.choices import SelectChoice
from wtforms.form import BaseForm

from app.domain.errors import ConflictError, DoubtfulFiguresError, InvalidInputError, VekhaError
from app.domain.plausibility import Doubt
from app.services.figure_sheets import Asked, Entry, Line, Sheet
from app.web.errors import words_of
from app.web.fields import LineField, NumberField, TextField, add_error, tell_fields
from app.web.formats import in_language
from app.web.numbers import whole


class SheetsForm:
    """The form, what was said of its fields, and what is unusual about its numbers."""

    def __init__(self, sheets: Sequence[Sheet]) -> None:
        self.sheets = sheets
        fields: dict[str, Any] = {"note": TextField(gettext("Note for the controller"), id="note")}
        data: dict[str, Any] = {}
        for sheet in sheets:
            for line in sheet.lines:
                fields[f"version.{line.task_id}"] = LineField()
                data[f"version.{line.task_id}"] = str(line.version)
                for asked in sheet.asked:
                    name = f"{line.task_id}.{asked.key}"
                    fields |= _fields(name, asked, line)
                    if (number := line.given.get(asked.key)) is not None:
                        data[f"figure.{name}"] = f"{number:.0f}"
        self.form = BaseForm(fields)
        self.form.process(data=data)
        #: by `<task>.<key>`
        self.doubts: dict[str, tuple[Doubt, ...]] = {}
        #: by task: what belongs to none of its numbers
        self.told: dict[int, list[str]] = {}

    def fill_in(self, numbers: Mapping[tuple[int, str], Decimal]) -> None:
        """Put numbers into the form as if they had been typed."""
        for (task_id, key), number in numbers.items():
            self.form[f"figure.{task_id}.{key}"].data = f"{number:f}"

    def entries(self) -> list[Entry]:
        """What differs from what the tasks have been given, in the order of the page."""
        found = []
        for sheet in self.sheets:
            for line in sheet.lines:
                figures = {
                    asked.key: number
                    for asked in sheet.asked
                    if (number := self._number(line, asked)) is not None
                    and number != line.given.get(asked.key)
                }
                explained = {
                    key: str(self.form[f"why.{line.task_id}.{key}"].data or "")
                    for key, number in figures.items()
                    if self.form[f"sure.{line.task_id}.{key}"].data == str(number)
                }
                if figures:
                    version = whole(str(self.form[f"version.{line.task_id}"].data)) or 0
                    found.append(Entry(line.task_id, version, figures, explained))
        return found

    def refuse(self, task_id: int, error: VekhaError) -> None:
        """Say why a task's figures were not taken, or ask about them, beside their fields."""
        if isinstance(error, DoubtfulFiguresError):
            self.doubts |= {f"{task_id}.{key}": found for key, found in error.doubts.items()}
            for key in error.unexplained:
                add_error(self.form[f"why.{task_id}.{key}"], gettext("Please write a few words."))
        elif isinstance(error, InvalidInputError):
            named = {
                name if name == "note" else name.replace("figure.", f"figure.{task_id}.", 1): message
                for name, message in error.fields.items()
            }
            stray = tell_fields(self.form, InvalidInputError(named, **error.params))
            self.told.setdefault(task_id, []).extend(stray)
        else:
            if isinstance(error, ConflictError):
                # Seen now, together with what was said: the next click is about the task as it is.
                self.form[f"version.{task_id}"].data = str(self._line(task_id).version)
            self.told.setdefault(task_id, []).append(words_of(error))

    def _line(self, task_id: int) -> Line:
        return next(line for sheet in self.sheets for line in sheet.lines if line.task_id == task_id)

    def _number(self, line: Line, asked: Asked) -> Decimal | None:
        data = self.form[f"figure.{line.task_id}.{asked.key}"].data
        text = "" if data is None else str(data)
        return Decimal(text) if text.isdecimal() else None


def _fields(name: str, asked: Asked, line: Line) -> dict[str, Any]:
    # A dot in an id would have to be escaped in every selector.
    id_ = name.replace(".", "-")
    label = f"{in_language(asked, 'label')}: {line.subject or in_language(line, 'label')}"
    number: Any = NumberField(
        label, id=f"figure-{id_}", render_kw={"inputmode": "numeric", "autocomplete": "off", "size": 8}
    )
    if asked.kind == "yes_no":
        choices = [SelectChoice("", "—"), SelectChoice("1", gettext("Yes")), SelectChoice("0", gettext("No"))]
        number = SelectField(label, id=f"figure-{id_}", choices=choices, validate_choice=False)
    return {
        f"figure.{name}": number,
        f"sure.{name}": LineField(gettext("Yes, that is right"), id=f"sure-{id_}"),
        f"why.{name}": TextField(gettext("Why it is right"), id=f"why-{id_}"),
    }
