"""What is not marked public never shows: every private text there is, looked for in every public answer."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from datetime import date, datetime
from decimal import Decimal
from html import unescape
from typing import Any, NamedTuple

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import JSON, String, select
from werkzeug.test import TestResponse

from app.db import Base, Database
from app.domain.permissions import Actor
from app.models import Evidence, Material, Plan, Publication, Task
from app.services import comments, digests, extensions, people, reminders, tasks
from app.services.evidence import Attachment, Submission
from app.services.publishing import materials, publications
from app.services.publishing.settings import set_public
from app.services.publishing.words import PublicWords
from app.storage import EvidenceStore
from config import Config
from tests import factories
from tests.exports.test_public_copies import everything
from tests.web.public.test_data import ALL, BASE

#: one database is enough for what the pages say, and the story is long
pytestmark = [pytest.mark.data("story"), pytest.mark.one_database]

#: the columns that the public page is made of; whatever else is a text in the database is private
PUBLIC = {
    "plan": {"code", "title", "short_title", "gloss_en", "order_number", "issuer", "time_zone"},
    "section": {"title", "short_title", "gloss_en"},
    "row": {"number", "title", "deadline", "executors"},
    "activity": {"code", "short_title", "gloss_en"},
    "occurrence": {"key", "label_ru", "label_en"},
    "organization": {"name", "short_name", "gloss_en"},
    "indicator": {"title", "short_title", "gloss_en", "unit_ru", "unit_en"},
    "publication": {"text", "url"},
    "material": {"title", "extension", "media_type", "sha256"},
}
#: names of states, kinds and columns, and days: they are no secret and stand in schemas and calendars
CODE = re.compile(r"[a-z_]*|\d{4}-\d\d-\d\d")
#: addresses of what is inside
INSIDE = re.compile(r"/(?:tasks|evidence|feeds|admin|extensions|caldav)/|(?<!/public)/plans/")
PLANTED = (
    *("secret-note 1", "secret-comment 2", "secret-explanation 3", "secret-reason 4", "secret-reminder 5"),
    *("secret-words 6", "secret-corrected 7", "secret-title 8", "secret-return 9", "secret-doubt 10"),
    "secret-address@example.org",
)
PENDING = 98765431


class Secrets(NamedTuple):
    """Private texts, and all that is public."""

    private: set[str]
    public: str

    def found_in(self, text: str) -> set[str]:
        return {secret for secret in self.private if secret in text}


@pytest.fixture
def store(app_config: Config) -> EvidenceStore:
    return EvidenceStore(app_config.evidence, app_config.max_file)


@pytest.fixture
def secrets(database: Database, store: EvidenceStore, now: datetime) -> Secrets:
    """The story with more of everything that is nobody's business; what there is of that."""
    with database.transaction() as session:
        deputy, college = (people.find_actor(session, name) for name in ("deputy", "college19"))
        late = factories.find_task(session, "2.4", "college19")
        _plant(session, store, deputy, college, late.id, now)
    with database.read() as session:
        public = set(_texts(session, private=False))
        corpus = "\n".join(public)
        private = {value for value in _texts(session, private=True) if value not in corpus}
    assert set(PLANTED) <= private
    assert len(private) > 1000
    return Secrets(private, corpus)


def _plant(
    session: Any, store: EvidenceStore, deputy: Actor, college: Actor, late: int, now: datetime
) -> None:
    digests.set_letters(session, college.person_id, "secret-address@example.org", "week", now=now)
    note = Submission([Attachment("note", "", note="secret-note 1")])
    tasks.attach(session, store, college, late, now=now, submission=note)
    comments.write(session, college, late, text="secret-comment 2", now=now)
    said = {"explanation": "secret-explanation 3", "expected_on": None}
    tasks.explain(session, college, late, now=now, **said)
    extensions.ask(session, college, late, due=date(2022, 8, 1), reason="secret-reason 4", now=now)
    reminders.remind(session, deputy, [late], now=now, note="secret-reminder 5")
    publications.correct(session, deputy, late, "held", PublicWords("secret-corrected 7"), now=now)
    publications.correct(session, deputy, late, "held", PublicWords("What everybody may read"), now=now)
    publications.correct(session, deputy, late, "announced", PublicWords("secret-words 6"), now=now)
    publications.withdraw(session, deputy, late, "announced", now=now)
    given = session.scalars(select(Material).where(Material.extension == "docx")).first()
    prepared = materials.prepare(session, store, deputy, given.evidence_id)
    materials.publish(*(session, store, deputy, given.evidence_id, prepared), title="secret-title 8", now=now)
    materials.withdraw(session, deputy, given.evidence_id, now=now)
    centre = people.find_actor(session, "centre")
    channel = factories.find_task(session, "3.7", "centre")
    figures = Submission(
        figures={"subscribers_now": Decimal(PENDING)}, explained={"subscribers_now": "secret-doubt 10"}
    )
    tasks.attach(session, store, centre, channel.id, now=now, submission=figures)
    waiting = session.scalars(select(Task).where(Task.phase == "review").order_by(Task.id)).first()
    tasks.fire(session, store, deputy, waiting.id, "return", now=now, note="secret-return 9")


def _texts(session: Any, *, private: bool) -> Iterator[str]:
    """Every text of the database in columns that are private, or that are public."""
    for table in Base.metadata.sorted_tables:
        if table.name.startswith(("search", "outbox")):
            continue
        for column in table.columns:
            if not isinstance(column.type, String | JSON):
                continue
            statement = select(column)
            is_public = column.name in PUBLIC.get(table.name, ())
            if table.name in {"publication", "material"} and is_public:
                gone = table.c.withdrawn_at
                statement = statement.where(gone.is_not(None) if private else gone.is_(None))
                is_public = not private
            if is_public is not private:
                for value in session.scalars(statement):
                    yield from filter(_is_telling, _inside(value))


def _inside(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield value.strip()
    elif isinstance(value, Mapping | list):
        for each in value.values() if isinstance(value, Mapping) else value:
            yield from _inside(each)


def _is_telling(text: str) -> bool:
    return len(text) >= 6 and not CODE.fullmatch(text)


def answers(client: FlaskClient) -> Iterator[tuple[str, TestResponse]]:
    """Everything that a public address can answer, and what leads nowhere."""
    states = ("done", "in_progress", "overdue", "planned", "suspended", "withdrawn", "nothing")
    asked = [f"{address}{query}" for address in ALL for query in ("", "?lang=en", "?lang=ru")]
    asked += [f"?state={state}" for state in states]
    asked += [f"/materials/{number}" for number in range(40)]
    asked += ["/nothing", "/materials/x", "/tasks.csv", "/../../plans/2022/", "/evidence/1", "/data.json/1"]
    for address in asked:
        yield address, client.get(BASE + address)
        yield f"HEAD {address}", client.head(BASE + address)
        yield f"part of {address}", client.get(BASE + address, headers={"Range": "bytes=0-100000"})
    for address in ALL:
        for method in ("POST", "PUT", "DELETE", "OPTIONS", "PATCH"):
            yield f"{method} {address}", client.open(BASE + address, method=method)
    for address in ("/public/plans/1999", "/public/", "/public/plans/", "/public/plans/2022x"):
        yield address, client.get(address)


def as_read(content: bytes) -> str:
    """What a program makes of an answer: JSON, calendars and packages write some characters otherwise."""
    text = unescape(everything(content).decode("utf-8", "replace"))
    if text.startswith("BEGIN:VCALENDAR"):
        return text.replace("\r\n ", "").replace("\\,", ",").replace("\\;", ";").replace("\\n", "\n")
    return text.replace('\\"', '"').replace("\\n", "\n") if text.startswith("{") else text


def test_no_public_answer_holds_anything_private_whoever_asks(
    app: Flask, client: FlaskClient, sign_in: Callable[[str], FlaskClient], secrets: Secrets
) -> None:
    said: dict[str, bytes] = {}
    texts: dict[str, str] = {}
    for address, answer in answers(client):
        assert "Set-Cookie" not in answer.headers, address
        assert "Cookie" not in answer.headers.get("Vary", ""), address
        texts[address] = str(answer.headers)
        if answer.data not in said.values():
            texts[address] += as_read(answer.data)
        said[address] = answer.data
    for address, text in texts.items():
        assert not INSIDE.search(text), (address, INSIDE.search(text))
        assert str(PENDING) not in re.sub(r"\s", "", text), address
    for secret in secrets.found_in("\n".join(texts.values())):
        raise AssertionError((secret, [address for address, text in texts.items() if secret in text]))
    for role in ("deputy", "college19", "auditor", "admin"):
        for address, answer in answers(sign_in(role)):
            assert answer.data == said[address], (role, address)
            assert "Set-Cookie" not in answer.headers, (role, address)


def test_no_other_address_tells_a_stranger_anything(
    app: Flask, client: FlaskClient, secrets: Secrets
) -> None:
    # The page of signing in names the demonstration's accounts itself.
    named = secrets.found_in(client.get("/login").text)
    assert named < {"college01", "college35", "cluster01", "cluster11", "deputy", "centre", "auditor"}
    for rule in app.url_map.iter_rules():
        if "GET" not in (rule.methods or set()) or rule.rule.startswith("/public/"):
            continue
        for number in (1, 2, 15, 787):
            address = re.sub(r"<int[^:>]*:\w+>", str(number), rule.rule.replace("<plan_code>", "2022"))
            answer = client.get(re.sub(r"<[^>]+>", "2.3", address))
            assert secrets.found_in(unescape(answer.get_data(as_text=True))) <= named, address


def test_where_lateness_is_not_told_nothing_tells_it(
    database: Database, client: FlaskClient, now: datetime
) -> None:
    with database.transaction() as session:
        plan_id = session.scalars(select(Plan.id)).one()
        deputy = people.find_actor(session, "deputy")
        set_public(session, deputy, plan_id, is_public=True, shows_lateness=False, now=now)
    for address in set(ALL) - {"/schema.json", "/data"}:
        for language in ("ru", "en"):
            text = client.get(f"{BASE}{address}?lang={language}").get_data(as_text=True)
            for word in ("Срок истёк", "Past its date", '"overdue"', ";overdue;", "kind-overdue", "⚠"):
                assert word not in text, (address, word)
    assert {row["done_on"] for row in client.get(f"{BASE}/data.json").json["rows"]} == {None}


def test_every_public_column_is_one_that_stands_on_the_page(database: Database) -> None:
    """The list above is no longer than it must be: each table is there, and each column is."""
    for name, columns in PUBLIC.items():
        assert columns <= set(Base.metadata.tables[name].columns.keys()), name
    private = {"person", "evidence", "task", "journal_entry", "extension", "reminder", "comment"}
    assert private.isdisjoint(PUBLIC)
    assert {Publication.__tablename__, Material.__tablename__} <= PUBLIC.keys()
    assert Evidence.__tablename__ not in PUBLIC
