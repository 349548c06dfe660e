"""An organisation's card of execution: its own for an executor, anybody's for who sees everything."""

from __future__ import annotations

import io
import re
from collections import Counter
from collections.abc import Callable
from datetime import date

import pytest
from docx import Document
from flask.testing import FlaskClient
from sqlalchemy import select

from app.db import Database
from app.models import Extension, JournalEntry, Organization, Report, Task
from app.services.discipline import discipline_lines
from app.services.past import as_of
from app.services.plans import find_plan
from tests.web.acting import in_english, post, words

pytestmark = [pytest.mark.data("story"), pytest.mark.one_database]

SignIn = Callable[..., FlaskClient]


def page_of(key: str) -> str:
    return f"/plans/2022/organizations/{key}"


def test_the_card_shows_what_the_tables_hold_of_the_organisation(
    sign_in: SignIn, database: Database, today: date
) -> None:
    with database.read() as session:
        asked = session.execute(
            select(Organization.key, Organization.id, Extension.reason)
            .join(Task, Task.organization_id == Organization.id)
            .join(Extension, Extension.task_id == Task.id)
            .where(Extension.state == "granted")
        ).first()
        returned = session.execute(
            select(Organization.key, JournalEntry.note)
            .join(Task, Task.organization_id == Organization.id)
            .join(JournalEntry, JournalEntry.task_id == Task.id)
            .where(JournalEntry.action == "return")
        ).first()
        assert asked is not None
        assert returned is not None
        tasks = Counter(session.scalars(select(Task.phase).where(Task.organization_id == asked.id)))
        plan = find_plan(session, "2022")
        line = next(each for each in discipline_lines(session, plan.id, today) if each.key == asked.key)
    client = in_english(sign_in("deputy"))
    page = words(client.get(page_of(asked.key)))
    assert asked.reason in page
    assert f"Accepted: {tasks['accepted']}" in page
    assert f"{line.in_force.numerator} of {line.in_force.denominator}" in page
    assert returned.note in words(client.get(page_of(returned.key)))


def test_the_card_of_a_past_day_and_of_a_period_counts_that_day_and_that_period(
    sign_in: SignIn, database: Database
) -> None:
    day = date(2022, 3, 10)
    client = in_english(sign_in("college19"))
    with database.read() as session, as_of(session, find_plan(session, "2022"), day) as then:
        lines = discipline_lines(then, find_plan(session, "2022").id, day)
        line = next(each for each in lines if each.key == "college19")
    page = words(client.get(f"{page_of('college19')}?as_of=2022-03-10"))
    assert f"{line.in_force.numerator} of {line.in_force.denominator}" in page
    assert "as of 10 March 2022" in page
    page = words(client.get(f"{page_of('college19')}?as_of=&period_start=2022-02-01&period_end=2022-02-11"))
    assert re.findall(r'<tr class="row-group".*?>([^<]*): (\d+)</th>', page) == [
        *(("Overdue", "1"), ("Accepted", "1"))
    ]
    # the share opens to the tasks that it counts, of the same period
    link = re.search(r'href="(/plans/2022/discipline/tasks[^"]*)"', page)
    assert link
    assert "from=2022-02-01&to=2022-02-11" in link.group(1)
    assert "50% · 1 of 2" in page
    assert "50%" in words(client.get(link.group(1)))
    page = words(client.get(f"{page_of('college19')}?as_of=2022-07-01"))
    assert "This day is still to come" in page


@pytest.mark.parametrize("name", ["college19", "deputy", "auditor"])
def test_the_card_is_made_as_a_document_kept_and_downloaded(
    sign_in: SignIn, database: Database, name: str
) -> None:
    client = in_english(sign_in(name))
    answer = post(client, page_of("college19"), {"report": "organization.docx", "as_of": "2022-06-15"})
    assert (answer.status_code, answer.location) == (303, page_of("college19"))
    with database.read() as session:
        report = session.scalars(select(Report)).one()
        entry = session.scalars(select(JournalEntry).where(JournalEntry.subject == "report")).one()
    assert (report.kind, report.scope) == ("organization", "college19")
    assert entry.details["scope"] == "college19"
    page = words(client.get(page_of("college19")))
    assert report.sha256[:12] in page
    answer = client.get(f"/plans/2022/reports/{report.id}")
    document = Document(io.BytesIO(answer.data))
    text = "\n".join(paragraph.text for paragraph in document.paragraphs)
    assert text.startswith("Карточка исполнения\nОбластная профессиональная образовательная организация № 19")
    assert "Задач: 21, из них принято: 6; на проверке: 1; в работе: 0; просрочено: 1;" in text
    table = document.tables[0]
    assert [cell.text for cell in table.rows[2].cells[:3]] == [
        *("2.4", "Защита планов содействия занятости, с 7 по 11 февраля", "11.02.2022")
    ]
    assert document.paragraphs[-1].text == "«___» ______________ 2022 г."


def test_a_foreign_card_is_not_there_for_an_executor(sign_in: SignIn, database: Database) -> None:
    deputy, college = in_english(sign_in("deputy")), in_english(sign_in("college01"))
    post(deputy, page_of("college19"), {"report": "organization.docx"})
    with database.read() as session:
        report = session.scalars(select(Report)).one()
    assert college.get(page_of("college19")).status_code == 404
    assert post(college, page_of("college19"), {"report": "organization.docx"}).status_code == 404
    assert college.get(f"{page_of('college19')}/progress.json").status_code == 404
    assert college.get(f"/plans/2022/reports/{report.id}").status_code == 403
    assert post(college, f"/plans/2022/reports/{report.id}/again").status_code == 403
    # another kind is no way around
    assert post(college, page_of("college01"), {"report": "execution.docx"}).status_code in (404, 422)
    assert deputy.get(page_of("nobody")).status_code == 404


def test_the_controller_opens_a_card_from_the_page_of_reports(sign_in: SignIn, database: Database) -> None:
    deputy = in_english(sign_in("deputy"))
    form = {"report": "organization.page", "organization": "college19", "as_of": "2022-03-10"}
    answer = post(deputy, "/plans/2022/reports/", form)
    assert (answer.status_code, answer.location) == (303, f"{page_of('college19')}?as_of=2022-03-10")
    assert 'value="organization.page"' in deputy.get("/plans/2022/reports/").text
    answer = post(deputy, "/plans/2022/reports/", {"report": "organization.page"})
    assert (answer.status_code, "Please choose an organisation." in words(answer)) == (422, True)
    with database.read() as session:
        assert session.scalars(select(Report)).all() == []


def test_an_executor_finds_its_card_from_its_tasks(sign_in: SignIn) -> None:
    college = in_english(sign_in("college19"))
    assert 'href="/plans/2022/card"' in college.get("/tasks").text
    assert college.get("/plans/2022/card").location == page_of("college19")
    assert in_english(sign_in("auditor")).get("/plans/2022/card").status_code == 403
