"""Whatever an event comes to say, it says at a later revision: who trusts SEQUENCE misses nothing."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime, timedelta
from pathlib import Path

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.db import Database
from app.domain.permissions import Actor
from app.domain.seed import read_seed
from app.models import Activity
from app.services import activities, editing, extensions, organizations, tasks
from app.services.seeding import load_plan
from app.storage import EvidenceStore
from config import Config
from tests import factories
from tests.web.feeds.conftest import PathOf
from tests.web.feeds.reading import on

pytestmark = pytest.mark.data("plan")

SEED = Path(__file__).resolve().parents[3] / "seeds" / "2022"

Texts = dict[bytes, tuple[dict[bytes, bytes], int, bytes]]


class Year:
    """People at work on 3.2 from day to day."""

    def __init__(
        self, session: Session, store: EvidenceStore, people: dict[str, Actor], now: datetime
    ) -> None:
        self.session, self.store, self.now = session, store, now
        self.deputy, self.college = people["deputy"], people["college01"]

    @property
    def task_id(self) -> int:
        return factories.find_task(self.session, "3.2", "college01").id

    @property
    def activity_id(self) -> int:
        return self.session.scalars(select(Activity.id).where(Activity.code == "3.2")).one()

    def submit(self) -> None:
        factories.submit(self.session, self.store, self.college, "3.2", self.now)

    def decide(self, trigger: str) -> None:
        tasks.fire(
            self.session, self.store, self.deputy, self.task_id, trigger, now=self.now, note="по результатам"
        )

    def act(self, trigger: str) -> None:
        activities.act(self.session, self.deputy, self.activity_id, trigger, now=self.now, note="приказ")

    def extend(self, trigger: str) -> None:
        asked = extensions.ask(
            self.session, self.college, self.task_id, due=date(2022, 9, 30), reason="ремонт", now=self.now
        )
        extensions.decide(self.session, self.deputy, asked.id, trigger, now=self.now, note="ремонт")

    def word(self, **words: str | None) -> None:
        plan_id = self.session.get_one(Activity, self.activity_id).plan_id
        text = editing.activity_text(self.session, plan_id, "3.2")
        changed = editing.ActivityText(**{name: getattr(text, name) for name in text.__slots__} | words)
        editing.edit_activity(self.session, None, plan_id, "3.2", changed, now=self.now)

    def rename(self, key: str) -> None:
        organization = organizations.find_organization(self.session, key)
        values = organizations.organization_values(organization) | {"short_name": f"{key} новое"}
        organizations.edit_organization(self.session, None, key, values, now=self.now)

    def load(self) -> None:
        load_plan(self.session, read_seed(SEED), self.now)


#: what happens, one day after another
_ACTS: list[tuple[str, Callable[[Year], None]]] = [
    (
        "start",
        lambda year: (
            tasks.fire(year.session, year.store, year.college, year.task_id, "start", now=year.now) and None
        ),
    ),
    ("submit", Year.submit),
    ("return", lambda year: year.decide("return")),
    ("refuse a later date", lambda year: year.extend("refuse")),
    ("grant a later date", lambda year: year.extend("grant")),
    ("submit again", Year.submit),
    ("accept", lambda year: year.decide("accept")),
    ("reopen", lambda year: year.decide("reopen")),
    ("suspend", lambda year: year.act("suspend")),
    ("resume", lambda year: year.act("resume")),
    ("word anew", lambda year: year.word(short_title="Новое название", gloss_en="A new title")),
    ("coordinate", lambda year: year.word(coordinator="bpoo")),
    ("rename the coordinator", lambda year: year.rename("bpoo")),
    ("rename the executor", lambda year: year.rename("college01")),
    ("load the seed", Year.load),
    ("withdraw the task", lambda year: year.decide("withdraw")),
    ("withdraw the activity", lambda year: year.act("withdraw")),
]


@pytest.mark.parametrize("first", [date(2022, 6, 16), date(2022, 7, 20)], ids=["in time", "late"])
def test_whatever_is_said_anew_is_a_later_revision(
    app_config: Config,
    database: Database,
    store: EvidenceStore,
    people: dict[str, Actor],
    path_of: PathOf,
    now: datetime,
    first: date,
) -> None:
    paths = [
        path_of(scope, user, language) + "?components=both"
        for scope, user, language in (("plan", "deputy", "en"), ("mine", "college01", "ru"))
    ]
    said_anew = set()
    before: list[Texts] = []
    for number, (name, act) in enumerate([("look", lambda _year: None), *_ACTS]):
        day = first + timedelta(days=number)
        with database.transaction() as session:
            act(Year(session, store, people, now + (day - now.date())))
        with on(app_config, day) as client:
            after = [texts(client, path) for path in paths]
        for older, newer in zip(before, after, strict=False):
            for uid in older.keys() & newer.keys():
                (text, sequence, stamp), (text_now, sequence_now, stamp_now) = older[uid], newer[uid]
                if text != text_now:
                    said_anew.add(name)
                    assert sequence_now > sequence, f"{name}: {text_now}"
                    assert stamp_now > stamp, f"{name}: {text_now}"
                assert sequence_now >= sequence
        before = after
    assert said_anew > {"submit", "return", "grant a later date", "accept", "suspend", "word anew"}
    assert said_anew > {
        "coordinate",
        "rename the coordinator",
        "rename the executor",
        "withdraw the activity",
    }


def texts(client: FlaskClient, path: str) -> Texts:
    """UID of each component → what it says besides its stamps, and they."""
    found = {}
    for component in client.get(path).data.replace(b"\r\n ", b"").split(b"\r\nBEGIN:V")[1:]:
        lines = dict(line.partition(b":")[::2] for line in component.split(b"\r\n"))
        sequence, stamp = int(lines.pop(b"SEQUENCE")), lines.pop(b"DTSTAMP")
        assert lines.pop(b"LAST-MODIFIED") == stamp
        found[lines[b"UID"]] = lines, sequence, stamp
    return found
