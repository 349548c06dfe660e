"""vdirsyncer between the list on a server and a folder, as people run it."""

from __future__ import annotations

from pathlib import Path

from tests.infrastructure.calendar_clients import Home

_CONFIG = """
[general]
status_path = "{home}/status"
[pair vekha]
a = "remote"
b = "local"
collections = ["from a"]
conflict_resolution = "a wins"
[storage remote]
type = "caldav"
url = "{server}"
username = "{username}"
password = "{secret}"
item_types = ["VTODO"]
[storage local]
type = "filesystem"
path = "{home}/lists"
fileext = ".ics"
"""


class SyncedTasks:
    """The list «tasks», kept as one file an item; what the server says wins."""

    def __init__(self, home: Home, server: str, username: str, secret: str) -> None:
        self.home = home
        self.folder = home.folder / "lists" / "tasks"
        self.folder.mkdir(parents=True)
        self._config = home.folder / "vdirsyncer"
        written = _CONFIG.format(home=home.folder, server=server, username=username, secret=secret)
        self._config.write_text(written, encoding="utf-8")
        home.done("vdirsyncer", "--config", self._config, "discover")

    def sync(self) -> list[str]:
        """What was copied or deleted on either side, in the program's words."""
        said = self.home.done("vdirsyncer", "--config", self._config, "sync").splitlines()
        assert not [line for line in said if line.startswith(("error", "critical"))], said
        return [line for line in said if line.startswith(("Copying", "Deleting"))]

    def sync_refused(self) -> str:
        """What the program says of a synchronisation that does not succeed."""
        ended = self.home.run("vdirsyncer", "--config", self._config, "sync")
        assert ended.returncode != 0, ended.stdout
        return ended.stdout

    def file_of(self, occurrence_id: int) -> Path:
        """The file with that item; its name is the program's own."""
        [found] = [
            path
            for path in self.folder.glob("*.ics")
            if f"\nUID:occ-{occurrence_id}-todo@" in path.read_text(encoding="utf-8")
        ]
        return found

    def texts(self) -> dict[str, str]:
        """Every file's text by its name."""
        return {path.name: path.read_bytes().decode() for path in self.folder.glob("*.ics")}

    def rewrite(self, path: Path, text: str) -> None:
        """Edit a file as an editor does: what is compared is the text."""
        path.write_bytes(text.encode())
