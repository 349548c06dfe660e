"""Finding and making single rows, by the services where there are some."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from io import BytesIO
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.domain.permissions import Actor
from app.models import (
    LoginSession,
    OutboxMessage,
    Person,
    Report,
)
from app.services import comments, delegations, extensions, sessions
from app.services.plans import find_plan
from app.storage import EvidenceStore
from tests import factories
from tests.infrastructure.files import PDF


class Rows:
    """In one transaction, at one moment."""

    #: a second controller
    second: Actor

    def __init__(self, session: Session, store: EvidenceStore, now: datetime, today: date) -> None:
        self.session, self.store, self.now, self.today = session, store, now, today
        self.plan = find_plan(session, "2022")

    def _task(self, code: str, organization: str) -> int:
        return factories.find_task(self.session, code, organization).id

    def _first(self, column: Any, *conditions: Any) -> int:
        return self.session.scalars(select(column).where(*conditions).order_by(column)).first() or 0

    def _extension(self, actor: Actor, task_id: int) -> int:
        later = self.today + timedelta(days=40)
        return extensions.ask(
            self.session, actor, task_id, due=later, reason="Сводим отчёты.", now=self.now
        ).id

    def _comment(self, actor: Actor, task_id: int) -> int:
        return comments.write(self.session, actor, task_id, "Готовим.", now=self.now).id

    def _session(self, actor: Actor) -> int:
        sessions.begin(
            self.session, self.session.get_one(Person, actor.person_id), self.now, "another browser"
        )
        self.session.flush()
        return (
            self.session.scalars(
                select(LoginSession.id)
                .where(LoginSession.person_id == actor.person_id)
                .order_by(LoginSession.id.desc())
            ).first()
            or 0
        )

    def _delegation(self, person: Actor, deputy: Actor, first: int) -> int:
        begins = self.today + timedelta(days=first)
        return delegations.name_deputy(
            *(self.session, person, person.person_id, deputy.person_id),
            starts_on=begins,
            ends_on=begins,
            today=self.today,
            now=self.now,
        ).id

    def _dead_letter(self, person_id: int) -> int:
        letter = OutboxMessage(
            person_id=person_id,
            key="dead",
            message_id="<dead@example.org>",
            address="a@example.org",
            subject="",
            text="",
            html="",
            created_at=self.now,
            dead_at=self.now,
        )
        self.session.add(letter)
        self.session.flush()
        return letter.id

    def _report(self, key: str, state: str) -> int:
        file = self.store.stage(BytesIO(PDF), "card.pdf")
        self.store.keep(file)
        report = Report(
            plan_id=self.plan.id,
            kind="organization",
            format="docx",
            scope=key,
            as_of=self.today,
            person_id=self.second.person_id,
            state=state,
            made_at=self.now,
            name="card.docx",
            size=file.size,
            sha256=file.sha256,
        )
        self.session.add(report)
        self.session.flush()
        return report.id
