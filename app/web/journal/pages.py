"""The page of the journal, and its files."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from tempfile import TemporaryFile
from typing import IO, Any, NamedTuple

from flask import render_template, send_file
from flask.typing import ResponseReturnValue
from flask_babel import gettext
from markupsafe import Markup

from app.anchor import FILE, Anchor, Anchored
from app.domain.errors import StorageError
from app.exports import journal_check
from app.exports.tables import CODE, DAY, NUMBER, Cell, Column
from app.services.job_runs import last_runs
from app.services.journal_page import JournalChoices, Recorded, journal_choices, json_lines, recorded
from app.web.formats import local_day, named, plan_zone
from app.web.history import Line, lines
from app.web.journal.asked import Asked, asked
from app.web.list_files import list_file
from app.web.state import plan, reading, stop_reading, vekha

#: entries on a page
PAGE = 50


class Shown(NamedTuple):
    """An entry in words, with its place in the chain."""

    line: Line
    recorded: Recorded
    #: code of its activity, or ""
    code: str
    #: whom or what it is about, where that is no task
    about: str


class Checked(NamedTuple):
    """What is known of the chain: when it was followed last and up to where, and what was anchored."""

    at: datetime | None
    upto: int | None
    #: what was wrong, in words; "" for nothing
    failure: str
    anchored: Anchored | None
    #: whether the anchor can be read
    readable: bool


def journal_page() -> str:
    """The entries that the address names, newest first, fifty to a page."""
    wanted = asked(journal_choices(reading(), plan().id))
    found, number = _page(wanted, wanted.page)
    page = wanted.page
    if not found and page > 1:
        # Beyond the end nothing tells how many there are: the last page is shown.
        _, number = _page(wanted, 1)
        page = max(1, -(-number // PAGE))
        found, _ = _page(wanted, page)
    return render_template(
        "journal/show.html",
        shown=list(_shown(found, wanted.choices)),
        number=number,
        asked=wanted,
        wanted=wanted.narrowing,
        conditions=wanted.conditions(),
        acts=wanted.acts(),
        page=page,
        pages=max(1, -(-number // PAGE)),
        checked=_checked(),
        anchor_file=FILE,
        script=journal_check.NAME,
    )


def _page(wanted: Asked, page: int) -> tuple[list[Recorded], int]:
    return recorded(reading(), plan(), wanted.narrowing, limit=PAGE, offset=(page - 1) * PAGE)


def journal_table(form: str) -> ResponseReturnValue:
    """The entries that the address names as a table, all of them."""
    wanted: Asked = asked(journal_choices(reading(), plan().id))
    found, _ = recorded(reading(), plan(), wanted.narrowing)
    columns = [
        Column(gettext("Entry"), NUMBER, 8),
        Column(gettext("Date"), DAY, 12),
        Column(gettext("Time"), width=10),
        Column(gettext("Who"), width=36),
        Column(gettext("What happened"), width=48),
        Column(gettext("Activity"), CODE, 10),
        Column(gettext("Task"), NUMBER, 8),
        Column(gettext("About"), width=36),
        Column(gettext("Note"), width=48),
        Column(gettext("Hash"), width=66),
    ]
    cells = (_cells(shown) for shown in _shown(found, wanted.choices))
    return list_file(form, gettext("Journal"), columns, cells, wanted.conditions())


def journal_lines() -> ResponseReturnValue:
    """The whole journal as JSON lines, from which anybody can compute its chain."""
    written: IO[bytes] = TemporaryFile()  # noqa: SIM115 - the answer closes it
    for line in json_lines(reading(), plan().id):
        written.write(line.encode() + b"\n")
    name = f"journal-{plan().code}.jsonl"
    stop_reading()
    written.seek(0)
    return _attached(written, name, "application/jsonl")


def anchor_file() -> ResponseReturnValue:
    """What was anchored, as it is."""
    path = Anchor(vekha().config.anchor).path
    content = path.read_bytes() if path.exists() else b""
    written: IO[bytes] = TemporaryFile()  # noqa: SIM115 - the answer closes it
    written.write(content)
    written.seek(0)
    return _attached(written, FILE, "application/jsonl")


def check_script() -> ResponseReturnValue:
    """The program that checks both without Vekha."""
    return _attached(Path(journal_check.SCRIPT), journal_check.NAME, "text/x-python")


def _attached(content: IO[bytes] | Path, name: str, media_type: str) -> ResponseReturnValue:
    answer = send_file(content, mimetype=media_type, as_attachment=True, download_name=name, max_age=0)
    # Somebody else may sit at this computer tomorrow.
    answer.headers["Cache-Control"] = "private, no-store"
    return answer


def _shown(found: list[Recorded], choices: JournalChoices) -> Iterator[Shown]:
    for line, each in zip(lines(each.entry for each in found), found, strict=True):
        activity: Any = choices.about.get(("activity", each.entry.activity_id or 0))
        subject: Any = choices.about.get((each.entry.subject, each.entry.subject_id))
        about = line.about or (_name(subject) if subject else "")
        yield Shown(line, each, activity.code if activity else "", about)


def _name(subject: Any) -> str:
    return subject.name if hasattr(subject, "name") else named(subject)


def _cells(shown: Shown) -> list[Cell]:
    line = shown.line
    return [
        line.position,
        local_day(line.at),
        f"{line.at.astimezone(plan_zone()):%H:%M:%S}",
        _plain(line.actor),
        _plain(line.text),
        shown.code,
        line.task_id,
        _plain(shown.about),
        line.note,
        shown.recorded.hash,
    ]


def _plain(text: str) -> str:
    """Words without the marks of their language."""
    return text.striptags() if isinstance(text, Markup) else text


def _checked() -> Checked:
    run = last_runs(reading()).get("journal")
    failure = str(gettext(run.failure, **run.result)) if run and run.failure else ""
    upto = run.result.get("upto", {}).get(plan().code) if run else None
    try:
        anchored, readable = Anchor(vekha().config.anchor).last().get(plan().code), True
    except StorageError:
        anchored, readable = None, False
    return Checked(run.finished_at if run else None, upto, failure, anchored, readable)
