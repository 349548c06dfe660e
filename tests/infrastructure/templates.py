"""Databases to copy: each level is built once a run, by the application's own commands.

empty: migrated.  plan: the seed of 2022 loaded.  story: the demonstration told, with its evidence.
"""

from __future__ import annotations

import fcntl
import os
import shutil
import subprocess
import sys
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from .postgresql import create_database, database_address, drop_database

ROOT = Path(__file__).resolve().parents[2]

#: each level: the one it continues, and the command that makes it
LEVELS: dict[str, tuple[str | None, tuple[str, ...]]] = {
    "empty": (None, ("db", "upgrade")),
    "plan": ("empty", ("plan", "load")),
    "story": ("empty", ("setup", "--demo")),
}
#: the day of the demonstration
TODAY = "2022-06-15"
SECRET_KEY = "a key that signs nothing outside the tests"


@dataclass(frozen=True)
class Installation:
    """A database and the folder that belongs to it."""

    url: str
    instance: Path
    #: where background work queues. Nothing happens beside what a test does, unless it asks for that
    queue: str = "none"

    @property
    def evidence(self) -> Path:
        """The folder of the evidence files."""
        return self.instance / "evidence"

    def environment(self) -> dict[str, str]:
        """The environment in which a process of the application works on this installation."""
        own = {name: value for name, value in os.environ.items() if not name.startswith("VEKHA_")}
        return own | {
            "VEKHA_INSTANCE": str(self.instance),
            "VEKHA_DATABASE_URL": self.url,
            "VEKHA_EVIDENCE": str(self.evidence),
            "VEKHA_SECRET_KEY": SECRET_KEY,
            "VEKHA_TODAY": TODAY,
            "VEKHA_DEMO": "1",
            "VEKHA_QUEUE": self.queue,
        }

    def flask(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        """Run `flask --app wsgi` here, as an operator would."""
        return subprocess.run(
            [sys.executable, "-m", "flask", "--app", "wsgi", *arguments],
            cwd=ROOT,
            env=self.environment(),
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            check=False,
        )


class Templates:
    """The levels of one run, shared by its workers through `folder`.

    On SQLite a database is a file in it; on PostgreSQL (`cluster_url`) its name begins with `prefix`.
    """

    def __init__(self, folder: Path, cluster_url: str | None = None, prefix: str = "") -> None:
        self.folder = folder
        self.cluster_url = cluster_url
        self.prefix = prefix

    @contextmanager
    def copy(self, level: str, folder: Path) -> Iterator[Installation]:
        """A fresh installation at that level in `folder`; its database is gone afterwards."""
        template = self._ready(level)
        with self._own(folder, template) as installation:
            yield installation

    @contextmanager
    def _own(self, folder: Path, template: Installation | None) -> Iterator[Installation]:
        instance = folder / "instance"
        if template is not None and template.evidence.exists():
            shutil.copytree(template.evidence, instance / "evidence")
        instance.mkdir(parents=True, exist_ok=True)
        if self.cluster_url is None:
            if template is not None:
                shutil.copyfile(template.instance / "vekha.db", instance / "vekha.db")
            yield Installation(f"sqlite:///{instance / 'vekha.db'}", instance)
            return
        name = self.prefix + uuid.uuid4().hex
        source = "template0" if template is None else self.prefix + template.instance.name
        url = create_database(self.cluster_url, name, source)
        try:
            yield Installation(url, instance)
        finally:
            drop_database(self.cluster_url, name)

    def _ready(self, level: str) -> Installation:
        self.folder.mkdir(parents=True, exist_ok=True)
        template = self._template(level)
        done = self.folder / f"{level}.done"
        with (self.folder / f"{level}.lock").open("w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            if not done.exists():
                self._build(level, template)
                done.touch()
        return template

    def _template(self, level: str) -> Installation:
        instance = self.folder / level
        if self.cluster_url is None:
            return Installation(f"sqlite:///{instance / 'vekha.db'}", instance)
        return Installation(database_address(self.cluster_url, self.prefix + level), instance)

    def _build(self, level: str, template: Installation) -> None:
        before, command = LEVELS[level]
        source = self._ready(before) if before is not None else None
        shutil.rmtree(template.instance, ignore_errors=True)
        if source is None:
            template.instance.mkdir()
        else:
            shutil.copytree(source.instance, template.instance)
        if self.cluster_url is not None:
            drop_database(self.cluster_url, self.prefix + level)
            origin = "template0" if before is None else self.prefix + before
            create_database(self.cluster_url, self.prefix + level, origin)
        made = template.flask(*command)
        if made.returncode != 0:
            raise RuntimeError(f"flask {' '.join(command)} failed:\n{made.stdout}{made.stderr}")
