"""What operators are told exists: commands, settings, units, containers."""

from __future__ import annotations

import re
import shlex
import subprocess
from collections.abc import Iterator
from pathlib import Path

import click
import pytest
import yaml
from flask.cli import FlaskGroup

from app.cli import register
from config import Config, ConfigError
from tests.infrastructure.templates import ROOT

OPERATION = (ROOT / "docs" / "operation.md").read_text(encoding="utf-8")
README = (ROOT / "README.md").read_text(encoding="utf-8")
COMPOSE = yaml.safe_load((ROOT / "compose.yaml").read_text(encoding="utf-8"))
DOCKERFILE = (ROOT / "Dockerfile").read_text(encoding="utf-8")
#: what compose.yaml alone knows
OF_COMPOSE = {"VEKHA_APP_PASSWORD", "VEKHA_OWNER_PASSWORD"}


def commands(text: str) -> Iterator[list[str]]:
    """The words of every call of the command line, after `flask`."""
    for found in re.finditer(r"flask(?: --app wsgi) ([^`\n#;&|]+)", text):
        yield shlex.split(found[1].partition("]")[0].replace("…", "x").replace('"', " "))


@pytest.fixture(scope="module")
def command_line() -> click.Group:
    class Found:
        """What the product hangs its commands onto."""

        cli = FlaskGroup(add_default_commands=False)

    register(Found)  # type: ignore[arg-type]
    return Found.cli


def accepts(group: click.Group, words: list[str]) -> bool:
    """Whether that is a command, and each option that is given one of its options."""
    command: click.Command | None = group
    options: set[str] = set()
    for word in words:
        if word.startswith("--"):
            assert command is not None
            options = {name for each in command.params for name in each.opts}
            if word.partition("=")[0] not in options:
                return False
        elif isinstance(command, click.Group):
            command = command.commands.get(word)
            if command is None:
                return False
    return command is not group


@pytest.mark.parametrize(
    "text", [OPERATION, README, (ROOT / "compose.yaml").read_text()], ids=["o", "r", "c"]
)
def test_every_command_that_is_named_exists(command_line: click.Group, text: str) -> None:
    named = list(commands(text))
    assert len(named) > 1
    assert [words for words in named if not accepts(command_line, words)] == []


def test_a_command_that_is_not_there_would_be_found(command_line: click.Group) -> None:
    for words in (["backup", "forge"], ["jobs", "run", "--quickly"], ["nothing"]):
        assert not accepts(command_line, words)


def read_settings() -> set[str]:
    """Every setting that the configuration reads."""
    config = (ROOT / "config.py").read_text(encoding="utf-8")
    server = (ROOT / "gunicorn.conf.py").read_text(encoding="utf-8")
    named = {f"VEKHA_{name.upper()}" for name in re.findall(r'setting\("(\w+)"', config)}
    return named | set(re.findall(r'"(VEKHA_[A-Z_]+)"', config + server))


def test_the_table_of_settings_is_whole_and_no_longer_than_it_must_be() -> None:
    rows = [
        line.partition("|")[2].partition("|")[0] for line in README.splitlines() if line.startswith("| `")
    ]
    listed = {name for row in rows for name in re.findall(r"`(VEKHA_[A-Z_]+)`", row)}
    assert read_settings() - listed == set()
    assert listed - read_settings() == set()


def test_no_other_setting_is_told_of_anywhere() -> None:
    known = read_settings() | OF_COMPOSE
    for name in ("docs/operation.md", "compose.yaml", "Dockerfile", "README.md"):
        told = set(re.findall(r"VEKHA_[A-Z]+(?:_[A-Z]+)*", (ROOT / name).read_text(encoding="utf-8")))
        assert {each for each in told if not {each, each.removesuffix("_FILE")} & known} == set(), name


def test_a_setting_can_be_read_from_a_file(tmp_path: Path) -> None:
    secret = tmp_path / "key"
    secret.write_text("0123456789abcdef\n", encoding="utf-8")
    given = {"VEKHA_INSTANCE": str(tmp_path), "VEKHA_SECRET_KEY_FILE": str(secret)}
    assert Config.from_env(given).secret_key == "0123456789abcdef"
    secret.unlink()
    with pytest.raises(ConfigError, match="secret_key"):
        Config.from_env(given)


def test_the_image_is_made_from_files_that_are_there_by_a_locked_list_and_runs_as_nobody() -> None:
    for sources in re.findall(r"^COPY (?!--from)(.+) \S+$", DOCKERFILE, re.MULTILINE):
        for source in sources.split():
            assert (ROOT / source).exists(), source
            assert f"!{source}" in (ROOT / ".dockerignore").read_text().splitlines()
    assert "--require-hashes" in DOCKERFILE
    assert re.search(r"^USER [1-9]\d*:[1-9]\d*$", DOCKERFILE, re.MULTILINE)
    assert not re.search(r":latest|SECRET_KEY|PASSWORD|ADD ", DOCKERFILE)
    assert DOCKERFILE.index("USER ") < DOCKERFILE.index('CMD ["gunicorn"')
    assert "/readyz" in DOCKERFILE


def test_the_containers_have_no_password_of_their_own_and_write_to_their_volumes_alone() -> None:
    text = (ROOT / "compose.yaml").read_text(encoding="utf-8")
    for name in ("VEKHA_SECRET_KEY", "VEKHA_APP_PASSWORD", "VEKHA_OWNER_PASSWORD", "VEKHA_BASE_URL"):
        assert f"${{{name}:?" in text, name
        assert f"${{{name}:-" not in text, name
    for name in ("setup", "app", "worker"):
        service = COMPOSE["services"][name]
        assert service["read_only"] is True
        assert service["cap_drop"] == ["ALL"]
        assert service["security_opt"] == ["no-new-privileges:true"]
        assert {volume.partition(":")[0] for volume in service["volumes"]} <= set(COMPOSE["volumes"])
    assert all("127.0.0.1:" in port for port in COMPOSE["services"]["app"]["ports"])
    assert "ports" not in COMPOSE["services"]["db"]


def test_the_unit_is_one_that_systemd_takes(tmp_path: Path) -> None:
    unit = re.search(r"```\n(\[Unit\]\nDescription=Vekha\n.*?)```", OPERATION, re.DOTALL)
    assert unit
    for hardening in ("ProtectSystem=strict", "NoNewPrivileges=yes", "PrivateTmp=yes", "ReadWritePaths="):
        assert hardening in unit[1]
    file = tmp_path / "vekha.service"
    here = unit[1].replace("/opt/vekha/.venv/bin/gunicorn", "/bin/true").replace("/opt/vekha", "/")
    file.write_text(re.sub(r"^(User|Group)=.*\n", "", here, flags=re.MULTILINE), encoding="utf-8")
    try:
        told = subprocess.run(
            ["systemd-analyze", "verify", str(file)], capture_output=True, text=True, timeout=60, check=False
        )
    except (FileNotFoundError, subprocess.TimeoutExpired):
        pytest.skip("systemd does not look at units here")
    assert not [line for line in told.stderr.splitlines() if "vekha.service" in line and "Unknown" in line]
