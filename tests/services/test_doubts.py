"""Unusual figures: asked about before they are taken, and taken once they are explained."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import datetime
from decimal import Decimal

import pytest
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from app.db import Database
from app.domain.errors import DoubtfulFiguresError, InvalidInputError
from app.models import FigureField, JournalEntry, Measurement
from app.services import corrections, tasks
from app.services.evidence import Submission
from app.storage import EvidenceStore
from tests import factories
from tests.services.cast import People

pytestmark = pytest.mark.data("plan")

WHY = "Сведения Пенсионного фонда поступили за весь выпуск"


class Months:
    """The months of college01 in 4.1: January says 100 graduates, 40 of them employed, 10 at risk."""

    def __init__(self, session: Session, store: EvidenceStore, people: People, now: datetime) -> None:
        self.session, self.store, self.people, self.now = session, store, people, now
        self.send("2022-01", {"graduates": 100, "employed": 40, "at_risk": 10})

    def task(self, month: str) -> int:
        return factories.find_task(self.session, "4.1", "college01", f"2021:{month}").id

    def send(self, month: str, figures: Mapping[str, int], explained: Mapping[str, str] | None = None) -> int:
        numbers = {key: Decimal(number) for key, number in figures.items()}
        task_id = self.task(month)
        tasks.attach(
            *(self.session, self.store, self.people.college, task_id),
            now=self.now,
            submission=Submission((), numbers, explained=explained or {}),
        )
        return task_id


@pytest.fixture
def months(database: Database, store: EvidenceStore, people: People, now: datetime) -> Iterator[Months]:
    with database.transaction() as session:
        yield Months(session, store, people, now)


def test_an_unusual_number_is_taken_with_its_explanation_and_what_was_unusual(months: Months) -> None:
    figures = {"graduates": 101, "employed": 61, "at_risk": 10}
    for explained, unexplained in (
        ({}, set()),
        ({"employed": " "}, {"employed"}),
        ({"graduates": WHY}, set()),
    ):
        with pytest.raises(DoubtfulFiguresError) as caught, months.session.begin_nested():
            months.send("2022-02", figures, explained)
        assert {key: found[0].code for key, found in caught.value.doubts.items()} == {
            "graduates": "changed",
            "employed": "jump",
        }
        assert caught.value.unexplained == unexplained
    task_id = months.send("2022-02", figures, {"graduates": WHY, "employed": WHY, "at_risk": "лишнее"})
    rows = {
        row.figure: row
        for row in months.session.scalars(select(Measurement).where(Measurement.task_id == task_id))
    }
    assert {key: (row.explanation, len(row.doubts)) for key, row in rows.items()} == {
        "graduates": (WHY, 1),
        "employed": (WHY, 1),
        "at_risk": ("", 0),
    }
    journaled = months.session.scalars(
        select(JournalEntry.details).where(JournalEntry.task_id == task_id)
    ).one()
    assert journaled["unusual"]["employed"] == {
        "doubts": [
            {"code": "jump", "number": "61", "against": "40", "as_of": "2022-01-31", "percent": 53}
        ],
        "explanation": WHY,
    }  # fmt: skip
    # What was explained once may be said again.
    months.send("2022-02", figures)


def test_a_number_is_held_against_the_newest_one_of_an_earlier_day_and_of_no_other_college(
    months: Months,
) -> None:
    months.send("2022-03", {"graduates": 100, "employed": 59})
    months.send("2022-04", {"graduates": 100, "employed": 88})  # of 59, not of 40
    months.send("2022-02", {"graduates": 100, "employed": 41})  # January's, though March is known
    figures = {"graduates": Decimal(7), "employed": Decimal(7)}
    other = factories.find_task(months.session, "4.1", "college02").id
    tasks.attach(
        *(months.session, months.store, months.people.other, other),
        now=months.now,
        submission=Submission((), figures),
    )


def test_a_refusal_comes_before_any_question(months: Months) -> None:
    with pytest.raises(InvalidInputError):
        months.send("2022-02", {"graduates": 50, "employed": 51})


def test_the_bound_is_the_field_s_own(months: Months) -> None:
    months.session.execute(update(FigureField).where(FigureField.key == "employed").values(jump=200))
    months.send("2022-02", {"graduates": 100, "employed": 95})


def test_a_correction_is_asked_about_too_and_its_reason_explains_it(months: Months) -> None:
    session, people = months.session, months.people
    task_id = months.task("2022-01")
    tasks.confirm_figures(session, people.deputy, task_id, now=months.now)

    def correct(sure: tuple[str, ...] = ()) -> None:
        changed = {"employed": Decimal(90)}
        corrections.correct(session, people.deputy, task_id, changed, reason=WHY, now=months.now, sure=sure)

    with pytest.raises(DoubtfulFiguresError):
        correct()
    correct(("employed",))
    row = session.scalars(select(Measurement).order_by(Measurement.id.desc())).first()
    assert row is not None
    assert (int(row.number), row.reason, row.explanation, row.standing) == (90, WHY, WHY, "counted")
