"""Reports of another day or of a period, of every kind and format: they tell what the pages tell of it."""

from __future__ import annotations

import hashlib
import io
import json
import zipfile
from collections.abc import Callable
from datetime import date, datetime
from typing import Any

import pytest
from docx import Document
from flask.testing import FlaskClient
from openpyxl import load_workbook
from sqlalchemy import select

from app.db import Database
from app.models import Activity, Evidence, Report, Row, Task
from app.services.counters import SHARES
from app.services.dashboard import board
from app.services.discipline import discipline_lines, pooled
from app.services.indicators import indicator_lines
from app.services.past import as_of
from app.services.plans import find_plan
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


def texts(content: bytes) -> str:
    """The paragraphs of a document."""
    return "\n".join(paragraph.text for paragraph in Document(io.BytesIO(content)).paragraphs)


def test_a_report_of_a_past_day_says_what_the_pages_say_of_that_day(
    deputy: FlaskClient, database: Database
) -> None:
    day = date(2022, 4, 30)
    report, answer = made(deputy, database, "docx", as_of="2022-04-30")
    assert (report.as_of, report.name) == (day, "Отчёт об исполнении плана 2022 30.04.2022.docx")
    with database.read() as session, as_of(session, find_plan(session, "2022"), day) as then:
        plan = find_plan(session, "2022")
        counted, kept_then = board(then, plan, day), pooled(discipline_lines(then, plan.id, day))[0]
        indicators = indicator_lines(then, plan, day)
        now_overdue = board(session, plan, date(2022, 6, 15)).tasks["overdue"]
    text = texts(answer.data).replace("\xa0", " ")
    assert "по состоянию на 30 апреля 2022 г." in text
    number = sum(counted.tasks[name] for name in SHARES)
    assert f"Задач: {number}, из них принято: {counted.tasks['accepted']};" in text
    assert f"просрочено: {counted.tasks['overdue']}; не начато: {counted.tasks['planned']};" in text
    assert counted.tasks["overdue"] != now_overdue
    assert f"(в срок исполнено {kept_then.numerator} из {kept_then.denominator} задач" in text
    table = Document(io.BytesIO(answer.data)).tables[1]
    assert [row.cells[4].text.replace("\xa0", " ") for row in table.rows[1:]] == [
        f"{line.reported} из {line.expected}" for line in indicators
    ]


def test_a_period_takes_in_what_is_due_within_it_and_says_so(deputy: FlaskClient, database: Database) -> None:
    period = {"period_start": "2022-02-01", "period_end": "2022-02-28"}
    report, answer = made(deputy, database, "docx", **period)
    assert report.parameters == period
    assert report.name.endswith("15.06.2022 срок с 01.02.2022 по 28.02.2022.docx")
    with database.read() as session:
        due = (Task.due >= date(2022, 2, 1), Task.due <= date(2022, 2, 28))
        within = session.scalars(select(Task).where(*due)).all()
        activities = {task.activity_id for task in within}
        of_activities = select(Activity.row_id).where(Activity.id.in_(activities))
        rows = session.scalars(
            select(Row.number).where(Row.id.in_(of_activities)).order_by(Row.position)
        ).all()
    text = texts(answer.data)
    assert "срок которых приходится на период с 01.02.2022 по 28.02.2022" in text
    accepted = sum(task.phase == "accepted" for task in within)
    assert f"Задач: {len(within)}, из них принято: {accepted};" in text
    # indicators are of the whole plan
    assert "Показателей: 11" in text
    table = Document(io.BytesIO(answer.data)).tables[0]
    told = [row.cells[0].text for row in table.rows[1:] if row.cells[0].text != row.cells[-1].text]
    assert told == list(rows)
    assert "due from 1 Feb 2022 to 28 Feb 2022" in words(deputy.get(PAGE))
    with database.read() as session:
        assert len(session.scalars(select(Task.id)).all()) > len(within)


@pytest.mark.parametrize(
    ("form", "reason"),
    [
        ({"as_of": "2022-06-16"}, "This day is still to come"),
        ({"as_of": "2021-11-18"}, "The plan was not approved yet on this day."),
        ({"as_of": "15.06.2022"}, "Please enter a date like 2022-06-15."),
        ({"period_start": "2022-02-01"}, "Please name the last day of the period too."),
        ({"period_end": "2022-02-01"}, "Please name the first day of the period too."),
        ({"period_start": "2022-02-02", "period_end": "2022-02-01"}, "The period ends before it begins."),
        ({"report": "organization.docx"}, "Please choose an organisation."),
        ({"report": "organization.docx", "organization": "nobody"}, "Please choose an organisation."),
        ({"report": "evidence.zip", "activity": "9.9"}, "Please choose the activity."),
    ],
)
def test_what_cannot_be_told_is_said_on_its_field(
    deputy: FlaskClient, database: Database, form: dict[str, str], reason: str
) -> None:
    answer = post(deputy, PAGE, {"report": "execution.docx", **form})
    assert answer.status_code == 422
    assert reason in words(answer)
    with database.read() as session:
        assert session.scalars(select(Report)).all() == []


def test_the_workbook_lists_every_task_with_typed_cells(deputy: FlaskClient, database: Database) -> None:
    _, answer = made(deputy, database, "xlsx")
    sheet = load_workbook(io.BytesIO(answer.data))["Задачи"]
    head = next(row for row in range(1, 9) if sheet.cell(row, 1).value == "№")
    lines = list(sheet.iter_rows(min_row=head + 1, values_only=True))
    with database.read() as session:
        tasks = session.scalars(select(Task)).all()
        overdue = board(session, find_plan(session, "2022"), date(2022, 6, 15)).tasks["overdue"]
    assert len(lines) == len(tasks)
    assert sum(bool(line[9]) for line in lines) == overdue
    assert {type(line[5]) for line in lines} == {datetime, type(None)}
    assert sheet.auto_filter.ref == f"A{head}:M{head + len(tasks)}"
    assert sheet.freeze_panes == f"C{head + 1}"


def test_pdf_is_offered_where_the_library_is_and_explained_where_not(
    deputy: FlaskClient, database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    pytest.importorskip("weasyprint")
    report, answer = made(deputy, database, "pdf", "note")
    assert (answer.mimetype, answer.data[:5], report.format) == ("application/pdf", b"%PDF-", "pdf")
    assert 'value="execution.pdf"' in deputy.get(PAGE).text
    monkeypatch.setattr("app.exports.official_pdf.find_spec", lambda _name: None)
    page = deputy.get(PAGE).text
    assert ".pdf" not in page.partition('id="kept"')[0]
    assert "once WeasyPrint and Pango are installed" in page
    assert post(deputy, PAGE, {"report": "note.pdf"}).status_code == 404


def test_a_pack_of_a_period_holds_what_proves_the_tasks_due_in_it(
    deputy: FlaskClient, database: Database
) -> None:
    _, answer = made(
        *(deputy, database, "zip", "evidence"), period_start="2022-01-01", period_end="2022-01-31"
    )
    with zipfile.ZipFile(io.BytesIO(answer.data)) as pack:
        manifest = json.loads(pack.read("manifest.json"))
    with database.read() as session:
        due = {row.id: row.due for row in session.execute(select(Task.id, Task.due))}
    days = [due[each["task"]] for each in manifest["files"]]
    assert days
    assert all(day and date(2022, 1, 1) <= day <= date(2022, 1, 31) for day in days)


def test_a_pack_of_an_activity_holds_the_bytes_that_were_accepted(
    deputy: FlaskClient, database: Database
) -> None:
    report, answer = made(deputy, database, "zip", "evidence", activity="2.3")
    assert (report.scope, report.name) == ("2.3", "Пакет подтверждений 2022 2.3 15.06.2022.zip")
    with database.read() as session:
        accepted = session.execute(
            select(Evidence.id, Evidence.sha256, Evidence.task_id)
            .join(Task, Task.id == Evidence.task_id)
            .join(Activity, Activity.id == Task.activity_id)
            .where(Activity.code == "2.3", Task.phase == "accepted", Evidence.replaced_by.is_(None))
        ).all()
    with zipfile.ZipFile(io.BytesIO(answer.data)) as pack:
        manifest = json.loads(pack.read("manifest.json"))
        files = {each["id"]: each for each in manifest["files"]}
        assert files.keys() == {row.id for row in accepted} != set()
        assert not any(each["fault"] for each in files.values())
        for row in accepted:
            if row.sha256:
                content = pack.read(files[row.id]["path"])
                assert hashlib.sha256(content).hexdigest() == row.sha256 == files[row.id]["sha256"]
            assert files[row.id]["task"] == row.task_id
    assert manifest["made_by"] in words(deputy.get(PAGE))
