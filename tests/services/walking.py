"""A year in which people act: the product and the plain model, side by side."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from fractions import Fraction
from itertools import product
from random import Random
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.domain.discipline import DIRECTUM, METHODS
from app.models import (
    Activity,
    FigureField,
    Indicator,
    IndicatorSource,
    Notice,
    Occurrence,
    Organization,
    Section,
    Task,
)
from app.services import activities, extensions, ladder, tasks
from app.services.discipline.measuring import (
    BASES,
    ORGANIZATION,
    SECTION,
    Measure,
    Question,
    measure_discipline,
)
from app.services.evidence import Attachment, Submission, requirements
from app.services.indicators import indicator_lines
from app.services.plans import find_plan
from app.storage import EvidenceStore
from tests import factories
from tests.services import plain_standing, plain_year
from tests.services.plain_year import Counts, PlainTask

FIRST, LAST = date(2022, 1, 1), date(2023, 1, 31)
MOSCOW = ZoneInfo("Europe/Moscow")
#: whose tasks are worked on; all the others stay as they are, and grow late
WORKED_ON = {"1.1", "2.2", "2.3", "3.2", "3.4-1", "3.4-2", "3.5", "3.7", "3.8", "4.1", "4.2", "4.4", "5.1"}
#: what the controller does to whole activities
CLOSED = {
    date(2022, 2, 5): ("2.4", "suspend"),
    date(2022, 2, 20): ("2.4", "resume"),
    date(2022, 5, 20): ("3.6", "withdraw"),
    date(2022, 9, 1): ("3.6", "reopen"),
    date(2022, 6, 20): ("4.4", "suspend"),
    date(2022, 7, 25): ("4.4", "resume"),
}
REASON = "Так решено"


class Year:
    """The product and the model, side by side in one transaction."""

    def __init__(self, session: Session, store: EvidenceStore, chance: Random) -> None:
        self.session, self.store, self.chance = session, store, chance
        self.plan = find_plan(session, "2022")
        start = at(FIRST, 8)
        self.deputy = factories.actor(session, "deputy", start, "controller")
        executors = ("centre", "college01", "college02", "department", "cluster01")
        self.actors = {name: factories.actor(session, name, start) for name in executors}
        self.tasks = {task.id: task for task in self._tasks()}
        self.people = self._people()
        self.indicators = self._indicators()
        self.to_do: dict[date, list[tuple[int, str]]] = {}
        for task in self.tasks.values():
            self._script(task)
        self.seen = 0
        #: what came about: notices by family and step, standings, kinds of acts
        self.met: Counter[str] = Counter()

    def acts(self, day: date) -> None:
        """What the script has for that day; what is impossible by then is left out."""
        if day in CLOSED:
            code, trigger = CLOSED[day]
            found = self.session.scalars(select(Activity.id).where(Activity.code == code)).one()
            activities.act(self.session, self.deputy, found, trigger, now=at(day, 9), note=REASON)
            for task in self.tasks.values():
                if task.activity == code:
                    task.closed = trigger in ("suspend", "withdraw")
        for number, (task_id, does) in enumerate(self.to_do.get(day, [])):
            self._act(self.tasks[task_id], does, day, at(day, 10) + timedelta(seconds=number))

    def check_notices(self, day: date) -> None:
        """Climb, early in the morning."""
        ladder.climb(self.session, self.plan.id, at(day, 6))
        self.session.flush()
        written = self.session.scalars(
            select(Notice).where(Notice.id > self.seen, Notice.kind.in_(("before", "due", "after")))
        ).all()
        found = [
            (each.person_id, each.task_id, each.kind, each.details["step"], each.details["days"])
            for each in written
        ]
        expected = plain_year.climb(self.tasks.values(), self.people, day)
        assert sorted(found) == sorted(expected), day
        self.seen = self.session.scalar(select(func.max(Notice.id))) or 0
        self.met.update(f"{family}:{step}" for _person, _task, family, step, _days in expected)

    def check_figures(self, day: date, bases: Sequence[str] = BASES) -> None:
        """Discipline told by each of the bases in both ways, and every indicator."""
        model = self.tasks.values()
        for by, method in product(bases, METHODS):
            directum = method == DIRECTUM
            lines, _ = measure_discipline(self.session, self.plan, day, Question(by, method), self.deputy)
            for first in (False, True):
                expected = plain_year.discipline(
                    model, day, directum=directum, first=first, keys=self._keys(by)
                )
                found = {
                    line.subject.key: (
                        *told(line.first if first else line.in_force), line.extensions, line.returns
                    )
                    for line in lines
                }  # fmt: skip
                assert found == {key: said(counts, directum) for key, counts in expected.items()}, (day, by)
        standings = {
            line.number: plain_standing.Told(line.value, line.reported, line.expected, line.standing.code)
            for line in indicator_lines(self.session, self.plan, day)
        }
        self.met.update(told.standing for told in standings.values())
        assert standings == {
            number: plain_standing.told(indicator, list(model), day)
            for number, indicator in self.indicators.items()
        }, day

    def _keys(self, by: str) -> Any:
        if by == ORGANIZATION:
            return lambda task: [task.organization_key]
        if by == SECTION:
            return lambda task: [str(task.section)]
        return lambda task: (
            [
                str(person)
                for person in (
                    [task.submitted_by] if task.submitted_by else self.people.of.get(task.organization, [])
                )
            ]
            or [f"-{task.organization_key}"]
        )

    def _script(self, task: PlainTask) -> None:
        """When a task is handed in and what comes of it; some never are."""
        if task.activity not in WORKED_ON or task.due is None:
            return
        chance, due = self.chance, task.due
        if task.activity == "4.1" and task.organization_key > "college06":
            return

        def then(days: int, *does: str) -> None:
            self.to_do.setdefault(due + timedelta(days=days), []).extend((task.id, each) for each in does)

        if chance.random() < 0.2:
            then(-4, "ask")
            then(chance.choice([-2, 0, 2, 5]), chance.choice(["grant", "grant", "refuse"]))
        if task.activity == "3.7":
            for back in range(30, 330, 30):
                then(-back, "attach")
                then(-back + 3, "confirm")
        if chance.random() < 0.1:
            return
        handed_in = chance.choice([-9, -5, -3, -1, -1, 0, 0, 0, 1, 3, 6, 12])
        then(handed_in, "submit")
        if chance.random() < 0.25:
            then(handed_in + 2, "return")
            then(handed_in + chance.choice([4, 9]), "submit")
        then(handed_in + chance.choice([9, 12]), "accept")
        if chance.random() < 0.05:
            then(handed_in + 30, "reopen")
            then(handed_in + 40, "submit", "accept")
        if chance.random() < 0.05:
            then(handed_in + 1, "withdraw")

    def _act(self, task: PlainTask, does: str, day: date, now: datetime) -> None:
        session, actor = self.session, self._executor(task)
        self.met[does] += 1
        waiting = task.waiting
        if does in ("submit", "attach", "ask") and not task.owed:
            return
        if does in ("submit", "attach"):
            numbers = self._numbers(task)
            submission = Submission(self._papers(task), numbers, explained=dict.fromkeys(numbers, REASON))
            act = tasks.attach if does == "attach" else self._submit
            act(session, self.store, actor, task.id, now=now, submission=submission)
            if does == "attach":
                task.give(day, numbers)
            else:
                task.hand_in(day, actor.person_id, numbers)
        elif does == "confirm" and any(number.standing == "waits" for number in task.numbers):
            tasks.confirm_figures(session, self.deputy, task.id, now=now)
            task.confirm()
        elif does == "ask" and task.due and day <= task.due and waiting is None:
            later = min(task.due + timedelta(days=self.chance.choice([7, 20])), date(2022, 12, 31))
            if later > task.due:
                task.waiting = (
                    extensions.ask(session, actor, task.id, due=later, reason=REASON, now=now).id,
                    later,
                )
        elif does in ("grant", "refuse") and waiting and (task.owed or task.state == "submitted"):
            extension_id, later = waiting
            if does == "refuse" or later >= day:
                extensions.decide(session, self.deputy, extension_id, does, now=now, note=REASON)
                task.waiting = None
                if does == "grant":
                    task.extend(later, day)
        elif does in ("accept", "return", "reopen", "withdraw"):
            self._decide(task, does, now)

    def _submit(self, session: Session, store: EvidenceStore, actor: Any, task_id: int, **more: Any) -> None:
        tasks.fire(session, store, actor, task_id, "submit", **more)

    def _decide(self, task: PlainTask, does: str, now: datetime) -> None:
        allowed = {
            "accept": ("submitted",),
            "return": ("submitted",),
            "reopen": ("accepted", "withdrawn"),
            "withdraw": ("planned", "returned", "reopened", "submitted"),
        }
        if task.closed or task.state not in allowed[does]:
            return
        tasks.fire(self.session, self.store, self.deputy, task.id, does, now=now, note=REASON)
        task.state = {
            "accept": "accepted", "return": "returned", "reopen": "reopened", "withdraw": "withdrawn",
        }[does]  # fmt: skip
        task.returns += does == "return"
        if does == "accept":
            task.confirm()

    def _executor(self, task: PlainTask) -> Any:
        """Its own account, or somebody who stands in."""
        own = self.actors.get(task.organization_key, self.actors["centre"])
        return replace(own, organization_id=task.organization)

    def _papers(self, task: PlainTask) -> list[Attachment]:
        activity_id = self.session.get_one(Task, task.id).activity_id
        return [
            Attachment("link", slot.key, url=f"https://example.org/{slot.key}")
            for slot in requirements(self.session, activity_id)
            if slot.required
        ]

    def _numbers(self, task: PlainTask) -> dict[str, Decimal]:
        """Every figure that it asks for: a part is some of its whole."""
        fields = self.session.scalars(
            select(FigureField)
            .join(Activity, Activity.id == FigureField.activity_id)
            .where(Activity.code == task.activity, FigureField.cohort.in_(("", task.cohort)))
            .order_by(FigureField.position)
        ).all()
        given: dict[str, Decimal] = {}
        for each in sorted(fields, key=lambda each: each.at_most != ""):
            most = int(given[each.at_most]) if each.at_most in given else 100
            most = min(most, 1 if each.kind == "yes_no" else each.maximum or most)
            least = 0 if each.at_most or each.maximum or each.kind == "yes_no" else 60
            if task.activity in ("3.4-1", "3.4-2", "3.5", "3.6", "4.4") and each.at_most:
                most = min(most, 6)
            given[each.key] = Decimal(self.chance.randint(min(least, most), most))
        return given

    def _tasks(self) -> list[PlainTask]:
        rows = self.session.execute(
            select(Task, Activity, Section.number, Organization.key, Occurrence)
            .join(Activity, Activity.id == Task.activity_id)
            .join(Section, Section.id == Activity.section_id)
            .join(Organization, Organization.id == Task.organization_id)
            .join(Occurrence, Occurrence.id == Task.occurrence_id)
            .order_by(Activity.position, Occurrence.position, Organization.position)
        )
        return [
            PlainTask(
                *(task.id, activity.code, section, occurrence.cohort, task.organization_id, key),
                *(activity.coordinator_id, task.due, occurrence.due_nominal, occurrence.as_of),
            )
            for task, activity, section, key, occurrence in rows
        ]

    def _people(self) -> plain_year.People:
        of: dict[int, list[int]] = {}
        for actor in self.actors.values():
            assert actor.organization_id is not None
            of.setdefault(actor.organization_id, []).append(actor.person_id)
        return plain_year.People(of, [self.deputy.person_id])

    def _indicators(self) -> dict[int, plain_standing.PlainIndicator]:
        sources: dict[int, list[plain_standing.Source]] = {}
        rows = self.session.execute(
            select(IndicatorSource, Activity.code)
            .join(Activity, Activity.id == IndicatorSource.activity_id)
            .order_by(Activity.position, IndicatorSource.id)
        )
        for row, code in rows:
            sources.setdefault(row.indicator_id, []).append(
                plain_standing.Source(
                    *(code, row.cohort, row.numerator, row.denominator, row.constant),
                    *(row.running_total, tuple(row.organizations)),
                )
            )
        return {
            each.number: plain_standing.PlainIndicator(
                each.number,
                each.kind,
                each.direction == "at_least",
                Fraction(each.target),
                each.as_of or plain_standing.END,
                tuple(sources[each.id]),
            )
            for each in self.session.scalars(select(Indicator))
        }


def at(day: date, hour: int) -> datetime:
    """That hour in Moscow, as UTC."""
    return datetime.combine(day, time(hour), tzinfo=MOSCOW).astimezone(UTC)


def told(measure: Measure) -> tuple[object, ...]:
    counts = measure.counts
    numbers = counts.on_time, counts.late, counts.overdue, counts.open, counts.excluded
    return *numbers, measure.lateness, measure.share


def said(counts: Counts, directum: bool) -> tuple[object, ...]:
    numbers = counts.on_time, counts.late, counts.overdue, counts.open, counts.excluded
    return *numbers, counts.average, counts.share(directum), counts.extensions, counts.returns
