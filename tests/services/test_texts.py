"""Texts through the services: whoever calls them, what no database takes is left out or refused by name."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import date, datetime
from typing import Any, NamedTuple

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.db import Database
from app.domain.errors import GuardRefusedError, InvalidInputError
from app.models import Activity, Evidence, JournalEntry, Organization, Participation, Plan, Task
from app.services import activities, extensions, participations, reminders, tasks
from app.services import people as accounts
from app.services.editing import activity_text, edit_activity
from app.services.evidence import Attachment, Submission
from app.services.journal import first_broken
from app.services.organizations import edit_organization, find_organization
from app.services.plans import find_plan
from app.services.requests import open_request
from app.storage import EvidenceStore
from tests import factories
from tests.services.cast import People

pytestmark = pytest.mark.data("plan")

#: PostgreSQL refuses the first, both databases the second, the journal's hash as well; nobody sees the others
HOSTILE = "\ufeffа\0б \ud83d\x07e\u0301\u202e👩\u200d👧 "
KEPT = "аб é👩\u200d👧"


class Scene(NamedTuple):
    """What an act needs."""

    session: Session
    store: EvidenceStore
    people: People
    now: datetime

    def task(self, code: str = "3.2") -> Task:
        return factories.find_task(self.session, code, "college01")

    def journalled(self) -> str:
        entry = self.session.scalars(select(JournalEntry).order_by(JournalEntry.id.desc())).first()
        assert entry is not None
        return entry.note


def name_of_an_organization(scene: Scene, text: str, field: str = "short_name") -> Any:
    edit_organization(scene.session, None, "college07", {field: text}, now=scene.now)
    return getattr(find_organization(scene.session, "college07"), field)


def words_of_an_activity(scene: Scene, text: str, field: str = "short_title") -> Any:
    plan_id = find_plan(scene.session, "2022").id
    worded = replace(activity_text(scene.session, plan_id, "2.3"), **{field: text})
    edit_activity(scene.session, None, plan_id, "2.3", worded, now=scene.now)
    return getattr(activity_text(scene.session, plan_id, "2.3"), field)


def label_of_a_proof(scene: Scene, text: str) -> Any:
    plan_id = find_plan(scene.session, "2022").id
    before = activity_text(scene.session, plan_id, "2.3")
    proofs = {**before.proofs, "document": replace(before.proofs["document"], label_ru=text)}
    edit_activity(scene.session, None, plan_id, "2.3", replace(before, proofs=proofs), now=scene.now)
    return activity_text(scene.session, plan_id, "2.3").proofs["document"].label_ru


def subject_of_a_request(scene: Scene, text: str) -> Any:
    activity = scene.session.scalars(select(Activity.id).where(Activity.code == "4.5")).one()
    organization = scene.session.scalars(select(Organization.id).where(Organization.key == "college01")).one()
    asked = {"organization_id": organization, "subject": text, "due": None}
    return open_request(scene.session, scene.people.college, activity, now=scene.now, **asked).subject


def note_with_a_task(scene: Scene, text: str) -> Any:
    factories.submit(scene.session, scene.store, scene.people.college, "3.2", scene.now, note=text)
    return scene.session.scalars(select(JournalEntry.note).where(JournalEntry.action == "submit")).one()


def note_as_evidence(scene: Scene, text: str) -> Any:
    submission = Submission([Attachment("note", slot="", note=text)])
    given = {"now": scene.now, "submission": submission}
    tasks.attach(scene.session, scene.store, scene.people.college, scene.task().id, **given)
    return scene.session.scalars(select(Evidence.note)).one()


def note_with_evidence(scene: Scene, text: str) -> Any:
    submission = Submission([Attachment("link", slot="", url="https://example.org/")])
    given = {"now": scene.now, "submission": submission, "note": text}
    tasks.attach(scene.session, scene.store, scene.people.college, scene.task().id, **given)
    return scene.journalled()


def reason_of_a_return(scene: Scene, text: str) -> Any:
    task = factories.submit(scene.session, scene.store, scene.people.college, "3.2", scene.now)
    deputy = scene.people.deputy
    tasks.fire(scene.session, scene.store, deputy, task.id, "return", now=scene.now, note=text)
    return task.return_reason


def explanation(scene: Scene, text: str) -> Any:
    said = {"explanation": text, "expected_on": None}
    return tasks.explain(
        scene.session, scene.people.college, scene.task("2.3").id, now=scene.now, **said
    ).explanation


def reason_of_an_extension(scene: Scene, text: str) -> Any:
    asked = {"due": date(2022, 8, 1), "reason": text}
    return extensions.ask(scene.session, scene.people.college, scene.task().id, now=scene.now, **asked).reason


def decision_about_an_extension(scene: Scene, text: str) -> Any:
    asked = {"due": date(2022, 8, 1), "reason": "ремонт"}
    extension = extensions.ask(scene.session, scene.people.college, scene.task().id, now=scene.now, **asked)
    deputy = scene.people.deputy
    return extensions.decide(scene.session, deputy, extension.id, "refuse", now=scene.now, note=text).decision


def words_of_a_reminder(scene: Scene, text: str) -> Any:
    reminders.remind(scene.session, scene.people.deputy, [scene.task("2.3").id], now=scene.now, note=text)
    return scene.journalled()


def basis_of_a_suspension(scene: Scene, text: str) -> Any:
    activity = scene.session.scalars(select(Activity.id).where(Activity.code == "3.2")).one()
    activities.act(scene.session, scene.people.deputy, activity, "suspend", now=scene.now, note=text)
    return scene.journalled()


def reason_of_a_refusal_to_take_part(scene: Scene, text: str) -> Any:
    part = scene.session.scalars(select(Participation).where(Participation.by_agreement)).first()
    assert part is not None
    participations.answer(scene.session, scene.people.deputy, part.id, "decline", now=scene.now, note=text)
    return scene.journalled()


def name_of_a_person(scene: Scene, text: str) -> Any:
    college = scene.people.college
    given = {"role": "executor", "organization": "college01"}
    accounts.edit_person(scene.session, None, college.person_id, name=text, now=scene.now, **given)
    return accounts.person_by_id(scene.session, college.person_id).name


def name_of_a_new_person(scene: Scene, text: str) -> Any:
    given = {"role": "auditor", "password": "a long password 1"}
    return accounts.add_person(scene.session, "somebody", name=text, now=scene.now, **given).name


Act = Callable[[Scene, str], Any]
#: the act, the field that a refusal names, and the most characters that it takes
ACTS: list[tuple[Act, str, int]] = [
    (name_of_an_organization, "short_name", 120),
    (words_of_an_activity, "short_title", 200),
    (label_of_a_proof, "document.label_ru", 300),
    (subject_of_a_request, "subject", 300),
    (note_with_a_task, "note", 4000),
    (note_as_evidence, "note", 4000),
    (note_with_evidence, "note", 4000),
    (reason_of_a_return, "note", 4000),
    (explanation, "explanation", 4000),
    (reason_of_an_extension, "reason", 4000),
    (decision_about_an_extension, "note", 4000),
    (words_of_a_reminder, "note", 4000),
    (basis_of_a_suspension, "note", 4000),
    (reason_of_a_refusal_to_take_part, "note", 4000),
    (name_of_a_person, "name", 200),
    (name_of_a_new_person, "name", 200),
]
each_act = pytest.mark.parametrize(("act", "field", "longest"), ACTS, ids=[act.__name__ for act, *_ in ACTS])


@each_act
def test_what_no_database_takes_is_left_out(
    database: Database,
    store: EvidenceStore,
    people: People,
    now: datetime,
    act: Act,
    field: str,
    longest: int,
) -> None:
    with database.transaction() as session:
        assert act(Scene(session, store, people, now), HOSTILE) == KEPT
    with database.read() as session:
        assert first_broken(session, session.scalars(select(Plan.id)).one()) is None


@each_act
def test_what_is_longer_than_anybody_reads_is_refused_with_its_field(
    database: Database,
    store: EvidenceStore,
    people: People,
    now: datetime,
    act: Act,
    field: str,
    longest: int,
) -> None:
    with database.transaction() as session:
        assert act(Scene(session, store, people, now), "я" * longest) == "я" * longest
        session.rollback()
    with pytest.raises(InvalidInputError) as refused, database.transaction() as session:
        act(Scene(session, store, people, now), "я" * (longest + 1))
    assert list(refused.value.fields) == [field]


#: those who may go without words
OPTIONAL = {note_with_a_task, note_with_evidence, words_of_a_reminder, name_of_a_new_person}


@pytest.mark.parametrize(
    "act", [act for act, *_ in ACTS if act not in OPTIONAL], ids=lambda act: act.__name__
)
def test_what_nobody_can_see_is_no_text(
    database: Database, store: EvidenceStore, people: People, now: datetime, act: Act
) -> None:
    with (
        pytest.raises((InvalidInputError, GuardRefusedError)),
        database.transaction() as session,
    ):
        act(Scene(session, store, people, now), "\0\u200b \u0301\ud83d")


@pytest.mark.parametrize(
    "url", ["http://[", "https://exa\0mple.org/", "https://\ud83d.example/", "https://℀/"]
)
def test_a_link_that_is_none_is_refused(
    database: Database, store: EvidenceStore, people: People, now: datetime, url: str
) -> None:
    submission = Submission([Attachment("link", slot="", url=url)])
    with database.read() as session:
        task = factories.find_task(session, "3.2", "college01")
    with pytest.raises(InvalidInputError) as refused, database.transaction() as session:
        tasks.attach(session, store, people.college, task.id, now=now, submission=submission)
    assert list(refused.value.fields) == ["link"]
