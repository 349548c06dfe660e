"""Tasks: what a click changes, and that a refused one changes nothing at all."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.db import Database
from app.domain.errors import (
    ConflictError,
    GuardRefusedError,
    InvalidInputError,
    NotAllowedError,
    NotFoundError,
    VekhaError,
    WrongStateError,
)
from app.domain.permissions import Actor
from app.models import Activity, Evidence, JournalEntry, Measurement, Task
from app.services import activities, tasks
from app.services.evidence import Submission
from app.services.journal import first_broken
from app.storage import EvidenceStore
from tests import factories
from tests.infrastructure.files import PDF
from tests.services.cast import People, file

pytestmark = pytest.mark.data("plan")


def kept_files(store: EvidenceStore) -> list[Path]:
    return [path for path in store.root.rglob("*") if path.is_file() and path.parent.name != "incoming"]


def snapshot(session: Session) -> tuple[int, ...]:
    """How many rows there are of everything that a click may add, and the sum of all versions."""
    counts = (select(func.count()).select_from(table) for table in (Evidence, JournalEntry, Measurement))
    return (
        *(session.scalar(count) or 0 for count in counts),
        session.scalar(select(func.sum(Task.version))) or 0,
    )


def test_marking_done_keeps_the_file_and_hands_the_task_over(
    database: Database, store: EvidenceStore, people: People, now: datetime
) -> None:
    with database.transaction() as session:
        task_id = factories.find_task(session, "2.3", "college01").id
        submission = Submission([file(store, "План содействия.pdf")])
        tasks.fire(session, store, people.college, task_id, "submit", now=now, submission=submission)
    with database.read() as session:
        task = session.get_one(Task, task_id)
        evidence = session.scalars(select(Evidence)).one()
        entry = session.scalars(select(JournalEntry).where(JournalEntry.task_id == task_id)).one()
        assert (task.state, task.phase, task.submitted_on) == ("submitted", "review", date(2022, 6, 15))
        assert (evidence.slot, evidence.name, evidence.version) == ("document", "План содействия.pdf", 1)
        assert store.path(evidence.sha256).read_bytes() == PDF
        assert (entry.action, entry.state_before, entry.state_after) == ("submit", "planned", "submitted")
        assert entry.details["evidence"][0]["sha256"] == evidence.sha256
        assert first_broken(session, task.plan_id) is None


def test_what_is_missing_is_named_and_nothing_is_changed_or_stored(
    database: Database, store: EvidenceStore, people: People, now: datetime
) -> None:
    with database.read() as session:
        task_id = factories.find_task(session, "4.1", "college01").id
        before = snapshot(session)
    submission = Submission([file(store, "risk.pdf", slot="risk_groups")], {"graduates": Decimal(90)})
    with pytest.raises(GuardRefusedError) as caught, database.transaction() as session:
        tasks.fire(session, store, people.college, task_id, "submit", now=now, submission=submission)
    assert caught.value.missing == (
        ("evidence", "table"),
        ("figure", "employed"),
        ("figure", "at_risk"),
    )
    with database.read() as session:
        assert snapshot(session) == before
    assert kept_files(store) == []


REFUSED: list[tuple[str, str, str, type[VekhaError]]] = [
    # who, trigger, state of the task, what comes of it
    ("other", "submit", "planned", NotFoundError),
    ("auditor", "submit", "planned", NotAllowedError),
    ("deputy", "submit", "planned", NotAllowedError),
    ("centre", "submit", "planned", NotAllowedError),
    ("college", "accept", "submitted", NotAllowedError),
    ("college", "submit", "submitted", WrongStateError),
    ("college", "jump", "planned", WrongStateError),
    ("deputy", "accept", "planned", WrongStateError),
    ("deputy", "return", "submitted", GuardRefusedError),
]


@pytest.mark.parametrize(("who", "trigger", "state", "error"), REFUSED)
def test_a_refused_click_changes_nothing(
    database: Database,
    store: EvidenceStore,
    people: People,
    now: datetime,
    who: str,
    trigger: str,
    state: str,
    error: type[VekhaError],
) -> None:
    with database.transaction() as session:
        task_id = factories.find_task(session, "2.3", "college01").id
        if state == "submitted":
            factories.submit(session, store, people.college, "2.3", now)
    with database.read() as session:
        before = snapshot(session)
    actor: Actor = getattr(people, who)
    with pytest.raises(error), database.transaction() as session:
        tasks.fire(session, store, actor, task_id, trigger, now=now, note="   ")
    with database.read() as session:
        assert snapshot(session) == before


def test_a_missing_task_is_refused_like_a_foreign_one(
    database: Database, store: EvidenceStore, people: People, now: datetime
) -> None:
    with database.read() as session:
        foreign = factories.find_task(session, "2.3", "college02").id
    messages = []
    for task_id in (foreign, 999_999):
        with pytest.raises(NotFoundError) as caught, database.transaction() as session:
            tasks.fire(session, store, people.college, task_id, "submit", now=now)
        messages.append(str(caught.value))
    assert messages[0] == messages[1]


def test_only_the_first_of_two_clicks_with_one_version_counts(
    database: Database, store: EvidenceStore, people: People, now: datetime
) -> None:
    with database.transaction() as session:
        task = factories.find_task(session, "2.4", "college01")
        tasks.fire(session, store, people.college, task.id, "announce", now=now, version=1)
        with pytest.raises(ConflictError):
            tasks.fire(session, store, people.college, task.id, "hold", now=now, version=1)
        assert (task.state, task.version) == ("announced", 2)


def test_a_stage_may_be_skipped_and_the_activity_starts_by_itself(
    database: Database, store: EvidenceStore, people: People, now: datetime
) -> None:
    with database.transaction() as session:
        task = factories.find_task(session, "2.4", "college01")
        tasks.fire(session, store, people.college, task.id, "hold", now=now)
        assert task.state == "held"
        assert session.get_one(Activity, task.activity_id).state == "in_progress"


def test_a_return_gives_the_reason_and_the_task_back(
    database: Database, store: EvidenceStore, people: People, now: datetime
) -> None:
    with database.transaction() as session:
        task = factories.submit(session, store, people.college, "2.3", now)
        tasks.fire(session, store, people.deputy, task.id, "return", now=now, note="  Нет подписи. ")
        assert (task.state, task.phase, task.return_reason, task.returns) == (
            "returned",
            "owing",
            "Нет подписи.",
            1,
        )
        # What was attached is still there: it can be sent again as it is.
        tasks.fire(session, store, people.college, task.id, "submit", now=now)
        assert task.state == "submitted"


def test_an_activity_is_done_when_its_only_task_is_accepted_and_opens_again_with_it(
    database: Database, store: EvidenceStore, people: People, now: datetime
) -> None:
    with database.transaction() as session:
        task = factories.submit(session, store, people.centre, "2.5", now)
        activity = session.get_one(Activity, task.activity_id)
        assert activity.state == "under_review"
        tasks.fire(session, store, people.deputy, task.id, "accept", now=now)
        assert activity.state == "done"
        tasks.fire(session, store, people.deputy, task.id, "reopen", now=now, note="Ошибка в таблице.")
        assert (activity.state, task.phase, task.accepted_at) == ("reopened", "owing", None)


def test_nothing_can_be_handed_in_while_the_activity_is_suspended(
    database: Database, store: EvidenceStore, people: People, now: datetime
) -> None:
    with database.transaction() as session:
        task = factories.find_task(session, "2.3", "college01")
        activities.act(session, people.deputy, task.activity_id, "suspend", now=now, note="Приказ № 5")
        with pytest.raises(GuardRefusedError) as caught:
            factories.submit(session, store, people.college, "2.3", now)
        assert ("activity_closed", "") in caught.value.missing
        with pytest.raises(WrongStateError):
            tasks.explain(session, people.college, task.id, now=now, explanation="Ждём.", expected_on=None)


def test_many_are_accepted_at_once_and_those_that_cannot_be_are_reported(
    database: Database, store: EvidenceStore, people: People, now: datetime
) -> None:
    with database.transaction() as session:
        first = factories.submit(session, store, people.college, "2.3", now)
        second = factories.submit(session, store, people.other, "2.3", now)
        chosen = [(first.id, first.version), (second.id, second.version - 1)]
        done, refused = tasks.fire_many(session, store, people.deputy, chosen, "accept", now=now)
        assert done == [first.id]
        assert [(task_id, type(error)) for task_id, error in refused] == [(second.id, ConflictError)]
    with database.read() as session:
        states = session.scalars(
            select(Task.state).where(Task.id.in_([first.id, second.id])).order_by(Task.id)
        )
        assert sorted(states) == ["accepted", "submitted"]


@pytest.mark.parametrize(
    ("explanation", "expected_on", "field"),
    [("  ", None, "explanation"), ("Болезнь.", date(2022, 6, 14), "expected_on")],
)
def test_an_explanation_needs_words_and_a_day_that_has_not_passed(
    database: Database,
    people: People,
    now: datetime,
    explanation: str,
    expected_on: date | None,
    field: str,
) -> None:
    with database.transaction() as session:
        task_id = factories.find_task(session, "2.3", "college01").id
        with pytest.raises(InvalidInputError) as caught:
            tasks.explain(
                *(session, people.college, task_id), now=now, explanation=explanation, expected_on=expected_on
            )
    assert list(caught.value.fields) == [field]


def test_every_kind_of_change_counts_on_the_task_and_in_the_journal(
    database: Database, store: EvidenceStore, people: People, now: datetime
) -> None:
    def explain(session: Session, task: Task) -> None:
        tasks.explain(
            session, people.college, task.id, now=now, explanation="Болезнь.", expected_on=date(2022, 6, 20)
        )

    def attach(session: Session, task: Task) -> None:
        tasks.attach(
            *(session, store, people.college, task.id), now=now, submission=factories.proof(session, task)
        )

    def announce(session: Session, task: Task) -> None:
        tasks.fire(session, store, people.college, task.id, "announce", now=now)

    changes: dict[str, Callable[[Session, Task], None]] = {
        "explain": explain,
        "attach": attach,
        "announce": announce,
    }
    with database.transaction() as session:
        task = factories.find_task(session, "2.4", "college01")
        for number, change in enumerate(changes.values(), start=2):
            change(session, task)
            assert task.version == number
        session.flush()
        entries = session.scalars(
            select(JournalEntry).where(JournalEntry.task_id == task.id).order_by(JournalEntry.position)
        )
        assert [entry.action for entry in entries] == list(changes)
        assert first_broken(session, task.plan_id) is None
