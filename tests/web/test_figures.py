"""The figures of all open tasks in one form and in a workbook."""

from __future__ import annotations

import io
import re
from collections.abc import Callable
from typing import Any

import pytest
from flask.testing import FlaskClient
from openpyxl import load_workbook
from sqlalchemy import select
from werkzeug.test import TestResponse

from app.db import Database
from app.models import Measurement
from tests import factories
from tests.web.acting import Login, id_of, post, stands, words

pytestmark = pytest.mark.data("plan")

PAGE = "/plans/2022/figures"
JANUARY, FEBRUARY = "2021:2022-01", "2021:2022-02"
#: what the workbook says of February
FILLED_IN = {"graduates": "", "employed": "95", "at_risk": ""}


def numbers(database: Database) -> list[tuple[int, str, int]]:
    with database.read() as session:
        rows = session.scalars(select(Measurement).order_by(Measurement.id))
        return [(row.task_id, row.figure, int(row.number)) for row in rows]


def typed(january: int, february: int, **more: str) -> dict[str, str]:
    sent = {f"version.{january}": "1", f"version.{february}": "1"}
    for task_id, employed in ((january, 40), (february, 45)):
        figures = {"graduates": 100, "employed": employed, "at_risk": 10}
        sent |= {f"figure.{task_id}.{key}": str(number) for key, number in figures.items()}
    return sent | more


def uploaded(client: FlaskClient, change: Callable[[Any], object]) -> TestResponse:
    """Fill in the template as it is now, and upload it."""
    book = load_workbook(io.BytesIO(client.get(f"{PAGE}.xlsx").data))
    change(book["4.1 (2021)"])
    written = io.BytesIO()
    book.save(written)
    return post(client, f"{PAGE}/upload", {"workbook": (io.BytesIO(written.getvalue()), "Данные.xlsx")})


def test_the_figures_of_many_months_are_given_at_once_or_not_at_all(database: Database, login: Login) -> None:
    client = login("college01")
    january, february = (id_of(database, "4.1", occurrence=each) for each in (JANUARY, FEBRUARY))
    text = words(client.get(PAGE))
    assert "January, graduates of 2021" in text
    assert "June, graduates of 2021" in text
    assert "July, graduates of 2021" not in text, "its time has not come"

    wrong = typed(january, february, **{f"figure.{february}.employed": "101"})
    answer = post(client, PAGE, wrong)
    assert (answer.status_code, numbers(database)) == (422, [])
    assert "A part cannot be larger than the whole." in words(answer)
    assert 'value="101"' in answer.text

    # February is held against January, which comes with the same click.
    odd = typed(january, february, **{f"figure.{february}.employed": "90"})
    answer = post(client, PAGE, odd)
    assert (answer.status_code, numbers(database)) == (422, [])
    assert "It was 40 on 31 Jan 2022, now it is 90, 125 % off. Is that right?" in words(answer)
    sure = {f"sure.{february}.employed": "90", f"why.{february}.employed": "Сверено с ПФР"}
    assert post(client, PAGE, odd | sure).status_code == 303
    assert (february, "employed", 90) in numbers(database)
    assert (len(numbers(database)), stands(database, january).state) == (6, "planned")
    told = words(login("deputy").get("/plans/2022/review"))
    assert "Сверено с ПФР" in told

    # What was said before speaks for an earlier day: January, given already, is not held against February.
    assert "Before: 40 (31 Jan 2022)." in words(client.get(f"/tasks/{february}"))
    assert "Before:" not in words(client.get(f"/tasks/{january}"))

    # Somebody else's change in between is told, and the next click is about the task as it is.
    answer = post(client, PAGE, typed(january, february))
    assert answer.status_code == 422
    assert "Somebody changed this" in words(answer)
    assert f'name="version.{february}" value="2"' in answer.text


def test_a_workbook_comes_into_the_form_and_nothing_is_taken_before_it_is_given(
    database: Database, login: Login
) -> None:
    client = login("college01")
    january, february = (id_of(database, "4.1", occurrence=each) for each in (JANUARY, FEBRUARY))

    def wrong(page: Any) -> None:
        page["D3"], page["E3"], page["F3"] = 100, "many", "=1+1"

    answer = uploaded(client, wrong)
    assert answer.status_code == 422
    text = words(answer)
    assert "4.1 (2021), E3: a whole number of at least 0 is expected" in text
    assert "4.1 (2021), F3: a number is expected and not a formula" in text

    def too_many(page: Any) -> None:
        page["D3"], page["E3"], page["F3"] = 100, 101, 10

    answer = uploaded(client, too_many)
    assert answer.status_code == 422
    assert "4.1 (2021), E3: A part cannot be larger than the whole." in words(answer)

    def right(page: Any) -> None:
        page["D3"], page["E3"], page["F3"], page["E4"] = 100, 40, 10, 95

    answer = uploaded(client, right)
    assert "Numbers for 2 tasks were read from the file" in words(answer)
    assert "It was 40 on 31 Jan 2022, now it is 95, 138 % off. Is that right?" in words(answer)
    assert numbers(database) == []
    given = typed(january, february)
    given |= {f"figure.{february}.{key}": number for key, number in FILLED_IN.items()}
    for name, number in given.items():
        assert re.search(rf'name="{re.escape(name)}"[^>]* value="{number}"', answer.text), name
    sure = {f"sure.{february}.employed": "95", f"why.{february}.employed": "Сверено с ПФР"}
    assert post(client, PAGE, given | sure).status_code == 303
    assert sorted(numbers(database)) == [
        (january, "at_risk", 10),
        (january, "employed", 40),
        (january, "graduates", 100),
        (february, "employed", 95),
    ]


def test_each_organisation_answers_for_itself_alone(
    database: Database, login: Login, people: dict[str, Any]
) -> None:
    theirs = id_of(database, "4.1", "college02", JANUARY)
    version = {f"version.{theirs}": "1", f"figure.{theirs}.graduates": "7"}
    for name in ("college01", "centre"):  # the centre coordinates 4.1
        client = login(name)
        assert f"figure.{theirs}." not in client.get(PAGE).text
        assert post(client, PAGE, version).status_code == 422

    def foreign(page: Any) -> None:
        page["A3"], page["D3"] = theirs, 7

    answer = uploaded(login("college01"), foreign)
    assert answer.status_code == 422
    assert "4.1 (2021), A3: This row is none of your open tasks." in words(answer)
    with database.read() as session:
        assert factories.find_task(session, "4.1", "college02").version == 1
    assert numbers(database) == []
    for name in ("deputy", "auditor"):
        assert login(name).get(PAGE).status_code == 403
