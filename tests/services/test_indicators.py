"""Indicators add up to what one gets by hand, whatever has been reported, late, returned or withdrawn."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from fractions import Fraction
from random import Random

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.db import Database
from app.domain.permissions import Actor
from app.models import Activity, FigureField, Measurement, Occurrence, Organization, Task
from app.services import requests
from app.services.indicator_page import IndicatorPage, indicator_page
from app.services.indicators import IndicatorLine, indicator_lines
from app.services.plans import find_plan
from tests import factories
from tests.infrastructure.statements import recorded_statements
from workflows.definition import OFF, OWING, PHASES, REVIEW

pytestmark = pytest.mark.data("plan")

YEAR_END = date(2022, 12, 31)
EVENTS = ("3.4-1", "3.4-2", "3.4-3", "3.4-4", "3.5", "3.6", "4.4")
#: activities whose tasks are filled in at random; of 4.1 only the colleges named
ACTIVITIES = ("1.2", "2.5", "3.2", "3.7", "3.8", "4.1", "4.2", "4.3", *EVENTS)
COLLEGES = ("college01", "college02", "college03")


def lines(session: Session, today: date) -> dict[int, IndicatorLine]:
    return {line.number: line for line in indicator_lines(session, find_plan(session, "2022"), today)}


def page(session: Session, number: int, actor: Actor, today: date) -> IndicatorPage:
    return indicator_page(session, find_plan(session, "2022"), number, actor, today)


WATCHER = Actor(0, "somebody who watches the plan", "controller", None)


@dataclass
class Told:
    """A task and what it says, in plain words."""

    activity: str
    cohort: str
    organization: str
    phase: str
    due: date | None
    as_of: date
    counted: dict[str, int] = field(default_factory=dict)
    pending: dict[str, int] = field(default_factory=dict)


def tell_at_random(session: Session, random: Random, person_id: int, now: datetime) -> list[Told]:
    """Give tasks random phases and figures; what every task of the plan says after that."""
    _open_requests(session, person_id, now)
    fields: dict[int, list[FigureField]] = {}
    for each in session.scalars(select(FigureField)):
        fields.setdefault(each.activity_id, []).append(each)
    told = []
    rows = session.execute(
        select(Task, Occurrence, Activity.code, Organization.key)
        .join(Occurrence, Occurrence.id == Task.occurrence_id)
        .join(Activity, Activity.id == Task.activity_id)
        .join(Organization, Organization.id == Task.organization_id)
        .order_by(Task.id)
    ).all()
    for task, occurrence, code, organization in rows:
        one = Told(code, occurrence.cohort, organization, task.phase, task.due, YEAR_END)
        told.append(one)
        if code not in ACTIVITIES or (code == "4.1" and organization not in COLLEGES):
            continue
        one.phase = task.phase = random.choice(PHASES)
        one.as_of = occurrence.as_of or occurrence.due_nominal or YEAR_END
        # a task of the other cohort is told the same figures, which are nobody's
        for figure in random.sample(
            fields[task.activity_id], random.randint(0, len(fields[task.activity_id]))
        ):
            for standing in random.sample(("counted", "pending", "replaced"), random.randint(0, 3)):
                number = random.randint(0, 9) if figure.at_most else random.randint(0, 20)
                getattr(one, standing, {})[figure.key] = number
                session.add(
                    Measurement(
                        plan_id=task.plan_id,
                        activity_id=task.activity_id,
                        task_id=task.id,
                        organization_id=task.organization_id,
                        figure=figure.key,
                        as_of=one.as_of,
                        number=Decimal(number),
                        standing=standing,
                        created_at=now,
                        person_id=person_id,
                        confirmed_at=now if standing == "counted" else None,
                    )
                )
    session.flush()
    return told


def _open_requests(session: Session, person_id: int, now: datetime) -> None:
    """Requests of 4.3: of the two bodies that indicator 9 names, and of one that it does not."""
    activity = session.scalars(select(Activity.id).where(Activity.code == "4.3")).one()
    actor = Actor(person_id, "the controller", "controller", None)
    for key, due in (("centre", None), ("bpoo", date(2022, 9, 1)), ("bpoo", None), ("cluster01", None)):
        organization = session.scalars(select(Organization.id).where(Organization.key == key)).one()
        requests.open_request(
            session, actor, activity, organization_id=organization, subject="somebody asks", due=due, now=now
        )


def newest(told: Iterable[Told], *keys: str) -> list[Told]:
    found: dict[str, Told] = {}
    for one in told:
        if all(key in one.counted for key in keys):
            held = found.get(one.organization)
            if held is None or one.as_of > held.as_of:
                found[one.organization] = one
    return list(found.values())


def ratio(part: int, whole: int, times: int = 100) -> Fraction | None:
    return Fraction(part * times, whole) if whole else None


def pooled(told: list[Told], part: str, whole: str) -> tuple[Fraction | None, int]:
    used = newest(told, part, whole)
    value = ratio(sum(one.counted[part] for one in used), sum(one.counted[whole] for one in used))
    return (value if used else None), len(used)


def added(told: list[Told], key: str) -> tuple[Fraction | None, int]:
    used = [one for one in told if key in one.counted]
    total = Fraction(sum(one.counted[key] for one in used))
    return (total if used else None), len({one.organization for one in used})


def included(told: list[Told]) -> tuple[Fraction | None, int]:
    used = newest(told, "included")
    owed = len({one.organization for one in told if one.phase != OFF})
    return (ratio(sum(one.counted["included"] for one in used), owed) if used else None), len(used)


def worst(told: list[Told]) -> tuple[Fraction | None, int]:
    shares = [
        Fraction(100 * one.counted["unsatisfied"], one.counted["respondents"])
        for one in told
        if "unsatisfied" in one.counted and one.counted.get("respondents")
    ]
    return max(shares, default=None), len(shares)


def used_by_institutions(told: list[Told]) -> tuple[Fraction | None, int]:
    used = newest(told, "institutions_using")
    return (ratio(used[0].counted["institutions_using"], 35) if used else None), len(used)


def growth(told: list[Told]) -> tuple[Fraction | None, int]:
    (one,) = told
    if "subscribers_now" not in one.counted:
        return None, 0
    return ratio(one.counted["subscribers_now"], one.counted.get("subscribers_start", 0), 1), 1


def divergence(told: list[Told]) -> tuple[Fraction | None, int]:
    used = newest(told, "differing", "compared")
    return (ratio(used[0].counted["differing"], used[0].counted["compared"]) if used else None), len(used)


Sum = Callable[[list[Told]], tuple[Fraction | None, int]]
#: by number: which tasks, which of their figures, and the sum
BY_HAND: dict[int, tuple[Callable[[Told], bool], tuple[str, ...], Sum]] = {
    1: (
        lambda one: (one.activity, one.cohort) == ("4.1", "2021"),
        ("employed", "graduates"),
        lambda told: pooled(told, "employed", "graduates"),
    ),
    2: (
        lambda one: (one.activity, one.cohort) == ("4.1", "2021"),
        ("at_risk", "graduates"),
        lambda told: pooled(told, "at_risk", "graduates"),
    ),
    3: (
        lambda one: one.activity == "1.2",
        ("taking_part", "enterprises"),
        lambda told: pooled(told, "taking_part", "enterprises"),
    ),
    4: (
        lambda one: one.activity == "2.5",
        ("efficient", "assessed"),
        lambda told: pooled(told, "efficient", "assessed"),
    ),
    5: (lambda one: one.activity == "3.2", ("included",), included),
    6: (lambda one: one.activity in EVENTS, ("unsatisfied", "respondents"), worst),
    7: (lambda one: one.activity == "3.7", ("institutions_using",), used_by_institutions),
    8: (lambda one: one.activity == "3.7", ("subscribers_now", "subscribers_start"), growth),
    9: (
        lambda one: one.activity in ("4.3", "4.4", "3.6") and one.organization in ("centre", "bpoo"),
        ("helped",),
        lambda told: added(told, "helped"),
    ),
    10: (lambda one: one.activity == "3.8", ("contracts",), lambda told: added(told, "contracts")),
    11: (lambda one: one.activity == "4.2", ("differing", "compared"), divergence),
}


@settings(max_examples=12, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(random=st.randoms(use_true_random=False), today=st.dates(date(2022, 1, 1), date(2023, 1, 31)))
def test_values_and_reporters_are_those_that_one_gets_by_hand(
    database: Database, now: datetime, random: Random, today: date
) -> None:
    with database.transaction() as session:
        person = factories.actor(session, "deputy", now, "controller").person_id
        told = tell_at_random(session, random, person, now)
        found = lines(session, today)
        pages = {number: page(session, number, WATCHER, today) for number in found}
        session.rollback()
    assert sorted(found) == sorted(BY_HAND)
    for number, (feeds, keys, adds_up) in BY_HAND.items():
        line, feeding = found[number], [one for one in told if feeds(one)]
        live = [one for one in feeding if one.phase != OFF]
        waiting = [one for one in live if any(key in one.pending for key in keys)]
        late = [one for one in live if one.phase == OWING and one.due and one.due < today]
        several = number == 6
        assert (line.value, line.reported) == adds_up(feeding), number
        assert line.expected == (len(live) if several else len({one.organization for one in live})), number
        assert line.pending == (len(waiting) if several else len({one.organization for one in waiting}))
        assert line.open_drivers == sum(one.phase in (OWING, REVIEW) for one in live), number
        assert line.overdue_drivers == len(late), number
        assert pages[number].line == line, "the page of an indicator tells another value than the table"


@settings(max_examples=6, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(random=st.randoms(use_true_random=False))
def test_what_the_reporters_contribute_adds_up_to_the_value(
    database: Database, now: datetime, today: date, random: Random
) -> None:
    with database.transaction() as session:
        person = factories.actor(session, "deputy", now, "controller").person_id
        tell_at_random(session, random, person, now)
        pages = [page(session, number, WATCHER, today) for number in BY_HAND]
        session.rollback()
    for one in pages:
        amounts = [line.counted for line in one.contributions if line.counted]
        if one.line.kind == "worst_case":
            assert one.line.value == max((amount.share or 0 for amount in amounts), default=None)
            assert len(amounts) == one.line.reported
        else:
            assert one.line.numerator == (
                sum(amount.numerator or 0 for amount in amounts) if amounts else None
            )
        if one.line.number in (1, 2, 3, 4, 11) and amounts:
            assert one.line.denominator == sum(amount.denominator or 0 for amount in amounts)
        if one.line.points:
            assert one.line.points[-1].value == one.line.value, "the last month is not the present value"


def test_a_year_of_reports_costs_no_more_statements_than_none(database: Database, now: datetime) -> None:
    with database.transaction() as session:
        person = factories.actor(session, "deputy", now, "controller").person_id
        with recorded_statements(database) as before:
            lines(session, YEAR_END)
        tell_at_random(session, Random(1), person, now)
        with recorded_statements(database) as after:
            lines(session, YEAR_END)
        with recorded_statements(database) as of_page:
            page(session, 1, WATCHER, YEAR_END)
    assert len(before) == len(after) == 1 + 3
    assert len(of_page) == 1 + 8
