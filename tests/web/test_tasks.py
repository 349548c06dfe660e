"""The page of a task for its executor, through the forms."""

from __future__ import annotations

import re
from datetime import datetime

import pytest

from app.db import Database
from app.domain.permissions import Actor
from app.services import tasks
from app.storage import EvidenceStore
from tests import factories
from tests.infrastructure.files import PDF
from tests.web.acting import Login, id_of, post, stands, upload, words

pytestmark = pytest.mark.data("plan")


def test_a_task_is_marked_done_with_a_file_a_link_a_note_and_figures(
    database: Database, login: Login
) -> None:
    client, task_id = login("college01"), id_of(database, "4.1")
    answer = post(
        client,
        f"/tasks/{task_id}/transitions",
        {
            "trigger": "submit",
            "version": "1",
            "note": "Обе даты в таблице.",
            "evidence.table": [upload("База за январь.pdf", PDF), upload("Приложение.pdf", PDF + b" ")],
            "link.risk_groups": "https://example.org/risk",
            "figure.graduates": "1 148",
            "figure.employed": "80",
            "figure.at_risk": "30",
        },
    )
    assert (answer.status_code, answer.location) == (303, f"/tasks/{task_id}")
    text = words(client.get(f"/tasks/{task_id}"))
    assert "Sent for review" in text
    for said in ("База за январь.pdf", "Приложение.pdf", "https://example.org/risk", "Обе даты в таблице."):
        assert said in text
    assert "1,148" in text
    assert stands(database, task_id).state == "submitted"


def test_the_generic_field_goes_where_something_is_missing(
    database: Database, login: Login, task_id: int
) -> None:
    client = login("college01")
    data = {"trigger": "submit", "version": "1", "note": "", "evidence": upload("План.pdf", PDF)}
    assert post(client, f"/tasks/{task_id}/transitions", data).status_code == 303
    assert stands(database, task_id).state == "submitted"


def test_what_is_missing_is_named_at_its_field_and_what_was_typed_stays(
    database: Database, login: Login
) -> None:
    client, task_id = login("college01"), id_of(database, "4.1")
    typed = {
        "trigger": "submit",
        "version": "1",
        "note": "Пояснение к таблице",
        "link.risk_groups": "https://example.org/risk",
        "figure.graduates": "148",
        "figure.employed": "много",
    }
    answer = post(client, f"/tasks/{task_id}/transitions", typed)
    text = words(answer)
    assert answer.status_code == 422
    assert "Please enter a whole number." in text
    for kept in ("Пояснение к таблице", "https://example.org/risk", 'value="148"', 'value="много"'):
        assert kept in text
    answer = post(client, f"/tasks/{task_id}/transitions", typed | {"figure.employed": "80"})
    text = words(answer)
    assert answer.status_code == 422
    assert "Please attach: Dates and totals of the updates (no personal data)." in text
    assert "Please give the figure:" in text
    assert 'href="#evidence.table"' in text
    assert stands(database, task_id).version == 1


def test_a_part_larger_than_the_whole_is_refused_at_its_field(database: Database, login: Login) -> None:
    task_id = id_of(database, "4.1")
    answer = post(
        login("college01"),
        f"/tasks/{task_id}/evidence",
        {"version": "1", "figure.graduates": "10", "figure.employed": "11"},
    )
    assert answer.status_code == 422
    assert re.search(r'id="figure.employed-error"[^§]*A part cannot be larger', words(answer))


def test_a_stale_form_says_what_changed_and_keeps_the_text(
    database: Database,
    people: dict[str, Actor],
    login: Login,
    store: EvidenceStore,
    task_id: int,
    now: datetime,
) -> None:
    client = login("college01")
    page = client.get(f"/tasks/{task_id}").text
    position = re.search(r'name="position" value="(\d+)"', page)
    assert position
    with database.transaction() as session:
        tasks.fire(session, store, people["college01"], task_id, "start", now=now)
    for known in ({"position": position.group(1)}, {}):
        answer = post(
            client,
            f"/tasks/{task_id}/transitions",
            {"trigger": "submit", "version": "1", "note": "Пояснение", "link.document": "https://a.example/p"}
            | known,
        )
        text = words(answer)
        assert answer.status_code == 409
        assert "Somebody changed this" in text
        changed = text.split("What changed meanwhile")[1].split("</ul>")[0]
        assert "Drafting started" in changed
        assert 'value="https://a.example/p"' in text
        assert "Пояснение" in text
        # The form knows now what changed: sent again, it goes through.
        assert 'name="version" value="2"' in text


def test_text_is_not_lost_when_the_form_is_gone(
    database: Database,
    people: dict[str, Actor],
    login: Login,
    store: EvidenceStore,
    task_id: int,
    now: datetime,
) -> None:
    client = login("college01")
    with database.transaction() as session:
        factories.submit(session, store, people["college01"], "2.3", now)
    answer = post(
        client,
        f"/tasks/{task_id}/transitions",
        {"trigger": "submit", "version": "1", "note": "Моё пояснение"},
    )
    assert answer.status_code == 409
    assert "Моё пояснение" in words(answer).split("What you had typed")[1]


def test_two_clicks_on_one_button_win_once(database: Database, login: Login) -> None:
    client, task_id = login("college01"), id_of(database, "2.4")
    click = {"trigger": "announce", "version": "1"}
    answers = [post(client, f"/tasks/{task_id}/transitions", click).status_code for _ in range(2)]
    assert answers == [303, 409]
    assert stands(database, task_id).version == 2


@pytest.mark.parametrize("trigger", ["submit", "announce", "jump", ""])
def test_a_wrong_trigger_is_a_conflict_that_names_the_state(
    login: Login, handed_in: int, trigger: str
) -> None:
    answer = post(login("college01"), f"/tasks/{handed_in}/transitions", {"trigger": trigger, "version": "2"})
    assert answer.status_code == 409
    assert "the state is “Under review”" in words(answer)


@pytest.mark.parametrize("version", ["", "one", "-1", "99999999999999999999"])
def test_a_form_without_a_version_is_refused(
    database: Database, login: Login, task_id: int, version: str
) -> None:
    data = {"trigger": "start", "version": version}
    answer = post(login("college01"), f"/tasks/{task_id}/transitions", data)
    assert answer.status_code == 422
    assert "reload the page" in words(answer)
    assert stands(database, task_id).state == "planned"


def test_a_late_task_is_explained_and_the_controller_reads_it(login: Login, task_id: int) -> None:
    college, url = login("college01"), f"/tasks/{task_id}/explanation"
    wrong = post(college, url, {"version": "1", "explanation": "", "expected_on": "скоро"})
    assert wrong.status_code == 422
    assert "Please enter a date like" in words(wrong)
    assert 'value="скоро"' in words(wrong)
    assert "Please write a few words." in words(post(college, url, {"version": "1", "explanation": " "}))
    data = {"version": "1", "explanation": "Директор в отпуске.", "expected_on": "2022-06-20"}
    assert post(college, url, data).status_code == 303
    text = words(login("deputy").get(f"/tasks/{task_id}"))
    assert "Директор в отпуске." in text
    assert "20 June 2022" in text
    # The explanation may become a request for a later date, which begins with it.
    asking = words(college.get(f"/tasks/{task_id}")).partition('id="later-date"')[2]
    assert 'value="2022-06-20"' in asking
    assert "Директор в отпуске.</textarea>" in asking


def test_a_later_date_is_asked_for_and_the_form_names_what_is_wrong(database: Database, login: Login) -> None:
    task_id = id_of(database, "3.2")
    college, url = login("college01"), f"/tasks/{task_id}/extensions"
    nothing = words(post(college, url, {"version": "1"}))
    assert "Please enter the new date." in nothing
    assert "Please give the reason." in nothing
    outside = post(college, url, {"version": "1", "due": "2023-02-01", "reason": "Педсовет"})
    assert outside.status_code == 422
    assert "between 1 January 2022 and 31 December 2022" in words(outside)
    assert "Педсовет" in words(outside)
    data = {"version": "1", "due": "2022-09-15", "reason": "Педсовет"}
    assert post(college, url, data).status_code == 303
    assert "15 September 2022 instead of 30 June 2022" in words(login("deputy").get(f"/tasks/{task_id}"))


def test_a_yes_or_no_is_asked_with_two_buttons_and_counts(database: Database, login: Login) -> None:
    client, task_id = login("college01"), id_of(database, "3.2")
    assert client.get(f"/tasks/{task_id}").text.count('type="radio" value=') == 2
    data = {
        "trigger": "submit",
        "version": "1",
        "figure.included": "1",
        "evidence": upload("Приказ.pdf", PDF),
    }
    assert post(client, f"/tasks/{task_id}/transitions", data).status_code == 303
    assert re.search(r"<strong>\s*yes\s*</strong>", client.get(f"/tasks/{task_id}").text)


def test_what_people_type_is_shown_as_text(login: Login, task_id: int) -> None:
    client = login("college01")
    evil = "<script>alert(1)</script>\0\u202e"
    assert (
        post(client, f"/tasks/{task_id}/explanation", {"version": "1", "explanation": evil}).status_code
        == 303
    )
    page = client.get(f"/tasks/{task_id}").text
    assert "<script>alert" not in page
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in page
    assert "\u202e" not in page
