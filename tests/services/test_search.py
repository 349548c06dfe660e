"""What is found, for whom, and that the words kept for it are those of what there is."""

from __future__ import annotations

from datetime import datetime

import pytest
from sqlalchemy import delete, inspect, select
from sqlalchemy.orm import Session

from app.db import Database
from app.domain.permissions import Actor, may_see_task
from app.domain.search import phrases
from app.models import Activity, SearchText, Task
from app.schema import migrate
from app.services import comments, evidence, organizations, people, requests, search_index
from app.services.editing import activity_text, edit_activity
from app.services.evidence import Attachment
from app.services.plans import find_plan
from app.services.search import GROUPS, found_counts, found_lines
from app.services.visibility import open_to
from app.storage import EvidenceStore
from tests import factories
from tests.infrastructure.templates import Installation
from tests.services.cast import People, file


def counts(session: Session, reader: Actor, question: str) -> dict[str, int]:
    found = found_counts(session, reader, phrases(question))
    for group, number in found.items():
        assert len(found_lines(session, reader, phrases(question), group, limit=10_000)) == number
    return {group: number for group, number in found.items() if number}


def kept(session: Session) -> set[tuple[str, int, str]]:
    return {(row.kind, row.subject_id, row.text) for row in session.scalars(select(SearchText))}


@pytest.mark.data("story")
def test_the_story_is_found_by_its_numbers_and_names_as_far_as_one_may_see(database: Database) -> None:
    with database.read() as session:
        deputy, college, centre = (
            people.find_actor(session, who) for who in ("deputy", "college19", "centre")
        )
        assert counts(session, deputy, "1006-0А") == {"plans": 1}
        assert counts(session, deputy, "3.4") == {"activities": 4, "tasks": 4}
        assert counts(session, deputy, "3.4-1")["activities"] == 1
        # not 3.4-1, and not the thirteen dates of 4.2
        assert counts(session, deputy, "4.1") == {"activities": 1, "tasks": 630}
        # every word must occur, in the names of the activity and of the executor together
        assert counts(session, deputy, "2.3 college19") == {"tasks": 1}
        assert counts(session, deputy, "college19")["executors"] == 1
        [own] = found_lines(session, college, phrases("2.3"), "tasks", limit=10)
        assert own.organization_key == "college19"
        # who collects the work of the others finds it
        assert counts(session, centre, "2.3")["tasks"] == 35
        number = factories.find_task(session, "2.3", "college07").id
        assert counts(session, deputy, str(number))["tasks"] >= 1
        assert number not in {
            line.id for line in found_lines(session, college, phrases(str(number)), "tasks", limit=100)
        }


@pytest.mark.data("story")
def test_the_words_that_are_kept_are_those_that_are_there(database: Database) -> None:
    """Whatever the story has written: indexing it all anew changes nothing."""
    with database.transaction() as session:
        before = kept(session)
        assert {kind for kind, _id, _text in before} >= {"evidence", "task", "activity"}
        search_index.index_all(session)
        assert kept(session) == before
        assert not search_index.complete(session)
        session.execute(delete(SearchText))
        assert search_index.complete(session)
        assert kept(session) == before


@pytest.mark.data("plan")
def test_the_rule_of_what_is_open_is_that_of_the_permissions(
    database: Database, people: People, now: datetime
) -> None:
    with database.transaction() as session:
        stranger = Actor(0, "", "executor", None)
        tasks = session.execute(
            select(Task.id, Task.organization_id, Activity.coordinator_id).join(
                Activity, Activity.id == Task.activity_id
            )
        ).all()
        for reader in (*people, stranger):
            allowed = {
                row.id for row in tasks if may_see_task(reader, row.organization_id, row.coordinator_id)
            }
            assert set(session.scalars(select(Task.id).where(open_to(reader)))) == allowed


@pytest.mark.data("plan")
def test_evidence_and_requests_are_found_by_those_alone_who_may_see_them(
    database: Database, people: People, store: EvidenceStore, now: datetime
) -> None:
    with database.transaction() as session:
        task = factories.find_task(session, "2.3", "college01")
        evidence.attach(
            session,
            people.college,
            task,
            [
                file(store, "Приказ о зачёте №17.pdf", slot=""),
                Attachment("link", slot="", url="https://example.org/otchet", note="Сводка для Рёбровой"),
            ],
            now,
        )
        activity = session.scalars(select(Activity).where(Activity.code == "4.5")).one()
        requests.open_request(
            session,
            people.college,
            activity.id,
            organization_id=people.college.organization_id or 0,
            subject="Группа сварщиков, 12 человек",
            due=None,
            now=now,
        )
    with database.read() as session:
        for question, group in (
            ("приказ зачете", "evidence"),
            # a word of its own, and what its task is called
            ("зачет 2.3 college01", "evidence"),
            ("example.org/otchet", "evidence"),
            ("ребров", "evidence"),
            ("сварщиков", "tasks"),
        ):
            for reader in (people.college, people.deputy, people.auditor):
                assert counts(session, reader, question) == {group: 1}, question
            assert counts(session, people.other, question) == {}, question
        assert counts(session, people.centre, "приказ зачете") == {"evidence": 1}
        # a task's names alone find no evidence
        assert "evidence" not in counts(session, people.deputy, "2.3 college01")


@pytest.mark.data("plan")
def test_a_comment_is_found_until_it_is_withdrawn(database: Database, people: People, now: datetime) -> None:
    with database.transaction() as session:
        task = factories.find_task(session, "2.3", "college01")
        made = comments.write(session, people.college, task.id, "Ждём подпись учредителя", now=now)
    with database.read() as session:
        for reader in (people.college, people.deputy, people.centre):
            assert counts(session, reader, "2.3 учредител") == {"comments": 1}
        assert counts(session, people.other, "учредител") == {}
    with database.transaction() as session:
        comments.withdraw(session, people.college, task.id, made.id, now=now)
    with database.read() as session:
        assert counts(session, people.college, "учредител") == {}


@pytest.mark.data("plan")
def test_what_is_worded_anew_is_found_by_its_new_words_alone(
    database: Database, people: People, now: datetime
) -> None:
    from dataclasses import replace

    with database.transaction() as session:
        plan = find_plan(session, "2022")
        text = activity_text(session, plan.id, "2.3")
        edit_activity(session, None, plan.id, "2.3", replace(text, short_title="Ёлочные программы"), now=now)
        organizations.edit_organization(
            session, None, "college01", {"name": "Ярцевский техникум", "short_name": "Ярцево"}, now=now
        )
        before = kept(session)
        search_index.index_all(session)
        assert kept(session) == before
    with database.read() as session:
        assert counts(session, people.deputy, "елочные") == {"activities": 1, "tasks": 35}
        assert counts(session, people.deputy, "ярцевский техник")["executors"] == 1


@pytest.mark.data("plan")
@pytest.mark.parametrize(
    "question", ["%", "_", "100%", "a_b", "'", '"; drop', "\\", "\0а", "а" * 5000, "𝟜", "٣"]
)
def test_no_question_breaks_the_search(database: Database, people: People, question: str) -> None:
    with database.read() as session:
        assert set(found_counts(session, people.college, phrases(question))) == set(GROUPS)
        counts(session, people.college, question)


@pytest.mark.data("plan")
def test_the_words_go_and_come_with_their_table_and_an_upgrade_fills_them_in(
    installation: Installation, database: Database
) -> None:
    with database.read() as session:
        before = kept(session)
        assert before
    migrate(database, "0008")
    assert not inspect(database.engine).has_table("search_text")
    assert installation.flask("db", "upgrade").returncode == 0
    with database.read() as session:
        assert kept(session) == before
