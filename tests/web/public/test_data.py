"""The open data, the news and the public calendar: as documented, bounded, and the same for everybody."""

from __future__ import annotations

import csv
import io
import json
import re
from datetime import datetime
from pathlib import Path
from typing import Any

import icalendar
import pytest
from defusedxml import ElementTree
from flask.testing import FlaskClient

from app.exports.delimited import delimited
from app.web.public.schema import MORE, TABLES, json_schema
from tests.infrastructure.statements import recorded_statements
from tests.web.acting import in_english
from tests.web.public.conformity import faults

DOCUMENT = Path(__file__).resolve().parents[3] / "docs" / "public-data.md"
BASE = "/public/plans/2022"
ALL = ("", "/data", "/data.json", "/schema.json", "/news.atom", "/calendar.ics")
ALL += tuple(f"/{name}.csv" for name in TABLES)
ATOM = "{http://www.w3.org/2005/Atom}"

pytestmark = [pytest.mark.data("story"), pytest.mark.looks]


@pytest.fixture
def data(client: FlaskClient) -> dict[str, Any]:
    found: dict[str, Any] = client.get(f"{BASE}/data.json").json
    return found


def table(client: FlaskClient, name: str) -> list[dict[str, str]]:
    text = client.get(f"{BASE}/{name}.csv").data.decode("utf-8")
    assert text.startswith("\ufeff")
    return list(csv.DictReader(io.StringIO(text.removeprefix("\ufeff")), delimiter=";"))


def in_csv(value: Any) -> str:
    """A value of the JSON as it stands in the CSV."""
    if value is None or isinstance(value, bool):
        return {None: "", True: "true", False: "false"}[value]
    return str(value).replace(".", ",") if isinstance(value, float) else str(value)


def test_the_data_is_what_its_schema_says_and_the_csv_says_the_same(
    client: FlaskClient, data: dict[str, Any]
) -> None:
    schema = client.get(data["schema"].removeprefix("http://localhost")).json
    assert list(faults(data, schema)) == []
    # the check itself finds what is wrong
    assert list(faults({**data, "rows": [{**data["rows"][0], "state": "late", "who": 1}]}, schema))
    for name, (_says, fields) in TABLES.items():
        records = table(client, name)
        assert len(records) == len(data[name]) > 0, name
        assert list(records[0]) == [field.name for field in fields]
        for record, same in zip(records, data[name], strict=True):
            for field in fields:
                assert record[field.name] == in_csv(same[field.name]), (name, field.name)


def test_the_data_has_the_rows_the_indicators_and_what_was_published(data: dict[str, Any]) -> None:
    assert [len(data[name]) for name in ("sections", "rows", "indicators")] == [6, 25, 11]
    career_week = next(row for row in data["rows"] if row["number"] == "3.4")
    assert len(career_week["dates"]) == 4
    assert career_week["state"] == "done"
    on_request = next(row for row in data["rows"] if row["number"] == "4.3")
    assert (on_request["on_request"], on_request["due"], on_request["dates"]) == (True, None, [])
    assert {event["status"] for event in data["events"]} == {"upcoming", "past"}
    assert {material["kind"] for material in data["materials"]} == {"file"}


def test_every_field_is_documented(client: FlaskClient) -> None:
    page = in_english(client).get(f"{BASE}/data").text
    words = DOCUMENT.read_text(encoding="utf-8")
    for _says, fields in (*MORE.values(), *TABLES.values()):
        for field in fields:
            assert f"<code>{field.name}</code>" in page, field.name
            assert f"`{field.name}`" in words, field.name
    for address in ALL:
        assert f"`/public/plans/<code>{address}`" in words, address


def test_news_are_valid_atom_with_ids_that_stay(client: FlaskClient) -> None:
    feed = ElementTree.fromstring(client.get(f"{BASE}/news.atom").data)
    entries = feed.findall(f"{ATOM}entry")
    assert 20 < len(entries) <= 100
    ids = [entry.findtext(f"{ATOM}id") for entry in entries]
    assert len(set(ids)) == len(ids)
    assert all(re.fullmatch(r"tag:vekha\.local,2022:public/2022/[\w/:.-]+", each or "") for each in ids)
    updated = [datetime.fromisoformat(entry.findtext(f"{ATOM}updated") or "") for entry in entries]
    assert updated == sorted(updated, reverse=True)
    assert feed.findtext(f"{ATOM}updated") == entries[0].findtext(f"{ATOM}updated")
    assert {entry.find(f"{ATOM}category").get("term") for entry in entries} == {
        *("announced", "held", "material", "done"),
    }
    for entry in entries:
        for name in ("title", "published", "content", "author"):
            assert entry.find(f"{ATOM}{name}") is not None
    english = ElementTree.fromstring(client.get(f"{BASE}/news.atom?lang=en").data)
    assert [each.findtext(f"{ATOM}id") for each in english.findall(f"{ATOM}entry")] == ids


def test_the_calendar_has_every_date_of_the_page_and_leads_nowhere_else(
    client: FlaskClient, data: dict[str, Any]
) -> None:
    body = client.get(f"{BASE}/calendar.ics").data
    events = icalendar.Calendar.from_ical(body).walk("VEVENT")
    assert len(events) == sum(len(row["dates"]) for row in data["rows"])
    assert len({event["UID"] for event in events}) == len(events)
    assert {str(event["URL"]).split("#")[0] for event in events} == {f"http://localhost{BASE}"}
    for word in ("ATTENDEE", "ORGANIZER", "CONTACT", "/tasks/", "/plans/2022/activities"):
        assert word.encode() not in body.replace(b"/public/plans/2022", b"")


def test_an_answer_is_kept_until_the_plan_changes(app: Any, client: FlaskClient) -> None:
    for address in ALL:
        first = client.get(BASE + address)
        assert first.status_code == 200, address
        assert first.headers["Cache-Control"] == "public, max-age=300"
        with recorded_statements(app.extensions["vekha"].database) as statements:
            again = client.get(BASE + address, headers={"If-None-Match": first.headers["ETag"]})
            assert client.get(BASE + address).data == first.data
        assert (again.status_code, again.data, statements) == (304, b"", []), address
        for method in ("POST", "PUT", "DELETE"):
            assert client.open(BASE + address, method=method).status_code in {400, 405}, (method, address)


def test_a_plan_that_is_nobodys_business_has_none_of_these_addresses(client: FlaskClient) -> None:
    answers = {client.get(f"/public/plans/1999{address}?lang=ru").data for address in (*ALL, "/nothing")}
    assert len(answers) == 1


def test_no_cell_is_a_formula() -> None:
    hostile = ["=1+1", "+7", "-2", "@SUM(A1)", "\t=1", " =1", "＝1", "\r=1", 'a";=1', "\n=1"]
    text = delimited(["=a", "b"], [[each, -1] for each in hostile]).decode("utf-8-sig")
    cells = [row[0] for row in csv.reader(io.StringIO(text, newline=""), delimiter=";")][1:]
    assert cells == [f"'{each}" if not each.startswith("a") else each for each in hostile]
    assert text.startswith("=a;b\r\n")


@pytest.mark.data("empty")
def test_the_schema_names_every_field_and_lets_nothing_else_in(app: Any) -> None:
    with app.test_request_context():
        schema = json_schema("https://example.org/schema.json")
    assert json.loads(json.dumps(schema)) == schema
    assert set(schema["required"]) == {"schema", "plan", "sections", *TABLES}
    for name in ("rows", "events"):
        record = schema["properties"][name]["items"]
        assert set(record["required"]) == set(record["properties"])
        assert record["additionalProperties"] is False
