"""An unusual figure on the page of a task: the question beside the field, and nothing is lost."""

from __future__ import annotations

import re

import pytest
from werkzeug.test import TestResponse

from app.db import Database
from app.services.evidence import current_evidence
from app.storage import EvidenceStore
from tests.infrastructure.files import PDF
from tests.web.acting import Login, id_of, post, stands, upload, words

pytestmark = pytest.mark.data("plan")

JUNE = {"figure.graduates": "150", "figure.employed": "90", "figure.at_risk": "10"}
WHY = "Сведения за весь выпуск"


@pytest.fixture
def february(database: Database, login: Login) -> int:
    """The second month of college01, which said 148 graduates and 40 employed in January."""
    january = id_of(database, "4.1", occurrence="2021:2022-01")
    said = {"version": "1", "figure.graduates": "148", "figure.employed": "40", "figure.at_risk": "10"}
    assert post(login("college01"), f"/tasks/{january}/evidence", said).status_code == 303
    return id_of(database, "4.1", occurrence="2021:2022-02")


def tickets(answer: TestResponse) -> list[str]:
    return re.findall(r'name="waiting" value="([^"]+)"', answer.text)


def test_an_unusual_number_is_asked_about_and_everything_entered_comes_back(
    database: Database, login: Login, february: int, store: EvidenceStore
) -> None:
    client, page = login("college01"), f"/tasks/{february}"
    typed = {
        "trigger": "submit",
        "version": "1",
        "note": "Обе даты в таблице",
        "link.risk_groups": "https://example.org/risk",
        **JUNE,
    }
    answer = post(client, f"{page}/transitions", typed | {"evidence.table": upload("База.pdf", PDF)})
    text = words(answer)
    assert answer.status_code == 422
    assert "It was 148 on 31 Jan 2022 and should stay so, now it is 150. Is that right?" in text
    assert "It was 40 on 31 Jan 2022, now it is 90, 125 % off. Is that right?" in text
    for kept in ("Обе даты в таблице", "https://example.org/risk", 'value="90"', "База.pdf"):
        assert kept in text
    (ticket,) = tickets(answer)
    assert stands(database, february).state == "planned"

    # One is corrected, the other called right without a word; then another number than the one asked about.
    typed |= {"figure.graduates": "148", "waiting": ticket, "sure.employed": "90"}
    text = words(post(client, f"{page}/transitions", typed))
    assert "Please write a few words." in text
    assert "should stay so" not in text
    typed |= {"why.employed": WHY}
    answer = post(client, f"{page}/transitions", typed | {"figure.employed": "95"})
    assert "now it is 95, 138 % off" in words(answer)
    assert WHY in words(answer)

    assert post(client, f"{page}/transitions", typed | {"waiting": tickets(answer)}).status_code == 303
    with database.read() as session:
        names = {item.name for item in current_evidence(session, february)}
    assert "База.pdf" in names
    assert not list((store.root / "incoming").iterdir())
    for name, where in (("college01", page), ("deputy", page), ("deputy", "/plans/2022/review")):
        told = words(login(name).get(where))
        assert "was 40 on 31 Jan 2022, 125 % off" in told
        assert WHY in told


def test_a_ticket_is_good_for_its_person_and_its_task_alone(
    database: Database, login: Login, february: int, store: EvidenceStore
) -> None:
    client, page = login("college01"), f"/tasks/{february}/evidence"
    sent = {"version": "1", **JUNE, "evidence.table": upload("База.pdf", PDF)}
    (ticket,) = tickets(post(client, page, sent))
    other = id_of(database, "4.1", "college02", "2021:2022-02")
    march = id_of(database, "4.1", occurrence="2021:2022-03")
    for name, task_id, value in (
        ("college02", other, ticket),
        ("college01", march, ticket),
        ("college01", february, ticket[:-2]),
    ):
        answer = post(login(name), f"/tasks/{task_id}/evidence", {"version": "1", "waiting": value})
        assert answer.status_code == 422
        assert "A file that waited is gone. Please choose it once more." in words(answer)
    (waits,) = (store.root / "incoming").iterdir()
    waits.unlink()
    answer = post(client, page, {"version": "1", "waiting": ticket})
    assert "A file that waited is gone." in words(answer)


def test_a_correction_is_asked_about_beside_its_reason(
    database: Database, login: Login, february: int
) -> None:
    january = id_of(database, "4.1", occurrence="2021:2022-01")
    deputy, page = login("deputy"), f"/tasks/{january}"
    typed = {"version": "2", "figure.employed": "90", "reason": "По акту сверки"}
    answer = post(deputy, f"{page}/corrections", typed)
    assert answer.status_code == 422
    assert "now it is 90, 125 % off" in words(answer)
    assert "По акту сверки" in words(answer)
    assert post(deputy, f"{page}/corrections", typed | {"sure.employed": "90"}).status_code == 303
