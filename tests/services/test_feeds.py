"""Calendar addresses hold as long as the rights behind them, and no longer."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.db import Database
from app.domain.errors import FeedRevokedError, InvalidInputError, NotAllowedError, NotFoundError
from app.domain.permissions import Actor
from app.models import Feed
from app.services import feeds, people
from app.services.feed_scopes import Scope, parts
from app.services.feeds import NewFeed
from app.services.plans import find_plan
from tests import factories

pytestmark = pytest.mark.data("plan")


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


KINDS = ("plan", "section", "organization", "activity", "indicator", "mine", "review")


def made(session: Session, actor: Actor, scope: str, now: datetime) -> NewFeed:
    return feeds.make(session, actor, plan_id(session), Scope.parse(scope), language="ru", now=now)


@pytest.mark.parametrize(
    "text", ["plan", "section:2", "organization:college07", "activity:3.4-1", "indicator:4", "mine", "review"]
)
def test_a_scope_is_written_as_it_is_read(text: str) -> None:
    assert str(Scope.parse(text)) == text


@pytest.mark.parametrize("text", ["", "plans", "plan:", "plan:2022", "section", "section:", "task:1", ":"])
def test_what_is_no_scope_is_refused(text: str) -> None:
    with pytest.raises(InvalidInputError) as refused:
        Scope.parse(text)
    assert "scope" in refused.value.fields


def test_the_plan_can_be_had_whole_and_in_all_its_parts(session: Session) -> None:
    known = parts(session, plan_id(session))
    kinds = [scope.kind for scope in known]
    assert kinds == sorted(kinds, key=[*KINDS].index)
    assert [kinds.count(kind) for kind in KINDS] == [1, 6, 55, 28, 11, 1, 1]
    assert known[Scope("activity", "2.3")].short_title == "Планы содействия занятости в организациях"


@pytest.mark.parametrize(
    "scope",
    ["section:7", "section:x", "section:²", "activity:9.9", "organization:nobody", "indicator:12", "mine:1"],
)
def test_a_part_that_the_plan_does_not_have_is_refused(
    session: Session, deputy: Actor, now: datetime, scope: str
) -> None:
    with pytest.raises(InvalidInputError):
        made(session, deputy, scope, now)


def test_only_the_hash_of_a_token_is_stored(session: Session, deputy: Actor, now: datetime) -> None:
    token = made(session, deputy, "plan", now).token
    assert len(token) >= 43  # 256 bits
    stored = session.scalars(select(Feed.token_hash)).one()
    assert stored == hashlib.sha256(token.encode()).hexdigest()


def test_no_two_addresses_are_alike(session: Session, deputy: Actor, now: datetime) -> None:
    assert made(session, deputy, "plan", now).token != made(session, deputy, "plan", now).token


def given(session: Session, actor: Actor, now: datetime, token: str, options: str = "") -> NewFeed:
    return feeds.make(
        *(session, actor, plan_id(session), Scope("plan")),
        language="ru",
        now=now,
        options=options,
        token=token,
    )


def test_a_token_is_256_bits_in_letters_that_an_address_takes() -> None:
    assert feeds.token_of(b"\x00" * 32) == "A" * 43
    assert feeds.token_of(b"\xff" * 32) == "_" * 42 + "8"


def test_a_given_token_makes_one_address_however_often_it_is_given(
    session: Session, college: Actor, now: datetime
) -> None:
    first = given(session, college, now, "t" * 43, "show=due")
    assert given(session, college, now + timedelta(days=1), "t" * 43) == first
    (line,) = feeds.feeds_of(session, college.person_id, plan_id(session))
    assert (line.id, line.options, line.created_at) == (first.id, "show=due", now)


def test_a_given_token_that_was_withdrawn_is_not_revived(
    session: Session, college: Actor, now: datetime
) -> None:
    first = given(session, college, now, "t" * 43)
    feeds.revoke(session, plan_id(session), first.id, now=now)
    with pytest.raises(FeedRevokedError):
        given(session, college, now, "t" * 43)
    (line,) = feeds.feeds_of(session, college.person_id, plan_id(session))
    assert line.revoked_at == now


def test_replacing_with_one_token_twice_replaces_once_and_keeps_the_options(
    session: Session, college: Actor, now: datetime
) -> None:
    old = given(session, college, now, "t" * 43, "show=due&alarms=7,1")
    found = [
        feeds.rotate(session, college, plan_id(session), old.id, now=now, token="n" * 43) for _ in range(2)
    ]
    assert found[0] == found[1]
    assert (found[0].token, found[0].options) == ("n" * 43, "show=due&alarms=7,1")
    lines = feeds.feeds_of(session, college.person_id, plan_id(session))
    assert [(line.id, line.revoked_at) for line in lines] == [(found[0].id, None), (old.id, now)]
    with pytest.raises(FeedRevokedError):
        feeds.rotate(session, college, plan_id(session), old.id, now=now, token="m" * 43)


def test_clicks_at_once_make_and_replace_one_address(database: Database, now: datetime) -> None:
    with database.transaction() as session:
        college = factories.actor(session, "college01", now)

    def at_once(act: Callable[[Session], NewFeed]) -> NewFeed:
        def click(_number: int) -> NewFeed:
            with database.transaction() as session:
                return act(session)

        with ThreadPoolExecutor(4) as threads:
            (one,) = set(threads.map(click, range(4)))
        return one

    old = at_once(lambda session: given(session, college, now, "t" * 43))
    new = at_once(
        lambda session: feeds.rotate(session, college, plan_id(session), old.id, now=now, token="n" * 43)
    )
    with database.read() as session:
        lines = feeds.feeds_of(session, college.person_id, plan_id(session))
        assert [(line.id, line.revoked_at) for line in lines] == [(new.id, None), (old.id, now)]


def test_an_executor_may_not_have_another_organisations_calendar(
    session: Session, college: Actor, now: datetime
) -> None:
    with pytest.raises(NotAllowedError):
        made(session, college, "organization:college02", now)
    assert made(session, college, "organization:college01", now)


def move(database: Database, administrator: Actor, organization: str, now: datetime) -> None:
    """Let college01's person act for another organisation."""
    with database.transaction() as session:
        person = people.find_person(session, "college01")
        people.edit_person(
            *(session, administrator, person.id),
            name=person.name,
            role="executor",
            organization=organization,
            now=now,
        )


def test_my_tasks_are_whatever_organisations_one_acts_for(database: Database, now: datetime) -> None:
    with database.transaction() as session:
        token = made(session, factories.actor(session, "college01", now), "mine", now).token
        administrator = factories.actor(session, "admin", now, "administrator")
    assert feeds.subscription(database, token).shown == Scope("organization", "college01")
    move(database, administrator, "college02", now)
    assert feeds.subscription(database, token).shown == Scope("organization", "college02")


def test_who_left_an_organisation_has_its_calendar_no_more(database: Database, now: datetime) -> None:
    with database.transaction() as session:
        token = made(session, factories.actor(session, "college01", now), "organization:college01", now).token
        administrator = factories.actor(session, "admin", now, "administrator")
    move(database, administrator, "college02", now)
    with pytest.raises(NotFoundError):
        feeds.subscription(database, token)


@pytest.mark.parametrize(
    ("role", "scope"), [("executor", "review"), ("auditor", "review"), ("auditor", "mine")]
)
def test_a_calendar_of_what_one_does_not_do_is_refused(
    session: Session, now: datetime, role: str, scope: str
) -> None:
    with pytest.raises(NotAllowedError):
        made(session, factories.actor(session, "somebody", now, role, "college01"), scope, now)


def test_who_controls_no_more_has_no_review(database: Database, now: datetime) -> None:
    with database.transaction() as session:
        token = made(
            session, factories.actor(session, "deputy", now, "controller", "department"), "review", now
        ).token
    assert feeds.subscription(database, token)
    with database.transaction() as session:
        people.find_person(session, "deputy").role = "auditor"
    with pytest.raises(NotFoundError):
        feeds.subscription(database, token)


@pytest.mark.parametrize("role", ["controller", "auditor", "administrator"])
def test_who_sees_everything_may_have_any(session: Session, now: datetime, role: str) -> None:
    person = factories.actor(session, "somebody", now, role)
    assert made(session, person, "organization:college02", now)


@pytest.fixture
def token(database: Database, now: datetime) -> str:
    """Of college01's own calendar."""
    with database.transaction() as session:
        college = factories.actor(session, "college01", now)
        factories.actor(session, "deputy", now, "controller", "department")
        return made(session, college, "organization:college01", now).token


def test_a_token_opens_what_it_was_made_for(database: Database, token: str) -> None:
    found = feeds.subscription(database, token)
    assert (found.scope, found.language, found.plan_code) == (
        Scope("organization", "college01"),
        "ru",
        "2022",
    )
    with database.read() as session:
        assert found.revision == find_plan(session, "2022").revision


@pytest.mark.parametrize("token", ["", "nobody's", "ж" * 43, "\udcff"])
def test_an_unknown_token_opens_nothing(database: Database, token: str) -> None:
    with pytest.raises(NotFoundError):
        feeds.subscription(database, token)


def test_a_revoked_address_is_gone_for_good(database: Database, token: str, now: datetime) -> None:
    with database.transaction() as session:
        college = people.find_actor(session, "college01")
        feed = session.scalars(select(Feed.id)).one()
        feeds.revoke(session, plan_id(session), feed, now=now, owner=college)
    with pytest.raises(FeedRevokedError):
        feeds.subscription(database, token)
    with database.transaction() as session, pytest.raises(FeedRevokedError):
        feeds.revoke(session, plan_id(session), feed, now=now)


def test_a_foreign_address_cannot_be_revoked_or_replaced(
    database: Database, token: str, now: datetime
) -> None:
    with database.transaction() as session:
        deputy = people.find_actor(session, "deputy")
        feed = session.scalars(select(Feed.id)).one()
        with pytest.raises(NotFoundError):
            feeds.revoke(session, plan_id(session), feed, now=now, owner=deputy)
        with pytest.raises(NotFoundError):
            feeds.rotate(session, deputy, plan_id(session), feed, now=now)
    assert feeds.subscription(database, token)


def test_replacing_closes_the_old_address_and_keeps_what_it_shows(
    database: Database, token: str, now: datetime
) -> None:
    with database.transaction() as session:
        college = people.find_actor(session, "college01")
        feed = session.scalars(select(Feed.id)).one()
        new = feeds.rotate(session, college, plan_id(session), feed, now=now)
    assert feeds.subscription(database, new.token).scope == Scope("organization", "college01")
    with pytest.raises(FeedRevokedError):
        feeds.subscription(database, token)


def test_the_address_of_a_disabled_person_opens_nothing_until_it_is_enabled(
    database: Database, token: str, now: datetime
) -> None:
    for active in (False, True):
        with database.transaction() as session:
            person = people.find_person(session, "college01")
            people.set_active(session, None, person.id, active, now=now)
        if active:
            assert feeds.subscription(database, token)
        else:
            with pytest.raises(NotFoundError):
                feeds.subscription(database, token)


def test_who_leaves_the_organisation_loses_its_calendar(
    database: Database, token: str, now: datetime
) -> None:
    with database.transaction() as session:
        person = people.find_person(session, "college01")
        people.edit_person(
            session, None, person.id, name="x", role="executor", organization="college02", now=now
        )
    with pytest.raises(NotFoundError):
        feeds.subscription(database, token)


def test_use_is_noted_once_an_hour(database: Database, token: str, now: datetime) -> None:
    def used_at() -> datetime | None:
        return feeds.subscription(database, token).used_at

    def note(at: datetime) -> None:
        found = feeds.subscription(database, token)
        if found.use_is_worth_noting(at):
            with database.transaction() as session:
                feeds.note_use(session, found.feed_id, at)

    assert used_at() is None
    note(now)
    note(now + timedelta(minutes=59))
    assert used_at() == now
    note(now + timedelta(minutes=61))
    assert used_at() == now + timedelta(minutes=61)
