"""`/admin/jobs`: the installation's jobs, how they went, and a button for each."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from flask import flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext, ngettext
from flask_babel import lazy_gettext as _l

from app import jobs, timetable
from app.domain.timetable import Every, Timetable
from app.services import outbox
from app.services.job_runs import LastRun, last_runs
from app.web.admin.blueprint import administrators, blueprint
from app.web.background import work
from app.web.formats import decimal
from app.web.state import actor, changing, now, reading, stop_reading, vekha

#: what a job is called, and what it does
_WORDS = {
    "sessions": (
        _l("Old sessions"),
        _l("Deletes sessions that ended more than 30 days ago, and failed sign-ins after a day."),
    ),
    "uploads": (
        _l("Cut-off uploads"),
        _l("Removes files that nothing names: their upload was cut off more than a day ago."),
    ),
    "anchor": (
        _l("Anchor of the journal"),
        _l("Writes down outside of the database where each plan’s journal ends."),
    ),
    "anchor_mail": (
        _l("Letter of the anchor"),
        _l("Mails where each plan’s journal ends, when there is an address for it."),
    ),
    "journal": (
        _l("Journal"),
        _l("Follows the chain of every plan’s journal, and compares it with what was anchored."),
    ),
    "scan": (
        _l("Scan for viruses"),
        _l("Has the files scanned that wait for it. Without a scanner there is nothing to do."),
    ),
    "ladder": (
        _l("Reminders of due dates"),
        _l("Tells people of dates that come near or have passed, each step once."),
    ),
    "digest": (_l("Digests"), _l("Writes each person’s letter of the day: what is new, due and late.")),
    "reminders": (
        _l("Letters of reminders"),
        _l("Writes a letter to each person whom somebody has reminded, without waiting for the digest."),
    ),
    "mail": (_l("Mail"), _l("Sends the letters that wait. Without a mail server they go on waiting.")),
    "reports": (
        _l("Reports"),
        _l("Makes the reports that were asked for and wait, or whose making was cut off."),
    ),
    "backup": (
        _l("Backup"),
        _l("Writes the database and the evidence to a file, if the settings name a folder for it."),
    ),
    "evidence": (_l("Evidence files"), _l("Looks for the file of every piece of evidence, and its size.")),
}
_NUMBERS = {
    "sessions": _l("Sessions deleted: %(number)s"),
    "failures": _l("Failed sign-ins forgotten: %(number)s"),
    "forms": _l("Forms forgotten: %(number)s"),
    "files": _l("Files: %(number)s"),
    "letters_sent": _l("Letters sent: %(number)s"),
    "infected": _l("Infected: %(number)s"),
    "heads": _l("Heads written down: %(number)s"),
    "unnamed": _l("Kept files without a record: %(number)s"),
    "plans": _l("Plans: %(number)s"),
    "entries": _l("Entries: %(number)s"),
    "steps": _l("Steps: %(number)s"),
    "notices": _l("Notices: %(number)s"),
    "letters": _l("Letters written: %(number)s"),
    "made": _l("Made: %(number)s"),
    "sent": _l("Sent: %(number)s"),
    "backups": _l("Backups made: %(number)s"),
    "rows": _l("Rows: %(number)s"),
    "bytes": _l("Bytes: %(number)s"),
    "known": _l("Sent before a backup was put back: %(number)s"),
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
    #: when it runs, and when it does so next; "" where nothing runs it
    schedule: str
    next: str
    last: LastRun | None
    #: done | failed | running | cut_off | never | not_set_up
    state: str
    told: str


@blueprint.get("/jobs", endpoint="jobs")
@administrators
def list_() -> ResponseReturnValue:
    runs, parts = last_runs(reading()), vekha()
    machine = parts.config.clock.machine()
    zone = timetable.zone_of(reading(), parts.config.plan)
    following = timetable.next_runs(runs, machine, zone) if parts.background.is_beside else {}
    lines = [_line(name, runs.get(name), machine, following) for name in jobs.JOBS]
    missed = timetable.health(reading(), parts.config).late
    late = [line.title for line in lines if line.name in missed]
    return render_template(
        "admin/jobs.html",
        lines=lines,
        late=late,
        beside=parts.background.is_beside,
        dead=outbox.dead_letters(reading()),
        standing=outbox.standing(reading()),
    )


@blueprint.post("/jobs/<name>/run")
@administrators
def run_job(name: str) -> ResponseReturnValue:
    stop_reading()
    line = _line(name, jobs.run(name, work()), vekha().config.clock.machine(), {})
    flash(f"{line.title}. {line.told}", "error" if line.state == "failed" else "success")
    return redirect(url_for("admin.jobs"), code=303)


@blueprint.post("/letters/<int(max=2147483647):letter_id>/again")
@administrators
def revive_letter(letter_id: int) -> ResponseReturnValue:
    with changing() as session:
        outbox.revive(session, actor(), letter_id, now=now())
    flash(gettext("The letter is tried again when mail is sent next."), "success")
    return redirect(url_for("admin.jobs", _anchor="letters"), code=303)


def _line(name: str, last: LastRun | None, machine: datetime, following: Mapping[str, datetime]) -> JobLine:
    title, text = (str(words) for words in _WORDS[name])
    state, told = _state(last, machine), _told(last)
    if state in ("done", "never") and (setting := _unset(name)):
        state, told = "not_set_up", str(gettext("Not set up: %(setting)s is not set.", setting=setting))
    schedule, next_ = "", ""
    if name in following:
        schedule = _schedule(timetable.TIMETABLES[name])
        next_ = "" if state == "running" else _until(following[name] - machine)
    return JobLine(name, title, text, schedule, next_, last, state, told)


def _unset(name: str) -> str:
    """The setting without which a job has nothing to do; "" when it has."""
    config = vekha().config
    if name == "backup" and config.backups is None:
        return "VEKHA_BACKUPS"
    return "VEKHA_CLAMAV" if name == "scan" and config.clamav is None else ""


def _schedule(when: Timetable) -> str:
    if isinstance(when, Every):
        if when.minutes == 1:
            return str(gettext("every minute"))
        return str(gettext("every %(minutes)s min", minutes=when.minutes))
    return str(gettext("every day at %(time)s", time=f"{when.at:%H:%M}"))


def _until(wait: timedelta) -> str:
    """How long it is until then: the machine's clock and a demonstration's day have no date in common."""
    minutes = max(0, int(wait.total_seconds() // 60))
    if minutes < 1:
        return str(gettext("within a minute"))
    if minutes < 60:
        return str(gettext("in %(minutes)s min", minutes=minutes))
    return str(gettext("in %(hours)s h %(minutes)s min", hours=minutes // 60, minutes=minutes % 60))


def _state(last: LastRun | None, machine: datetime) -> str:
    if last is None:
        return "never"
    if last.finished_at is None:
        return "running" if last.goes_on(machine) else "cut_off"
    return "failed" if last.failure else "done"


def _told(last: LastRun | None) -> str:
    if last is None or last.finished_at is None:
        return ""
    if last.failure:
        why = str(gettext(last.failure, **last.result))
        again = ngettext("%(num)s failure in a row.", "%(num)s failures in a row.", last.failed_runs)
        return f"{why} {again}" if last.failed_runs > 1 else why
    return "; ".join(_NUMBERS[name] % {"number": decimal(number)} for name, number in last.numbers.items())
