"""The page of the journal: everything that happened, for those who check, and proof of it to take away."""

from __future__ import annotations

import csv
import io
import json
import re
import subprocess
import sys
from collections.abc import Callable
from datetime import datetime
from pathlib import Path

import openpyxl
import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select, update
from werkzeug.test import TestResponse

from app import jobs
from app.db import Database
from app.models import JournalEntry
from app.services.plans import find_plan
from app.work import Work
from config import Config
from tests import factories
from tests.infrastructure.forms import words
from tests.infrastructure.statements import recorded_statements
from tests.infrastructure.tampering import behind_the_triggers
from tests.web.acting import in_english

SignIn = Callable[..., FlaskClient]

JOURNAL = "/plans/2022/journal"


def positions(answer: TestResponse) -> list[int]:
    assert answer.status_code == 200
    return [int(each) for each in re.findall(r'id="entry-(\d+)"', answer.text)]


def counted(answer: TestResponse) -> int:
    return int(re.search(r'class="subtitle">(\d+) entr', answer.text)[1])  # type: ignore[index]


@pytest.mark.data("story")
@pytest.mark.looks
def test_the_page_tells_everything_newest_first_and_what_narrows_it(sign_in: SignIn, app: Flask) -> None:
    client = in_english(sign_in("auditor"))
    with recorded_statements(app.extensions["vekha"].database) as statements:
        first = client.get(JOURNAL)
    assert len(statements) <= 12
    number = counted(first)
    assert positions(first) == list(range(number, number - 50, -1))
    last = client.get(f"{JOURNAL}?page={-(-number // 50)}")
    assert positions(last)[-1] == 1
    assert "Plan loaded" in words(last.text)
    assert positions(client.get(f"{JOURNAL}?page=9999")) == positions(last)

    # Each condition leaves what fits it, and all of them what fits all.
    found = {
        query: counted(client.get(f"{JOURNAL}?{query}"))
        for query in (
            "from=2022-06-14&to=2022-06-14",
            "from=2022-06-15",
            "act=task.return",
            "act=task.return&activity=4.2",
            "organization=college01",
            "person=1&organization=college01",
        )
    }
    with app.extensions["vekha"].database.read() as session:
        plan = find_plan(session, "2022")
        entries = session.scalars(select(JournalEntry).where(JournalEntry.plan_id == plan.id)).all()
    days = [entry.at.astimezone(plan.zone).date().isoformat() for entry in entries]
    assert found["from=2022-06-14&to=2022-06-14"] == days.count("2022-06-14")
    assert found["from=2022-06-15"] == days.count("2022-06-15")
    assert found["act=task.return"] == sum(entry.action == "return" for entry in entries)
    assert 0 < found["person=1&organization=college01"] < found["organization=college01"] < number
    assert found["act=task.return&activity=4.2"] <= found["act=task.return"]
    # What the journal does not have narrows nothing, and days that cannot be told do no harm.
    for query in ("person=0", "activity=9.9", "act=task", "act=no.thing", "from=0001-01-01", "to=9999-12-31"):
        assert counted(client.get(f"{JOURNAL}?{query}")) == number, query


@pytest.mark.data("story")
@pytest.mark.looks
def test_a_table_has_the_entries_that_the_page_counts(sign_in: SignIn) -> None:
    client = in_english(sign_in("auditor"))
    query = "act=task.submit&from=2022-06-01"
    page = client.get(f"{JOURNAL}?{query}")
    rows = list(
        csv.DictReader(io.StringIO(client.get(f"{JOURNAL}.csv?{query}").data.decode("utf-8-sig"), newline=""))
    )
    assert len(rows) == counted(page)
    assert [int(row["Entry"]) for row in rows[:50]] == positions(page)
    assert all(re.fullmatch(r"[0-9a-f]{64}", row["Hash"]) for row in rows)
    assert not any("<span" in cell for row in rows for cell in row.values())
    book = openpyxl.load_workbook(io.BytesIO(client.get(f"{JOURNAL}.xlsx?{query}").data))
    assert book.worksheets[0].max_row - 1 == len(rows)


@pytest.mark.data("plan")
def test_the_journal_is_open_to_those_who_see_everything_alone(
    sign_in: SignIn, database: Database, now: datetime
) -> None:
    with database.transaction() as session:
        factories.actor(session, "college01", now)
        for role in ("controller", "auditor", "administrator"):
            factories.actor(session, role, now, role)
    pages = [JOURNAL, *(f"{JOURNAL}.{form}" for form in ("csv", "xlsx", "jsonl"))]
    pages += [f"{JOURNAL}/heads.jsonl", f"{JOURNAL}/verify.py"]
    for role in ("controller", "auditor", "administrator"):
        client = sign_in(role)
        assert [client.get(page).status_code for page in pages] == [200] * len(pages)
        assert f'href="{JOURNAL}"' in client.get("/plans/2022/plan").text
    executor = sign_in("college01")
    assert [executor.get(page).status_code for page in pages] == [403] * len(pages)
    assert f'href="{JOURNAL}"' not in executor.get("/plans/2022/plan").text


@pytest.fixture
def work(app_config: Config, database: Database, app: Flask, now: datetime) -> Work:
    return Work(app_config, database, app.extensions["vekha"].store, now)


@pytest.mark.data("plan")
def test_the_page_says_until_where_the_chain_was_verified_and_anchored(
    sign_in: SignIn, database: Database, work: Work, now: datetime
) -> None:
    with database.transaction() as session:
        factories.actor(session, "auditor", now, "auditor")
    client = in_english(sign_in("auditor"))
    before = words(client.get(JOURNAL).text)
    assert "Chain verified not yet" in before
    assert "Anchored outside of the database not yet" in before
    for name in ("anchor", "journal"):
        assert jobs.run(name, work).failure == ""
    page = words(client.get(JOURNAL).text)
    assert re.search(r"Chain verified 15 Jun 2022, \d\d:\d\d, up to entry 2", page)
    assert "Anchored outside of the database 15 Jun 2022, 12:00, up to entry 2" in page
    with behind_the_triggers(database) as session:
        session.execute(update(JournalEntry).where(JournalEntry.position == 2).values(note="Иначе"))
    assert jobs.run("journal", work).failure
    page = words(client.get(JOURNAL).text)
    assert "Journal of plan 2022: entry 2 was changed after it was written." in page
    assert "Chain verified it is broken" in page


def run(folder: Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-I", "verify_journal.py", "journal-2022.jsonl", "heads.jsonl"],
        cwd=folder,
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.mark.data("plan")
def test_what_is_exported_can_be_verified_without_vekha(
    sign_in: SignIn, database: Database, work: Work, tmp_path: Path, now: datetime
) -> None:
    with database.transaction() as session:
        factories.actor(session, "auditor", now, "auditor")
        college = factories.actor(session, "college01", now)
        factories.submit(session, work.store, college, "2.3", now)
    jobs.run("anchor", work)
    client = sign_in("auditor")
    page = client.get(JOURNAL).text
    for address in re.findall(r'<a href="([^"]+)"><code>[^<]+\.(?:jsonl|py)</code>', page):
        answer = client.get(address)
        name = re.search(r"filename=(\S+)", answer.headers["Content-Disposition"])
        (tmp_path / name[1]).write_bytes(answer.data)  # type: ignore[index]
    lines = (tmp_path / "journal-2022.jsonl").read_text(encoding="utf-8").splitlines()
    sound = run(tmp_path)
    assert (sound.returncode, sound.stderr) == (0, "")
    assert f"The chain holds. Entries: {len(lines)}" in sound.stdout
    assert "Heads of plan 2022: 1" in sound.stdout

    changed = [*lines]
    changed[2] = json.dumps(json.loads(lines[2]) | {"note": "Иначе"}, ensure_ascii=False)
    for told, tampered in (
        ("Entry 3 is not what it was, or is missing.", changed),
        ("Entry 2 is not what it was, or is missing.", [lines[0], *lines[2:]]),
        # a whole chain, but not the one that was anchored
        (f"Entry {len(lines)} is not the one that was anchored at 2022-06-15", lines[:-1]),
    ):
        (tmp_path / "journal-2022.jsonl").write_text("\n".join(tampered) + "\n", encoding="utf-8")
        found = run(tmp_path)
        assert (found.returncode, found.stderr) == (1, "")
        assert told in found.stdout
