"""What the controller's form says: accept or return, one task or all that are marked."""

from __future__ import annotations

from dataclasses import dataclass

from flask_babel import gettext, ngettext
from werkzeug.datastructures import MultiDict

from app.domain.texts import LONGEST_TEXT, several_lines
from app.web.fields import too_long
from app.web.numbers import whole


@dataclass(frozen=True, slots=True)
class Decision:
    """A decision about tasks. `chosen` holds pairs of id and version, as the form showed them."""

    trigger: str
    chosen: tuple[tuple[int, int], ...]
    note: str
    #: code of the activity whose form it was
    group: str
    #: the one task whose own button was pressed
    single: int | None

    @classmethod
    def of_form(cls, form: MultiDict[str, str]) -> Decision:
        """Read the form of a group.

        The button of a line is `one` with "id:version:trigger" and has its own reason `reason.<id>`; the
        buttons over the list are `trigger`, for the marked `task`s ("id:version"), with the reason `note`.
        """
        pressed = form.get("one", "")
        if not pressed:
            chosen = tuple(pair for text in form.getlist("task") if (pair := _pair(text)))
            note = several_lines(form.get("note", ""))
            return cls(form.get("trigger", ""), chosen, note, form.get("group", ""), None)
        text, _, trigger = pressed.rpartition(":")
        pair = _pair(text)
        note = several_lines(form.get(f"reason.{pair[0]}", "")) if pair else ""
        return cls(trigger, (pair,) if pair else (), note, form.get("group", ""), pair[0] if pair else None)

    @property
    def problem(self) -> str:
        """What is missing before anything can be decided; "" when nothing is."""
        if not self.chosen:
            return str(gettext("Please choose what to decide about."))
        if self.lacks_reason:
            return str(gettext("Please say why it is returned: the executor reads it."))
        if len(self.note) > LONGEST_TEXT:
            return too_long(LONGEST_TEXT)
        return ""

    @property
    def lacks_reason(self) -> bool:
        """A return needs its reason, and so does a correction that is declined."""
        return self.trigger in {"return", "decline"} and not self.note

    def told(self, done: int) -> str:
        """The decision as a message."""
        if self.trigger == "accept":
            return str(ngettext("%(num)s task was accepted.", "%(num)s tasks were accepted.", done))
        return str(ngettext("%(num)s task was returned.", "%(num)s tasks were returned.", done))


def _pair(text: str) -> tuple[int, int] | None:
    task, _, version = text.partition(":")
    id_, number = whole(task), whole(version)
    return None if id_ is None or number is None else (id_, number)
