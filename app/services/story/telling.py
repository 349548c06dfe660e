"""Telling: each deed goes through the service that a click would go through."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import ExitStack
from datetime import datetime
from pathlib import PurePosixPath

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.domain.errors import GuardRefusedError, InvalidInputError, VekhaError
from app.domain.permissions import CONTROLLER_ROLE, Actor
from app.domain.seed import SeedError
from app.exports.sample_documents import MAKERS, SampleDocument, make_sample
from app.models import Activity, Extension, Occurrence, Organization, Participation, Task
from app.services import extensions, participations, people, reminders, requests, tasks
from app.services.evidence import Attachment, Submission, current_evidence
from app.services.publishing import materials
from app.services.publishing.settings import set_public
from app.services.story.cast import Cast
from app.services.story.deeds import Deed
from app.services.story.script import FILE, Paper
from app.storage import EvidenceStore
from workflows import WORKFLOWS


class Teller:
    """One telling, inside one transaction."""

    def __init__(self, session: Session, store: EvidenceStore, cast: Cast, plan_id: int) -> None:
        self.session = session
        self.store = store
        self.cast = cast
        self.plan_id = plan_id
        self.actors: dict[str, Actor] = {}
        self.organizations = {row.key: row.id for row in session.scalars(select(Organization))}
        self.activities = {
            row.code: row.id for row in session.scalars(select(Activity).where(Activity.plan_id == plan_id))
        }
        self.tasks = self._find_tasks(plan_id)
        #: id of the task that a request opened, by the script's name of it
        self.requests: dict[str, int] = {}
        self._verbs: dict[str, Callable[[Deed, Actor], object]] = {
            "attach": self._attach,
            "confirm_figures": self._confirm_figures,
            "explain": self._explain,
            "ask": self._ask,
            "grant": self._decide,
            "refuse": self._decide,
            "remind": self._remind,
            "agree": self._answer,
            "decline": self._answer,
            "request": self._request,
            "publish": self._publish,
        }

    def open_public_page(self, at: datetime) -> None:
        """Let everybody read the plan, where the script says so: the first of the controllers does."""
        frame = self.cast.script.frame
        by = next((part for part in self.cast.parts.values() if part.role == CONTROLLER_ROLE), None)
        if frame.is_public and by is not None:
            set_public(
                *(self.session, self._actor(by.username), self.plan_id),
                is_public=True,
                shows_lateness=frame.shows_lateness,
                now=at,
            )

    def act(self, deed: Deed) -> None:
        """Do one deed. Raises SeedError naming its entry when a service refuses it."""
        try:
            actor = self._actor(deed.by)
            self._verbs.get(deed.does, self._fire)(deed, actor)
        except VekhaError as error:
            if isinstance(error, SeedError):
                raise
            who = ", ".join(deed.organizations) or deed.request
            raise SeedError(FILE, f"{deed.entry} ({who})", "", _reason(error)) from error

    def _fire(self, deed: Deed, actor: Actor) -> None:
        workflow = WORKFLOWS[self.cast.activity(deed.entry, deed.activity).workflow]
        if deed.does not in workflow.triggers():
            verbs = ", ".join(sorted({*self._verbs, *workflow.triggers()}))
            raise SeedError(FILE, deed.entry, "does", f"“{deed.does}” is none of {verbs}")
        with ExitStack() as stack:
            tasks.fire(
                self.session,
                self.store,
                actor,
                self._task(deed),
                deed.does,
                now=deed.at,
                note=deed.note,
                submission=self._submission(deed, stack),
            )

    def _attach(self, deed: Deed, actor: Actor) -> None:
        with ExitStack() as stack:
            submission = self._submission(deed, stack)
            task_id = self._task(deed)
            tasks.attach(
                self.session, self.store, actor, task_id, now=deed.at, submission=submission, note=deed.note
            )

    def _confirm_figures(self, deed: Deed, actor: Actor) -> None:
        tasks.confirm_figures(self.session, actor, self._task(deed), now=deed.at)

    def _explain(self, deed: Deed, actor: Actor) -> None:
        task_id = self._task(deed)
        tasks.explain(
            self.session, actor, task_id, now=deed.at, explanation=deed.note, expected_on=deed.expected_on
        )

    def _ask(self, deed: Deed, actor: Actor) -> None:
        if deed.due is None:
            raise SeedError(FILE, deed.entry, "due", "is missing")
        extensions.ask(self.session, actor, self._task(deed), due=deed.due, reason=deed.note, now=deed.at)

    def _decide(self, deed: Deed, actor: Actor) -> None:
        waiting = self.session.scalar(
            select(Extension.id)
            .where(Extension.task_id == self._task(deed), Extension.decided_at.is_(None))
            .order_by(Extension.id.desc())
        )
        if waiting is None:
            raise SeedError(FILE, deed.entry, "does", "no request for a later date is waiting")
        extensions.decide(self.session, actor, waiting, deed.does, now=deed.at, note=deed.note, due=deed.due)

    def _remind(self, deed: Deed, actor: Actor) -> None:
        owed = [self._task(deed, key) for key in deed.organizations]
        reminders.remind(self.session, actor, owed, now=deed.at, note=deed.note)

    def _answer(self, deed: Deed, actor: Actor) -> None:
        invited = self.session.scalar(
            select(Participation.id).where(
                Participation.activity_id == self.activities[deed.activity],
                Participation.organization_id == self.organizations[deed.organizations[0]],
            )
        )
        if invited is None:
            raise SeedError(FILE, deed.entry, "who", f"takes no part in {deed.activity}")
        participations.answer(self.session, actor, invited, deed.does, now=deed.at, note=deed.note)

    def _request(self, deed: Deed, actor: Actor) -> None:
        if not deed.request or len(deed.organizations) != 1:
            raise SeedError(
                FILE, deed.entry, "request", "needs a name, and one organisation that provides it"
            )
        opened = requests.open_request(
            self.session,
            actor,
            self.activities[deed.activity],
            organization_id=self.organizations[deed.organizations[0]],
            subject=deed.subject,
            due=deed.due,
            now=deed.at,
        )
        self.requests[deed.request] = opened.id

    def _publish(self, deed: Deed, actor: Actor) -> None:
        """Let everybody have the current evidence of those slots, under the titles of the script."""
        present = {item.slot: item for item in current_evidence(self.session, self._task(deed))}
        for paper in deed.papers:
            if paper.slot not in present:
                raise SeedError(FILE, deed.entry, "evidence", f"nothing is attached as “{paper.slot}”")
            evidence_id = present[paper.slot].id
            prepared = materials.prepare(self.session, self.store, actor, evidence_id)
            materials.publish(
                *(self.session, self.store, actor, evidence_id, prepared), title=paper.title, now=deed.at
            )

    def _actor(self, username: str) -> Actor:
        if username not in self.actors:
            self.actors[username] = people.find_actor(self.session, username)
        return self.actors[username]

    def _task(self, deed: Deed, organization: str = "") -> int:
        if deed.request:
            if deed.request not in self.requests:
                raise SeedError(FILE, deed.entry, "request", f"“{deed.request}” has not been opened")
            return self.requests[deed.request]
        key = (deed.activity, deed.occurrence, organization or deed.organizations[0])
        if key not in self.tasks:
            raise SeedError(FILE, deed.entry, "who", f"“{key[2]}” has no task there")
        return self.tasks[key]

    def _find_tasks(self, plan_id: int) -> dict[tuple[str, str, str], int]:
        rows = self.session.execute(
            select(Task.id, Activity.code, Occurrence.key, Organization.key)
            .join(Activity, Activity.id == Task.activity_id)
            .join(Occurrence, Occurrence.id == Task.occurrence_id)
            .join(Organization, Organization.id == Task.organization_id)
            .where(Task.plan_id == plan_id)
        )
        return {(code, occurrence, key): task_id for task_id, code, occurrence, key in rows}

    def _submission(self, deed: Deed, stack: ExitStack) -> Submission:
        attachments = [self._attachment(deed, paper, stack) for paper in deed.papers]
        figures = deed.figures or {}
        explained = dict.fromkeys(figures, deed.sure) if deed.sure else {}
        return Submission(attachments, figures, deed.public, explained)

    def _attachment(self, deed: Deed, paper: Paper, stack: ExitStack) -> Attachment:
        if not paper.file:
            return Attachment(paper.kind, paper.slot, url=paper.link, note=paper.note)
        extension = PurePosixPath(paper.file).suffix.lower().lstrip(".")
        if extension not in MAKERS:
            raise SeedError(FILE, deed.entry, "file", f"“{paper.file}” is none of {', '.join(MAKERS)}")
        draft = stack.enter_context(self.store.drafting())
        draft.write(make_sample(extension, self._sample(deed, paper)))
        return Attachment("file", paper.slot, file=self.store.made(draft, paper.file))

    def _sample(self, deed: Deed, paper: Paper) -> SampleDocument:
        frame = self.cast.script.frame
        activity = self.cast.activity(deed.entry, deed.activity)
        facts = [
            (frame.labels[0], self._body(deed)),
            (frame.labels[1], f"{activity.row}. {activity.short_title}"),
            (frame.labels[2], f"{deed.at.astimezone(self.cast.zone):%d.%m.%Y}"),
        ]
        labels = {
            figure.key: figure.label_ru
            for figure in self.cast.seed.figures
            if figure.activity == deed.activity
        }
        facts += [(labels.get(key, key), str(number)) for key, number in (deed.figures or {}).items()]
        return SampleDocument(paper.title, frame.notice, facts, paper.lines, deed.at)

    def _body(self, deed: Deed) -> str:
        part = self.cast.parts[deed.by]
        return self.cast.organization(deed.entry, part.organization).name if part.organization else part.name


def _reason(error: VekhaError) -> str:
    if isinstance(error, GuardRefusedError):
        return "missing: " + ", ".join(" ".join(item).strip() for item in error.missing)
    if isinstance(error, InvalidInputError):
        return "; ".join(f"{field}: {text}" for field, text in error.fields.items())
    return str(error)
