"""What comes with a click: files into the store's waiting room, links, notes and figures out of the form."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import BinaryIO, cast

from flask_babel import gettext
from werkzeug.datastructures import FileStorage, MultiDict
from wtforms.form import BaseForm

from app.domain.errors import UploadRefusedError
from app.services.evidence import Attachment, Submission
from app.services.publishing.words import LINK_FIELD, TEXT_FIELD, PublicWords
from app.services.task_page import TaskPage
from app.storage import EvidenceStore, StagedFile, clean_name
from app.web.bodies import FILES_AT_ONCE
from app.web.errors import words_of
from app.web.fields import add_error, field_of

#: files that are named when there are too many
_NAMED = 20


def read_submission(
    page: TaskPage,
    form: BaseForm,
    taken: Sequence[tuple[str, StagedFile]],
) -> Submission:
    """The attachments and figures that were sent; `taken` are the files with the inputs that brought them.

    A file of no named slot (`evidence`) goes where one is still missing.
    """
    attachments = [
        Attachment("file", _slot_of(name), file=file, replaces=_replaced(name)) for name, file in taken
    ]
    for slot in page.slots:
        if link := _typed(form, f"link.{slot.key}"):
            attachments.append(Attachment("link", slot.key, url=link))
        if note := _typed(form, f"note.{slot.key}"):
            attachments.append(Attachment("note", slot.key, note=note))
    for item in (kept.item for group in page.evidence.values() for kept in group):
        text = _typed(form, f"replace.{item.id}") if item.kind != "file" else ""
        if text:
            url, note = (text, "") if item.kind == "link" else ("", text)
            attachments.append(Attachment(item.kind, item.slot, url=url, note=note, replaces=item.id))
    words = PublicWords(_typed(form, TEXT_FIELD), _typed(form, LINK_FIELD))
    figures = read_figures(page, form)
    explained = {key: _typed(form, f"why.{key}") for key in called_right(form, figures)}
    return Submission(attachments, figures, words, explained)


def read_figures(page: TaskPage, form: BaseForm) -> dict[str, Decimal]:
    """The figures that were typed into the form; what is no number is told on its field."""
    return {
        asking.figure.key: Decimal(number)
        for asking in page.figures
        if (number := _typed(form, f"figure.{asking.figure.key}")).isdecimal()
    }


def called_right(form: BaseForm, figures: Mapping[str, Decimal]) -> list[str]:
    """The figures that the person calls right: the very numbers that it was asked about."""
    return [key for key, number in figures.items() if _typed(form, f"sure.{key}") == str(number)]


def take_in(
    form: BaseForm,
    files: MultiDict[str, FileStorage],
    store: EvidenceStore,
    staged: list[StagedFile],
    problems: list[str],
    room: int,
) -> list[tuple[str, StagedFile]]:
    """Bring what was uploaded into the store's waiting room, and into `staged`.

    Files that are refused are told on their field, or in `problems` when the page has no such field. Of
    `room` files each is looked at; those beyond are named in `problems`, and nobody looks at them.
    """
    sent = [
        (name, upload)
        for name in files
        if name.startswith(("evidence", "replace."))
        for upload in files.getlist(name)
        if upload.filename
    ]
    taken = []
    for name, upload in sent[:room]:
        try:
            file = store.stage(cast(BinaryIO, upload.stream), upload.filename or "")
        except UploadRefusedError as error:
            field = field_of(form, name)
            if field is None:
                problems.append(words_of(error))
            else:
                add_error(field, words_of(error))
            continue
        staged.append(file)
        taken.append((name, file))
    if beyond := sent[room:]:
        problems.append(_too_many([clean_name(upload.filename or "") for _, upload in beyond]))
    return taken


def _too_many(names: Sequence[str]) -> str:
    """What is said of files for which one form has no room."""
    named = ", ".join(names[:_NAMED]) + (" …" if len(names) > _NAMED else "")
    told: str = gettext(
        "At most %(most)s files come with one form. Not taken: %(names)s. "
        "Send the others first, and then attach the rest.",
        most=FILES_AT_ONCE,
        names=named,
    )
    return told


def _slot_of(name: str) -> str | None:
    """The slot that a file input stands for; None for `evidence` alone."""
    return name.removeprefix("evidence.") if name.startswith("evidence.") else None


def _replaced(name: str) -> int | None:
    number = name.removeprefix("replace.") if name.startswith("replace.") else ""
    return int(number) if number.isascii() and number.isdigit() and len(number) < 10 else None


def _typed(form: BaseForm, name: str) -> str:
    field = field_of(form, name)
    return "" if field is None or field.data is None else str(field.data)
