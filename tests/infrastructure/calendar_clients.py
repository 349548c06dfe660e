"""Calendar programs that people use, run as people run them, each with a home of its own.

vdirsyncer and khal come with the development requirements, calcurse with the system.
"""

from __future__ import annotations

import json
import re
import shutil
import subprocess
import sys
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import NamedTuple

from tests.infrastructure.availability import unavailable

#: seconds until a program that does not end is given up
PATIENCE = 60

_VDIRSYNCER = """
[general]
status_path = "{home}/status"
[pair feed]
a = "remote"
b = "local"
collections = null
[storage remote]
type = "http"
url = "{address}"
[storage local]
type = "filesystem"
path = "{folder}"
fileext = ".ics"
"""

_KHAL = """
[calendars]
[[vekha]]
path = {folder}
readonly = True
[sqlite]
path = {home}/khal.db
[locale]
local_timezone = Europe/Moscow
default_timezone = Europe/Moscow
timeformat = %H:%M
dateformat = %Y-%m-%d
longdateformat = %Y-%m-%d
datetimeformat = %Y-%m-%d %H:%M
longdatetimeformat = %Y-%m-%d %H:%M
"""

#: a line of calcurse's own file of whole days: how long, the note that belongs to it, the words
_DAYS_OF_CALCURSE = re.compile(r"\d\d/\d\d/\d{4} \[1\](?: \{.*?\})?(?: >([0-9a-f]{40}))? (.*)")


class Home:
    """Somebody's home folder: nothing of this machine's own settings, proxies or language is in it."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        for name in ("", "temporary"):
            (folder / name).mkdir(parents=True, exist_ok=True)

    def run(self, program: str, *arguments: str | Path) -> subprocess.CompletedProcess[str]:
        """Run a program to its end. Skips or fails the test where it is not installed."""
        beside = Path(sys.executable).with_name(program)
        path = str(beside) if beside.exists() else shutil.which(program)
        if path is None:
            unavailable(f"{program} is not installed")
        environment = {"PATH": "/usr/bin:/bin", "LANG": "C.UTF-8", "TZ": "Europe/Moscow"}
        return subprocess.run(
            [path, *arguments],
            cwd=self.folder,
            env=environment | {"HOME": str(self.folder), "TMPDIR": str(self.folder / "temporary")},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            check=False,
            timeout=PATIENCE,
        )

    def done(self, program: str, *arguments: str | Path) -> str:
        """What a program says that must succeed."""
        ended = self.run(program, *arguments)
        assert ended.returncode == 0, ended.stdout
        return ended.stdout


class Synced(NamedTuple):
    """How many items a synchronisation copied and deleted in the folder."""

    copied: int
    deleted: int


class Vdirsyncer:
    """A subscription that keeps every item of the calendar as a file of `folder`."""

    def __init__(self, home: Home, address: str) -> None:
        self.home = home
        self.folder = home.folder / "calendar"
        self.folder.mkdir()
        self._config = home.folder / "vdirsyncer"
        self._config.write_text(
            _VDIRSYNCER.format(home=home.folder, address=address, folder=self.folder), encoding="utf-8"
        )
        home.done("vdirsyncer", "--config", self._config, "discover")

    def sync(self) -> Synced:
        said = self.home.done("vdirsyncer", "--config", self._config, "sync").splitlines()
        assert not [line for line in said if line.startswith(("error", "warning", "critical"))], said
        return Synced(
            sum(line.startswith("Copying") for line in said),
            sum(line.startswith("Deleting") for line in said),
        )

    def items(self) -> dict[str, str]:
        """The files by name, with their text."""
        return {path.name: path.read_bytes().decode() for path in self.folder.glob("*.ics")}

    def written_at(self) -> dict[str, int]:
        """When each file was last written, in nanoseconds."""
        return {path.name: path.stat().st_mtime_ns for path in self.folder.glob("*.ics")}


@dataclass(frozen=True)
class Shown:
    """What khal shows on a day. `first` and `last` are both days of the event."""

    title: str
    first: date
    last: date
    all_day: bool
    status: str
    description: str
    categories: str


class Khal:
    """A calendar on the command line, over a folder that vdirsyncer fills."""

    def __init__(self, home: Home, folder: Path) -> None:
        self.home = home
        self._config = home.folder / "khal"
        self._config.write_text(_KHAL.format(home=home.folder, folder=folder), encoding="utf-8")

    def on(self, day: date) -> list[Shown]:
        fields = ("title", "start", "end", "all-day", "status", "description", "categories")
        wanted = [part for field in fields for part in ("--json", field)]
        said = self.home.done("khal", "--config", self._config, "list", *wanted, day.isoformat(), "1d")
        return [
            Shown(
                each["title"],
                date.fromisoformat(each["start"]),
                date.fromisoformat(each["end"]),
                each["all-day"] == "True",
                each["status"],
                each["description"],
                each["categories"],
            )
            for each in json.loads(said)
        ]


class Imported(NamedTuple):
    """What calcurse says that it took, and its log of what it did not."""

    appointments: int
    events: int
    todos: int
    skipped: int
    log: str


class Calcurse:
    """An organiser for the terminal with a reader of iCalendar of its own, written in C."""

    def __init__(self, home: Home) -> None:
        self.home = home
        self._folders = ("--datadir", home.folder / "kept", "--confdir", home.folder / "settings")
        for folder in self._folders[1::2]:
            Path(folder).mkdir()

    def take(self, content: bytes) -> Imported:
        """Import a calendar."""
        path = self.home.folder / "given.ics"
        path.write_bytes(content)
        said = self.home.run("calcurse", *self._folders, "--import", path).stdout
        counted = re.search(r"(\d+) apps? / (\d+) events? / (\d+) todos? / (\d+) skipped", said)
        assert counted, said
        logs = (self.home.folder / "temporary").glob("calcurse_log*")
        return Imported(*map(int, counted.groups()), "".join(log.read_text() for log in logs))

    def on(self, day: date) -> list[str]:
        """The words of what it lists on a day."""
        said = self.home.done(
            "calcurse",
            *self._folders,
            *("--query", "--from", f"{day:%m/%d/%Y}", "--days", "1", "--filter-type", "cal"),
        )
        return [line.removeprefix(" * ") for line in said.splitlines()[1:] if line]

    def kept(self) -> list[tuple[str, str]]:
        """The words and the note of everything that takes whole days, as they stand in its files."""
        folder = self.home.folder / "kept"
        found = map(_DAYS_OF_CALCURSE.fullmatch, (folder / "apts").read_text(encoding="utf-8").split("\n"))
        notes = folder / "notes"
        return [
            (line[2], (notes / line[1]).read_text(encoding="utf-8") if line[1] else "")
            for line in found
            if line
        ]
