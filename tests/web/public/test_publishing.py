"""What executors tell everybody about events, and what the controller lets everybody have."""

from __future__ import annotations

import io
import re
from datetime import datetime
from html import unescape

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select

from app.db import Database
from app.models import Evidence, JournalEntry, Publication
from app.services import tasks
from app.services.evidence import Attachment, Submission
from app.services.publishing.words import LONGEST_WORDS
from app.storage import EvidenceStore
from tests.exports.test_public_copies import SECRET, document, everything, photo
from tests.infrastructure.files import PDF
from tests.web.acting import Login, id_of, post, stands, upload, words

pytestmark = pytest.mark.data("plan")

PAGE = "/public/plans/2022"
TEXT = "22 июля в 10:00 — консультации для выпускников"
LINK = "https://centre.example/consultations?day=1&a=2"


@pytest.fixture
def event(database: Database, people: dict[str, object]) -> int:
    """Consultations that the centre holds in July."""
    return id_of(database, "4.4", "centre")


def fire(client: FlaskClient, database: Database, task_id: int, trigger: str, **form: str) -> int:
    version = stands(database, task_id).version
    address = f"/tasks/{task_id}/transitions"
    return post(client, address, {"trigger": trigger, "version": version, **form}).status_code


def told(client: FlaskClient) -> str:
    return unescape(client.get(PAGE).text)


def test_what_an_executor_tells_with_a_stage_is_public_at_once_and_in_the_journal(
    database: Database, login: Login, public: FlaskClient, event: int
) -> None:
    centre = login("centre")
    assert "This will be public." in centre.get(f"/tasks/{event}").text
    assert fire(centre, database, event, "announce", public_text=f" {TEXT}\0 ", public_link=LINK) == 303
    page = told(public)
    assert f'<a href="{LINK}" rel="noopener noreferrer nofollow">' in page
    upcoming = page.split('id="events"', 1)[1].split("</section>", 1)[0]
    assert TEXT in upcoming
    with database.read() as session:
        entry = session.scalars(select(JournalEntry).where(JournalEntry.action == "announce")).one()
    assert entry.details["public"] == {"stage": "announced", "text": TEXT, "link": LINK}
    assert f"On the public page: {TEXT}" in words(centre.get(f"/tasks/{event}"))
    assert fire(centre, database, event, "hold", public_text="Прошли консультации") == 303
    page = told(public)
    assert "No event is announced at present." in page
    past = page.split('id="past"', 1)[1].split("</section>", 1)[0]
    assert "Прошли консультации" in past
    assert TEXT in past


@pytest.mark.parametrize(
    ("form", "reason"),
    [
        ({"public_text": "x" * (LONGEST_WORDS + 1)}, "Please use at most 2000 characters."),
        ({"public_link": LINK}, "Please write a few words."),
        (
            {"public_text": TEXT, "public_link": "javascript:alert(1)"},
            "Please enter an address like https://…",
        ),
        (
            {"public_text": TEXT, "public_link": "https://me:word@example.org/"},
            "Please enter an address like",
        ),
    ],
)
def test_words_that_cannot_be_published_are_refused_and_the_stage_is_not_marked(
    database: Database, login: Login, public: FlaskClient, event: int, form: dict[str, str], reason: str
) -> None:
    centre = login("centre")
    answer = post(
        *(centre, f"/tasks/{event}/transitions"),
        {"trigger": "announce", "version": stands(database, event).version, **form},
    )
    assert answer.status_code == 422
    assert reason in words(answer)
    if "public_text" in form:
        assert form["public_text"][:40] in words(answer)
    assert stands(database, event).state == "planned"
    assert TEXT not in told(public)


def test_a_file_goes_on_waiting_while_the_words_that_came_with_it_are_put_right(
    database: Database, login: Login, event: int
) -> None:
    centre, address = login("centre"), f"/tasks/{event}/transitions"
    sent = {"trigger": "announce", "version": "1", "public_text": TEXT}
    proof = upload("Программа.pdf", PDF)
    refused = post(centre, address, {**sent, "public_link": "javascript:alert(1)", "evidence": proof})
    assert refused.status_code == 422
    (ticket,) = re.findall(r'name="waiting" value="([^"]+)"', refused.text)
    assert post(centre, address, {**sent, "public_link": LINK, "waiting": ticket}).status_code == 303
    with database.read() as session:
        assert session.scalars(select(Evidence.name)).all() == ["Программа.pdf"]


def test_nothing_is_published_when_nothing_is_entered_or_the_step_is_no_stage(
    database: Database, login: Login, public: FlaskClient, event: int
) -> None:
    assert fire(login("centre"), database, event, "announce", public_text="  ", public_link="") == 303
    other = id_of(database, "2.3")
    assert fire(login("college01"), database, other, "start", public_text="a plan is drafted") == 303
    with database.read() as session:
        assert session.scalars(select(Publication)).all() == []


def test_the_controller_corrects_withdraws_and_tells_what_nobody_did(
    database: Database, login: Login, public: FlaskClient, event: int
) -> None:
    assert fire(login("centre"), database, event, "announce", public_text="Приходит И. Иванова") == 303
    deputy = login("deputy")

    def change(stage: str, **form: str) -> int:
        address = f"/tasks/{event}/publications/{stage}"
        return post(deputy, address, {"version": stands(database, event).version, **form}).status_code

    assert change("announced", act="publish", public_text=TEXT) == 303
    assert TEXT in told(public)
    assert "Иванова" not in told(public)
    assert change("announced", act="withdraw") == 303
    assert TEXT not in told(public)
    assert change("announced", act="withdraw") == 409
    assert change("announced", act="publish", public_text=TEXT) == 303
    assert change("held", act="publish", public_text="Консультации прошли") == 303
    assert "Консультации прошли" in told(public)
    assert change("submitted", act="publish", public_text="x") == 404
    address = f"/tasks/{event}/publications/announced"
    stale = post(deputy, address, {"version": "1", "act": "publish", "public_text": "older"})
    assert stale.status_code == 409
    assert "older" not in told(public)
    for name in ("centre", "college01", "auditor"):
        assert post(login(name), address, {"act": "withdraw", "version": "9"}).status_code == 403, name
    with database.read() as session:
        done = session.scalars(select(JournalEntry.action).order_by(JournalEntry.position)).all()
    assert done[-4:] == ["publish", "unpublish", "publish", "publish"]


def test_an_event_that_was_called_off_invites_nobody(
    database: Database, login: Login, public: FlaskClient, event: int
) -> None:
    assert fire(login("centre"), database, event, "announce", public_text=TEXT) == 303
    assert fire(login("deputy"), database, event, "withdraw", note="called off") == 303
    assert TEXT not in told(public)


@pytest.fixture
def proofs(
    database: Database, people: dict[str, object], store: EvidenceStore, event: int, now: datetime
) -> dict[str, int]:
    """A document, a photograph, a PDF, a link and a note that the centre has attached, by their names."""
    files = {
        "Список Ivanova.docx": document(),
        "IMG_Ivanova.jpg": photo(),
        "Scan Ivanova.pdf": PDF + b"% Ivanova",
    }
    with database.transaction() as session:
        attached = [
            Attachment("file", "", file=store.stage(io.BytesIO(content), name))
            for name, content in files.items()
        ]
        attached += [Attachment("link", "", url=LINK), Attachment("note", "", note="Звонить Ivanova")]
        submission = Submission(attached)
        tasks.attach(session, store, people["centre"], event, now=now, submission=submission)
        found = session.scalars(select(Evidence).order_by(Evidence.id)).all()
        return {each.name or each.kind: each.id for each in found}


def publish(
    client: FlaskClient, database: Database, task_id: int, evidence_id: int, act: str = "publish", **form: str
) -> int:
    address = f"/tasks/{task_id}/materials/{evidence_id}"
    form = {"version": str(stands(database, task_id).version), "act": act, "title": "Памятка", **form}
    return post(client, address, form).status_code


def test_a_proof_is_public_as_a_copy_under_the_title_that_the_controller_gave(
    database: Database, login: Login, public: FlaskClient, event: int, proofs: dict[str, int]
) -> None:
    deputy = login("deputy")
    for name in ("centre", "college01", "auditor"):
        assert publish(login(name), database, event, proofs["IMG_Ivanova.jpg"]) == 403, name
    assert publish(deputy, database, event, proofs["IMG_Ivanova.jpg"], title="Фото: «семинар»/1") == 303
    assert publish(deputy, database, event, proofs["Список Ivanova.docx"]) == 303
    page = public.get(PAGE).text
    assert "Ivanova" not in page
    assert "Фото: «семинар»/1" in unescape(page)
    for address in re.findall(r'href="(/public/plans/2022/materials/\d+)"', page):
        answer = public.get(address)
        assert answer.status_code == 200
        assert SECRET not in everything(answer.data)
        assert SECRET.decode() not in str(answer.headers)
        assert answer.headers["Content-Disposition"].startswith("attachment")
        assert answer.headers["X-Content-Type-Options"] == "nosniff"
        assert "sandbox" in answer.headers["Content-Security-Policy"]
        assert answer.headers["Cache-Control"] == "public, max-age=300"
        assert not {"Last-Modified", "Set-Cookie", "Vary"} & set(answer.headers.keys())
        again = public.get(address, headers={"If-None-Match": answer.headers["ETag"]})
        assert (again.status_code, again.data) == (304, b"")
        part = public.get(address, headers={"Range": "bytes=0-3"})
        assert (part.status_code, part.data) == (206, answer.data[:4])
    with database.read() as session:
        entry = session.scalars(select(JournalEntry).order_by(JournalEntry.position.desc())).first()
        assert entry is not None
        assert (entry.action, entry.note) == ("publish_material", "Памятка")


def test_what_is_taken_back_is_not_there_any_more_and_its_newer_version_is_not_public_by_itself(
    database: Database,
    login: Login,
    public: FlaskClient,
    event: int,
    proofs: dict[str, int],
    people: dict[str, object],
    store: EvidenceStore,
    now: datetime,
) -> None:
    deputy, photograph = login("deputy"), proofs["IMG_Ivanova.jpg"]
    assert publish(deputy, database, event, photograph) == 303
    (address,) = re.findall(r'href="(/public/plans/2022/materials/\d+)"', public.get(PAGE).text)
    first = public.get(address).data
    with database.transaction() as session:
        staged = store.stage(io.BytesIO(photo("PNG")), "newer.png")
        newer = Submission([Attachment("file", file=staged, replaces=photograph)])
        tasks.attach(session, store, people["centre"], event, now=now, submission=newer)
    assert public.get(address).data == first
    assert "(replaced)" in words(deputy.get(f"/tasks/{event}"))
    assert publish(deputy, database, event, photograph, "withdraw") == 303
    gone, never = public.get(address), public.get("/public/plans/2022/materials/999")
    assert (gone.status_code, never.status_code) == (404, 404)
    assert gone.data == never.data
    assert address not in public.get(PAGE).text
    assert publish(deputy, database, event, photograph, "withdraw") == 409
    # no other number leads to evidence
    for number in proofs.values():
        assert public.get(f"/public/plans/2022/materials/{number}").status_code == 404


def test_what_cannot_be_cleaned_is_refused_on_the_page_and_a_link_is_only_told(
    database: Database, login: Login, public: FlaskClient, event: int, proofs: dict[str, int]
) -> None:
    deputy = login("deputy")
    address = f"/tasks/{event}/materials/{proofs['Scan Ivanova.pdf']}"
    version = {"version": str(stands(database, event).version), "act": "publish", "title": "Памятка"}
    refused = post(deputy, address, version)
    assert refused.status_code == 422
    assert "A PDF may name its author" in words(refused)
    assert publish(deputy, database, event, proofs["note"]) == 404
    assert publish(deputy, database, event, proofs["link"], title="") == 422
    assert publish(deputy, database, event, proofs["link"], title="Enrol") == 303
    page = told(public)
    assert f'<a href="{LINK}" rel="noopener noreferrer nofollow">Enrol</a>' in page
    assert "Памятка" not in page
    assert public.get("/public/plans/2022/materials/1").status_code == 404
