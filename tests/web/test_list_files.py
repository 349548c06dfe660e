"""Lists as files: the same lines as on the pages, all of them, and no more than one may know."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Callable
from datetime import datetime
from urllib.parse import unquote

import openpyxl
import pytest
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from app.db import Database
from app.models import Task
from tests.web.acting import in_english

SignIn = Callable[..., FlaskClient]

LIST = "/plans/2022/tasks"


def rows(answer: TestResponse) -> list[dict[str, str]]:
    assert answer.status_code == 200
    text = answer.data.decode("utf-8-sig")
    return list(csv.DictReader(io.StringIO(text, newline=""), delimiter=";"))


@pytest.mark.data("story")
@pytest.mark.looks
@pytest.mark.parametrize("who", ["deputy", "college19"])
def test_a_file_has_the_lines_that_the_page_counts(sign_in: SignIn, who: str) -> None:
    client = sign_in(who)
    for query in (
        "",
        "show=overdue",
        "show=accepted&section=4",
        "activity=4.1&from=2022-06-01&to=2022-06-30",
        "q=%D0%B1%D0%B0%D0%B7%D1%8B&late=1",
        "evidence=with",
        "executor=nobody&returned=1",
        "indicator=1&page=3",
    ):
        page = in_english(client).get(f"{LIST}?{query}").text
        counted = int(re.search(r"· (\d+) tasks?", page)[1])  # type: ignore[index]
        client.environ_base["HTTP_ACCEPT_LANGUAGE"] = "ru"
        found = rows(client.get(f"{LIST}.csv?{query}"))
        assert len(found) == counted, query
        sheet = openpyxl.load_workbook(io.BytesIO(client.get(f"{LIST}.xlsx?{query}").data)).worksheets[0]
        assert sheet.max_row - 1 == counted, query
        ids = [int(row["Задача"]) for row in found]
        assert [row[0].value for row in sheet.iter_rows(min_row=2)] == ids, query
        if who == "deputy":
            # in the order of the page, from its first line whatever page was open
            first = in_english(client).get(f"{LIST}?{query.replace('page=3', '')}").text
            assert re.findall(r'<th scope="row">.*?href="/tasks/(\d+)"', first) == [
                str(each) for each in ids[:100]
            ]


@pytest.mark.data("story")
@pytest.mark.looks
def test_the_tracker_is_a_file_with_what_is_endangered_said_and_expected(sign_in: SignIn) -> None:
    client = sign_in("deputy")
    page = client.get("/plans/2022/overdue?order=plan").text
    answer = client.get("/plans/2022/overdue.xlsx?order=plan")
    disposition = unquote(answer.headers["Content-Disposition"])
    assert "Просрочено 2022 15.06.2022.xlsx" in disposition
    assert answer.headers["Cache-Control"] == "private, no-store"
    book = openpyxl.load_workbook(io.BytesIO(answer.data))
    header, *lines = book.worksheets[0].iter_rows(values_only=True)
    found = [dict(zip(header, line, strict=True)) for line in lines]
    assert [str(line["Задача"]) for line in found] == re.findall(r'<th scope="row">.*?/tasks/(\d+)"', page)
    assert all(isinstance(line["Срок"], datetime) and line["Дней просрочки"] > 0 for line in found)
    told = next(line for line in found if line["Ожидаемая дата исполнения"])
    assert told["Объяснение"]
    assert told["На какие показатели влияет"]
    assert any(line["Просит перенести на"] for line in found) == ("просит перенести" in page.lower())
    about = dict(book.worksheets[1].iter_rows(values_only=True))
    assert about["Условия списка"] == "нет"


@pytest.mark.data("plan")
def test_what_somebody_wrote_goes_to_those_alone_who_may_read_it_and_is_no_formula(
    database: Database, login: Callable[[str], FlaskClient], task_id: int
) -> None:
    with database.transaction() as session:
        task = session.get_one(Task, task_id)
        task.explanation, task.subject, task.returns = "=1+1", "+7 912", 3
    private = ("Объяснение", "Запрос", "Возвратов", "Страница задачи")
    for who, sees in (("deputy", True), ("auditor", True), ("college01", True), ("college02", False)):
        client = login(who)
        client.environ_base["HTTP_ACCEPT_LANGUAGE"] = "ru"
        [line] = [
            row for row in rows(client.get(f"{LIST}.csv?activity=2.3")) if row["Задача"] == str(task_id)
        ]
        told = [line[name] for name in private]
        assert told == (["'=1+1", "'+7 912", "3", f"http://localhost/tasks/{task_id}"] if sees else [""] * 4)
        assert line["Пункт"] == "№ 2.3"


@pytest.mark.data("plan")
@pytest.mark.parametrize("address", ["tasks.pdf", "tasks.", "overdue.exe", "tasks.csv/"])
def test_there_are_no_other_files(login: Callable[[str], FlaskClient], address: str) -> None:
    assert login("deputy").get(f"/plans/2022/{address}").status_code == 404
