"""The past is told as it was shown then, whatever has happened since."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from random import Random
from typing import Any

import pytest
from sqlalchemy import func, select, update
from sqlalchemy.exc import OperationalError
from sqlalchemy.orm import Session

from app.db import Database
from app.domain.errors import DayToComeError, VekhaError
from app.domain.permissions import Actor
from app.domain.seed import Seed, read_seed
from app.models import Activity, Extension, JournalEntry, Organization, Participation, Person, Task
from app.services import (
    activities,
    extensions,
    participations,
    past,
    reminders,
    requests,
    story,
    tasks,
)
from app.services.editing import activity_text, edit_activity
from app.services.evidence import Submission
from app.services.plans import find_plan
from app.services.seeding import load_plan
from app.services.story.deeds import Deed
from app.services.story.telling import Teller
from app.storage import EvidenceStore
from config import ROOT
from tests import factories
from tests.services.shown import shown

SEED = ROOT / "seeds" / "2022"
FIRST = date(2022, 1, 1)


def noon(day: date) -> datetime:
    return datetime(day.year, day.month, day.day, 9, tzinfo=UTC)


def compare(database: Database, kept: dict[date, dict[str, Any]]) -> None:
    """What was shown on each day is what is told of it now, page by page."""
    with database.read() as session:
        plan = find_plan(session, "2022")
        for day, before in kept.items():
            with past.as_of(session, plan, day) as then:
                told = shown(then, day)
            for page, what in before.items():
                assert told[page] == what, f"{page} on {day}"


@pytest.mark.data("empty")
def test_every_tenth_day_of_the_story_is_told_as_it_was_shown_then(
    database: Database, store: EvidenceStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    kept: dict[date, dict[str, Any]] = {}
    yet_to_come = [FIRST + timedelta(days=10 * step - 12) for step in range(18)]

    def act(teller: Teller, deed: Deed) -> None:
        while yet_to_come and deed.at.astimezone(teller.cast.zone).date() > yet_to_come[0]:
            day = yet_to_come.pop(0)
            kept[day] = shown(teller.session, day)
        do(teller, deed)

    do = Teller.act
    monkeypatch.setattr(Teller, "act", act)
    story.tell(database, store, SEED)
    assert len(kept) == 18
    compare(database, kept)


@pytest.mark.data("plan")
@pytest.mark.parametrize(
    "chance", [1, *(pytest.param(number, marks=pytest.mark.torture) for number in range(2, 5))]
)
def test_whatever_is_done_the_past_is_told_as_it_was_shown_then(
    database: Database, store: EvidenceStore, chance: int
) -> None:
    kept: dict[date, dict[str, Any]] = {}
    with database.transaction() as session:
        doing = Doing(session, store, Random(chance))
        for day in (FIRST + timedelta(days=number) for number in range(0, 380, 10)):
            for _ in range(10):
                doing.anything(day)
            if doing.chance.random() < 0.3:
                kept[day] = shown(session, day)
    assert doing.done.keys() >= {"_fire", "_extend", "_act", "_amend", "_request", "_remind", "_answer"}
    compare(database, kept)


class Doing:
    """Acts at random on a few activities. What a service refuses changes nothing."""

    CODES = ("1.1", "2.2", "2.3", "2.4", "3.8", "4.1", "4.3", "3.4-1", "6.2")
    REASON = "Справка задержана"

    def __init__(self, session: Session, store: EvidenceStore, chance: Random) -> None:
        self.session, self.store, self.chance = session, store, chance
        self.seed = read_seed(SEED)
        self.plan = find_plan(session, "2022")
        self.done: Counter[str] = Counter()
        self.deputy = factories.actor(session, "deputy", noon(FIRST), "controller")
        self.admin = factories.actor(session, "admin", noon(FIRST), "administrator")
        self.person = factories.actor(session, "centre", noon(FIRST))
        self.loads = 0
        self.acts = [
            *([self._fire] * 12),
            *([self._extend] * 4),
            *(self._attach, self._explain, self._remind, self._remind, self._confirm),
            *(self._act, self._act, self._request, self._answer, self._edit, self._amend),
        ]

    def anything(self, day: date) -> None:
        """One act on that day."""
        act = self.chance.choice(self.acts)
        now = noon(day) + timedelta(minutes=self.chance.randint(-500, 700))
        try:
            with self.session.begin_nested():
                act(now)
            self.done[act.__name__] += 1
        except VekhaError:
            pass

    def _task(self) -> Task:
        """Seldom one that nobody has touched, or nothing would go far."""
        rows = self.session.execute(
            select(Task.id, Task.state)
            .join(Activity, Activity.id == Task.activity_id)
            .where(Activity.code.in_(self.CODES))
            .order_by(Task.organization_id.desc(), Task.id)
        ).all()
        begun = [task for task in rows if task.state not in ("planned", "accepted")]
        chosen = self.chance.choice(begun if begun and self.chance.random() < 0.8 else rows)
        return self.session.get_one(Task, chosen.id)

    def _executor(self, task: Task) -> Actor:
        """One account that acts for whoever owes the task."""
        return replace(self.person, organization_id=task.organization_id)

    def _fire(self, now: datetime) -> None:
        task = self._task()
        steps = {
            "submitted": ["accept", "accept", "return", "withdraw"],
            "accepted": ["reopen"],
            "withdrawn": ["reopen"],
        }
        going = ["start", "announce", "collect", "submit", "submit"]
        trigger = self.chance.choice(steps.get(task.state, going))
        executing = trigger in ("start", "announce", "collect", "submit")
        actor = self._executor(task) if executing else self.deputy
        submission = factories.proof(self.session, task) if trigger == "submit" else Submission()
        tasks.fire(
            *(self.session, self.store, actor, task.id, trigger),
            now=now,
            note=self.REASON,
            submission=submission,
        )

    def _attach(self, now: datetime) -> None:
        task = self._task()
        proof = factories.proof(self.session, task)
        tasks.attach(
            *(self.session, self.store, self._executor(task), task.id),
            now=now,
            submission=proof,
        )

    def _confirm(self, now: datetime) -> None:
        tasks.confirm_figures(self.session, self.deputy, self._task().id, now=now)

    def _explain(self, now: datetime) -> None:
        task = self._task()
        expected = self.chance.choice([None, now.date() + timedelta(days=9)])
        tasks.explain(
            *(self.session, self._executor(task), task.id),
            now=now,
            explanation=self.REASON,
            expected_on=expected,
        )

    def _extend(self, now: datetime) -> None:
        """Ask, or decide what was asked: often after the date has passed."""
        waiting = self.session.scalars(select(Extension).where(Extension.state == "requested")).all()
        if waiting and self.chance.random() < 0.6:
            trigger = self.chance.choice(["grant", "grant", "refuse"])
            asked = self.chance.choice(waiting)
            extensions.decide(self.session, self.deputy, asked.id, trigger, now=now, note=self.REASON)
            return
        task = self._task()
        later = max(task.due or now.date(), now.date()) + timedelta(days=self.chance.randint(1, 40))
        extensions.ask(
            *(self.session, self._executor(task), task.id),
            due=later,
            reason=self.REASON,
            now=now,
        )

    def _remind(self, now: datetime) -> None:
        reminders.remind(self.session, self.deputy, [self._task().id for _ in range(3)], now=now)

    def _act(self, now: datetime) -> None:
        closed = self.session.scalars(
            select(Activity).where(Activity.state.in_(("suspended", "withdrawn")))
        ).all()
        if closed and self.chance.random() < 0.7:
            activity = self.chance.choice(closed)
            trigger = "resume" if activity.state == "suspended" else "reopen"
        else:
            activity = self.session.get_one(Activity, self._task().activity_id)
            trigger = self.chance.choice(["suspend", "suspend", "withdraw"])
        activities.act(self.session, self.deputy, activity.id, trigger, now=now, note=self.REASON)

    def _request(self, now: datetime) -> None:
        bpoo = self.session.scalars(select(Organization.id).where(Organization.key == "bpoo")).one()
        activity = self.session.scalars(select(Activity.id).where(Activity.code == "4.3")).one()
        due = self.chance.choice([None, now.date() + timedelta(days=20)])
        requests.open_request(
            *(self.session, self.deputy, activity), organization_id=bpoo, subject="Просьба", due=due, now=now
        )

    def _answer(self, now: datetime) -> None:
        parts = self.session.scalars(select(Participation).where(Participation.by_agreement)).all()
        part = self.chance.choice(parts)
        trigger = {"declined": "reinvite"}.get(part.consent) or self.chance.choice(["agree", "decline"])
        participations.answer(self.session, self.deputy, part.id, trigger, now=now, note=self.REASON)

    def _edit(self, now: datetime) -> None:
        """What an activity moves is seen in the list of what is overdue."""
        code = self.chance.choice(["2.3", "2.4", "4.1"])
        text = activity_text(self.session, self.plan.id, code)
        strengths = {number: self.chance.choice(["direct", "context"]) for number in text.strengths}
        edit_activity(
            self.session, self.admin, self.plan.id, code, replace(text, strengths=strengths), now=now
        )

    def _amend(self, now: datetime) -> None:
        """An order amends the plan; reading it all takes long."""
        if self.loads < 4:
            self.loads += 1
            self.seed = amended(self.seed, self.loads, self.chance)
            load_plan(self.session, self.seed, now)


def amended(seed: Seed, number: int, chance: Random) -> Seed:
    """Other dates, another target, one more who takes part, one more date."""
    places = {activity.code: place for place, activity in enumerate(seed.activities)}
    every = list(seed.activities)
    if number in (1, 3):
        for code in ("2.4", "2.3"):
            activity = every[places[code]]
            moved = replace(activity.occurrences[0], due=date(2022, chance.randint(2, 12), 10))
            every[places[code]] = replace(activity, occurrences=(moved, *activity.occurrences[1:]))
    elif number == 2:
        added = replace(seed.organizations[-1], key="college99", kind="college")
        first = replace(seed.indicators[0], target=seed.indicators[0].target + 20)
        seed = replace(seed, organizations=(*seed.organizations, added))
        seed = replace(seed, indicators=(first, *seed.indicators[1:]))
    else:
        activity = every[places["1.1"]]
        again = replace(activity.occurrences[0], key="again", due=date(2022, 12, 1))
        every[places["1.1"]] = replace(activity, occurrences=(*activity.occurrences, again))
    return replace(seed, activities=tuple(every))


@pytest.mark.data("plan")
def test_a_day_that_is_still_to_come_is_refused(database: Database, today: date, now: datetime) -> None:
    with database.read() as session:
        plan = find_plan(session, "2022")
    assert past.check_day(plan, today, now) == today
    with pytest.raises(DayToComeError):
        past.check_day(plan, today + timedelta(days=1), now)


@pytest.mark.data("plan")
def test_nothing_can_be_done_in_the_past(database: Database, today: date) -> None:
    with database.read() as session, past.as_of(session, find_plan(session, "2022"), today) as then:
        with pytest.raises(OperationalError):
            then.execute(update(Task).values(state="accepted"))
        assert not then.scalar(select(func.max(func.length(Person.password_hash))))


@pytest.mark.data("story")
def test_a_day_ends_at_midnight_where_the_plan_lives(database: Database) -> None:
    with database.read() as session:
        plan = find_plan(session, "2022")
        with past.as_of(session, plan, date(2022, 3, 1)) as then:
            last = then.scalars(select(func.max(JournalEntry.at))).one()
        ends = datetime(2022, 3, 1, 21, tzinfo=UTC)
        of_the_day = select(func.max(JournalEntry.at)).where(JournalEntry.at < ends)
        assert last == session.scalar(of_the_day)
        with past.as_of(session, plan, date(2021, 1, 1)) as then:
            assert set(then.scalars(select(Task.state))) == {"planned"}
            assert len(then.scalars(select(Task.id)).all()) == 790
