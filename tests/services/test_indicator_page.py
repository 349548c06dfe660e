"""What people report, correct and leave out, as the indicators and their pages tell it."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime
from decimal import Decimal
from fractions import Fraction
from pathlib import Path

import pytest
from sqlalchemy.orm import Session

from app.db import Database
from app.domain.errors import NotFoundError
from app.domain.permissions import Actor
from app.models import Task
from app.services import tasks
from app.services.evidence import Submission
from app.services.indicator_page import IndicatorPage, indicator_page
from app.services.indicators import IndicatorLine, indicator_lines
from app.services.plans import find_plan
from app.storage import EvidenceStore
from tests import factories

pytestmark = pytest.mark.data("plan")


@pytest.fixture
def store(tmp_path: Path) -> EvidenceStore:
    return EvidenceStore(tmp_path / "evidence", 1024)


def lines(session: Session, today: date) -> dict[int, IndicatorLine]:
    return {line.number: line for line in indicator_lines(session, find_plan(session, "2022"), today)}


def page(session: Session, number: int, actor: Actor, today: date) -> IndicatorPage:
    return indicator_page(session, find_plan(session, "2022"), number, actor, today)


class People:
    """A controller, two colleges, the centre that coordinates them, and what they do at some moment."""

    def __init__(self, session: Session, store: EvidenceStore, now: datetime) -> None:
        self.session, self.store, self.now = session, store, now
        self.deputy = factories.actor(session, "deputy", now, "controller")
        self.executors = {
            key: factories.actor(session, key, now) for key in ("college01", "college02", "centre")
        }

    def hand_in(self, key: str, code: str, occurrence: str, at: date, **figures: int) -> Task:
        task = factories.find_task(self.session, code, key, occurrence)
        proof = factories.proof(self.session, task)
        numbers = {name: Decimal(number) for name, number in figures.items()}
        return tasks.fire(
            self.session,
            self.store,
            self.executors[key],
            task.id,
            "submit",
            now=self.noon(at),
            submission=Submission(proof.attachments, numbers),
        )

    def accept(self, task: Task, at: date) -> None:
        tasks.fire(self.session, self.store, self.deputy, task.id, "accept", now=self.noon(at))

    def report(self, month: int, at: date, *, key: str = "college01", **figures: int) -> Task:
        """The monthly report on the graduates of 2021, accepted the same day."""
        task = self.hand_in(key, "4.1", f"2021:2022-{month:02}", at, **figures)
        self.accept(task, at)
        return task

    def noon(self, day: date) -> datetime:
        return self.now.replace(year=day.year, month=day.month, day=day.day)


@pytest.fixture
def people(database: Database, store: EvidenceStore, now: datetime) -> Iterator[People]:
    with database.transaction() as session:
        yield People(session, store, now)


def test_a_late_january_report_does_not_take_the_place_of_mays(people: People, today: date) -> None:
    people.report(5, date(2022, 5, 30), graduates=100, employed=60, at_risk=10)
    people.report(1, date(2022, 6, 14), graduates=100, employed=20, at_risk=30)
    line = lines(people.session, today)[1]
    assert (line.value, line.reported, line.expected) == (Fraction(60), 1, 35)


def test_a_figure_counts_from_the_day_it_is_accepted(people: People, today: date) -> None:
    task = people.hand_in("college01", "3.2", "", date(2022, 6, 10), included=1)
    waiting = lines(people.session, today)[5]
    assert (waiting.value, waiting.reported, waiting.pending) == (None, 0, 1)
    assert waiting.standing.code == "no_data"
    people.accept(task, date(2022, 6, 15))
    counted = lines(people.session, today)[5]
    assert (counted.value, counted.reported, counted.pending) == (Fraction(100, 35), 1, 0)


def test_the_numbers_of_others_are_for_those_who_may_open_their_tasks(people: People, today: date) -> None:
    people.report(5, date(2022, 5, 30), graduates=100, employed=60, at_risk=10)
    seen = {
        name: {line.reporter.key: line for line in page(people.session, 1, actor, today).contributions}
        for name, actor in {**people.executors, "auditor": Actor(0, "", "auditor", None)}.items()
    }
    for name in ("college01", "centre", "auditor"):
        amount = seen[name]["college01"].counted
        assert amount is not None
        assert (amount.numerator, amount.share) == (Decimal(60), Fraction(60))
    hidden = seen["college02"]["college01"]
    assert hidden.reported
    assert hidden.counted is None
    assert next(iter(seen["college02"])) == "college02", "what one may open does not stand first"


def test_a_college_does_not_see_what_another_corrected(people: People, today: date) -> None:
    task = people.report(4, date(2022, 4, 28), graduates=100, employed=60, at_risk=10)
    reopen = people.noon(date(2022, 5, 3))
    tasks.fire(people.session, people.store, people.deputy, task.id, "reopen", now=reopen, note="Not so many")
    people.report(4, date(2022, 5, 4), graduates=100, employed=55, at_risk=10)
    ((_, (old, new)),) = page(people.session, 1, people.executors["college01"], today).corrections
    assert (new.figure, int(old.number), int(new.number)) == ("employed", 60, 55)
    assert (old.confirmed_at is None, old.ended_at, new.reason) == (False, new.confirmed_at, "Not so many")
    assert page(people.session, 1, people.executors["college02"], today).corrections == []


def test_the_value_month_by_month_is_that_of_the_reports_until_then(people: People, today: date) -> None:
    people.report(1, date(2022, 1, 28), graduates=100, employed=40, at_risk=10)
    people.report(3, date(2022, 3, 30), graduates=100, employed=50, at_risk=10)
    people.report(2, date(2022, 6, 14), key="college02", graduates=100, employed=80, at_risk=10)
    points = page(people.session, 1, people.deputy, today).line.points
    assert [(point.day.month, int(point.value or 0), point.reported) for point in points] == [
        (1, 40, 1), (2, 60, 2), (3, 65, 2),
    ]  # fmt: skip


def test_growth_is_told_month_by_month_out_of_one_task_of_the_year(people: People, today: date) -> None:
    task = factories.find_task(people.session, "3.7", "centre")
    told = {
        date(2022, 1, 12): {"subscribers_start": 1000},
        date(2022, 2, 20): {"subscribers_now": 1100},
        date(2022, 4, 15): {"subscribers_now": 1400},
    }
    for day, numbers in told.items():
        submission = Submission((), {key: Decimal(number) for key, number in numbers.items()})
        tasks.attach(
            people.session, people.store, people.executors["centre"], task.id,
            now=people.noon(day), submission=submission,
        )  # fmt: skip
        tasks.confirm_figures(people.session, people.deputy, task.id, now=people.noon(day))
    points = page(people.session, 8, people.deputy, today).line.points
    assert [(point.day.month, point.display) for point in points] == [
        (1, None), (2, Decimal("1.10")), (4, Decimal("1.40")),
    ]  # fmt: skip
    assert lines(people.session, today)[8].display == Decimal("1.40")


def test_a_person_is_sent_to_the_tasks_that_ask_for_figures_now(people: People, today: date) -> None:
    people.report(1, date(2022, 1, 28), graduates=100, employed=40, at_risk=10)
    mine = page(people.session, 1, people.executors["college01"], today).mine
    assert [task.due for task in mine] == [
        date(2022, 2, 28), date(2022, 3, 31), date(2022, 4, 29), date(2022, 5, 31), date(2022, 6, 30),
    ]  # fmt: skip
    assert page(people.session, 1, people.deputy, today).mine == []


def test_the_tasks_that_feed_an_indicator_are_told_by_date(people: People, today: date) -> None:
    people.report(1, date(2022, 1, 28), graduates=100, employed=40, at_risk=10)
    feeding = page(people.session, 1, people.deputy, today).feeding
    assert [one.occurrence.key for one in feeding] == [f"2021:2022-{month:02}" for month in range(1, 13)]
    first, june = feeding[0].occurrence.progress, feeding[5].occurrence.progress
    assert (first.total, first.accepted, first.overdue) == (35, 1, 34)
    assert (june.total, june.overdue) == (35, 0)


def test_there_is_no_page_of_an_indicator_that_the_plan_does_not_have(people: People, today: date) -> None:
    with pytest.raises(NotFoundError):
        page(people.session, 12, people.deputy, today)
