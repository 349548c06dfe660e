"""A small disk of the test's own, that can be full or read-only while something works on it."""

from __future__ import annotations

import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

from .availability import unavailable


@dataclass(frozen=True)
class Disk:
    """A file system in memory, mounted at `folder`."""

    folder: Path

    @contextmanager
    def full(self) -> Iterator[None]:
        """Leave no room until the block ends."""
        ballast = self.folder / "ballast"
        try:
            with suppress(OSError), ballast.open("wb", buffering=0) as out:
                while out.write(bytes(4096)):
                    pass
            assert shutil.disk_usage(self.folder).free == 0
            yield
        finally:
            ballast.unlink()

    @contextmanager
    def read_only(self) -> Iterator[None]:
        """Take nothing until the block ends. Nobody may have a file open for writing when it begins."""
        _run("mount", "-o", "remount,ro", self.folder)
        try:
            yield
        finally:
            _run("mount", "-o", "remount,rw", self.folder)


@contextmanager
def mounted(folder: Path, megabytes: int) -> Iterator[Disk]:
    """A disk of that size at the folder. Skips the test where nothing can be mounted."""
    folder.mkdir()
    try:
        _run("mount", "-t", "tmpfs", "-o", f"size={megabytes}m,mode=0755", "vekha-test", folder)
    except (OSError, subprocess.CalledProcessError) as error:
        unavailable(f"this account can mount no file system: {error}")
    try:
        yield Disk(folder)
    finally:
        # What a failed test has left open goes with its process.
        _run("umount", "--lazy", folder)


def _run(*command: str | Path) -> None:
    subprocess.run(command, check=True, capture_output=True)
