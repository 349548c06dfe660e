"""Check a pack of evidence: python verify.py [folder or ZIP]; without an argument, the folder it lies in.

Needs nothing but Python 3.7 or newer. Prints what is missing or changed; ends with 0 when everything is as
it was packed, with 1 when something is not, with 2 when there is nothing to check.
"""

from __future__ import annotations

import hashlib
import json
import os
import sys
import zipfile
import zlib
from collections.abc import Iterator
from typing import IO, Any

MANIFEST = "manifest.json"
OWN = {MANIFEST, "manifest.csv", "verify.py", "readme.txt"}
CHUNK = 1024 * 1024
#: what reading a pack that is no pack any more can raise
BROKEN = (OSError, KeyError, TypeError, ValueError, EOFError, zipfile.BadZipFile, zlib.error)
#: said when the pack has no words of its own
WORDS = {
    "missing": "MISSING",
    "changed": "CHANGED",
    "lost": "WAS NOT WHOLE WHEN THE PACK WAS MADE",
    "withheld": "NOT PACKED: INFECTED OR NOT CHECKED FOR VIRUSES YET",
    "unknown": "not in the manifest",
    "whole": "Everything is as it was packed. Files: {number}",
    "broken": "The pack is not as it was packed. Faults: {faults}, files: {number}",
    "unreadable": "The pack cannot be read: {reason}",
    "hash": "SHA-256 of the archive, to be compared with the list of reports: {digest}",
}


class Folder:
    """A pack that was unpacked."""

    def __init__(self, root: str) -> None:
        self.root = root

    def open(self, path: str) -> IO[bytes]:
        return open(os.path.join(self.root, *path.split("/")), "rb")

    def paths(self) -> Iterator[str]:
        for folder, _folders, names in os.walk(self.root):
            for name in names:
                yield os.path.relpath(os.path.join(folder, name), self.root).replace(os.sep, "/")


class Archive:
    """A pack as it was downloaded."""

    def __init__(self, name: str) -> None:
        self.zip = zipfile.ZipFile(name)

    def open(self, path: str) -> IO[bytes]:
        return self.zip.open(path)

    def paths(self) -> Iterator[str]:
        return (name for name in self.zip.namelist() if not name.endswith("/"))


def measure(stream: IO[bytes]) -> tuple[str, int]:
    """SHA-256 and number of bytes."""
    digest, size = hashlib.sha256(), 0
    for chunk in iter(lambda: stream.read(CHUNK), b""):
        digest.update(chunk)
        size += len(chunk)
    return digest.hexdigest(), size


def fault_of(pack: Folder | Archive, entry: dict[str, Any]) -> str:
    """What is wrong with a file of the manifest: a key of WORDS, or an empty string."""
    if entry.get("fault"):
        return "withheld" if entry["fault"] == "withheld" else "lost"
    try:
        with pack.open(entry["path"]) as stream:
            measured = measure(stream)
    except (KeyError, OSError):
        return "missing"
    except (zipfile.BadZipFile, zlib.error, EOFError, ValueError):
        return "changed"
    return "" if measured == (entry["sha256"], entry["size"]) else "changed"


def check(place: str) -> int:
    """Print what is wrong; the code to end with."""
    try:
        pack: Folder | Archive = Folder(place) if os.path.isdir(place) else Archive(place)
        with pack.open(MANIFEST) as stream:
            manifest = json.loads(stream.read().decode("utf-8"))
        entries = {entry["path"]: entry for entry in manifest["files"]}
    except BROKEN as error:
        print(WORDS["unreadable"].format(reason=error))
        return 1 if os.path.exists(place) else 2
    words = dict(WORDS, **manifest.get("words", {}))
    faults = 0
    for path, entry in entries.items():
        fault = fault_of(pack, entry)
        if fault:
            faults += 1
            print(f"{words[fault]}: {path}")
    for path in sorted(set(pack.paths()) - set(entries) - OWN):
        print(f"{words['unknown']}: {path}")
    if not os.path.isdir(place):
        with open(place, "rb") as stream:
            print(words["hash"].format(digest=measure(stream)[0]))
    print(words["broken" if faults else "whole"].format(number=len(entries), faults=faults))
    return 1 if faults else 0


if __name__ == "__main__":
    if hasattr(sys.stdout, "reconfigure"):
        # A console may lack a letter of a name; that is no reason to stop.
        sys.stdout.reconfigure(errors="replace")
    sys.exit(check(sys.argv[1] if len(sys.argv) > 1 else os.path.dirname(os.path.abspath(__file__))))
