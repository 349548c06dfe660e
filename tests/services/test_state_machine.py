"""Tasks of all five kinds and their activities, driven at random, beside a plain model of the rules.

Every act goes through the services, on a database in a file.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.db import Database
from app.domain.errors import NotFoundError, VekhaError
from app.models import Activity, JournalEntry, Organization, Task
from app.services import activities, requests, tasks
from app.services.evidence import Submission
from app.services.journal import first_broken
from app.storage import EvidenceStore
from tests import factories
from tests.services.plain_model import (
    ACTIVITIES,
    PEOPLE,
    STAGES,
    TRIGGERS,
    ModelTask,
    leads_to,
    may_open,
)

pytestmark = pytest.mark.data("plan")

ANYBODY = st.sampled_from(sorted(PEOPLE))
#: the controller as often as everybody else together: most of what others try is refused
MOSTLY_CONTROLLER = st.just("deputy") | ANYBODY
REASONS = st.just("because") | st.sampled_from(["", "  "])


class Clicks(RuleBasedStateMachine):
    """Random clicks. Everything happens in one transaction, which is never committed."""

    database: Database
    store: EvidenceStore
    start: datetime

    @initialize()
    def open_plan(self) -> None:
        self.scope = self.database.transaction()
        self.session: Session = self.scope.__enter__()
        self.now = self.start
        self.people = {
            name: factories.actor(self.session, name, self.now, role) for name, role in PEOPLE.items()
        }
        rows = self.session.scalars(select(Activity).where(Activity.code.in_(ACTIVITIES))).all()
        self.ids = {row.code: row.id for row in rows}
        self.plan_id = rows[0].plan_id
        self.closed: dict[str, str] = {}
        self.model: dict[int, ModelTask] = {}
        for task in self.session.scalars(select(Task).where(Task.activity_id.in_(self.ids.values()))):
            code = self._code(task)
            self.model[task.id] = ModelTask(code, task.workflow, ACTIVITIES[code])
        assert {task.kind for task in self.model.values()} == set(STAGES) - {"request"}
        self.organization = self.session.scalars(
            select(Organization.id).where(Organization.key == "bpoo")
        ).one()
        self.entries = self._entries()

    def teardown(self) -> None:
        if not hasattr(self, "session"):
            return
        try:
            assert first_broken(self.session, self.plan_id) is None, "the chain of the journal is broken"
        finally:
            self.session.rollback()
            self.scope.__exit__(None, None, None)

    @rule(
        which=st.integers(0, 20),
        trigger=st.sampled_from(TRIGGERS),
        person=st.none() | MOSTLY_CONTROLLER,
        reason=REASONS,
    )
    def click(self, which: int, trigger: str, person: str | None, reason: str) -> None:
        task_id, task = self._chosen(which)
        person = person or task.owner
        closed = task.activity in self.closed
        dest = leads_to(task, trigger, person, bool(reason.strip()), closed)
        self._fire(task_id, trigger, person, reason, dest)

    @rule(which=st.integers(0, 20), data=st.data())
    def click_what_works(self, which: int, data: st.DataObject) -> None:
        """Random clicks alone would seldom get far."""
        task_id, task = self._chosen(which)
        closed = task.activity in self.closed
        options = [
            (trigger, person)
            for trigger in TRIGGERS
            for person in (task.owner, "deputy")
            if leads_to(task, trigger, person, True, closed) not in (None, "withdrawn", "reopened")
        ]
        if options:
            trigger, person = data.draw(st.sampled_from(options))
            self._fire(task_id, trigger, person, "because", leads_to(task, trigger, person, True, closed))

    @rule(which=st.integers(0, 20), person=st.none() | ANYBODY)
    def attach_everything(self, which: int, person: str | None) -> None:
        task_id, task = self._chosen(which)
        person = person or task.owner
        allowed = person == task.owner and task.owed() and task.activity not in self.closed
        proof = factories.proof(self.session, self.session.get_one(Task, task_id))

        def act() -> Any:
            return tasks.attach(
                self.session, self.store, self.people[person], task_id, now=self.now, submission=proof
            )

        if self._succeeds(act, allowed):
            task.complete = True
            self._expect(("task", task_id, "attach"))

    @rule(which=st.integers(0, 20), person=st.none() | ANYBODY)
    def submit_with_everything(self, which: int, person: str | None) -> None:
        task_id, task = self._chosen(which)
        person = person or task.owner
        allowed = person == task.owner and task.owed() and task.activity not in self.closed
        proof = factories.proof(self.session, self.session.get_one(Task, task_id))
        self._fire(task_id, "submit", person, "", "submitted" if allowed else None, proof)
        task.complete = task.complete or allowed

    @rule(
        code=st.sampled_from(sorted(ACTIVITIES)),
        trigger=st.sampled_from(["suspend", "resume", "withdraw", "reopen", "start", "finish"]),
        person=MOSTLY_CONTROLLER,
        reason=REASONS,
    )
    def act_on_activity(self, code: str, trigger: str, person: str, reason: str) -> None:
        closed = self.closed.get(code)
        possible = {
            "suspend": closed is None and not self._is_done(code) and reason.strip(),
            "resume": closed == "suspended",
            "withdraw": closed != "withdrawn" and (closed or not self._is_done(code)) and reason.strip(),
            "reopen": closed == "withdrawn" and reason.strip(),
        }

        def act() -> Any:
            return activities.act(
                self.session, self.people[person], self.ids[code], trigger, now=self.now, note=reason
            )

        if not self._succeeds(act, bool(person == "deputy" and possible.get(trigger))):
            return
        if trigger in ("suspend", "withdraw"):
            self.closed[code] = {"suspend": "suspended", "withdraw": "withdrawn"}[trigger]
        else:
            del self.closed[code]
        self._expect(("activity", self.ids[code], trigger))

    @precondition(lambda self: sum(task.kind == "request" for task in self.model.values()) < 3)
    @rule(person=MOSTLY_CONTROLLER)
    def open_request(self, person: str) -> None:
        allowed = person in ("bpoo", "centre", "deputy") and "4.3" not in self.closed

        def act() -> Any:
            return requests.open_request(
                self.session,
                self.people[person],
                self.ids["4.3"],
                organization_id=self.organization,
                subject="somebody asks for advice",
                due=None,
                now=self.now,
            )

        if task := self._succeeds(act, allowed):
            self.model[task.id] = ModelTask("4.3", "request", "bpoo", "requested")
            self._expect(("task", task.id, "request"))

    @invariant()
    def every_task_is_where_the_model_says(self) -> None:
        found = {task.id: task for task in self._tasks()}
        assert {key: task.state for key, task in found.items()} == {
            key: task.state for key, task in self.model.items()
        }
        for key, task in self.model.items():
            phase = {"submitted": "review", "accepted": "accepted", "withdrawn": "off"}.get(
                task.state, "owing"
            )
            assert found[key].phase == ("off" if task.activity in self.closed else phase)

    @invariant()
    def an_activity_is_done_exactly_when_all_its_tasks_are_accepted(self) -> None:
        statement = select(Activity.code, Activity.state).where(Activity.code.in_(ACTIVITIES))
        states = {code: state for code, state in self.session.execute(statement)}  # noqa: C416
        for code, state in states.items():
            if code in self.closed:
                assert state == self.closed[code]
                continue
            live = [task.state for task in self.model.values() if task.activity == code]
            live = [each for each in live if each != "withdrawn"]
            assert (state == "done") == self._is_done(code)
            handed_over = bool(live) and set(live) <= {"submitted", "accepted"}
            assert (state == "under_review") == (handed_over and "submitted" in live)
            assert state in ("planned", "in_progress", "under_review", "done", "reopened")

    def _fire(
        self,
        task_id: int,
        trigger: str,
        person: str,
        note: str,
        dest: str | None,
        submission: Submission | None = None,
    ) -> None:
        def act() -> Any:
            return tasks.fire(
                self.session,
                self.store,
                self.people[person],
                task_id,
                trigger,
                now=self.now,
                note=note,
                submission=submission or Submission(),
            )

        missing = None if may_open(self.model[task_id], person) else NotFoundError
        if self._succeeds(act, dest is not None, missing):
            assert dest is not None
            self.model[task_id].state = dest
            self._expect(("task", task_id, trigger))

    def _succeeds(
        self, act: Callable[[], Any], expected: bool, refusal: type[VekhaError] | None = None
    ) -> Any:
        """Do it as a request does: all of it, or nothing. A refusal leaves everything as it was."""
        self.now += timedelta(minutes=1)
        before, done, refused = self._everything(), None, None
        try:
            with self.session.begin_nested():
                done = act()
        except VekhaError as error:
            refused = error
        assert expected == (refused is None), f"the model says otherwise: {refused!r}"
        if refused is not None:
            assert self._everything() == before, "a refused act has changed something"
            assert refusal is None or isinstance(refused, refusal)
        return done

    def _expect(self, subject: tuple[str, int, str]) -> None:
        """One new entry for what was done; any other is the program's, for the activity that follows."""
        now = self._entries()
        new = Counter(now) - Counter(self.entries)
        assert not Counter(self.entries) - Counter(now), "the journal has lost an entry"
        assert new[subject] == 1
        del new[subject]
        assert all(name == "activity" for name, _, _ in new)
        self.entries = now

    def _chosen(self, which: int) -> tuple[int, ModelTask]:
        task_id = sorted(self.model)[which % len(self.model)]
        return task_id, self.model[task_id]

    def _is_done(self, code: str) -> bool:
        live = [task.state for task in self.model.values() if task.activity == code]
        live = [state for state in live if state != "withdrawn"]
        return bool(live) and set(live) == {"accepted"}

    def _code(self, task: Task) -> str:
        return next(code for code, key in self.ids.items() if key == task.activity_id)

    def _tasks(self) -> list[Task]:
        return list(
            self.session.scalars(
                select(Task)
                .where(Task.activity_id.in_(self.ids.values()))
                .execution_options(populate_existing=True)
            )
        )

    def _entries(self) -> list[tuple[str, int, str]]:
        rows = self.session.execute(
            select(JournalEntry.subject, JournalEntry.subject_id, JournalEntry.action).order_by(
                JournalEntry.position
            )
        )
        return [tuple(row) for row in rows]  # type: ignore[misc]

    def _everything(self) -> tuple[object, ...]:
        return (
            [(task.id, task.state, task.phase, task.version, task.changed_at) for task in self._tasks()],
            self.session.execute(
                select(Activity.id, Activity.state, Activity.version).where(Activity.code.in_(ACTIVITIES))
            ).all(),
            self._entries(),
        )


def test_random_clicks_never_leave_the_model(database: Database, tmp_path: Path, now: datetime) -> None:
    clicks = type(
        "ClicksHere",
        (Clicks,),
        {"database": database, "store": EvidenceStore(tmp_path / "evidence", 1024), "start": now},
    )
    everyday = settings().max_examples
    run_state_machine_as_test(
        clicks,
        settings=settings(
            max_examples=everyday // 4, stateful_step_count=40, suppress_health_check=list(HealthCheck)
        ),
    )
