"""The evidence store: bytes on disk under their own SHA-256, durable before a row names them.

A file comes in as a stream, is written to `incoming/`, hashed on the way, checked, and flushed to disk
(`stage`). The service that has the right to attach it then moves it to its final name (`keep`); a staged
file that nobody keeps is discarded. The same bytes twice are one file.
"""

from __future__ import annotations

import hashlib
import logging
import os
import re
import unicodedata
import uuid
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from io import BufferedRandom
from pathlib import Path, PurePosixPath
from typing import BinaryIO

from app.domain.errors import OutageError, StorageError, UploadRefusedError
from app.durable import sync_folder
from app.file_types import EXTENSIONS
from app.inspection import child
from app.inspection.refusing import WORDS, RefusedError
from app.outages import of_file
from app.scanning import INFECTED, NONE, PENDING, Scanner, UnansweredError

_CHUNK = 1024 * 1024
#: seconds that somebody who uploads waits for the scanner
_AT_ONCE = 10.0
_HASH = re.compile(r"[0-9a-f]{64}")
#: bidirectional and control characters have no place in a name that others read
_UNSEEN = {"Cc", "Cf", "Cs", "Co", "Zl", "Zp"}


_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class StagedFile:
    """A checked file that waits in `incoming/`."""

    path: Path
    #: the name as the executor knows it, cleaned
    name: str
    media_type: str
    #: bytes
    size: int
    sha256: str
    #: what a scanner says of it: see `app.scanning`
    scan: str = NONE

    def discard(self) -> None:
        """Forget it; harmless when it has been kept."""
        self.path.unlink(missing_ok=True)


class EvidenceStore:
    """A folder of evidence files."""

    def __init__(self, root: Path, max_size: int, scanner: Scanner | None = None) -> None:
        self.root = root
        self.max_size = max_size
        #: None: nobody looks for viruses
        self.scanner = scanner

    def stage(self, stream: BinaryIO, name: str) -> StagedFile:
        """Take a file in and check it. Raises UploadRefusedError (its fault) or OutageError (ours)."""
        name = clean_name(name)
        extension = PurePosixPath(name).suffix.lower().lstrip(".")
        if extension not in EXTENSIONS:
            raise UploadRefusedError(
                name,
                "“%(name)s”: files of this type are not taken. Please use %(types)s.",
                types=", ".join(kind.upper() for kind in EXTENSIONS),
            )
        path = self._incoming() / uuid.uuid4().hex
        try:
            size, digest = self._write(stream, path, name)
            if size == 0:
                raise UploadRefusedError(
                    name, "“%(name)s” is empty. Check that it opens, and attach it once more."
                )
            media_type = self._inspect(path, name, extension)
            scan = self._scan(path, name)
        except BaseException:
            path.unlink(missing_ok=True)
            raise
        return StagedFile(path, name, media_type, size, digest, scan)

    @contextmanager
    def drafting(self) -> Iterator[BufferedRandom]:
        """A file in `incoming/` for the product itself to write, of any size; `made` makes it one to keep.

        At the end it is gone, unless it was kept. Raises OutageError.
        """
        path = self._incoming() / uuid.uuid4().hex
        try:
            with path.open("x+b") as draft:
                yield draft
        finally:
            path.unlink(missing_ok=True)

    def made(self, draft: BufferedRandom, name: str) -> StagedFile:
        """What was written to a draft, flushed to disk and hashed, for `keep`. Raises OutageError."""
        name = clean_name(name)
        try:
            draft.flush()
            os.fsync(draft.fileno())
            draft.seek(0)
            digest = hashlib.file_digest(draft, "sha256").hexdigest()
        except OSError as error:
            raise of_file(error) from error
        media_type = EXTENSIONS.get(name.rpartition(".")[2], "application/octet-stream")
        return StagedFile(Path(draft.name), name, media_type, draft.tell(), digest)

    def staged(
        self, waits: str, name: str, media_type: str, size: int, sha256: str, scan: str = NONE
    ) -> StagedFile | None:
        """A file that was staged before and still waits under that name in `incoming/`; None when it went."""
        path = self._incoming() / PurePosixPath(waits).name
        try:
            # It is wanted: nobody takes it for abandoned while it is about to be kept.
            os.utime(path)
        except OSError:
            return None
        return StagedFile(path, name, media_type, size, sha256, scan)

    def set_aside(self, files: Sequence[StagedFile], owner: str, most: int) -> list[StagedFile]:
        """Have staged files wait in the owner's name, of whom `most` wait at most: the oldest go.

        Raises OutageError.
        """
        folder, mine = self._incoming(), f"{owner}."
        aside = [replace(file, path=folder / (mine + file.path.name.removeprefix(mine))) for file in files]
        try:
            for file, waits in zip(files, aside, strict=True):
                file.path.replace(waits.path)
                os.utime(waits.path)
            others = {path for path in folder.iterdir() if path.name.startswith(mine)}
            others -= {waits.path for waits in aside}
            for path in sorted(others, key=_last_written)[: max(0, len(others) + len(aside) - most)]:
                path.unlink(missing_ok=True)
        except OSError as error:
            raise of_file(error) from error
        return aside

    def keep(self, staged: StagedFile) -> None:
        """Give a staged file its final name, durably. Raises OutageError.

        The caller holds the plan (`journal.hold`) until the row that names it is committed, which keeps the
        file from being removed meanwhile. However long it waited, from now on it counts as new.
        """
        final = self.path(staged.sha256)
        try:
            final.parent.mkdir(parents=True, exist_ok=True)
            os.utime(staged.path)
            staged.path.replace(final)
            sync_folder(final.parent)
            # Its folder may be new, too.
            sync_folder(self.root)
        except OSError as error:
            raise of_file(error) from error

    def renew(self, sha256: str) -> bool:
        """Whether the file is there with its hash; if so, it counts as kept now. Raises OutageError."""
        try:
            with self.path(sha256).open("rb") as file:
                if hashlib.file_digest(file, "sha256").hexdigest() != sha256:
                    return False
                os.utime(file.fileno())
        except FileNotFoundError:
            return False
        except OSError as error:
            raise of_file(error) from error
        return True

    def path(self, sha256: str) -> Path:
        """Where the bytes with that hash are. Raises ValueError for anything that is not a hash."""
        if not _HASH.fullmatch(sha256):
            raise ValueError(f"{sha256!r} is not a SHA-256")
        return self.root / sha256[:2] / sha256

    @contextmanager
    def staging(self) -> Iterator[list[StagedFile]]:
        """Collect staged files; whatever was not kept by the end is discarded."""
        files: list[StagedFile] = []
        try:
            yield files
        finally:
            for file in files:
                file.discard()

    def abandoned(self, before: float) -> Iterator[Path]:
        """Files in `incoming/` that were last written before that time (seconds since the epoch)."""
        for path in self._incoming().iterdir():
            if _is_older(path, before):
                yield path

    def kept(self, before: float) -> Iterator[str]:
        """The hashes of files that were kept before that time (seconds since the epoch)."""
        for path in self.root.glob("[0-9a-f][0-9a-f]/*"):
            if _HASH.fullmatch(path.name) and _is_older(path, before):
                yield path.name

    def remove(self, sha256: str, before: float) -> bool:
        """Remove a file that was kept before that time; whether there was one.

        The caller has seen that nothing names it, and keeps others from naming it until this returns.
        """
        path = self.path(sha256)
        if not _is_older(path, before):
            return False
        path.unlink(missing_ok=True)
        return True

    def writable(self) -> bool:
        """Whether a file can be taken in now: one is written, flushed to the disk and removed."""
        try:
            path = self._incoming() / uuid.uuid4().hex
            try:
                with path.open("xb") as probe:
                    probe.write(bytes(4096))
                    probe.flush()
                    os.fsync(probe.fileno())
            finally:
                path.unlink(missing_ok=True)
        except (OSError, OutageError):
            return False
        return True

    def _inspect(self, path: Path, name: str, extension: str) -> str:
        """The media type of a file that may be taken. Raises UploadRefusedError, OutageError."""
        try:
            return child.inspect(path, extension)
        except RefusedError as error:
            words = {"type": extension.upper(), **error.params}
            raise UploadRefusedError(name, WORDS[error.reason], **words) from error
        except OSError as error:
            raise of_file(error) from error

    def _scan(self, path: Path, name: str) -> str:
        """What the scanner says, if it does at once. Raises UploadRefusedError for what is infected."""
        if self.scanner is None:
            return NONE
        try:
            verdict = self.scanner.scan(path, _AT_ONCE)
        except UnansweredError as error:
            _log.warning("the scanner did not answer, the file waits: %s", error)
            return PENDING
        if verdict.state == INFECTED:
            raise UploadRefusedError(
                name,
                "“%(name)s” is infected with %(virus)s. "
                "Check your computer for viruses and attach a clean file.",
                virus=verdict.signature,
            )
        return verdict.state

    def _incoming(self) -> Path:
        folder = self.root / "incoming"
        try:
            folder.mkdir(parents=True, exist_ok=True)
            apart = folder.stat().st_dev != self.root.stat().st_dev
        except OSError as error:
            raise of_file(error) from error
        if apart:
            # A file would have to be copied to its final name, which can be cut off half-way.
            raise StorageError(
                "No file can be taken in: the folder for incoming ones lies on another file system than "
                "those that are kept. Please tell the administrator."
            )
        return folder

    def _write(self, stream: BinaryIO, path: Path, name: str) -> tuple[int, str]:
        digest, size = hashlib.sha256(), 0
        try:
            with path.open("xb") as out:
                while chunk := stream.read(_CHUNK):
                    size += len(chunk)
                    if size > self.max_size:
                        raise UploadRefusedError(
                            name,
                            "“%(name)s” is larger than %(limit)s MB. Make it smaller or attach it in parts.",
                            limit=self.max_size // (1024 * 1024),
                        )
                    digest.update(chunk)
                    out.write(chunk)
                out.flush()
                os.fsync(out.fileno())
        except OSError as error:
            raise of_file(error) from error
        return size, digest.hexdigest()


def clean_name(name: str) -> str:
    """The last part of a file's name, composed (NFC), without unseen characters, at most 200 long."""
    name = unicodedata.normalize("NFC", name).replace("\\", "/").rsplit("/", 1)[-1]
    name = "".join(char for char in name if unicodedata.category(char) not in _UNSEEN).strip(" .")
    stem, dot, extension = name.rpartition(".")
    if not dot or len(extension) > 20:
        return name[:200]
    return f"{stem[: 199 - len(extension)]}.{extension}"


def _is_older(path: Path, before: float) -> bool:
    """Whether it is there and was last written before that time; files come and go at any moment."""
    try:
        return path.stat().st_mtime < before
    except FileNotFoundError:
        return False


def _last_written(path: Path) -> float:
    """When it was last written, in seconds since the epoch; 0 of one that went meanwhile."""
    try:
        return path.stat().st_mtime
    except FileNotFoundError:
        return 0
