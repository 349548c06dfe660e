"""Texts through every form: what no database takes is left out, what is too long is said beside its field."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import date, datetime
from html import unescape
from typing import NamedTuple

import icalendar
import pytest
from flask.testing import FlaskClient
from sqlalchemy import select

from app.db import Database
from app.domain.permissions import Actor
from app.models import Activity, Evidence, JournalEntry, Organization, Participation, Task
from app.services import extensions, feeds
from app.services.feed_scopes import Scope
from app.services.plans import find_plan
from app.storage import EvidenceStore
from tests import factories
from tests.infrastructure.signing_in import csrf_token
from tests.web.acting import id_of
from tests.web.filling_in import fields

pytestmark = [pytest.mark.data("plan"), pytest.mark.one_database]

#: as it is typed, and as it is kept in one line; a note keeps the blank that does not break
TYPED = "\ufeffПункт\0 \x07«№\u00a05», ёж \\n; 50 %\u202e e\u0301 👩\u200d👧\x9f"
KEPT = "Пункт «№ 5», ёж \\n; 50 % é 👩\u200d👧"
KEPT_IN_NOTES = "Пункт «№\u00a05», ёж \\n; 50 % é 👩\u200d👧"


class Form(NamedTuple):
    """A form on a page: whose it is, where it is sent, the field with the text and its greatest length."""

    user: str
    page: str
    address: str
    data: dict[str, str]
    field: str
    longest: int
    kept: str = KEPT_IN_NOTES

    def send(self, client: FlaskClient, text: str) -> tuple[int, str]:
        data = self.data | {"csrf_token": csrf_token(client.get(self.page).text), self.field: text}
        answer = client.post(self.address, data=data)
        return answer.status_code, unescape(answer.text)


class Setting(NamedTuple):
    """What is there to write to."""

    database: Database
    admin: FlaskClient
    task: Task
    handed_in: Task
    extension: int


def organization(here: Setting) -> Form:
    page = "/admin/organizations/college01"
    return Form("admin", page, page, fields(here.admin.get(page).text), "short_name", 120, KEPT)


def activity(here: Setting) -> Form:
    page = "/admin/plans/2022/activities/2.3"
    return Form("admin", page, page, fields(here.admin.get(page).text), "short_title", 200, KEPT)


def note_of_the_operator(here: Setting) -> Form:
    page = "/admin/plans/2022/activities/2.3"
    return Form("admin", page, page, fields(here.admin.get(page).text), "note_ru", 4000)


def label_of_a_proof(here: Setting) -> Form:
    page = "/admin/plans/2022/activities/2.3"
    return Form("admin", page, page, fields(here.admin.get(page).text), "document.label_ru", 300, KEPT)


def new_person(here: Setting) -> Form:
    page = "/admin/people/new"
    data = {"username": "somebody", "role": "auditor", "password": "a long password 1", "organization": ""}
    return Form("admin", page, page, data, "name", 200, KEPT)


def person(here: Setting) -> Form:
    page = "/admin/people/1"
    return Form("admin", page, page, fields(here.admin.get(page).text), "name", 200, KEPT)


def request(here: Setting) -> Form:
    with here.database.read() as session:
        provider = session.scalars(select(Organization.id).where(Organization.key == "college01")).one()
    data = {"activity": "4.5", "organization": str(provider), "due": "2022-09-01"}
    return Form("college01", "/tasks", "/plans/2022/requests", data, "subject", 300, KEPT)


def submission(here: Setting) -> Form:
    page = f"/tasks/{here.task.id}"
    data = {"trigger": "submit", "version": str(here.task.version), "link.document": "https://example.org/"}
    return Form("college01", page, f"{page}/transitions", data, "note", 4000)


def explanation(here: Setting) -> Form:
    page = f"/tasks/{here.task.id}"
    data = {"version": str(here.task.version), "expected_on": "2022-07-01"}
    return Form("college01", page, f"{page}/explanation", data, "explanation", 4000)


def extension(here: Setting) -> Form:
    page = f"/tasks/{here.task.id}"
    data = {"version": str(here.task.version), "due": "2022-09-01"}
    return Form("college01", page, f"{page}/extensions", data, "reason", 4000)


def answer_to_an_extension(here: Setting) -> Form:
    page = f"/extensions/{here.extension}"
    return Form("deputy", page, f"{page}/transitions", {"trigger": "refuse", "version": "1"}, "note", 4000)


def reminder(here: Setting) -> Form:
    page = f"/tasks/{here.task.id}"
    return Form("deputy", page, f"{page}/reminders", {"version": str(here.task.version)}, "note", 4000)


def reminders(here: Setting) -> Form:
    page = "/plans/2022/overdue"
    return Form("deputy", page, f"{page}/reminders", {"task": str(here.task.id)}, "note", 4000)


def withdrawal(here: Setting) -> Form:
    page = f"/tasks/{here.task.id}"
    data = {"trigger": "withdraw", "version": str(here.task.version)}
    return Form("deputy", page, f"{page}/transitions", data, "note", 4000)


def review(here: Setting) -> Form:
    page, id_ = "/plans/2022/review", here.handed_in.id
    data = {"one": f"{id_}:{here.handed_in.version}:return", "group": "2.4"}
    return Form("deputy", page, page, data, f"reason.{id_}", 4000)


def suspension(here: Setting) -> Form:
    page = "/plans/2022/activities/4.4"
    return Form("deputy", page, f"{page}/transitions", {"trigger": "suspend"}, "note", 2000)


def refusal_to_take_part(here: Setting) -> Form:
    with here.database.read() as session:
        part, code = session.execute(
            select(Participation.id, Activity.code)
            .join(Activity, Activity.id == Participation.activity_id)
            .where(Participation.by_agreement)
        ).first()
    page = f"/plans/2022/activities/{code}"
    return Form("deputy", page, f"{page}/participations/{part}", {"trigger": "decline"}, "note", 2000)


def announcement(here: Setting) -> Form:
    page = f"/tasks/{id_of(here.database, '4.4', 'centre')}"
    data = {"trigger": "announce", "version": "1"}
    return Form("centre", page, f"{page}/transitions", data, "public_text", 2000)


def public_words(here: Setting) -> Form:
    page = f"/tasks/{id_of(here.database, '4.4', 'centre')}"
    return Form("deputy", page, f"{page}/publications/held", {"version": "1"}, "public_text", 2000)


def public_title(here: Setting) -> Form:
    page = f"/tasks/{here.handed_in.id}"
    with here.database.read() as session:
        link = select(Evidence.id).where(Evidence.task_id == here.handed_in.id, Evidence.kind == "link")
        address = f"{page}/materials/{session.scalars(link).first()}"
    return Form("deputy", page, address, {"version": str(here.handed_in.version)}, "title", 120, KEPT)


FORMS = [
    *(organization, activity, note_of_the_operator, label_of_a_proof, new_person, person, request),
    *(submission, explanation, extension, answer_to_an_extension, reminder, reminders, withdrawal),
    *(review, suspension, refusal_to_take_part, announcement, public_words, public_title),
]
each_form = pytest.mark.parametrize("form", FORMS, ids=lambda form: form.__name__)


@pytest.fixture
def setting(
    database: Database,
    people: dict[str, Actor],
    store: EvidenceStore,
    now: datetime,
    sign_in: Callable[..., FlaskClient],
) -> Setting:
    with database.transaction() as session:
        factories.actor(session, "admin", now, "administrator")
        handed_in = factories.submit(session, store, people["college01"], "2.4", now)
        other = factories.find_task(session, "3.2", "college01")
        asked = {"due": date(2022, 8, 1), "reason": "ремонт"}
        extension = extensions.ask(session, people["college01"], other.id, now=now, **asked)
        task = factories.find_task(session, "2.3", "college01")
    return Setting(database, sign_in("admin"), task, handed_in, extension.id)


@each_form
def test_what_no_database_takes_is_left_out(
    setting: Setting, sign_in: Callable[..., FlaskClient], form: Callable[[Setting], Form]
) -> None:
    filled = form(setting)
    status, _page = filled.send(sign_in(filled.user), TYPED)
    assert status == 303
    with setting.database.read() as session:
        newest = session.execute(
            select(JournalEntry.note, JournalEntry.details).order_by(JournalEntry.id.desc()).limit(3)
        )
        told = [note + json.dumps(details, ensure_ascii=False) for note, details in newest]
    # an activity may have followed its task, and JSON writes a backslash twice
    assert filled.kept in "".join(told).replace("\\\\", "\\")


@each_form
@pytest.mark.parametrize(
    ("language", "reason"),
    [("ru", "Не более {}\u00a0символов."), ("en", "Please use at most {} characters.")],
)
def test_what_is_too_long_is_refused_in_words_and_stays_on_screen(
    setting: Setting,
    sign_in: Callable[..., FlaskClient],
    form: Callable[[Setting], Form],
    language: str,
    reason: str,
) -> None:
    filled = form(setting)
    client = sign_in(filled.user)
    client.environ_base["HTTP_ACCEPT_LANGUAGE"] = language
    with setting.database.read() as session:
        before = session.scalars(select(JournalEntry.id).order_by(JournalEntry.id.desc())).first()
    text = "щ" * (filled.longest + 1)
    status, page = filled.send(client, text)
    assert status == 422
    assert reason.format(filled.longest) in page
    assert text in page
    with setting.database.read() as session:
        assert session.scalars(select(JournalEntry.id).order_by(JournalEntry.id.desc())).first() == before
    # and one character less is not
    assert filled.send(client, text[:-1])[0] == 303


@pytest.mark.parametrize(
    "link",
    ["http://[", "https://℀.example/", "https://example.org/" + "a" * 2000, "javascript:alert(1)", "\0"],
)
def test_a_link_that_leads_nowhere_is_refused_at_its_field(
    setting: Setting, sign_in: Callable[..., FlaskClient], link: str
) -> None:
    filled = submission(setting)
    client = sign_in("college01")
    status, page = filled._replace(field="link.document").send(client, link)
    assert status == 422
    assert "document" in page


@pytest.mark.parametrize("octets", [b"%00", b"%ED%A0%BD", b"%FF%FE", b"%C0%80", b"%F4%90%80%80"])
def test_octets_that_are_no_text_break_no_form(setting: Setting, octets: bytes) -> None:
    page = "/admin/organizations/college07"
    token = csrf_token(setting.admin.get(page).text).encode()
    sent = b"csrf_token=%s&name=%s&short_name=a%sb&gloss_en=%s&seen=%s" % (token, *[octets] * 4)
    answer = setting.admin.post(page, data=sent, content_type="application/x-www-form-urlencoded")
    assert answer.status_code in {409, 422}


@pytest.mark.parametrize(
    "scope", ["plan\0", "organization:\0", "section:²", "activity:" + "9" * 300, "\ufeff"]
)
def test_a_calendar_of_nothing_cannot_be_subscribed(
    setting: Setting, sign_in: Callable[..., FlaskClient], scope: str
) -> None:
    page = "/plans/2022/calendar/subscribe"
    client = sign_in("deputy")
    token = csrf_token(client.get(page).text)
    assert client.post(page, data={"csrf_token": token, "scope": scope, "show": "window"}).status_code == 422


def test_what_was_entered_is_what_a_subscriber_reads(
    setting: Setting, people: dict[str, Actor], now: datetime, client: FlaskClient
) -> None:
    for form in (organization, activity):
        assert form(setting).send(setting.admin, TYPED)[0] == 303
    with setting.database.transaction() as session:
        plan_id, college = find_plan(session, "2022").id, people["college01"]
        scope = Scope("organization", "college01")
        token = feeds.make(session, college, plan_id, scope, language="ru", now=now).token
    read = icalendar.Calendar.from_ical(client.get(f"/feeds/{token}.ics").data)
    (event,) = (each for each in read.events if "2.3 " in each["SUMMARY"])
    assert event["SUMMARY"].endswith(f"2.3 {KEPT}")
    assert f"Исполнитель: {KEPT}" in event["DESCRIPTION"].splitlines()
