"""`/admin/jobs`: the installation's jobs, how they went, and a button for each."""

from __future__ import annotations

from dataclasses import dataclass

from flask import flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext
from flask_babel import lazy_gettext as _l

from app import jobs
from app.services import outbox
from app.services.job_runs import LastRun, last_runs
from app.web.admin.blueprint import administrators, blueprint
from app.web.background import work
from app.web.formats import decimal
from app.web.state import actor, changing, now, reading, stop_reading

#: what a job is called, and what it does
_WORDS = {
    "sessions": (
        _l("Old sessions"),
        _l("Deletes sessions that ended more than 30 days ago, and failed sign-ins after a day."),
    ),
    "uploads": (_l("Cut-off uploads"), _l("Removes files whose upload was cut off more than a day ago.")),
    "journal": (_l("Journal"), _l("Follows the chain of every plan's journal; a changed entry breaks it.")),
    "ladder": (
        _l("Reminders of due dates"),
        _l("Tells people of dates that come near or have passed, each step once."),
    ),
    "digest": (_l("Digests"), _l("Writes each person’s letter of the day: what is new, due and late.")),
    "mail": (_l("Mail"), _l("Sends the letters that wait. Without a mail server they go on waiting.")),
    "reports": (
        _l("Reports"),
        _l("Makes the reports that were asked for and wait, or whose making was cut off."),
    ),
    "evidence": (_l("Evidence files"), _l("Looks for the file of every piece of evidence, and its size.")),
}
_NUMBERS = {
    "sessions": _l("Sessions deleted: %(number)s"),
    "failures": _l("Failed sign-ins forgotten: %(number)s"),
    "files": _l("Files: %(number)s"),
    "plans": _l("Plans: %(number)s"),
    "entries": _l("Entries: %(number)s"),
    "steps": _l("Steps: %(number)s"),
    "notices": _l("Notices: %(number)s"),
    "letters": _l("Letters written: %(number)s"),
    "made": _l("Made: %(number)s"),
    "sent": _l("Sent: %(number)s"),
    "failed": _l("Failed: %(number)s"),
    "dead": _l("Given up: %(number)s"),
    "waiting": _l("Waiting: %(number)s"),
}


@dataclass(frozen=True, slots=True)
class JobLine:
    """A job and its last run in words."""

    name: str
    title: str
    text: str
    last: LastRun | None
    #: done | failed | running | never
    state: str
    told: str


@blueprint.get("/jobs", endpoint="jobs")
@administrators
def list_() -> ResponseReturnValue:
    runs = last_runs(reading())
    lines = [_line(name, runs.get(name)) for name in jobs.JOBS]
    dead = outbox.dead_letters(reading())
    return render_template("admin/jobs.html", lines=lines, dead=dead, standing=outbox.standing(reading()))


@blueprint.post("/jobs/<name>/run")
@administrators
def run_job(name: str) -> ResponseReturnValue:
    stop_reading()
    line = _line(name, jobs.run(name, work()))
    flash(f"{line.title}. {line.told}", "error" if line.state == "failed" else "success")
    return redirect(url_for("admin.jobs"), code=303)


@blueprint.post("/letters/<int(max=2147483647):letter_id>/again")
@administrators
def revive_letter(letter_id: int) -> ResponseReturnValue:
    with changing() as session:
        outbox.revive(session, actor(), letter_id, now=now())
    flash(gettext("The letter is tried again when mail is sent next."), "success")
    return redirect(url_for("admin.jobs", _anchor="letters"), code=303)


def _line(name: str, last: LastRun | None) -> JobLine:
    title, text = (str(words) for words in _WORDS[name])
    return JobLine(name, title, text, last, _state(last), _told(last))


def _state(last: LastRun | None) -> str:
    if last is None:
        return "never"
    if last.finished_at is None:
        return "running"
    return "failed" if last.failure else "done"


def _told(last: LastRun | None) -> str:
    if last is None or last.finished_at is None:
        return ""
    if last.failure:
        return str(gettext(last.failure, **last.result))
    return "; ".join(_NUMBERS[name] % {"number": decimal(number)} for name, number in last.result.items())
