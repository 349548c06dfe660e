"""The objects of the matrix: what the story lacks is made, the rest is found."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.db import Database
from app.models import (
    Activity,
    Evidence,
    Extension,
    FigureField,
    Material,
    Notice,
    Occurrence,
    Participation,
    Requirement,
    Task,
)
from app.services import app_passwords, feeds, saved_filters
from app.services.feed_scopes import Scope
from app.services.people import find_actor, find_person
from app.storage import EvidenceStore
from tests import factories
from tests.web.matrix.objects import ACCOUNTS, MISSING_ID, OTHER, SEEING, Objects, Reach, everybodys
from tests.web.matrix.rows import Rows


def make_objects(database: Database, store: EvidenceStore, now: datetime, today: date) -> Objects:
    """Make what the story lacks, and find the rest."""
    with database.transaction() as session:
        making = _Making(session, store, now, today)
        return Objects(database, making.reach(), making.extra())


class _Making(Rows):
    def __init__(self, session: Session, store: EvidenceStore, now: datetime, today: date) -> None:
        super().__init__(session, store, now, today)
        self.actors = {name: find_actor(session, account) for name, account in ACCOUNTS.items()}
        self.other = find_actor(session, OTHER)
        self.second = factories.actor(session, "second", now, role="controller")
        task = factories.find_task
        #: owed in June; the executor has begun, its neighbour has not
        self.task = task(session, "4.1", "college01", "2021:2022-06").id
        self.hidden_task = task(session, "4.1", OTHER, "2021:2022-06").id
        #: of an activity that the coordinator does not coordinate
        self.uncoordinated = self._uncoordinated()

    def reach(self) -> dict[str, Reach]:
        return self._plain() | self._of_tasks() | self._of_persons() | self._of_reports()

    def _plain(self) -> dict[str, Reach]:
        person = find_person(self.session, "college30").id
        return {
            "plan_code": everybodys("2022", "1999"),
            "activity": everybodys("4.1", "9.9"),
            "admin.activity:code": everybodys("4.1", "9.9"),
            "admin.word_activity:code": everybodys("4.1", "9.9"),
            "number": everybodys(1, MISSING_ID),
            "key": everybodys("college30", "nobody"),
            "admin.run_job:name": everybodys("sessions", "nothing"),
            "person_id": everybodys(person, MISSING_ID),
            "letter_id": everybodys(self._dead_letter(person), MISSING_ID),
            "occurrence_id": everybodys(self._first(Occurrence.id), MISSING_ID),
            "material_id": everybodys(self._first(Material.id), MISSING_ID),
            "token": Reach("x" * 43, {}),
            "organization": Reach(
                "nobody",
                {"executor": "college01", "coordinator": "centre"} | dict.fromkeys(SEEING, "college01"),
                {"executor": OTHER, "coordinator": OTHER},
            ),
        }

    def _of_tasks(self) -> dict[str, Reach]:
        file = Evidence.kind == "file"
        own = self._first(Evidence.id, Evidence.task_id == self._task("3.2", "college01"), file)
        material = self.session.scalars(select(Material).order_by(Material.id)).first()
        assert material is not None
        other = self._first(Evidence.id, Evidence.task_id == self._task("3.2", OTHER), file)
        far = self._first(Evidence.id, Evidence.task_id.in_(self._far()), file)
        comment = {
            name: self._comment(actor, self.task) for name, actor in self.actors.items() if name != "auditor"
        }
        invited = self._first(Participation.id, Participation.consent == "invited")
        event = self._task("4.4", "centre")
        return {
            "task_id": self._reach(self.task, self.hidden_task, self.uncoordinated),
            "evidence_id": self._reach(own, other, far),
            "extension_id": self._reach(
                self._extension(self.actors["executor"], self.task),
                self._extension(self.other, self.hidden_task),
                self._first(Extension.id, Extension.task_id.in_(self._far())),
            ),
            "comment_id": Reach(
                MISSING_ID,
                comment | {"auditor": comment["executor"]},
                {
                    "executor": self._comment(self.other, self.hidden_task),
                    # the rights are asked on the comment, not on the task that the address names
                    **dict.fromkeys(
                        ("coordinator", *SEEING), self._comment(self.other, self._task("3.2", OTHER))
                    ),
                },
            ),
            # the coordinator sees it, and does not answer for the organisation
            "participation_id": Reach(
                MISSING_ID, dict.fromkeys(("controller", "coordinator"), invited), {"executor": invited}
            ),
            "plan.answer:activity": everybodys("4.4", "9.9"),
            # it is suspended, and what is owed there with it
            "plan.transition:activity": everybodys("3.8", "9.9"),
            "publishing.give:task_id": everybodys(material.task_id, MISSING_ID),
            # evidence of another task than the address names
            "publishing.give:evidence_id": Reach(
                MISSING_ID, dict.fromkeys(ACCOUNTS, material.evidence_id), {"controller": other}
            ),
            "publishing.tell:task_id": everybodys(event, MISSING_ID),
            "stage": everybodys("announced", "nothing"),
        }

    def _of_persons(self) -> dict[str, Reach]:
        """What belongs to one person alone, whatever its role."""
        people = self.actors | {"other": self.other}
        made: dict[str, dict[str, Any]] = {
            "session_id": {},
            "password_id": {},
            "feed_id": {},
            "feeds.revoke:feed_id": {},
            "filter_id": {},
        }
        for name, actor in people.items():
            made["session_id"][name] = self._session(actor)
            password = app_passwords.make(self.session, actor, name="Телефон", language="ru", now=self.now)
            made["password_id"][name] = password.id
            for argument in ("feed_id", "feeds.revoke:feed_id"):
                feed = feeds.make(
                    self.session, actor, self.plan.id, Scope("plan"), language="ru", now=self.now
                )
                made[argument][name] = feed.id
            made["filter_id"][name] = saved_filters.save(
                *(self.session, actor, self.plan.id, "tasks", "Мои", {"show": "overdue"}), now=self.now
            )
        deputy, second, executor = self.actors["controller"], self.second, self.actors["executor"]
        theirs = self._delegation(second, self.other, 10)
        for_executor = self._delegation(deputy, executor, 20)
        return {
            argument: Reach(
                MISSING_ID,
                {name: ids[name] for name in ACCOUNTS},
                dict.fromkeys(ACCOUNTS, ids["other"]),
            )
            for argument, ids in made.items()
        } | {
            "delegation_id": Reach(
                MISSING_ID,
                {"controller": for_executor, "executor": for_executor, "administrator": theirs},
                dict.fromkeys(("controller", "executor", "coordinator", "auditor"), theirs),
            )
        }

    def _of_reports(self) -> dict[str, Reach]:
        """Cards of organisations: those that were made, and those that failed and can be tried again."""
        houses = {"executor": "college01", "coordinator": "centre"}
        return {
            f"{prefix}report_id": Reach(
                MISSING_ID,
                {name: self._report(houses.get(name, "college01"), state) for name in ACCOUNTS},
                dict.fromkeys(houses, self._report(OTHER, state)),
            )
            for prefix, state in (("", "ready"), ("reports.make_again:", "failed"))
        }

    def extra(self) -> dict[str, Any]:
        """What the forms need beside what their addresses name."""
        review = self.session.scalars(select(Task).where(Task.phase == "review").order_by(Task.id)).first()
        asked = self._activity("4.1")
        return {
            "slot": self.session.scalars(
                select(Requirement.key).where(Requirement.activity_id == asked)
            ).first(),
            # by the executor, and the coordinator collects it
            "owed": self.task,
            "reviewed": f"{review.id}:{review.version}" if review else "",
            "figures": {
                f"figure.{self.task}.{key}": "1"
                for key in self.session.scalars(
                    select(FigureField.key).where(FigureField.activity_id == asked)
                )
            },
            # what fields of forms name, of which nothing is in an address
            "hidden": self._hidden(),
            "secret": app_passwords.make(
                self.session, self.actors["executor"], name="Планшет", language="ru", now=self.now
            ).secret,
            "request": {
                "activity": "4.3",
                "organization": self.actors["coordinator"].organization_id,
                "subject": "Центр занятости",
                "due": "",
            },
            "colleague": factories.actor(
                self.session, "college30.second", self.now, organization="college30"
            ).person_id,
        }

    def _far(self) -> Any:
        centre = self.actors["coordinator"].organization_id
        return (
            select(Task.id)
            .join(Activity, Activity.id == Task.activity_id)
            .where(Activity.coordinator_id != centre, Task.organization_id != centre)
        )

    def _uncoordinated(self) -> int:
        return self.session.scalars(self._far().where(Task.phase == "owing").order_by(Task.id)).first() or 0

    def _hidden(self) -> dict[str, Any]:
        """By the kind of field: what is not the executor's."""
        other = self.other.person_id
        return {
            "task": self.hidden_task,
            "evidence": self._first(Evidence.id, Evidence.task_id == self._task("3.2", OTHER)),
            "person": other,
            "delegation": self._delegation(self.second, self.other, 0),
            "notice": self._first(Notice.id, Notice.person_id == other, Notice.read_at.is_(None)),
            "occurrence": self._first(Occurrence.id, Occurrence.activity_id == self._activity("3.8")),
        }

    def _activity(self, code: str) -> int:
        return self._first(Activity.id, Activity.code == code)

    def _reach(self, own: int, hidden: int, far: int) -> Reach:
        """Of what hangs on a task: a neighbour's, and one in which the coordinator has no part."""
        return Reach(MISSING_ID, dict.fromkeys(ACCOUNTS, own), {"executor": hidden, "coordinator": far})
