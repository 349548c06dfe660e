"""Corrections: a figure is never overwritten, and what counts goes on counting until somebody says yes."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime, timedelta
from decimal import Decimal

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.db import Database
from app.domain.errors import InvalidInputError, NotAllowedError, NotFoundError, WrongStateError
from app.models import JournalEntry, Measurement, Notice, Task
from app.services import corrections, past, tasks
from app.services.evidence import Submission
from app.services.indicators import indicator_lines
from app.services.plans import find_plan
from app.storage import EvidenceStore
from tests import factories
from tests.services.cast import People

pytestmark = pytest.mark.data("plan")


def numbers(session: Session, figure: str = "employed") -> list[tuple[int, str, str]]:
    rows = session.scalars(select(Measurement).where(Measurement.figure == figure).order_by(Measurement.id))
    return [(int(row.number), row.standing, row.reason) for row in rows]


def value(session: Session, today: date) -> Decimal | None:
    return indicator_lines(session, find_plan(session, "2022"), today)[0].display


@pytest.fixture
def accepted(database: Database, store: EvidenceStore, people: People, now: datetime) -> int:
    """A task of 4.1 that was accepted with 90 graduates, 50 of them employed."""
    given: Mapping[str, Decimal] = {key: Decimal(number) for key, number in GIVEN.items()}
    with database.transaction() as session:
        task = factories.find_task(session, "4.1", "college01")
        proof = factories.proof(session, task)
        sent = Submission(proof.attachments, given)
        tasks.fire(session, store, people.college, task.id, "submit", now=now, submission=sent)
        tasks.fire(session, store, people.deputy, task.id, "accept", now=now)
        return task.id


GIVEN = {"graduates": 90, "employed": 50, "at_risk": 10}
BETTER = {"employed": Decimal(54), "graduates": Decimal(90)}


def test_what_counts_goes_on_counting_until_the_controller_confirms_a_correction(
    database: Database, people: People, accepted: int, now: datetime, today: date
) -> None:
    later = now + timedelta(days=1)
    with database.transaction() as session:
        corrections.correct(session, people.college, accepted, BETTER, reason="Двойной счёт", now=now)
        assert numbers(session) == [(50, "counted", ""), (54, "pending", "Двойной счёт")]
        assert numbers(session, "graduates") == [(90, "counted", "")], "nothing was to change here"
        assert value(session, today) == Decimal("55.6")
        with pytest.raises(NotAllowedError):
            tasks.confirm_figures(session, people.college, accepted, now=later)
        tasks.confirm_figures(session, people.deputy, accepted, now=later)
        assert numbers(session) == [(50, "replaced", ""), (54, "counted", "Двойной счёт")]
        assert value(session, today) == Decimal("60.0")
        old, new = session.scalars(
            select(Measurement).where(Measurement.figure == "employed").order_by(Measurement.id)
        )
        assert (new.as_of, new.confirmed_at, old.ended_at) == (old.as_of, later, later)
        assert session.get_one(Task, accepted).state == "accepted"


def test_a_declined_correction_stays_in_the_history_with_both_reasons(
    database: Database, people: People, accepted: int, now: datetime, today: date
) -> None:
    with database.transaction() as session:
        corrections.correct(session, people.college, accepted, BETTER, reason="Двойной счёт", now=now)
        with pytest.raises(InvalidInputError, match="correct what is marked"):
            corrections.decline(session, people.deputy, accepted, reason=" ", now=now)
        corrections.decline(session, people.deputy, accepted, reason="Нет приказа", now=now)
        assert numbers(session) == [(50, "counted", ""), (54, "declined", "Двойной счёт")]
        assert value(session, today) == Decimal("55.6")
        with pytest.raises(WrongStateError, match="no correction"):
            corrections.decline(session, people.deputy, accepted, reason="Нет приказа", now=now)
        asked, declined = session.scalars(
            select(JournalEntry)
            .where(JournalEntry.action.in_(("ask_correction", "decline_figures")))
            .order_by(JournalEntry.id)
        )
        assert asked.details == {"figures": {"employed": "54"}, "before": {"employed": "50"}}
        assert (asked.note, declined.note) == ("Двойной счёт", "Нет приказа")
        told = session.scalars(select(Notice).where(Notice.kind == "correction")).one()
        assert (told.person_id, told.details) == (
            people.college.person_id,
            {"decision": "declined", "note": "Нет приказа"},
        )
        # Asked once more it is held against what still counts.
        corrections.correct(session, people.college, accepted, BETTER, reason="Приказ приложен", now=now)
        tasks.confirm_figures(session, people.deputy, accepted, now=now)
        assert [standing for _, standing, _ in numbers(session)] == ["replaced", "declined", "counted"]


def test_the_controller_corrects_at_once_and_the_executor_is_told(
    database: Database, people: People, accepted: int, now: datetime, today: date
) -> None:
    with database.transaction() as session:
        corrections.correct(session, people.college, accepted, BETTER, reason="Двойной счёт", now=now)
        corrections.correct(
            session, people.deputy, accepted, {"employed": Decimal(53)}, reason="По акту сверки", now=now
        )
        assert numbers(session) == [
            (50, "replaced", ""),
            (54, "replaced", "Двойной счёт"),
            (53, "counted", "По акту сверки"),
        ]
        assert value(session, today) == Decimal("58.9")
        told = session.scalars(select(Notice).where(Notice.kind == "correction")).one()
        assert told.details["decision"] == "corrected"


def test_a_correction_of_what_was_submitted_is_decided_with_the_task(
    database: Database, store: EvidenceStore, people: People, now: datetime
) -> None:
    with database.transaction() as session:
        task = factories.submit(session, store, people.college, "4.1", now)
        corrections.correct(
            session, people.college, task.id, {"employed": Decimal(0)}, reason="Ошибка", now=now
        )
        with pytest.raises(WrongStateError):
            corrections.decline(session, people.deputy, task.id, reason="Нет", now=now)
        tasks.fire(session, store, people.deputy, task.id, "accept", now=now)
        assert numbers(session) == [(1, "replaced", ""), (0, "counted", "Ошибка")]


@pytest.mark.parametrize(
    ("who", "figures", "reason", "error"),
    [
        ("college", {"employed": 91}, "Ошибка", InvalidInputError),  # more than the 90 graduates
        ("college", {"employed": 50}, "Ошибка", InvalidInputError),  # no change
        ("college", {"weather": 1}, "Ошибка", InvalidInputError),
        ("college", {"employed": 54}, " \n", InvalidInputError),  # without a reason
        ("centre", {"employed": 54}, "Ошибка", NotAllowedError),  # each member answers for itself
        ("other", {"employed": 54}, "Ошибка", NotFoundError),
        ("auditor", {"employed": 54}, "Ошибка", NotAllowedError),
    ],
)
def test_a_correction_that_cannot_be_is_refused(
    database: Database,
    people: People,
    accepted: int,
    now: datetime,
    who: str,
    figures: dict[str, int],
    reason: str,
    error: type[Exception],
) -> None:
    changed = {key: Decimal(number) for key, number in figures.items()}
    with database.transaction() as session:
        with pytest.raises(error):
            corrections.correct(session, getattr(people, who), accepted, changed, reason=reason, now=now)
        assert numbers(session) == [(50, "counted", "")]


def test_a_number_that_counts_is_not_given_anew_for_the_same_day_without_a_reason(
    database: Database, store: EvidenceStore, people: People, now: datetime
) -> None:
    with database.transaction() as session:
        task = factories.find_task(session, "4.1", "college01")

        def send(number: int, note: str = "") -> None:
            figures = {"graduates": Decimal(90), "employed": Decimal(number)}
            tasks.attach(
                *(session, store, people.college, task.id),
                now=now,
                note=note,
                submission=Submission((), figures),
            )

        send(50)
        send(51)  # nobody has confirmed the first one
        tasks.confirm_figures(session, people.deputy, task.id, now=now)
        with pytest.raises(WrongStateError, match="simply given again"):
            corrections.correct(
                session, people.college, task.id, {"employed": Decimal(52)}, reason="Ошибка", now=now
            )
        with pytest.raises(InvalidInputError) as caught:
            send(52)
        assert set(caught.value.fields) == {"note"}
        send(52, "Пришли сведения о двоих")
        assert numbers(session)[1:] == [(51, "counted", ""), (52, "pending", "Пришли сведения о двоих")]


def test_a_past_day_tells_every_number_as_it_stood_then(
    database: Database, people: People, accepted: int, now: datetime
) -> None:
    def ask(session: Session, moment: datetime) -> None:
        corrections.correct(session, people.college, accepted, BETTER, reason="Двойной счёт", now=moment)

    def decline(session: Session, moment: datetime) -> None:
        corrections.decline(session, people.deputy, accepted, reason="Нет приказа", now=moment)

    def confirm(session: Session, moment: datetime) -> None:
        tasks.confirm_figures(session, people.deputy, accepted, now=moment)

    kept = {}
    for days, act in enumerate((ask, decline, ask, confirm), start=1):
        moment = now + timedelta(days=days)
        with database.transaction() as session:
            act(session, moment)
            kept[moment.date()] = numbers(session)
    with database.read() as session:
        plan = find_plan(session, "2022")
        for day, before in kept.items():
            with past.as_of(session, plan, day) as then:
                assert numbers(then) == before
