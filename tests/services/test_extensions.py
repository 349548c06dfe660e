"""A later date: asked for by the executor, decided by the controller; no earlier date is lost."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest

from app.db import Database
from app.domain.errors import (
    ConflictError,
    GuardRefusedError,
    InvalidInputError,
    NotAllowedError,
    NotFoundError,
    OutsideWindowError,
    WrongStateError,
)
from app.models import Extension
from app.services import extensions, tasks
from app.services.extension_list import pending_extensions
from app.storage import EvidenceStore
from tests import factories
from tests.services.cast import People
from workflows.definition import ACCEPTED

pytestmark = pytest.mark.data("plan")

DUE = date(2022, 6, 30)  # 3.2


@pytest.fixture
def asked(database: Database, people: People, now: datetime) -> Extension:
    """A college asks for September instead of June."""
    with database.transaction() as session:
        task = factories.find_task(session, "3.2", "college01")
        return extensions.ask(
            *(session, people.college, task.id),
            due=date(2022, 9, 15),
            reason=" Педсовет в августе. ",
            now=now,
        )


def test_asking_moves_no_date_and_granting_keeps_the_first_one(
    database: Database, people: People, asked: Extension, now: datetime
) -> None:
    with database.transaction() as session:
        task = factories.find_task(session, "3.2", "college01")
        assert (task.due, asked.reason) == (DUE, "Педсовет в августе.")
        granted = extensions.decide(session, people.deputy, asked.id, "grant", now=now, due=date(2022, 9, 1))
        assert (task.due, task.due_first, task.due_scored) == (date(2022, 9, 1), DUE, date(2022, 9, 1))
        assert (granted.due_before, granted.due_asked, granted.due_granted) == (
            DUE,
            date(2022, 9, 15),
            date(2022, 9, 1),
        )


def test_a_refusal_needs_a_reason_and_leaves_the_date(
    database: Database, people: People, asked: Extension, now: datetime
) -> None:
    with database.transaction() as session:
        with pytest.raises(GuardRefusedError):
            extensions.decide(session, people.deputy, asked.id, "refuse", now=now)
        extensions.decide(session, people.deputy, asked.id, "refuse", now=now, note="Срок достаточен.")
        assert factories.find_task(session, "3.2", "college01").due == DUE


def test_only_one_request_waits_at_a_time_and_the_executor_may_take_it_back(
    database: Database, people: People, asked: Extension, now: datetime
) -> None:
    with database.transaction() as session:
        again = {"due": date(2022, 8, 1), "reason": "Ещё раз.", "now": now}
        with pytest.raises(WrongStateError):
            extensions.ask(session, people.college, asked.task_id, **again)
        extensions.decide(session, people.college, asked.id, "withdraw", now=now)
        assert extensions.ask(session, people.college, asked.task_id, **again).state == "requested"


@pytest.mark.parametrize(
    ("due", "reason", "fields"),
    [
        (None, "Причина.", {"due"}),
        (DUE, "Причина.", {"due"}),
        (date(2022, 8, 1), "  ", {"reason"}),
        (None, "", {"due", "reason"}),
    ],
)
def test_a_request_needs_a_later_day_and_a_reason(
    database: Database, people: People, now: datetime, due: date | None, reason: str, fields: set[str]
) -> None:
    with database.transaction() as session:
        task = factories.find_task(session, "3.2", "college01")
        with pytest.raises(InvalidInputError) as caught:
            extensions.ask(session, people.college, task.id, due=due, reason=reason, now=now)
        assert set(caught.value.fields) == fields


def test_a_later_date_lies_within_the_plan(database: Database, people: People, now: datetime) -> None:
    with database.transaction() as session:
        task = factories.find_task(session, "3.2", "college01")
        with pytest.raises(OutsideWindowError):
            extensions.ask(
                session, people.college, task.id, due=date(2023, 1, 15), reason="Причина.", now=now
            )


def test_a_later_date_that_has_passed_already_helps_nobody(
    database: Database, people: People, now: datetime
) -> None:
    with database.transaction() as session:
        task = factories.find_task(session, "2.3", "college01")
        with pytest.raises(InvalidInputError) as caught:
            extensions.ask(
                session, people.college, task.id, due=date(2022, 6, 14), reason="Причина.", now=now
            )
        assert list(caught.value.fields) == ["due"]


def test_nobody_asks_for_others_or_for_what_is_handed_in_or_has_no_date(
    database: Database, store: EvidenceStore, people: People, now: datetime
) -> None:
    with database.transaction() as session:
        task = factories.find_task(session, "3.2", "college01")
        later = {"due": date(2022, 8, 1), "reason": "Причина.", "now": now}
        with pytest.raises(NotFoundError):
            extensions.ask(session, people.other, task.id, **later)
        for watching in (people.centre, people.deputy, people.auditor):
            with pytest.raises(NotAllowedError):
                extensions.ask(session, watching, task.id, **later)
        factories.submit(session, store, people.college, "3.2", now)
        with pytest.raises(WrongStateError):
            extensions.ask(session, people.college, task.id, **later)


def test_the_executor_grants_nothing_and_a_stale_answer_is_a_conflict(
    database: Database, people: People, asked: Extension, now: datetime
) -> None:
    with database.transaction() as session:
        with pytest.raises(NotAllowedError):
            extensions.decide(session, people.college, asked.id, "grant", now=now)
        with pytest.raises(ConflictError):
            extensions.decide(session, people.deputy, asked.id, "grant", now=now, version=7)
        extensions.decide(session, people.deputy, asked.id, "grant", now=now, version=1)
        with pytest.raises(WrongStateError):
            extensions.decide(session, people.deputy, asked.id, "refuse", now=now, note="Поздно.")


def test_a_request_makes_an_open_form_of_the_task_stale(
    database: Database, store: EvidenceStore, people: People, asked: Extension, now: datetime
) -> None:
    with database.transaction() as session, pytest.raises(ConflictError):
        tasks.fire(session, store, people.college, asked.task_id, "start", now=now, version=1)


def test_a_day_that_has_passed_meanwhile_cannot_be_granted(
    database: Database, people: People, asked: Extension
) -> None:
    later = datetime(2022, 9, 20, 9, tzinfo=UTC)
    with pytest.raises(InvalidInputError) as refused, database.transaction() as session:
        extensions.decide(session, people.deputy, asked.id, "grant", now=later)
    assert refused.value.fields == {"due": "This day has passed."}


def test_the_dates_of_a_task_that_is_accepted_stay_as_they_were(
    database: Database, people: People, asked: Extension, now: datetime
) -> None:
    with database.transaction() as session:
        task = factories.find_task(session, "3.2", "college01")
        task.state, task.phase, task.submitted_on = "accepted", ACCEPTED, now.date()
    with pytest.raises(WrongStateError), database.transaction() as session:
        extensions.decide(session, people.deputy, asked.id, "grant", now=now)
    with database.read() as session:
        task = factories.find_task(session, "3.2", "college01")
        assert (task.due, task.due_scored) == (DUE, DUE)
        assert pending_extensions(session, task.plan_id) == {}
