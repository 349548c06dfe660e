"""What an event of the calendar says, and that it is a new revision whenever it says something new."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from itertools import pairwise
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.db import Database
from app.domain.permissions import Actor
from app.models import Activity, ActivityIndicator, Indicator, Organization
from app.services import activities, extensions, requests, tasks
from app.services.feed_events import CalendarOccurrence, occurrences
from app.services.feed_scopes import Scope
from app.services.plans import find_plan
from app.storage import EvidenceStore
from tests import factories

pytestmark = pytest.mark.data("plan")

MOSCOW = ZoneInfo("Europe/Moscow")
PLAN = Scope("plan")
OWN = Scope("organization", "college01")
#: 3.2 is due on this day for every institution
DUE = date(2022, 6, 30)
DAY = timedelta(days=1)


@pytest.fixture
def store(tmp_path: Path) -> EvidenceStore:
    return EvidenceStore(tmp_path / "evidence", 1024)


@pytest.fixture
def session(database: Database) -> Iterator[Session]:
    with database.transaction() as session:
        yield session


@pytest.fixture
def college(session: Session, now: datetime) -> Actor:
    return factories.actor(session, "college01", now)


@pytest.fixture
def deputy(session: Session, now: datetime) -> Actor:
    return factories.actor(session, "deputy", now, "controller", "department")


def plan_id(session: Session) -> int:
    return find_plan(session, "2022").id


def shown(session: Session, scope: Scope, today: date = DUE) -> list[CalendarOccurrence]:
    session.flush()
    return occurrences(session, plan_id(session), scope, today=today, zone=MOSCOW)


def event(session: Session, scope: Scope, code: str = "3.2", today: date = DUE) -> CalendarOccurrence:
    found = [each for each in shown(session, scope, today) if each.code == code]
    assert found, f"{code} is not in the calendar of {scope}"
    return found[0]


def test_every_dated_occurrence_is_one_event_of_the_plan(session: Session) -> None:
    found = shown(session, PLAN)
    assert len(found) == len({each.id for each in found}) == 56
    assert sum(each.tasks for each in found) == 790


def test_a_section_an_activity_and_an_organisation_show_their_own(session: Session) -> None:
    assert {each.section for each in shown(session, Scope("section", "3"))} == {3}
    assert [each.code for each in shown(session, Scope("activity", "2.2"))] == ["2.2", "2.2"]
    own = shown(session, OWN)
    assert {each.code for each in own} == {"2.3", "2.4", "3.2", "4.1"}
    assert {(each.tasks, each.organization) for each in own} == {(1, "Колледж № 1")}


def test_an_indicator_shows_what_moves_it(session: Session) -> None:
    moving = set(
        session.scalars(
            select(Activity.code)
            .join(ActivityIndicator, ActivityIndicator.activity_id == Activity.id)
            .join(Indicator, Indicator.id == ActivityIndicator.indicator_id)
            .where(Indicator.number == 4)
        )
    )
    assert {each.code for each in shown(session, Scope("indicator", "4"))} == moving
    assert 0 < len(moving) < 28


def test_the_review_holds_what_waits_and_loses_what_was_decided(
    session: Session, store: EvidenceStore, college: Actor, deputy: Actor, now: datetime
) -> None:
    assert shown(session, Scope("review")) == []
    task = factories.submit(session, store, college, "3.2", now)
    (waiting,) = shown(session, Scope("review"))
    assert (waiting.code, waiting.review, waiting.tasks) == ("3.2", 1, 35)
    tasks.fire(session, store, deputy, task.id, "accept", now=now)
    assert shown(session, Scope("review")) == []


def test_the_same_occurrence_is_in_every_scope(session: Session) -> None:
    scopes = (PLAN, Scope("section", "3"), Scope("activity", "3.2"), OWN)
    assert len({event(session, scope).id for scope in scopes}) == 1


def test_a_request_without_a_date_is_in_no_calendar(session: Session, deputy: Actor, now: datetime) -> None:
    activity = session.scalars(select(Activity.id).where(Activity.code == "4.3")).one()
    centre = session.scalars(select(Organization.id).where(Organization.key == "centre")).one()

    def opened(due: date | None) -> None:
        requests.open_request(
            session, deputy, activity, organization_id=centre, subject="запрос", due=due, now=now
        )

    opened(None)
    own = Scope("organization", "centre")
    asked_for = occurrences(session, plan_id(session), own, today=DUE, zone=MOSCOW, undated=True)
    assert [each.due for each in asked_for if each.code == "4.3"] == [None]
    assert not [each for each in shown(session, PLAN) if each.code == "4.3"]
    opened(DUE)
    (request,) = (each for each in shown(session, PLAN) if each.code == "4.3")
    assert request.due == DUE


def test_the_plan_counts_and_the_organisation_tells_its_own(
    session: Session, store: EvidenceStore, college: Actor, deputy: Actor, now: datetime
) -> None:
    task = factories.submit(session, store, college, "3.2", now)
    assert event(session, OWN).kind == "review"
    assert (event(session, PLAN).review, event(session, PLAN).kind) == (1, "progress")
    tasks.fire(session, store, deputy, task.id, "accept", now=now)
    own, wide = event(session, OWN), event(session, PLAN)
    assert (own.done, own.state) == (True, "accepted")
    assert (wide.done, wide.accepted, wide.wanted) == (False, 1, 35)


def test_a_task_that_was_withdrawn_is_not_counted(
    session: Session, store: EvidenceStore, deputy: Actor, now: datetime
) -> None:
    task = factories.find_task(session, "3.2", "college02")
    tasks.fire(session, store, deputy, task.id, "withdraw", now=now, note="закрыт")
    assert event(session, PLAN).wanted == 34


def test_an_event_covers_its_window_or_the_due_day(session: Session) -> None:
    found = event(session, OWN, "2.3")
    assert found.days("window") == (date(2022, 1, 21), date(2022, 2, 4))
    assert found.days("due") == (date(2022, 2, 4), date(2022, 2, 4))


def version(session: Session, scope: Scope, today: date) -> tuple[int, datetime]:
    found = event(session, scope, today=today)
    return found.sequence, found.revised(MOSCOW)


@pytest.mark.parametrize("scope", [PLAN, OWN], ids=str)
def test_every_day_of_lateness_is_a_revision_at_local_midnight(session: Session, scope: Scope) -> None:
    sequence, revised = version(session, scope, DUE)
    assert event(session, scope, today=DUE).overdue == 0
    late = event(session, scope, today=DUE + DAY)
    assert late.overdue_since == DUE + DAY
    assert late.sequence == sequence + 1
    assert late.revised(MOSCOW) == datetime(2022, 6, 30, 21, tzinfo=UTC) > revised
    later = event(session, scope, today=DUE + 40 * DAY)
    assert (late.days_late, later.days_late) == (1, 40)
    assert later.sequence == sequence + 40
    assert later.revised(MOSCOW) == datetime(2022, 8, 8, 21, tzinfo=UTC)


def test_a_transition_outdoes_the_revision_of_becoming_overdue(
    session: Session, store: EvidenceStore, college: Actor, deputy: Actor
) -> None:
    versions = [version(session, OWN, DUE), version(session, OWN, DUE + DAY)]
    at = datetime(2022, 7, 2, 9, tzinfo=UTC)
    task = factories.submit(session, store, college, "3.2", at)
    versions.append(version(session, OWN, DUE + 2 * DAY))
    tasks.fire(session, store, deputy, task.id, "return", now=at + DAY, note="не то")
    versions.append(version(session, OWN, DUE + 3 * DAY))
    assert event(session, OWN, today=DUE + 3 * DAY).overdue == 1
    factories.submit(session, store, college, "3.2", at + 2 * DAY)
    tasks.fire(session, store, deputy, task.id, "accept", now=at + 3 * DAY)
    versions.append(version(session, OWN, DUE + 5 * DAY))
    for (earlier, before), (later, after) in pairwise(versions):
        assert later > earlier
        assert after > before


def test_an_extension_keeps_the_event_and_its_first_date(
    session: Session, college: Actor, deputy: Actor, now: datetime
) -> None:
    before = event(session, OWN)
    task = factories.find_task(session, "3.2", "college01")
    asked = extensions.ask(session, college, task.id, due=DUE + 20 * DAY, reason="ремонт", now=now)
    extensions.decide(session, deputy, asked.id, "grant", now=now)
    after, wide = event(session, OWN), event(session, PLAN)
    assert after.id == before.id
    assert (after.due, after.due_first) == (DUE + 20 * DAY, DUE)
    assert after.sequence > before.sequence
    # the others are still due on the first date
    assert (wide.due, wide.extended) == (DUE, 1)


def test_the_last_one_to_lapse_dates_the_event(
    session: Session, college: Actor, deputy: Actor, now: datetime
) -> None:
    task = factories.find_task(session, "3.2", "college01")
    asked = extensions.ask(session, college, task.id, due=DUE + 20 * DAY, reason="ремонт", now=now)
    extensions.decide(session, deputy, asked.id, "grant", now=now)
    first, last = event(session, PLAN, today=DUE + DAY), event(session, PLAN, today=DUE + 21 * DAY)
    assert (first.overdue, last.overdue) == (34, 35)
    assert first.overdue_since == last.overdue_since == DUE + DAY
    assert last.revised(MOSCOW) - first.revised(MOSCOW) == 20 * DAY


def test_what_was_withdrawn_is_shown_for_thirty_days(
    session: Session, store: EvidenceStore, deputy: Actor, now: datetime
) -> None:
    task = factories.find_task(session, "3.2", "college01")
    tasks.fire(session, store, deputy, task.id, "withdraw", now=now, note="закрыт")
    day = now.date()
    assert event(session, OWN, today=day + 30 * DAY).withdrawn
    assert "3.2" not in {each.code for each in shown(session, OWN, day + 31 * DAY)}
    assert not event(session, PLAN, today=day + 31 * DAY).withdrawn


def test_a_suspended_activity_is_neither_withdrawn_nor_overdue(
    session: Session, deputy: Actor, now: datetime
) -> None:
    activity = session.scalars(select(Activity.id).where(Activity.code == "3.2")).one()
    before = event(session, PLAN)
    activities.act(session, deputy, activity, "suspend", now=now, note="жду распоряжения")
    for scope in (PLAN, OWN):
        found = event(session, scope, today=DUE + 60 * DAY)
        assert (found.suspended, found.withdrawn, found.overdue) == (True, False, 0)
    assert event(session, PLAN).sequence > before.sequence
