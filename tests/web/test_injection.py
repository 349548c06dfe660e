"""Names that people give, in what programs read: formulas in tables, headers of answers and of letters."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable
from contextlib import suppress
from datetime import date, datetime

import pytest
from flask import Flask, url_for
from flask.testing import FlaskClient
from openpyxl import load_workbook
from sqlalchemy import update
from werkzeug.http import parse_options_header
from werkzeug.test import TestResponse

from app.db import Database
from app.domain.errors import InvalidInputError
from app.domain.permissions import Actor
from app.models import Activity, Evidence, Organization, Person, Report, Row, Task
from app.services import digests, tasks
from app.services.evidence import Submission
from app.services.plans import find_plan
from app.storage import EvidenceStore
from tests import factories
from tests.infrastructure.files import PDF
from tests.services.cast import file
from tests.web.acting import Login, post

#: what a spreadsheet would run, if it were written as it is
FORMULAS = [
    "=1+1",
    "+1+1",
    "-1+1",
    "@SUM(A1)",
    "\t=1+1",
    "\r=1+1",
    " =1+1",
    "＝1+1",
    '=HYPERLINK("http://x")',
]
_BEGINNINGS = tuple("=+-@＝＋－＠")

#: what would end a header, or a parameter of one, if it were written as it is
HEADERS = [
    *("a\r\nX-Evil: 1.pdf", "a\nX-Evil: 1.pdf", "a\rX-Evil.pdf", 'a"; filename="b.exe.pdf', "a\\b.pdf"),
    *(
        "a; filename*=UTF-8''b.pdf",
        "а\u2028X-Evil: 1.pdf",
        "a\0b.pdf",
        "a\u202efdp.exe.pdf",
        "a%0d%0aX-Evil: 1.pdf",
    ),
    *("Отчёт «за июнь».pdf", "я" * 150 + ".pdf", "\x1b]0;x.pdf"),
]


#: the tables that everybody may have
PUBLIC = ("rows", "indicators", "events", "materials")


def written_by(app: Flask, extension: str) -> list[str]:
    """The addresses of every table of that kind."""
    found = []
    with app.test_request_context():
        for rule in app.url_map.iter_rules():
            if not rule.rule.endswith((f".{extension}", ":form>")) or "GET" not in (rule.methods or set()):
                continue
            named = {"plan_code": "2022", "form": extension}
            values = {key: value for key, value in named.items() if key in rule.arguments}
            names = [{"name": name} for name in PUBLIC] if "name" in rule.arguments else [{}]
            found += [url_for(rule.endpoint, **values, **name) for name in names]
    return found


@pytest.mark.data("story")
@pytest.mark.one_database
def test_no_table_that_any_route_writes_holds_a_formula(
    app: Flask, database: Database, sign_in: Callable[..., FlaskClient]
) -> None:
    with database.transaction() as session:
        for number, text in enumerate(FORMULAS):
            for column in (Organization.short_name, Organization.name, Activity.short_title, Person.name):
                table = column.class_
                session.execute(
                    update(table).where(table.id % len(FORMULAS) == number).values({column: text})
                )
            session.execute(update(Row).where(Row.id % len(FORMULAS) == number).values(title=text))
            session.execute(update(Task).where(Task.id % len(FORMULAS) == number).values(explanation=text))
    clients = [sign_in("deputy"), sign_in("centre"), sign_in("auditor")]
    tables = cells = 0
    for extension in ("csv", "xlsx"):
        for address in written_by(app, extension):
            answers = [client.get(address) for client in clients]
            answer = next(each for each in answers if each.status_code == 200)
            found = texts_of_csv(answer) if extension == "csv" else texts_of_xlsx(answer)
            tables, cells = tables + 1, cells + len(found)
    assert tables >= 9
    assert cells > 1000


def texts_of_csv(answer: TestResponse) -> list[str]:
    """Every cell of the table. Raises AssertionError when one begins as a formula does."""
    lines = list(csv.reader(io.StringIO(answer.data.decode("utf-8-sig")), delimiter=";"))
    cells = [cell for line in lines for cell in line]
    bad = [cell for cell in cells if cell.lstrip().startswith(_BEGINNINGS) and not _is_number(cell)]
    assert bad == []
    return cells


def texts_of_xlsx(answer: TestResponse) -> list[str]:
    """Every cell of the workbook. Raises AssertionError when one is a formula or leads somewhere outside.

    Formulas of our own stand in sheets that count; none of them comes from a name.
    """
    book = load_workbook(io.BytesIO(answer.data))
    cells = [cell for sheet in book for line in sheet.iter_rows() for cell in line if cell.value is not None]
    assert [cell.value for cell in cells if cell.data_type == "f" and cell.value in FORMULAS] == []
    assert [cell.value for cell in cells if cell.hyperlink and "//x" in str(cell.hyperlink.target)] == []
    return [str(cell.value) for cell in cells]


def _is_number(text: str) -> bool:
    return text.replace(",", "").replace("-", "").isdigit()


@pytest.mark.data("plan")
def test_no_name_of_a_file_ends_the_header_that_it_stands_in(
    database: Database,
    people: dict[str, Actor],
    store: EvidenceStore,
    login: Login,
    now: datetime,
    today: date,
) -> None:
    college = people["college01"]
    addresses = []
    with database.transaction() as session:
        plan = find_plan(session, "2022")
        task = factories.find_task(session, "3.2", "college01")
        for name in HEADERS:
            submission = Submission([file(store, name, PDF)])
            tasks.attach(session, store, college, task.id, now=now, submission=submission)
            evidence = session.query(Evidence).order_by(Evidence.id.desc()).first()
            # A report is named after its organisation, which an administrator calls as it likes.
            report = Report(
                **{"plan_id": plan.id, "kind": "organization", "format": "pdf", "scope": "college01"},
                **{"as_of": today, "person_id": college.person_id, "state": "ready", "made_at": now},
                **{"name": evidence.name, "size": evidence.size, "sha256": evidence.sha256},
            )
            session.add(report)
            session.flush()
            addresses += [f"/evidence/{evidence.id}", f"/plans/2022/reports/{report.id}"]
    client = login("college01")
    for address in addresses:
        answer = client.get(address)
        assert answer.status_code == 200, address
        assert_one_name(answer)
    assert len(addresses) == 2 * len(HEADERS)


def assert_one_name(answer: TestResponse) -> None:
    """The answer is one attachment of one name, and has no header that somebody has named."""
    assert "X-Evil" not in answer.headers
    for name, value in answer.headers:
        assert not {"\r", "\n", "\0"} & set(name + value)
    kind, options = parse_options_header(answer.headers["Content-Disposition"])
    assert kind == "attachment"
    assert set(options) == {"filename"}
    assert options["filename"].endswith(".pdf")


@pytest.mark.data("plan")
@pytest.mark.parametrize(
    "text", ["a\r\nX-Evil: 1", "\r\n\r\n<html>", "//evil.example/", "https://evil.example"]
)
def test_no_address_that_is_led_to_ends_its_header_or_leads_elsewhere(login: Login, text: str) -> None:
    client = login("deputy")
    lists = client.application.url_map.bind("").build
    for address in (
        lists("filters.save", {"plan_code": "2022", "place": "tasks", "q": text}),
        lists("auth.preferences", {}),
        lists("overdue.remind", {"plan_code": "2022", "back": text, "q": text}),
    ):
        answer = post(client, address, {"name": "Наш", "next": text, "language": "en", "back": text})
        assert answer.status_code < 500
        assert "X-Evil" not in answer.headers
        location = answer.headers.get("Location", "/")
        assert location.startswith("/")
        assert not location.startswith("//")
        assert not {"\r", "\n"} & set(location)


@pytest.mark.data("plan")
@pytest.mark.parametrize(
    "address",
    [
        "a@example.org\r\nBcc: b@example.org",
        "a@example.org\nb@example.org",
        "a@b.org, c@d.org",
        "<a@b.org>",
        "a@b.org\0",
    ],
)
def test_no_letter_goes_to_an_address_that_is_more_than_one(
    database: Database, people: dict[str, Actor], now: datetime, address: str
) -> None:
    with database.transaction() as session:
        person_id = people["college01"].person_id
        with suppress(InvalidInputError):
            digests.set_letters(session, person_id, address, "day", now=now)
        assert session.get_one(Person, person_id).email in {"", "a@b.org"}
