"""`/plans/2022/reports/`: a report is made with a click, listed, and downloaded as it was made."""

from __future__ import annotations

import hashlib
import io
import re
from collections.abc import Callable
from datetime import date
from typing import Any
from urllib.parse import quote

import pytest
from docx import Document
from flask.testing import FlaskClient
from openpyxl import load_workbook
from sqlalchemy import select

from app.db import Database
from app.models import Activity, Report, Row
from app.services.dashboard import board
from app.services.plans import find_plan
from config import Config
from tests.web.acting import in_english, post, words

pytestmark = pytest.mark.data("story")

PAGE = "/plans/2022/reports/"


@pytest.fixture
def deputy(sign_in: Callable[..., FlaskClient]) -> FlaskClient:
    return in_english(sign_in("deputy"))


def made(
    client: FlaskClient, database: Database, extension: str, kind: str = "execution", **form: str
) -> tuple[Report, Any]:
    """Make a report and download it: its row and the answer."""
    answer = post(client, PAGE, {"report": f"{kind}.{extension}", **form})
    assert (answer.status_code, answer.location) == (303, PAGE)
    with database.read() as session:
        report = session.scalars(select(Report).order_by(Report.id.desc())).first()
    assert report is not None
    return report, client.get(f"{PAGE}{report.id}")


def counts(client: FlaskClient) -> list[int]:
    """The numbers of the filters over the plan: all, then by kind."""
    page = client.get("/plans/2022/plan").text
    tabs = re.search(r'<nav class="tabs".*?</nav>', page, re.DOTALL)
    assert tabs
    return [int(number) for number in re.findall(r'class="count">(\d+)<', tabs.group())]


def test_before_the_first_one_the_page_says_so(deputy: FlaskClient) -> None:
    assert "No report has been made yet" in words(deputy.get(PAGE))


@pytest.mark.parametrize("kind", ["docx", "xlsx"])
def test_what_is_downloaded_is_what_was_kept(deputy: FlaskClient, database: Database, kind: str) -> None:
    report, answer = made(deputy, database, kind)
    assert answer.status_code == 200
    assert (len(answer.data), hashlib.sha256(answer.data).hexdigest()) == (report.size, report.sha256)
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert answer.headers["Cache-Control"] == "private, no-store"
    disposition = answer.headers["Content-Disposition"]
    name = f"Отчёт об исполнении плана 2022 15.06.2022.{kind}"
    assert disposition.startswith("attachment;")
    assert f"filename*=UTF-8''{quote(name)}" in disposition
    page = words(deputy.get(PAGE))
    assert report.sha256[:12] in page
    assert f"{PAGE}{report.id}" in page
    assert "15 Jun 2022" in page


def test_the_document_holds_the_25_rows_of_the_order_word_for_word(
    deputy: FlaskClient, database: Database
) -> None:
    _, answer = made(deputy, database, "docx")
    table = Document(io.BytesIO(answer.data)).tables[0]
    told = [tuple(cell.text for cell in row.cells[:4]) for row in table.rows[1:]]
    with database.read() as session:
        order = session.execute(
            select(Row.number, Row.title, Row.deadline, Row.executors).order_by(Row.position)
        ).all()
    assert [each for each in told if len(set(each)) > 1] == [tuple(row) for row in order]
    assert len(order) == 25


def test_the_document_counts_as_the_pages_do(deputy: FlaskClient, database: Database) -> None:
    _, answer = made(deputy, database, "docx")
    text = "\n".join(paragraph.text for paragraph in Document(io.BytesIO(answer.data)).paragraphs)
    all_, *by_kind = counts(deputy)
    line = re.search(r"Мероприятий исполнено: .*", text)
    assert line
    numbers = sorted(int(number) for number in re.findall(r"\d+", line.group()) if number != "0")
    assert numbers == sorted(by_kind)
    assert f"Пунктов плана: 25, мероприятий: {all_}." in text
    overdue = words(deputy.get("/plans/2022/overdue"))
    number = re.search(r"(\d+) tasks", overdue)
    assert number
    assert f"просрочено: {number.group(1)};" in text


def test_the_indicators_of_the_document_are_those_of_their_page(
    sign_in: Callable[..., FlaskClient], database: Database
) -> None:
    client = sign_in("deputy")
    client.environ_base["HTTP_ACCEPT_LANGUAGE"] = "ru"
    _, answer = made(client, database, "docx")
    page = words(client.get("/plans/2022/indicators"))
    rows = Document(io.BytesIO(answer.data)).tables[1].rows[1:]
    assert [row.cells[0].text for row in rows] == [str(number) for number in range(1, 12)]
    for row in rows:
        for place in (1, 2, 3, 4):
            assert row.cells[place].text in page, row.cells[place].text


def test_a_report_is_russian_whatever_its_maker_reads(deputy: FlaskClient, database: Database) -> None:
    _, answer = made(deputy, database, "docx")
    document = Document(io.BytesIO(answer.data))
    assert document.paragraphs[0].text == "Отчёт об исполнении плана"
    state = {row.cells[7].text.split(".")[0] for row in document.tables[0].rows[1:]}
    assert {"Исполнено", "В работе", "Не начато"} <= state


def test_a_title_that_begins_like_a_formula_stays_a_text(deputy: FlaskClient, database: Database) -> None:
    with database.transaction() as session:
        row = session.scalars(select(Row).where(Row.number == "1.1")).one()
        row.title = "=1+1"
        session.scalars(select(Activity).where(Activity.code == "3.4-1")).one().short_title = "=2+2"
    _, answer = made(deputy, database, "xlsx")
    book = load_workbook(io.BytesIO(answer.data))
    assert book["Пункты плана"]["B7"].value == "=1+1"
    assert "f" not in {cell.data_type for sheet in book for row in sheet.iter_rows() for cell in row}


def test_two_reports_of_one_moment_of_the_plan_stay_two(deputy: FlaskClient, database: Database) -> None:
    first, _ = made(deputy, database, "docx")
    second, answer = made(deputy, database, "docx")
    assert first.id != second.id
    assert answer.status_code == 200
    assert words(deputy.get(PAGE)).count(", DOCX</a>") == 2


def test_the_lost_file_of_a_report_is_told_and_not_a_broken_page(
    deputy: FlaskClient, database: Database, app_config: Config
) -> None:
    report, _ = made(deputy, database, "docx")
    (app_config.evidence / report.sha256[:2] / report.sha256).unlink()
    answer = deputy.get(f"{PAGE}{report.id}")
    assert answer.status_code == 503
    assert "The file cannot be read now" in words(answer)


@pytest.mark.parametrize(
    "form", [{}, {"report": "execution"}, {"report": "note.xlsx"}, {"report": "x.docx"}, {"report": ".docx"}]
)
def test_a_report_that_does_not_exist_is_not_made(
    deputy: FlaskClient, database: Database, form: dict[str, str]
) -> None:
    assert post(deputy, PAGE, form).status_code == 404
    with database.read() as session:
        assert session.scalars(select(Report)).all() == []


@pytest.mark.parametrize("name", ["auditor", "admin"])
def test_auditor_and_administrator_make_and_read_them(
    sign_in: Callable[..., FlaskClient], database: Database, name: str
) -> None:
    client = in_english(sign_in(name))
    assert f'href="{PAGE}"' in client.get("/plans/2022/plan").text
    _, answer = made(client, database, "docx")
    assert answer.status_code == 200


@pytest.mark.parametrize("name", ["college01", "centre"])
def test_an_executor_is_refused_and_sees_no_way_there(
    deputy: FlaskClient, sign_in: Callable[..., FlaskClient], database: Database, name: str
) -> None:
    report, _ = made(deputy, database, "docx")
    client = in_english(sign_in(name))
    assert PAGE not in client.get("/plans/2022/plan").text
    assert client.get(PAGE).status_code == 403
    assert client.get(f"{PAGE}{report.id}").status_code == 403
    assert post(client, PAGE, {"report": "execution.docx"}).status_code == 403


def test_a_report_and_a_page_that_are_not_there_are_missing(deputy: FlaskClient) -> None:
    assert deputy.get(f"{PAGE}999").status_code == 404
    assert deputy.get(f"{PAGE}?page=2").status_code == 404


def test_the_note_counts_the_sections_as_the_dashboard_does(
    deputy: FlaskClient, database: Database, today: date
) -> None:
    report, answer = made(deputy, database, "docx", "note")
    assert report.name == "Справка об исполнении плана 2022 15.06.2022.docx"
    document = Document(io.BytesIO(answer.data))
    with database.read() as session:
        plan = find_plan(session, "2022")
        sections = board(session, plan, today).sections
    rows = [[cell.text.replace("\xa0", " ") for cell in row.cells] for row in document.tables[0].rows[1:]]
    assert [row[1:5] for row in rows] == [
        [
            f"{section.done} из {section.activities}",
            f"{section.tasks['accepted']} из {section.total}",
            str(section.tasks["review"]),
            str(section.tasks["overdue"]),
        ]
        for section in sections
    ]
    # the indicators that the lateness of each section endangers
    assert [row[5] for row in rows if row[4] != "0"] == ["1, 4", "1, 2, 6, 9, 10", "1, 2"]
    assert {row[5] for row in rows if row[4] == "0"} == {"—"}


def test_the_note_names_what_is_late_and_the_indicators_that_it_endangers(
    deputy: FlaskClient, database: Database
) -> None:
    _, answer = made(deputy, database, "docx", "note")
    text = "\n".join(paragraph.text for paragraph in Document(io.BytesIO(answer.data)).paragraphs)
    assert re.search(
        r"^2\.4 .*Колледж № 19.*Просрочено на 124\sдня\. Ставит под угрозу показатели: 1, 4\.$", text, re.M
    )
    assert "57,2\xa0%" in text
    assert "Показателей: 11" in text
