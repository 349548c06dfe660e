"""The jobs of an installation: what somebody or something must do now and then. All can be repeated."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Mapping
from datetime import timedelta
from typing import Any

from sqlalchemy.orm import Session

from app import letters, logs
from app.alive import showing_life
from app.anchor import Anchor
from app.backups.nightly import make_backup
from app.domain.errors import NotFoundError
from app.journal_jobs import anchor_heads, mail_heads, verify_journals
from app.making import make_next
from app.scan_files import scan_uploads
from app.sending import Post
from app.services import digests, job_runs, ladder, outbox, sent_forms, sessions, stored_files, throttling
from app.services.checking import check_ends, check_evidence
from app.services.job_runs import LastRun
from app.services.plans import all_plans
from app.services.resets import with_token
from app.work import JobFailedError, Work

#: a file that nobody kept, or no row named, for so long was cut off
_ABANDONED_AFTER = timedelta(days=1)
#: plans are held while so many files are removed
_REMOVED_AT_ONCE = 100
_FAILURES_KEPT_FOR = timedelta(days=1)
#: a failure names so many of what it found
_NAMED = 5

_log = logging.getLogger(__name__)


def forget_sessions(work: Work) -> Mapping[str, Any]:
    """Forget old sessions.

    1. Delete the sessions that ended or ran out more than 30 days ago.
    2. Delete what was noted of failed sign-ins, and of forms that were taken, more than a day ago.
    """
    config = work.config
    with work.database.transaction() as session:
        deleted = sessions.forget_old(
            session, now=work.now, idle=config.session_idle, life=config.session_life
        )
        failures = throttling.forget_old(session, work.now - _FAILURES_KEPT_FOR)
        forms = sent_forms.forget_old(session, work.now)
    return {"sessions": deleted, "failures": failures, "forms": forms}


def remove_uploads(work: Work) -> Mapping[str, Any]:
    """Remove files that nothing names.

    1. Remove the files of the store's incoming/ that were written to more than a day ago: what was cut off,
       or waited for a form that nobody sent again. One that went meanwhile is no harm.
    2. Find the kept files older than a day that neither a row nor the journal names: the program ended before
       the row was there. A journal that is older than what was anchored says nothing of them: they stay.
    3. Look again with every plan held, so that nobody is about to name one, and remove a batch at a time.
    """
    # Files bear the machine's time, which a demonstration's clock does not move.
    before = time.time() - _ABANDONED_AFTER.total_seconds()
    files = list(work.store.abandoned(before))
    for path in files:
        path.unlink(missing_ok=True)
    kept = set(work.store.kept(before))
    with work.database.read() as session:
        _heads, strayed = check_ends(session, Anchor(work.config.anchor).last())
        unnamed = [] if strayed else sorted(stored_files.unnamed(session, kept))
    removed = 0
    for start in range(0, len(unnamed), _REMOVED_AT_ONCE):
        batch = set(unnamed[start : start + _REMOVED_AT_ONCE])
        with work.database.transaction() as session:
            removed += stored_files.remove_unnamed(session, work.store, batch, before)
    return {"files": len(files), "unnamed": removed}


def verify_evidence(work: Work) -> Mapping[str, Any]:
    """Verify the evidence files.

    1. Look up the file of every piece of evidence: it must exist and have its size, and the hash that the
       journal knows.
    2. When asked for a deep check, read it and compare its SHA-256.
    3. Fail with the numbers of the evidence whose file is missing or changed.
    """
    with work.database.read() as session:
        found = check_evidence(session, work.store, deep=work.deep)
    result = {"files": found.files}
    if found.bad:
        numbers = ", ".join(str(bad.id) for bad in found.bad[:_NAMED])
        raise JobFailedError(
            "%(bad)s of %(files)s files are missing or changed. Evidence: %(numbers)s.",
            **result,
            bad=len(found.bad),
            numbers=numbers,
        )
    return result


def climb_ladders(work: Work) -> Mapping[str, Any]:
    """Remind of due dates by the ladder of each plan.

    1. For each plan, a batch of its tasks at a time, take the steps that were reached and not taken yet.
    2. Write the notices of the latest ones in the same transaction; run twice, it finds nothing new.
    """
    with work.database.read() as session:
        plans = [plan.id for plan in all_plans(session)]
    steps = notices = 0
    for plan_id in plans:
        after: int | None = 0
        while after is not None:
            with work.database.transaction() as session:
                climbed = ladder.climb(session, plan_id, work.now, after)
            after = climbed.last
            steps, notices = steps + climbed.steps, notices + climbed.notices
    return {"steps": steps, "notices": notices}


def write_digests(work: Work) -> Mapping[str, Any]:
    """Write the digests of the day into the outbox.

    1. Find the people who want letters and have an address.
    2. For each, in a transaction of its own: take what is new, due and late, put it in the person's language,
       and write the letter; a second run on the same day finds it written.
    """
    with work.database.read() as session:
        receivers, plans = digests.receivers(session), all_plans(session)
    written = 0
    for person_id in receivers:
        with work.database.transaction() as session:
            digest = digests.take_digest(session, person_id, plans, work.now)
            if digest is not None:
                letter = letters.digest_letter(digest, work.config.base_url)
                outbox.write(session, letter, domain=work.config.uid_domain, now=work.now)
                written += 1
    return {"letters": written}


def write_reminders(work: Work) -> Mapping[str, Any]:
    """Write the letters of reminders into the outbox.

    1. Find the people whom somebody has reminded and no letter has told yet.
    2. For each, in a transaction of its own, write one letter of all the reminders, which count as mailed.
    """
    with work.database.read() as session:
        people = digests.reminded(session, work.now)
    written = 0
    for person_id in people:
        with work.database.transaction() as session:
            told = digests.take_reminders(session, person_id, work.now)
            if told is not None:
                letter = letters.reminder_letter(told, work.config.base_url)
                outbox.write(session, letter, domain=work.config.uid_domain, now=work.now)
                written += 1
    return {"letters": written}


def send_mail(work: Work) -> Mapping[str, Any]:
    """Send the letters of the outbox that are due.

    1. Without a mail server do nothing: the letters wait.
    2. Put into words what people are to be told of their accounts.
    3. Take one letter at a time; hand it to the server, unless that had it before a backup was put back.
    4. Note that it was sent, outside of the database first; or why not and when to try again.
    5. Fail when a letter could not be sent, with what the server said of the last one.
    """
    sent = failed = dead = known = 0
    error = ""
    server, machine = work.config.mail, work.config.clock.machine()
    post = Post(server, work.config.anchor, machine) if server is not None else None
    if post is not None:
        letters.write_account_letters(work)
    while post is not None:
        with work.database.transaction() as session:
            letter = outbox.take(session, work.now)
        if letter is None:
            break
        if post.has_taken(letter):
            with work.database.transaction() as session:
                outbox.mark_sent(session, letter, work.now)
            known += 1
            continue
        try:
            post.send(with_token(letter, work.config.secret_key))
        except (OSError, ValueError) as reason:
            error = _told(reason)
            with work.database.transaction() as session:
                dead += outbox.mark_failed(session, letter, work.now, error)
            failed += 1
        else:
            try:
                post.note(letter)
            finally:
                with work.database.transaction() as session:
                    outbox.mark_sent(session, letter, work.now)
            sent += 1
    with work.database.read() as session:
        waiting = outbox.standing(session).waiting
    result = {"sent": sent, "failed": failed, "dead": dead, "waiting": waiting}
    if known:
        result["known"] = known
    if failed:
        raise JobFailedError(
            "%(failed)s letters could not be sent, %(dead)s of them were given up. The last one: %(error)s",
            **result,
            error=error,
        )
    return result


def make_reports(work: Work) -> Mapping[str, Any]:
    """Make the reports that wait.

    1. One at a time, take a report that waits or whose making was cut off, make it and keep it.
    2. Fail when one could not be made, with what happened to the last one.
    """
    made = failed = 0
    error = ""
    while work.maker is not None and (told := make_next(work, work.maker)) is not None:
        if told:
            failed, error = failed + 1, told
        else:
            made += 1
    result = {"made": made, "failed": failed}
    if failed:
        raise JobFailedError(
            "%(failed)s reports could not be made. The last one: %(error)s", **result, error=error
        )
    return result


JOBS: dict[str, Callable[[Work], Mapping[str, Any]]] = {
    "sessions": forget_sessions,
    "uploads": remove_uploads,
    "anchor": anchor_heads,
    "anchor_mail": mail_heads,
    "journal": verify_journals,
    "evidence": verify_evidence,
    "backup": make_backup,
    "scan": scan_uploads,
    "ladder": climb_ladders,
    "digest": write_digests,
    "reminders": write_reminders,
    "mail": send_mail,
    "reports": make_reports,
}


def run(name: str, work: Work) -> LastRun:
    """Run a job now and note how it went; a failure is told in the answer, not raised.

    1. Note the beginning, so that a run that was cut off can be seen. 2. Do the job, in transactions of
    its own, giving signs of life. 3. Note its result, or why it failed. Whoever runs it at the same time is
    no harm. Raises NotFoundError for a name that no job has.
    """
    done = run_if(name, work, lambda _last: True)
    assert done is not None
    return done


def run_if(name: str, work: Work, wanted: Callable[[LastRun | None], bool]) -> LastRun | None:
    """Run a job as `run` does if that is `wanted` after its last run; None when it is not.

    However many processes ask at the same moment, one of them finds it so and runs it.
    """
    if name not in JOBS:
        raise NotFoundError("There is no job “%(name)s”.", name=name)
    with work.database.transaction() as session:
        number = job_runs.begin_run(session, name, work.now, work.config.clock.machine(), wanted)
    if number is None:
        return None
    with logs.telling(job=name):
        return _finish(name, number, work)


def _finish(name: str, number: int, work: Work) -> LastRun:
    clock = work.config.clock

    def show_life(session: Session) -> None:
        job_runs.show_life(session, name, number, clock.machine())

    failure, begun = "", time.monotonic()
    with showing_life(work.database, show_life):
        try:
            result = JOBS[name](work)
        except JobFailedError as error:
            failure, result = error.message, error.params
        except Exception as error:
            _log.exception("the job %s ended with an error", name)
            failure, result = "The job ended with an error: %(error)s", {"error": _told(error)}
    with work.database.transaction() as session:
        job_runs.finish_run(session, name, number, max(clock.now(), work.now), result, failure)
        last = job_runs.last_run(session, name)
    # Of what came out only numbers: the rest may name people.
    counts = {key: value for key, value in result.items() if isinstance(value, int)}
    told = logs.told(ms=round((time.monotonic() - begun) * 1000, 1), **counts)
    if failure:
        _log.warning("the job failed", extra=told)
    else:
        _log.info("the job is done", extra=told)
    return last


def summary_of(name: str) -> str:
    """What a job does, in a few English words."""
    return (JOBS[name].__doc__ or "").partition("\n")[0].rstrip(".")


def _told(error: Exception) -> str:
    return f"{type(error).__name__}: {error}".splitlines()[0][:300]
