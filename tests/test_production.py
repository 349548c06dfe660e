"""What must not serve people in earnest, is refused: the demonstration's key, accounts and clock."""

from __future__ import annotations

import re
import subprocess
import sys
from dataclasses import replace
from datetime import datetime
from pathlib import Path

import pytest
from sqlalchemy import text

from app import create_app
from app.db import Database
from app.production import faults, warnings
from app.services.passwords import DEMO_PASSWORD, hash_password
from config import DEMO_KEY, Config
from tests import factories
from tests.infrastructure.templates import ROOT, Installation

KEY = "0123456789abcdef" * 4


def settled(tmp_path: Path, **environment: str) -> Config:
    return Config.from_env({"VEKHA_INSTANCE": str(tmp_path), **environment})


#: settings beside the folder → what the refusal names; None: nothing is wrong
SETTINGS = [
    ({"VEKHA_SECRET_KEY": KEY}, None),
    ({}, "secret_key is not set"),
    ({"VEKHA_SECRET_KEY": ""}, "secret_key is not set"),
    ({"VEKHA_SECRET_KEY": DEMO_KEY + KEY}, "made for a demonstration"),
    ({"VEKHA_SECRET_KEY": "short"}, "can be guessed"),
    ({"VEKHA_SECRET_KEY": "x" * 64}, "can be guessed"),
    ({"VEKHA_SECRET_KEY": KEY, "VEKHA_TODAY": "2022-06-15"}, "VEKHA_TODAY"),
    # the demonstration is what it is
    ({"VEKHA_DEMO": "1", "VEKHA_TODAY": "2022-06-15", "VEKHA_SECRET_KEY": DEMO_KEY + KEY}, None),
]


@pytest.mark.data("empty")
@pytest.mark.parametrize(("settings", "named"), SETTINGS)
def test_settings_of_a_demonstration_are_named(
    settings: dict[str, str], named: str | None, database: Database, tmp_path: Path
) -> None:
    found = faults(settled(tmp_path / "other", **settings), database)
    assert len(found) == (0 if named is None else 1)
    assert named is None or named in found[0]
    assert KEY not in " ".join(found)


@pytest.mark.data("empty")
def test_two_places_that_disagree_about_the_demonstration_are_told(
    database: Database, tmp_path: Path
) -> None:
    (tmp_path / "settings.toml").write_text(f'demo = "1"\nsecret_key = "{KEY}"\n', encoding="utf-8")
    assert "VEKHA_DEMO" in faults(settled(tmp_path, VEKHA_DEMO="0"), database)[0]
    assert not faults(settled(tmp_path, VEKHA_DEMO="1"), database)


@pytest.mark.data("plan")
def test_accounts_of_the_demonstration_are_found(database: Database, now: datetime, tmp_path: Path) -> None:
    config = settled(tmp_path / "other", VEKHA_SECRET_KEY=KEY)
    with database.transaction() as session:
        for name in ("one", "two", "three"):
            factories.actor(session, name, now, organization="college01")
        session.execute(text("UPDATE person SET password_hash = 'not one' || id"))
    assert not faults(config, database)
    shared = text("UPDATE person SET password_hash = :hash WHERE username IN ('one', 'two')")
    with database.transaction() as session:
        session.execute(shared, {"hash": hash_password(DEMO_PASSWORD)})
    assert "2 accounts" in faults(config, database)[0]
    # one alone, with a salt of its own, is found by who has the time to try them all
    with database.transaction() as session:
        session.execute(text("UPDATE person SET password_hash = 'changed' WHERE username = 'two'"))
    assert not faults(config, database)
    assert "1 accounts" in faults(config, database, every_account=True)[0]


def test_a_database_that_does_not_answer_is_waited_for(tmp_path: Path) -> None:
    config = settled(tmp_path, VEKHA_SECRET_KEY=KEY)
    assert not faults(config, Database(f"sqlite:///{tmp_path / 'none' / 'vekha.db'}"))


def test_a_demonstration_that_strangers_can_reach_is_warned_about(tmp_path: Path) -> None:
    public = settled(tmp_path, VEKHA_DEMO="1", VEKHA_BASE_URL="https://vekha.example.ru")
    assert "https://vekha.example.ru" in warnings(public)[0]
    assert not warnings(replace(public, demo=False))
    assert not warnings(replace(public, base_url=None))


@pytest.mark.sqlite
@pytest.mark.one_database
@pytest.mark.data("story")
def test_a_demonstration_that_is_turned_into_work_is_refused_by_server_worker_and_setup(
    installation: Installation,
) -> None:
    environment = installation.environment()
    for name in ("VEKHA_DEMO", "VEKHA_TODAY", "VEKHA_SECRET_KEY"):
        del environment[name]
    (installation.instance / "settings.toml").write_text(
        f'demo = "0"\ntoday = "2022-06-15"\nsecret_key = "{DEMO_KEY}{KEY}"\n', encoding="utf-8"
    )
    flask = [sys.executable, "-m", "flask", "--app", "wsgi"]
    environment["VEKHA_QUEUE"] = f"sqlite:///{installation.instance / 'queue.db'}"
    for command in (
        [sys.executable, "-m", "gunicorn", "-c", "gunicorn.conf.py", "--bind", "127.0.0.1:0", "wsgi:app"],
        [*flask, "work"],
        [*flask, "setup"],
    ):
        answer = subprocess.run(
            command, cwd=ROOT, env=environment, capture_output=True, text=True, timeout=60, check=False
        )
        assert answer.returncode == 1, answer.stderr
        for named in ("secret_key was made for a demonstration", "VEKHA_TODAY", "accounts have the"):
            assert named in answer.stderr, command
        assert KEY not in answer.stderr
    # what mends it is not refused
    answer = subprocess.run(
        [*flask, "user", "list"], cwd=ROOT, env=environment, capture_output=True, text=True, check=False
    )
    assert answer.returncode == 0, answer.stderr


@pytest.mark.data("empty")
def test_sessions_signed_with_an_old_key_count_for_as_long_as_it_is_named(app_config: Config) -> None:
    before = create_app(app_config)
    client = before.test_client()
    with client.session_transaction() as session:
        session["kept"] = "yes"
    cookie = client.get_cookie("vekha")
    assert cookie is not None
    for old, kept in (((app_config.secret_key,), "yes"), ((), None)):
        app = create_app(replace(app_config, secret_key=KEY, old_keys=old))
        after = app.test_client()
        after.set_cookie("vekha", cookie.value)
        with after.session_transaction() as session:
            assert session.get("kept") == kept
        app.extensions["vekha"].database.dispose()
    before.extensions["vekha"].database.dispose()


#: what keys and passwords look like; a public example must not look like one
SECRETS = re.compile(
    r"""-----BEGIN[ A-Z]*PRIVATE\ KEY-----
    | \b(?:ghp|gho|ghs|github_pat|glpat|xox[abp]|sk|pk)[-_][A-Za-z0-9]{20,}
    | \bAKIA[0-9A-Z]{16}\b
    | \beyJ[A-Za-z0-9_-]{20,}\.eyJ[A-Za-z0-9_-]{20,}
    | (?:secret_key|password|passwd|token|api_key)["']?\s*[:=]\s*["'](?=[^"']*[0-9])[A-Za-z0-9+/_-]{32,}
    | \w+://[^\s:/@"'{]+:(?!\$|\{)[^\s@"'{]{8,}@
    """,
    re.VERBOSE | re.IGNORECASE,
)


def test_no_tracked_file_holds_a_key() -> None:
    listed = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, check=False)
    if listed.returncode:
        pytest.skip("these are no files of git")
    found = []
    for name in listed.stdout.decode().split("\0"):
        path = ROOT / name
        if not name or name.startswith("requirements") or not path.is_file():
            continue
        assert path.suffix not in {".pem", ".key", ".p12", ".env"}, name
        assert path.name not in {"settings.toml", "vekha.db", ".env"}, name
        content = path.read_bytes()
        if b"\0" not in content:
            text_ = content.decode("utf-8", "replace")
            found += [f"{name}: {match[0][:30]}" for match in SECRETS.finditer(text_)]
    assert not found
    assert len(listed.stdout) > 10_000


@pytest.mark.parametrize(
    "secret",
    [
        "-----BEGIN " + "RSA PRIVATE KEY-----",
        'secret_key = "' + "0123456789abcdef" * 2 + '"',
        "postgresql://vekha:" + "correcthorse@db/vekha",
        "ghp" + "_" + "a1" * 12,
    ],
)
def test_what_looks_like_a_key_would_be_found(secret: str) -> None:
    assert SECRETS.search(secret)
