"""Evidence: versions that replace visibly, proofs that can be followed."""

from __future__ import annotations

from datetime import datetime

import pytest
from sqlalchemy import select

from app.db import Database
from app.domain.errors import (
    InvalidInputError,
    NotFoundError,
    WrongStateError,
)
from app.models import Evidence
from app.services import tasks
from app.services.evidence import Attachment, Submission, find_evidence
from app.storage import EvidenceStore
from tests import factories
from tests.infrastructure.files import PDF, PNG
from tests.services.cast import People, file

pytestmark = pytest.mark.data("plan")


def test_a_file_of_the_same_name_replaces_visibly_and_the_old_one_stays(
    database: Database, store: EvidenceStore, people: People, now: datetime
) -> None:
    with database.transaction() as session:
        task = factories.find_task(session, "2.3", "college01")
        for content in (PDF, PDF + b" "):
            tasks.attach(
                *(session, store, people.college, task.id),
                now=now,
                submission=Submission([file(store, "План.pdf" if content == PDF else "план.PDF", content)]),
            )
        old, new = session.scalars(select(Evidence).order_by(Evidence.id))
        assert (old.version, old.replaced_by, new.version, new.replaced_by) == (1, new.id, 2, None)
        assert store.path(old.sha256).read_bytes() == PDF
        assert task.state == "planned"


def test_two_files_of_one_name_that_come_together_are_two_files(
    database: Database, store: EvidenceStore, people: People, now: datetime
) -> None:
    with database.transaction() as session:
        task = factories.find_task(session, "2.3", "college01")
        both = Submission([file(store, "scan.pdf"), file(store, "scan.pdf", PDF + b" ")])
        tasks.attach(session, store, people.college, task.id, now=now, submission=both)
        assert [item.replaced_by for item in session.scalars(select(Evidence))] == [None, None]


def test_a_file_of_another_name_or_kind_can_take_a_place_once(
    database: Database, store: EvidenceStore, people: People, now: datetime
) -> None:
    with database.transaction() as session:
        task = factories.find_task(session, "2.3", "college01")

        def attach(attachment: Attachment) -> None:
            submission = Submission([attachment])
            tasks.attach(session, store, people.college, task.id, now=now, submission=submission)

        attach(file(store, "draft.pdf"))
        first = session.scalars(select(Evidence)).one()
        attach(file(store, "final.png", PNG, replaces=first.id))
        second = session.scalars(select(Evidence).where(Evidence.version == 2)).one()
        assert (first.replaced_by, second.slot) == (second.id, "document")
        with pytest.raises(InvalidInputError) as caught:
            attach(file(store, "late.pdf", replaces=first.id))
        assert list(caught.value.fields) == [f"replace.{first.id}"]


@pytest.mark.parametrize(
    ("attachment", "field"),
    [
        (Attachment("link", "document", url="javascript:alert(1)"), "link.document"),
        (Attachment("link", "document", url="https:///nowhere"), "link.document"),
        (Attachment("link", "document", url="ftp://example.org/plan"), "link.document"),
        (Attachment("link", "document", url="https://example.org/a b"), "link.document"),
        (Attachment("link", "document", url="https://example.org/" + "a" * 2000), "link.document"),
        (Attachment("note", "document", note="words"), "note.document"),
        (Attachment("link", "nothing", url="https://example.org/"), "link.nothing"),
        (Attachment("note", "", note="  "), "note"),
    ],
)
def test_a_proof_that_cannot_be_followed_is_refused_by_its_field(
    database: Database,
    store: EvidenceStore,
    people: People,
    now: datetime,
    attachment: Attachment,
    field: str,
) -> None:
    with database.transaction() as session:
        task = factories.find_task(session, "2.3", "college01")
        with pytest.raises(InvalidInputError) as caught:
            tasks.attach(
                session, store, people.college, task.id, now=now, submission=Submission([attachment])
            )
    assert list(caught.value.fields) == [field]


def test_nothing_is_attached_to_what_waits_for_review(
    database: Database, store: EvidenceStore, people: People, now: datetime
) -> None:
    with database.transaction() as session:
        task = factories.submit(session, store, people.college, "2.3", now)
        with pytest.raises(WrongStateError):
            tasks.attach(
                *(session, store, people.college, task.id),
                now=now,
                submission=Submission([file(store, "more.pdf")]),
            )


def test_evidence_is_for_those_who_may_see_the_task(
    database: Database, store: EvidenceStore, people: People, now: datetime
) -> None:
    with database.transaction() as session:
        factories.submit(session, store, people.college, "2.3", now)
        evidence_id = session.scalars(select(Evidence.id)).one()
        for actor in (people.college, people.centre, people.deputy, people.auditor):
            assert find_evidence(session, actor, evidence_id).id == evidence_id
        with pytest.raises(NotFoundError):
            find_evidence(session, people.other, evidence_id)
