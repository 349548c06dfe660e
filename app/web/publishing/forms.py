"""The forms of what is made public."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from flask_babel import gettext
from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import BooleanField, HiddenField
from wtforms.form import BaseForm

from app.domain.links import LONGEST_LINK
from app.services.publishing.materials import LONGEST_TITLE
from app.services.publishing.words import LINK_FIELD, LONGEST_WORDS, STAGES, TEXT_FIELD
from app.services.task_page import TaskPage
from app.services.task_records import Item
from app.web.fields import LineField, TextField


class SettingsForm(FlaskForm):
    """Whether there is a public page, and whether it tells of lateness."""

    is_public = BooleanField(_l("Anybody may read the public page of this plan"))
    shows_lateness = BooleanField(_l("It tells which rows are past their dates"))
    seen = HiddenField()


class PublishingForms:
    """The controller's forms on the page of a task: words for each stage of an event, titles of proofs."""

    def __init__(self, page: TaskPage) -> None:
        self.words = {stage: _words(page, stage) for stage in STAGES.values()} if _is_told(page) else {}
        #: files and links, and what was replaced after it had been published
        self.items = {item.id: item for item in _items(page) if item.kind != "note"}
        self.materials = {item.id: _title(page, item) for item in self.items.values()}

    def __iter__(self) -> Iterator[BaseForm]:
        yield from self.words.values()
        yield from self.materials.values()


def public_words(where: str) -> dict[str, Any]:
    """The fields of what everybody is told."""
    return {
        TEXT_FIELD: TextField(gettext("Text for the public page"), id=f"{where}-text", longest=LONGEST_WORDS),
        LINK_FIELD: LineField(gettext("Link for the public page"), id=f"{where}-link", longest=LONGEST_LINK),
    }


def _items(page: TaskPage) -> Iterator[Item]:
    for kept in (kept for group in page.evidence.values() for kept in group):
        yield kept.item
        yield from (item for item in kept.older if item.id in page.materials)


def _is_told(page: TaskPage) -> bool:
    return any(step.trigger in STAGES for step in page.workflow.steps)


def _words(page: TaskPage, stage: str) -> BaseForm:
    form = BaseForm(public_words(stage))
    told = page.told.get(stage)
    form.process(data={TEXT_FIELD: told.text, LINK_FIELD: told.url} if told is not None else None)
    return form


def _title(page: TaskPage, item: Item) -> BaseForm:
    label = gettext("Title on the public page")
    form = BaseForm({"title": LineField(label, id=f"title-{item.id}", longest=LONGEST_TITLE)})
    material = page.materials.get(item.id)
    form.process(data={"title": material.title} if material is not None else None)
    return form
