"""`flask journal accept`: what was anchored and is lost is missed until somebody says that it is meant so."""

from __future__ import annotations

import errno
from datetime import datetime

import pytest
from flask import Flask

from app.anchor import Anchor, Head
from app.db import Database
from app.services.plans import find_plan
from config import Config
from tests.cli.test_jobs import invoke

pytestmark = pytest.mark.data("plan")


def full_disk(*_: object) -> None:
    raise OSError(errno.ENOSPC, "No space left on device")


def test_a_plan_that_is_gone_is_missed_until_somebody_accepts_it(
    app: Flask, app_config: Config, now: datetime
) -> None:
    lost = [Head("2019", 3, "a" * 64), Head("2019", 7, "b" * 64)]
    Anchor(app_config.anchor).append(lost, now)
    words = "Journal of plan 2019: it is gone with its plan. On 2022-06-15"
    for options in ((), ("--plan", "2019")):
        found = invoke(app, "journal", "verify", *options)
        assert found.exit_code == 1
        assert words in found.stdout
    assert invoke(app, "journal", "verify", "--plan", "2022").exit_code == 0
    assert app.test_client().get("/readyz").json["checks"]["journal"] == "warn"
    ran = invoke(app, "jobs", "run", "journal")
    assert (ran.exit_code, words in ran.output) == (1, True)
    accepted = invoke(app, "journal", "accept", "2019", "--reason", "Перенесён на другой сервер", "--yes")
    assert "Plan 2019: it is gone" in accepted.stdout
    assert invoke(app, "journal", "verify").exit_code == 0
    assert app.test_client().get("/readyz").json["checks"]["journal"] == "ok"
    assert invoke(app, "journal", "accept", "2019", "--reason", "Ещё раз", "--yes").exit_code == 1


def test_nothing_is_accepted_while_the_anchor_cannot_be_written(
    app: Flask, app_config: Config, database: Database, now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    Anchor(app_config.anchor).append([Head("2022", 10_000, "f" * 64)], now)
    with database.read() as session:
        before = find_plan(session, "2022").revision
    with monkeypatch.context() as patch:
        patch.setattr(Anchor, "writable", lambda _anchor: False)
        refused = invoke(app, "journal", "accept", "2022", "--reason", "Диск сгорел", "--yes")
    assert (refused.exit_code, "Nothing was changed" in refused.stderr) == (1, True)
    with database.read() as session:
        assert find_plan(session, "2022").revision == before
    with monkeypatch.context() as patch:
        patch.setattr("app.anchor._write", full_disk)
        refused = invoke(app, "journal", "accept", "2022", "--reason", "Диск сгорел", "--yes")
    assert refused.exit_code == 1
    assert "The journal tells that it was accepted, the anchor does not" in refused.stderr
    assert "Nothing was changed" not in refused.stderr
    assert invoke(app, "journal", "accept", "2022", "--reason", "Диск сгорел", "--yes").exit_code == 0
    assert invoke(app, "journal", "verify").exit_code == 0
