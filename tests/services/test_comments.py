"""Comments: who may write them, whom they tell, and that they move nothing."""

from __future__ import annotations

from datetime import date, datetime, timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.db import Database
from app.domain.errors import InvalidInputError, NotAllowedError, NotFoundError, WrongStateError
from app.domain.permissions import Actor
from app.models import JournalEntry, Notice, Person
from app.services import comments, digests, journal, notices
from app.services.plans import find_plan
from tests import factories
from tests.services.cast import People

pytestmark = pytest.mark.data("plan")

TODAY = date(2022, 6, 15)


def told(session: Session, actor: Actor) -> list[dict[str, object]]:
    """What a person is shown of comments that mention it."""
    found = notices.unread(session, actor.person_id, find_plan(session, "2022").id, TODAY)
    return [dict(line.details) for line in found.lines if line.kind == notices.MENTION]


@pytest.mark.parametrize(
    ("who", "error"),
    [
        ("college", None),  # the executor's people
        ("centre", None),  # who collects the work
        ("deputy", None),
        ("administrator", None),
        ("auditor", NotAllowedError),  # reads only
        ("other", NotFoundError),  # another college does not know of the task
    ],
)
def test_who_may_see_the_task_may_comment_on_it(
    database: Database, people: People, now: datetime, who: str, error: type[Exception] | None
) -> None:
    with database.transaction() as session:
        everybody = people._asdict() | {
            "administrator": factories.actor(session, "administrator", now, role="administrator")
        }
        task = factories.find_task(session, "2.3", "college01")
        if error is not None:
            with pytest.raises(error):
                comments.write(session, everybody[who], task.id, "Готово?", now=now)
            assert comments.thread(session, task.id) == []
            return
        comments.write(session, everybody[who], task.id, "  Готово?\r\nЖдём. ", now=now)
        [line] = comments.thread(session, task.id)
        assert (line.text, line.person_id) == ("Готово?\nЖдём.", everybody[who].person_id)


def test_a_mentioned_person_is_told_once_and_who_may_not_see_the_task_is_nobody(
    database: Database, people: People, now: datetime
) -> None:
    with database.transaction() as session:
        gone = factories.actor(session, "gone", now, organization="college01")
        session.get_one(Person, gone.person_id).active = False
        task = factories.find_task(session, "2.3", "college01")
        text = "@college01 @Centre @college02 @gone @nobody @controller, когда?"
        written = comments.write(
            *(session, people.deputy, task.id, text),
            now=now,
            # Ticked as well; ids of those who may not see it do nothing.
            tell=[people.college.person_id, people.other.person_id, gone.person_id],
        )
        assert written.told == 2
        # A foreign college, an account that is switched off and one that never was look the same.
        assert written.nobody == ["college02", "gone", "nobody"]
        [notice] = told(session, people.college)
        assert notice["by"] == people.deputy.name
        assert str(notice["note"]).startswith("@college01 @Centre")
        assert len(told(session, people.centre)) == 1
        assert told(session, people.other) == told(session, people.deputy) == []
        [line] = comments.thread(session, task.id)
        assert {reader.username for reader in line.mentioned} == {"college01", "centre", "controller"}


def test_a_mention_comes_with_the_next_letter(database: Database, people: People, now: datetime) -> None:
    with database.transaction() as session:
        digests.set_letters(session, people.college.person_id, "college@example.org", "day", now=now)
        task = factories.find_task(session, "2.3", "college01")
        comments.write(session, people.deputy, task.id, "@college01 " + "очень " * 60, now=now)
        letter = digests.take_digest(session, people.college.person_id, [find_plan(session, "2022")], now)
        assert letter is not None
        [news] = letter.news
        assert (news.kind, news.task_id) == ("mention", task.id)
        assert len(news.details["note"]) <= 200


def test_a_comment_leaves_the_task_and_its_calendars_as_they_are(
    database: Database, people: People, now: datetime
) -> None:
    with database.transaction() as session:
        task = factories.find_task(session, "2.3", "college01")
        before = (task.version, task.changed_at, task.state)
        comments.write(session, people.deputy, task.id, "Готово?", now=now)
        assert (task.version, task.changed_at, task.state) == before
        assert task.comments == 1


def test_a_withdrawn_comment_leaves_its_trace_and_reminds_nobody_any_more(
    database: Database, people: People, now: datetime
) -> None:
    later = now + timedelta(hours=1)
    with database.transaction() as session:
        colleague = factories.actor(session, "colleague", now, organization="college01")
        task = factories.find_task(session, "2.3", "college01")
        kept = comments.write(session, people.deputy, task.id, "@college01, жду.", now=now)
        wrong = comments.write(session, people.deputy, task.id, "@college01, не то.", now=now)
        for other in (people.college, people.auditor, colleague):
            with pytest.raises(NotAllowedError):
                comments.withdraw(session, other, task.id, wrong.id, now=later)
        elsewhere = factories.find_task(session, "3.2", "college01")
        with pytest.raises(NotFoundError):
            comments.withdraw(session, people.deputy, elsewhere.id, wrong.id, now=later)
        comments.withdraw(session, people.deputy, task.id, wrong.id, now=later)
        with pytest.raises(WrongStateError):
            comments.withdraw(session, people.deputy, task.id, wrong.id, now=later)
        lines = comments.thread(session, task.id)
        assert [(line.text, line.withdrawn_at) for line in lines] == [
            ("@college01, жду.", None),
            ("@college01, не то.", later),
        ]
        assert task.comments == 1
        assert [notice["comment"] for notice in told(session, people.college)] == [kept.id]
        assert session.scalars(select(Notice.mailed_at).where(Notice.read_at.is_not(None))).all() == [None]


def test_the_journal_vouches_for_the_words_and_does_not_repeat_them(
    database: Database, people: People, now: datetime
) -> None:
    with database.transaction() as session:
        task = factories.find_task(session, "2.3", "college01")
        comments.write(session, people.deputy, task.id, "Между нами: @college01", now=now)
        entry = session.scalars(select(JournalEntry).where(JournalEntry.subject == "comment")).one()
        assert (entry.action, entry.note, entry.task_id) == ("write", "", task.id)
        assert entry.details["mentioned"] == ["college01"]
        assert "Между" not in str(entry.details)
        assert journal.first_broken(session, task.plan_id) is None


@pytest.mark.parametrize("text", ["", " \n\u200b ", "а" * 2001])
def test_a_comment_says_something_and_is_not_endless(
    database: Database, people: People, now: datetime, text: str
) -> None:
    with database.transaction() as session:
        task = factories.find_task(session, "2.3", "college01")
        with pytest.raises(InvalidInputError):
            comments.write(session, people.college, task.id, text, now=now)
