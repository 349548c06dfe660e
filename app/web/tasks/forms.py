"""The forms on the page of a task. Their names are the interface: `evidence.<slot>`, `figure.<key>` …"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal
from functools import cached_property
from typing import Any

from flask_babel import gettext
from wtforms import FileField, MultipleFileField, RadioField, SelectMultipleField
from wtforms.fields.choices import SelectChoice
from wtforms.form import BaseForm

from app.domain.comments import LONGEST_COMMENT
from app.domain.plausibility import Doubt
from app.services.publishing.words import STAGES
from app.services.task_page import Asking, TaskPage
from app.services.task_records import Slot
from app.storage import StagedFile
from app.web.fields import DayField, LineField, NumberField, TextField
from app.web.formats import in_language
from app.web.numbers import whole
from app.web.publishing.forms import PublishingForms, public_words
from app.web.tasks.waiting import WaitingFile


class Forms:
    """Every form of the page, made when it is asked for, as it is before anybody types.

    One of them may hold what was just typed and why it was refused.
    """

    def __init__(self, page: TaskPage) -> None:
        self.page = page
        #: the form that was refused, and the reasons that belong to none of its fields
        self.refused: BaseForm | None = None
        self.problems: list[str] = []
        #: files that came along, with the inputs that brought them; and those that wait for the form
        self.files: Sequence[tuple[str, StagedFile]] = ()
        self.waiting: Sequence[WaitingFile] = ()
        #: what is unusual about the figures that were typed, by their keys
        self.doubts: Mapping[str, tuple[Doubt, ...]] = {}

    @cached_property
    def submission(self) -> BaseForm:
        return _submission(self.page)

    @cached_property
    def decision(self) -> BaseForm:
        return _note("decision-note", gettext("Reason or comment"))

    @cached_property
    def withdrawal(self) -> BaseForm:
        return _note("withdrawal-note", gettext("Basis of the withdrawal"))

    @cached_property
    def reopening(self) -> BaseForm:
        return _note("reopening-note", gettext("Reason for reopening"))

    @cached_property
    def explanation(self) -> BaseForm:
        form = BaseForm(
            {
                "explanation": TextField(gettext("Why it is late"), id="explanation"),
                "expected_on": DayField(gettext("When it will be done"), id="expected_on"),
            }
        )
        task = self.page.task
        form.process(data={"explanation": task.explanation, "expected_on": task.expected_on})
        return form

    @cached_property
    def extension(self) -> BaseForm:
        form = BaseForm(
            {
                "due": DayField(gettext("New date"), id="extension-due"),
                "reason": TextField(gettext("Reason"), id="extension-reason"),
            }
        )
        # Why it is late and when it will be done is what a later date is asked for with.
        form.process(data={"due": self.page.task.expected_on, "reason": self.page.task.explanation})
        return form

    @cached_property
    def correction(self) -> BaseForm:
        given = [asking for asking in self.page.figures if asking.present]
        fields: dict[str, Any] = {}
        for each in given:
            fields |= _figure_fields(each, "correct")
        form = _plain(fields | {"reason": TextField(gettext("Why it was wrong"), id="correction-reason")})
        for each in given:
            if each.present:
                form[f"figure.{each.figure.key}"].data = _as_typed(each.present.number)
        return form

    @cached_property
    def refusal(self) -> BaseForm:
        """Of a correction that was asked for."""
        return _plain({"reason": TextField(gettext("Why not"), id="refusal-reason")})

    @cached_property
    def reminder(self) -> BaseForm:
        return _note("reminder-note", gettext("Words to the executor"))

    @cached_property
    def comment(self) -> BaseForm:
        # Whom the ids name is asked of the task's own readers; any other is nobody's.
        return _plain(
            {
                "text": TextField(gettext("Comment"), id="comment-text", longest=LONGEST_COMMENT),
                "tell": SelectMultipleField(
                    gettext("Whom to tell"), coerce=_whole, validate_choice=False, choices=[]
                ),
            }
        )

    @cached_property
    def publishing(self) -> PublishingForms:
        return PublishingForms(self.page)

    def lost(self, page: TaskPage) -> list[tuple[str, str]]:
        """What was typed into a form that the page does not show any more, as label and text."""
        if self.refused is None or self._shows(page, self.refused):
            return []
        return [
            (each.label.text, str(each.data))
            for each in self.refused
            if each.data and not isinstance(each, FileField) and not each.name.startswith("sure.")
        ]

    def _shows(self, page: TaskPage, form: BaseForm) -> bool:
        shown = (
            (self.submission, page.executes),
            (self.decision, page.reviews),
            (self.withdrawal, page.offers("withdraw")),
            (self.reopening, page.offers("reopen")),
            (self.explanation, page.explains),
            (self.extension, page.asks),
            (self.correction, page.corrects),
            (self.refusal, page.controls and page.correction_waits),
            (self.reminder, page.may_remind),
            (self.comment, page.may_comment),
            *((each, page.controls) for each in self.publishing),
        )
        return any(each is form and is_shown for each, is_shown in shown)


def form_for(forms: Forms, page: TaskPage, trigger: str) -> BaseForm:
    """The form on the page that a trigger is fired from."""
    if trigger == "withdraw":
        return forms.withdrawal
    if trigger == "reopen":
        return forms.reopening
    return forms.decision if page.controls else forms.submission


def _submission(page: TaskPage) -> BaseForm:
    fields: dict[str, Any] = {}
    for slot in page.slots:
        fields |= _slot_fields(slot)
    for kept in (kept for group in page.evidence.values() for kept in group):
        fields[f"replace.{kept.item.id}"] = _REPLACING[kept.item.kind](gettext("Replace"))
    for asking in page.figures:
        fields |= _figure_fields(asking)
        fields[f"why.{asking.figure.key}"] = TextField(
            gettext("Why it is right"), id=f"why.{asking.figure.key}"
        )
    if any(step.trigger in STAGES for step in page.stages):
        fields |= public_words("stage")
    fields["note"] = TextField(gettext("Note for the controller"), id="submission-note")
    form = _plain(fields)
    for slot in page.slots:
        first = next(form[f"{name}.{slot.key}"] for kind, name in KIND_FIELDS if kind in slot.kinds)
        first.flags.required = slot.required and slot.key not in page.evidence
    for asking in page.figures:
        required = asking.figure.required and asking.present is None
        form[f"figure.{asking.figure.key}"].flags.required = required
    return form


#: kind of evidence → beginning of the name of its field
KIND_FIELDS = (("file", "evidence"), ("link", "link"), ("note", "note"))
_REPLACING = {"file": FileField, "link": LineField, "note": TextField}


def _slot_fields(slot: Slot) -> dict[str, Any]:
    label = in_language(slot, "label")
    fields: dict[str, Any] = {}
    if "file" in slot.kinds:
        fields[f"evidence.{slot.key}"] = MultipleFileField(label)
    if "link" in slot.kinds:
        fields[f"link.{slot.key}"] = LineField(gettext("Link: %(what)s", what=label) if fields else label)
    if "note" in slot.kinds:
        fields[f"note.{slot.key}"] = TextField(gettext("Note: %(what)s", what=label) if fields else label)
    return fields


def _figure_fields(asking: Asking, form: str = "figure") -> dict[str, Any]:
    """The number, and the box that calls it right: its value is the number that was asked about."""
    key = asking.figure.key
    sure = LineField(gettext("Yes, that is right"), id=f"{form}.{key}.sure")
    return {f"figure.{key}": _figure_field(asking, form), f"sure.{key}": sure}


def _figure_field(asking: Asking, form: str) -> Any:
    label, id_ = in_language(asking.figure, "label"), f"{form}.{asking.figure.key}"
    if asking.figure.kind == "yes_no":
        choices = [SelectChoice("1", gettext("Yes")), SelectChoice("0", gettext("No"))]
        return RadioField(label, id=id_, choices=choices, validate_choice=False)
    return NumberField(label, id=id_, render_kw={"inputmode": "numeric", "autocomplete": "off", "size": 12})


def _as_typed(number: Decimal) -> str:
    return f"{number:.0f}"


def _whole(text: object) -> int:
    return whole(str(text)) or 0


def _note(id_: str, label: str) -> BaseForm:
    return _plain({"note": TextField(label, id=id_)})


def _plain(fields: dict[str, Any]) -> BaseForm:
    form = BaseForm(fields)
    form.process()
    return form
