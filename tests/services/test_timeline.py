"""The year of a plan: whose tasks an entry counts, and from when to when their dates reach."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import replace
from datetime import date, datetime

import pytest
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from app.db import Database
from app.domain.errors import NotFoundError
from app.domain.permissions import Actor
from app.models import Activity, Organization, Task
from app.services import activities, extensions, requests, tasks, timeline
from app.services.plans import PlanInfo, find_plan
from app.services.progress import Progress
from app.services.timeline import Entry, Group
from app.storage import EvidenceStore
from tests import factories
from tests.services.cast import People

pytestmark = pytest.mark.data("plan")


@pytest.fixture
def session(database: Database) -> Iterator[Session]:
    with database.transaction() as session:
        yield session


@pytest.fixture
def plan(session: Session) -> PlanInfo:
    return find_plan(session, "2022")


def entry(groups: Iterable[Group], code: str) -> Entry:
    (found,) = (each for group in groups for each in group.entries if each.line.code == code)
    return found


def names(groups: Iterable[Group]) -> list[str]:
    return [group.kind or group.short_title for group in groups]


def acting_for(session: Session, actor: Actor, key: str) -> Actor:
    owner = session.scalars(select(Organization.id).where(Organization.key == key)).one()
    return replace(actor, organization_id=owner)


def extend(
    session: Session, people: People, code: str, key: str, due: date, now: datetime, occurrence: str = ""
) -> None:
    task = factories.find_task(session, code, key, occurrence)
    asking = acting_for(session, people.college, key)
    asked = extensions.ask(session, asking, task.id, due=due, reason="Later", now=now)
    extensions.decide(session, people.deputy, asked.id, "grant", now=now)


def test_sections_hold_every_activity_in_the_order_of_the_plan(
    session: Session, plan: PlanInfo, today: date
) -> None:
    groups = timeline.by_section(session, plan, today)
    assert [group.number for group in groups] == [1, 2, 3, 4, 5, 6]
    codes = [each.line.code for group in groups for each in group.entries]
    assert len(codes) == len(set(codes)) == 28
    assert all(each.whole for group in groups for each in group.entries)


def test_organisations_come_in_the_order_of_the_plan_and_classes_last(
    session: Session, plan: PlanInfo, today: date
) -> None:
    groups = timeline.by_executor(session, plan, today)
    assert names(groups) == ["Департамент", "РЦПОиЖН", "БПОО", "СОИРО", "cluster", "college"]
    assert [group.size for group in groups] == [0, 0, 0, 0, 11, 35]


@pytest.mark.data("story")
def test_groups_of_executors_count_every_task_once(session: Session, plan: PlanInfo, today: date) -> None:
    counted: Counter[str] = Counter()
    for group in timeline.by_executor(session, plan, today):
        for each in group.entries:
            counted.update({f"{each.line.code} {name}": n for name, n in each.progress._asdict().items()})
    expected: Counter[str] = Counter()
    for group in timeline.by_section(session, plan, today):
        for each in group.entries:
            expected.update({f"{each.line.code} {name}": n for name, n in each.progress._asdict().items()})
    assert +counted == +expected
    assert counted["4.1 total"] == 35 * 18


def test_before_a_request_an_activity_stands_with_its_lead_or_its_class(
    session: Session, plan: PlanInfo, today: date
) -> None:
    groups = {name: group for group in timeline.by_executor(session, plan, today) for name in names([group])}
    assert "4.3" in [each.line.code for each in groups["РЦПОиЖН"].entries]
    assert "4.5" in [each.line.code for each in groups["college"].entries]


def test_an_activity_stands_with_each_of_those_that_were_asked(
    people: People, session: Session, plan: PlanInfo, today: date, now: datetime
) -> None:
    activity = session.scalars(select(Activity.id).where(Activity.code == "4.3")).one()
    bpoo = acting_for(session, people.college, "bpoo").organization_id
    assert bpoo
    requests.open_request(
        session, people.deputy, activity, organization_id=bpoo, subject="A meeting", due=None, now=now
    )
    groups = {name: group for group in timeline.by_executor(session, plan, today) for name in names([group])}
    assert "4.3" not in [each.line.code for each in groups["РЦПОиЖН"].entries]
    (dated,) = entry([groups["БПОО"]], "4.3").dated
    assert (dated.due, dated.line.due_last, dated.extended) == (None, None, 0)


def test_dates_in_force_reach_from_the_earliest_to_the_latest(
    people: People, session: Session, plan: PlanInfo, today: date, now: datetime
) -> None:
    extend(session, people, "3.2", "college04", date(2022, 7, 8), now)
    extend(session, people, "3.2", "college05", date(2022, 7, 20), now)
    (dated,) = entry(timeline.by_section(session, plan, today), "3.2").dated
    assert (dated.line.due_first, dated.due) == (date(2022, 6, 30), date(2022, 6, 30))
    assert (dated.line.due_last, dated.extended, dated.state) == (date(2022, 7, 20), 2, "")


def test_where_everybody_is_extended_the_earliest_of_them_is_in_force(
    people: People, session: Session, plan: PlanInfo, today: date, now: datetime
) -> None:
    for number in range(1, 12):
        extend(session, people, "3.8", f"cluster{number:02}", date(2022, 7, number), now)
    (dated,) = entry(timeline.by_section(session, plan, today), "3.8").dated
    assert (dated.due, dated.line.due_last, dated.extended) == (date(2022, 7, 1), date(2022, 7, 11), 11)
    assert dated.line.due_first == date(2022, 3, 31)


def test_the_dates_of_withdrawn_tasks_move_nothing(
    people: People, session: Session, plan: PlanInfo, store: EvidenceStore, today: date, now: datetime
) -> None:
    extend(session, people, "3.2", "college04", date(2022, 7, 8), now)
    task = factories.find_task(session, "3.2", "college04")
    tasks.fire(session, store, people.deputy, task.id, "withdraw", now=now, note="Merged")
    (dated,) = entry(timeline.by_section(session, plan, today), "3.2").dated
    assert (dated.line.due_last, dated.extended) == (date(2022, 6, 30), 0)
    assert dated.line.progress == Progress(total=34, owing=34)
    college = timeline.find_executor(session, "college04")
    (own,) = entry(timeline.by_section(session, plan, today, college), "3.2").dated
    assert (own.state, own.phase, own.line.progress.total) == ("withdrawn", "off", 0)


def test_one_executor_has_its_own_tasks_alone(
    people: People, session: Session, plan: PlanInfo, today: date, now: datetime
) -> None:
    extend(session, people, "4.1", "college04", date(2022, 7, 8), now, "2021:2022-06")
    college = timeline.find_executor(session, "college04")
    groups = timeline.by_section(session, plan, today, college)
    assert [group.number for group in groups] == [2, 3, 4]
    databases = entry(groups, "4.1")
    assert databases.progress.total == len(databases.dated) == 18
    assert [each.due for each in databases.dated if each.extended] == [date(2022, 7, 8)]
    assert {each.state for each in databases.dated} == {"planned"}
    (together,) = timeline.by_executor(session, plan, today, college)
    assert [each.line.code for each in together.entries] == ["2.3", "2.4", "3.2", "4.1"]
    other = timeline.find_executor(session, "college05")
    assert not any(
        each.extended for each in entry(timeline.by_section(session, plan, today, other), "4.1").dated
    )


def test_a_suspended_activity_keeps_its_dates_and_owes_nothing(
    people: People, session: Session, plan: PlanInfo, today: date, now: datetime
) -> None:
    activity = session.scalars(select(Activity.id).where(Activity.code == "2.3")).one()
    activities.act(session, people.deputy, activity, "suspend", now=now, note="An order")
    suspended = entry(timeline.by_section(session, plan, today), "2.3")
    assert suspended.line.state == "suspended"
    assert (suspended.progress.total, suspended.progress.owing, suspended.progress.overdue) == (35, 0, 0)
    assert [each.due for each in suspended.dated] == [date(2022, 2, 4)]


def test_who_owes_nothing_has_no_groups(session: Session, plan: PlanInfo, today: date) -> None:
    fund = timeline.find_executor(session, "pfr")
    assert fund not in timeline.executors(session, plan.id)
    assert timeline.by_section(session, plan, today, fund) == []
    assert timeline.by_executor(session, plan, today, fund) == []
    with pytest.raises(NotFoundError):
        timeline.find_executor(session, "nobody")


def test_an_activity_without_lead_class_or_tasks_is_not_lost(
    session: Session, plan: PlanInfo, today: date
) -> None:
    session.execute(update(Activity).where(Activity.code == "4.3").values(lead_id=None))
    last = timeline.by_executor(session, plan, today)
    assert "4.3" in [each.line.code for group in last for each in group.entries]
    assert session.scalar(select(Task.id).join(Activity).where(Activity.code == "4.3")) is None
