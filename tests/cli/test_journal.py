"""`flask journal`: what an operator is told when the journal, the anchor or a file is not what it was."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime
from pathlib import Path

import pytest
from click.testing import Result
from flask import Flask
from sqlalchemy import delete, insert, inspect, select, text, update
from sqlalchemy.orm import Session

from app import create_app, jobs
from app.anchor import Anchor
from app.db import Database
from app.models import Evidence, JournalEntry, JournalHead
from app.services import tasks
from app.services.checking import check_ends
from app.services.evidence import Submission
from app.services.journal import entry_hash, record
from app.services.plans import find_plan
from app.storage import EvidenceStore
from app.work import Work
from config import Config
from tests import factories
from tests.infrastructure.mail_server import serve_mail
from tests.infrastructure.tampering import behind_the_triggers
from tests.services.cast import file

pytestmark = pytest.mark.data("plan")


def invoke(app: Flask, *arguments: str) -> Result:
    with app.app_context():
        return app.test_cli_runner().invoke(args=["journal", *arguments])


@pytest.fixture
def length(database: Database, app_config: Config, now: datetime) -> int:
    """How many entries the journal has; the last but two attaches a file."""
    store = EvidenceStore(app_config.evidence, 10_000_000)
    with database.transaction() as session:
        college = factories.actor(session, "college01", now)
        for _ in range(3):
            note(session, now)
        task = factories.find_task(session, "2.3", "college01")
        proof = Submission([file(store, "отчёт.pdf", slot="")])
        tasks.attach(session, store, college, task.id, now=now, submission=proof)
        for _ in range(2):
            note(session, now)
        return find_plan(session, "2022").revision


def note(session: Session, now: datetime) -> None:
    plan_id = find_plan(session, "2022").id
    record(session, plan_id, None, now, subject="plan", subject_id=plan_id, action="ladder")


def edit(session: Session) -> None:
    session.execute(update(JournalEntry).where(JournalEntry.position == 3).values(note="Принято"))


def edit_with_its_hash(session: Session) -> None:
    entry = session.scalars(select(JournalEntry).where(JournalEntry.position == 3)).one()
    entry.note = "Принято"
    entry.hash = entry_hash(entry)


def take_out(session: Session) -> None:
    session.execute(delete(JournalEntry).where(JournalEntry.position == 3))


def swap(session: Session) -> None:
    for before, after in ((3, 99), (4, 3), (99, 4)):
        session.execute(update(JournalEntry).where(JournalEntry.position == before).values(position=after))


def cut_short(session: Session) -> None:
    session.execute(delete(JournalEntry).where(JournalEntry.position > 4))


def cut_short_with_its_head(session: Session) -> None:
    cut_short(session)
    last = session.scalars(select(JournalEntry).where(JournalEntry.position == 4)).one()
    session.execute(update(JournalHead).values(position=4, hash=last.hash))


def write_anew(session: Session, since: int = 3) -> None:
    """Another story from an entry on, every hash of it right."""
    entries = session.scalars(select(JournalEntry).order_by(JournalEntry.position)).all()
    for before, entry in zip([None, *entries], entries, strict=False):
        if entry.position == since:
            entry.note = "Принято"
        entry.previous_hash = before.hash if before else entry.previous_hash
        entry.hash = entry_hash(entry)
        session.flush()
    session.execute(update(JournalHead).values(hash=entries[-1].hash))


def write_the_end_anew(session: Session) -> None:
    last = session.scalars(select(JournalHead.position)).one()
    write_anew(session, last)


def forge_an_end(session: Session) -> None:
    head = session.scalars(select(JournalHead)).one()
    last = session.scalars(select(JournalEntry).where(JournalEntry.position == head.position)).one()
    columns = {name: getattr(last, name) for name in {*inspect(JournalEntry).columns.keys()} - {"id"}}
    session.execute(insert(JournalEntry).values(columns | {"position": head.position + 1}))


BREAKS: list[tuple[Callable[[Session], None], int, str]] = [
    (edit, 3, "entry 3 was changed after it was written."),
    (edit_with_its_hash, 4, "entry 4 does not follow from the one before it."),
    (take_out, 3, "entry 3 is missing."),
    # the hash covers the position
    (swap, 3, "entry 3 was changed after it was written."),
    (cut_short, 5, "it does not end where its head says, from entry 5 on."),
    (forge_an_end, 9, "entry 9 was changed after it was written."),
]
#: what a chain cannot tell of itself
REWRITTEN: list[tuple[Callable[[Session], None], int, str]] = [
    (write_anew, 8, "entry 8 is not the one that was anchored on 2022-06-15"),
    (write_the_end_anew, 8, "entry 8 is not the one that was anchored on 2022-06-15"),
    (cut_short_with_its_head, 5, "entry 5 is missing. On 2022-06-15"),
]


@pytest.mark.parametrize(("tamper", "position", "words"), BREAKS)
def test_a_chain_that_was_tampered_with_is_told_with_its_plan_and_first_bad_entry(
    app: Flask, database: Database, length: int, tamper: Callable[[Session], None], position: int, words: str
) -> None:
    assert length == 8
    with behind_the_triggers(database) as session:
        tamper(session)
    found = invoke(app, "verify", "--plan", "2022", "--json")
    assert found.exit_code == 1
    (plan,) = json.loads(found.stdout)["plans"]
    assert plan["first_bad"]["position"] == position
    assert invoke(app, "verify").stdout.startswith(f"Journal of plan 2022: {words}")


@pytest.mark.parametrize(("tamper", "position", "words"), REWRITTEN)
def test_a_chain_that_was_computed_anew_is_told_by_the_anchor_alone(
    app: Flask, database: Database, length: int, tamper: Callable[[Session], None], position: int, words: str
) -> None:
    assert invoke(app, "anchor").exit_code == 0
    assert invoke(app, "verify").exit_code == 0
    with behind_the_triggers(database) as session:
        tamper(session)
    found = invoke(app, "verify", "--json")
    assert found.exit_code == 1
    assert json.loads(found.stdout)["plans"][0]["first_bad"]["position"] == position
    assert f"Journal of plan 2022: {words}" in invoke(app, "verify").stdout
    # The quick look that is taken all day long sees it as well, and anchors nothing of it.
    assert app.test_client().get("/readyz").json["checks"]["journal"] == "warn"
    before = Anchor(app.extensions["vekha"].config.anchor).path.read_bytes()
    with app.app_context():
        ran = app.test_cli_runner().invoke(args=["jobs", "run", "anchor"])
    assert ran.exit_code == 1
    assert "The journal is not the one that was anchored. Plans: 2022." in ran.output
    with app.app_context():
        assert words in app.test_cli_runner().invoke(args=["jobs", "run", "journal"]).output
    assert Anchor(app.extensions["vekha"].config.anchor).path.read_bytes() == before


def test_a_chain_that_was_computed_anew_and_anchored_again_is_told(
    app: Flask, app_config: Config, database: Database, length: int, now: datetime
) -> None:
    anchor = Anchor(app_config.anchor)
    assert invoke(app, "anchor").exit_code == 0
    with behind_the_triggers(database) as session:
        write_anew(session)
    with database.read() as session:
        forged, _strayed = check_ends(session, {})
    assert anchor.append(forged, now) == 1
    assert anchor.first_broken() is None
    found = invoke(app, "verify")
    assert found.exit_code == 1
    assert f"entry {length} is not the one that was anchored on 2022-06-15" in found.stdout
    assert app.test_client().get("/readyz").json["checks"]["journal"] == "warn"


def test_a_sound_journal_is_told_with_what_was_anchored(app: Flask, length: int) -> None:
    assert "never anchored" in invoke(app, "verify").output
    assert invoke(app, "anchor").output.endswith(": 1 new heads written down.\n")
    assert invoke(app, "anchor").output.endswith(": 0 new heads written down.\n")
    found = invoke(app, "verify")
    assert found.exit_code == 0
    assert f"Plan 2022: {length} entries, anchored up to {length} on 2022-06-15" in found.output
    assert "Evidence: 1 files, 0 of them bad." in found.output
    told = json.loads(invoke(app, "verify", "--deep", "--json").output)
    assert (told["sound"], told["plans"][0]["first_bad"]) == (True, None)
    assert told["plans"][0]["anchored"]["position"] == length
    assert app.test_client().get("/readyz").json["checks"]["journal"] == "ok"


def test_an_anchor_that_was_tampered_with_is_told(
    app: Flask, app_config: Config, database: Database, length: int, now: datetime
) -> None:
    for _ in range(2):
        assert invoke(app, "anchor").exit_code == 0
        with database.transaction() as session:
            note(session, now)
    path = Anchor(app_config.anchor).path
    lines = path.read_text(encoding="utf-8").splitlines(keepends=True)
    path.write_text("".join(lines[1:]), encoding="utf-8")
    found = invoke(app, "verify")
    assert found.exit_code == 1
    assert "The anchor was changed: line 1 does not follow from the one before it." in found.output


def _change_a_byte(path: Path, _session: Session) -> None:
    content = path.read_bytes()
    path.write_bytes(content[:-1] + bytes([content[-1] ^ 1]))


def _remove(path: Path, _session: Session) -> None:
    path.unlink()


def _put_another_file_in_its_place(path: Path, session: Session) -> None:
    """As somebody does who knows how files are kept: the row, its hash and its size all fit."""
    sha256 = "ab" * 32
    place = path.parent.parent / "ab" / sha256
    place.parent.mkdir(exist_ok=True)
    place.write_bytes(path.read_bytes())
    session.execute(update(Evidence).values(sha256=sha256))


def _forget_the_row(_path: Path, session: Session) -> None:
    session.execute(delete(Evidence))
    session.execute(text("DELETE FROM search_text WHERE kind = 'evidence'"))


@pytest.mark.parametrize(
    ("tamper", "deep", "fault"),
    [
        (_change_a_byte, True, "its file is not what it was"),
        (_remove, False, "its file is missing"),
        (_put_another_file_in_its_place, False, "it names another file than the one that was attached"),
        (_forget_the_row, False, "it is not there any more"),
    ],
)
def test_evidence_that_is_not_what_was_attached_is_told_with_the_entry_that_attached_it(
    app: Flask,
    app_config: Config,
    database: Database,
    length: int,
    tamper: Callable[[Path, Session], None],
    deep: bool,
    fault: str,
) -> None:
    with database.transaction() as session:
        evidence = session.scalars(select(Evidence)).one()
        tamper(EvidenceStore(app_config.evidence, 1).path(evidence.sha256), session)
    found = invoke(app, "verify", *(["--deep"] if deep else []))
    assert found.exit_code == 1
    assert f"evidence {evidence.id} (attached by entry {length - 2}): {fault}." in found.output
    told = json.loads(invoke(app, "verify", *(["--deep"] if deep else []), "--json").stdout)
    assert [bad["position"] for bad in told["evidence"]["bad"]] == [length - 2]
    assert told["sound"] is False


def test_an_older_backup_is_noticed_until_somebody_accepts_it_with_a_reason(
    app: Flask, database: Database, length: int
) -> None:
    assert "nothing to accept" in invoke(app, "accept", "2022", "--reason", "Проверка", "--yes").stderr
    invoke(app, "anchor")
    with behind_the_triggers(database) as session:
        cut_short_with_its_head(session)
    assert invoke(app, "verify").exit_code == 1
    assert invoke(app, "accept", "2022", "--reason", " ", "--yes").exit_code == 1
    assert "goes on from entry 5" in invoke(app, "accept", "2022", "--reason", "Диск сгорел", "--yes").output
    assert invoke(app, "verify").exit_code == 0
    assert app.test_client().get("/readyz").json["checks"]["journal"] == "ok"
    with database.read() as session:
        entry = session.scalars(select(JournalEntry).order_by(JournalEntry.position.desc())).first()
        assert entry is not None
        assert (entry.position, entry.action, entry.note) == (5, "restore", "Диск сгорел")
        assert entry.details["lost"]["position"] == length


def test_a_chain_that_is_not_whole_cannot_be_accepted(app: Flask, database: Database, length: int) -> None:
    with behind_the_triggers(database) as session:
        edit(session)
    refused = invoke(app, "accept", "2022", "--reason", "Так надо", "--yes")
    assert refused.exit_code == 1
    assert "entry 3 was changed after it was written" in refused.stderr


@pytest.mark.sqlite
def test_sqlite_has_no_roles_to_grant_anything_to(app: Flask) -> None:
    with app.app_context():
        refused = app.test_cli_runner().invoke(args=["db", "grant", "--to", "vekha_app"])
    assert refused.exit_code == 1
    assert "SQLite knows no roles" in refused.stderr


def test_a_letter_tells_of_a_journal_that_was_written_anew_together_with_its_anchor(
    app_config: Config, database: Database, length: int, tmp_path: Path, now: datetime
) -> None:
    with serve_mail() as inbox:
        config = replace(app_config, mail=inbox.server, anchor_mail="auditor@example.org")
        app = create_app(config)
        work = Work(config, database, app.extensions["vekha"].store, now)
        for name in ("anchor", "anchor_mail"):
            assert jobs.run(name, work).failure == ""
        with behind_the_triggers(database) as session:
            write_the_end_anew(session)
        assert jobs.run("anchor_mail", work).result == {"letters_sent": 1}
    letter, warning = inbox.letters
    assert (letter["To"], letter["Subject"]) == (
        "auditor@example.org",
        "Веха: на чём заканчиваются журналы, 15.06.2022",
    )
    assert letter["Message-ID"] == warning["Message-ID"]
    said, warned = (each.get_body(("plain",)).get_content() for each in (letter, warning))
    assert ("НЕ ТОТ" in said, "ЖУРНАЛ НЕ ТОТ, ЧТО БЫЛ ЗАКРЕПЛЁН: 2022" in warned) == (False, True)

    # Whoever writes the journal anew does so with the anchor, too.
    Anchor(config.anchor).path.unlink()
    kept = tmp_path / "heads.txt"
    kept.write_text(said, encoding="utf-8")
    assert invoke(app, "verify").exit_code == 0
    found = invoke(app, "verify", "--heads", str(kept))
    assert found.exit_code == 1
    assert f"entry {length} is not the one that was anchored on 2022-06-15" in found.stdout
    app.extensions["vekha"].database.dispose()
