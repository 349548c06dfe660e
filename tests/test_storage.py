"""The evidence store: what it takes, what it refuses, and that nothing half-done stays behind."""

from __future__ import annotations

import hashlib
import io
import os
import tempfile
import time
from pathlib import Path

import pytest

from app.domain.errors import StorageError, UploadRefusedError
from app.storage import EvidenceStore, clean_name
from tests.infrastructure.availability import unavailable
from tests.infrastructure.files import (
    EXE,
    JPEG,
    PDF,
    PNG,
    archive,
    damaged,
    docm,
    docx,
    open_document,
    xlsx,
)

LIMIT = 10_000


@pytest.fixture
def store(tmp_path: Path) -> EvidenceStore:
    return EvidenceStore(tmp_path / "evidence", LIMIT)


def files_in(store: EvidenceStore) -> list[Path]:
    return [path for path in store.root.rglob("*") if path.is_file()]


TAKEN = [
    ("протокол.pdf", PDF, "application/pdf"),
    ("scan.JPG", JPEG, "image/jpeg"),
    ("scan.jpeg", JPEG, "image/jpeg"),
    ("scan.png", PNG, "image/png"),
    ("план.docx", docx(), "application/vnd.openxmlformats-officedocument.wordprocessingml.document"),
    ("таблица.xlsx", xlsx(), "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"),
    ("план.odt", open_document("text"), "application/vnd.oasis.opendocument.text"),
    ("таблица.ods", open_document("spreadsheet"), "application/vnd.oasis.opendocument.spreadsheet"),
]


@pytest.mark.parametrize(("name", "content", "media_type"), TAKEN)
def test_the_seven_types_are_taken(store: EvidenceStore, name: str, content: bytes, media_type: str) -> None:
    staged = store.stage(io.BytesIO(content), name)
    store.keep(staged)
    assert (staged.name, staged.media_type, staged.size) == (name, media_type, len(content))
    assert store.path(hashlib.sha256(content).hexdigest()).read_bytes() == content


REFUSED = [
    ("empty.pdf", b"", "is empty"),
    ("large.pdf", PDF + b" " * LIMIT + PDF, "is larger than"),
    ("program.exe", EXE, "are not taken"),
    ("program.pdf", EXE, "is not a PDF file"),
    ("archive.docx", archive(note="hello"), "is not a DOCX file"),
    ("macro.docx", docm(), "holds macros"),
    ("macro.docm", docm(), "are not taken"),
    ("workbook.docx", xlsx(), "is not a DOCX file"),
    ("text.ods", open_document("text"), "is not a ODS file"),
    ("cut.pdf", PDF[:20], "is damaged or was cut off"),
    ("broken.docx", docx()[:60], "is damaged"),
    ("damaged.docx", damaged(), "is damaged"),
    ("page.html", b"<script>", "are not taken"),
    ("picture.svg", b"<svg/>", "are not taken"),
    ("noextension", PDF, "are not taken"),
    (".pdf", PDF, "are not taken"),
    ("double.pdf.exe", PDF, "are not taken"),
]


@pytest.mark.parametrize(
    ("name", "content", "reason"), REFUSED, ids=[f"{name}: {reason}" for name, _content, reason in REFUSED]
)
def test_anything_else_is_refused_by_name_and_leaves_nothing(
    store: EvidenceStore, name: str, content: bytes, reason: str
) -> None:
    with pytest.raises(UploadRefusedError, match=reason) as caught:
        store.stage(io.BytesIO(content), name)
    assert clean_name(name) in str(caught.value)
    assert files_in(store) == []


def test_a_staged_file_that_nobody_keeps_is_gone(store: EvidenceStore) -> None:
    with store.staging() as staged:
        staged.append(store.stage(io.BytesIO(PDF), "a.pdf"))
        staged.append(store.stage(io.BytesIO(PNG), "b.png"))
        store.keep(staged[1])
    assert [path.read_bytes() for path in files_in(store)] == [PNG]


def test_the_same_bytes_twice_are_one_file(store: EvidenceStore) -> None:
    for name in ("a.pdf", "b.pdf"):
        store.keep(store.stage(io.BytesIO(PDF), name))
    assert len(files_in(store)) == 1


def test_a_file_is_on_disk_with_its_name_before_it_counts_as_kept(
    store: EvidenceStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    done: list[str] = []
    fsync, replace = os.fsync, Path.replace

    def noted_fsync(descriptor: int) -> None:
        done.append(str(Path(os.readlink(f"/proc/self/fd/{descriptor}")).relative_to(store.root.parent)))
        fsync(descriptor)

    def noted_replace(path: Path, target: Path) -> Path:
        done.append("replace")
        return replace(path, target)

    monkeypatch.setattr(os, "fsync", noted_fsync)
    monkeypatch.setattr(Path, "replace", noted_replace)
    staged = store.stage(io.BytesIO(PDF), "a.pdf")
    store.keep(staged)
    folder = f"evidence/{staged.sha256[:2]}"
    assert done == [f"evidence/incoming/{staged.path.name}", "replace", folder, "evidence"]


def test_incoming_files_on_another_file_system_are_refused_before_anything_is_written(
    store: EvidenceStore, tmp_path: Path
) -> None:
    memory = Path("/dev/shm")
    if not os.access(memory, os.W_OK) or memory.stat().st_dev == tmp_path.stat().st_dev:
        unavailable("there is no second file system to write to")
    with tempfile.TemporaryDirectory(dir=memory) as elsewhere:
        store.root.mkdir()
        (store.root / "incoming").symlink_to(elsewhere)
        assert not store.writable()
        with pytest.raises(StorageError, match="another file system"):
            store.stage(io.BytesIO(PDF), "a.pdf")
        assert os.listdir(elsewhere) == []


def test_a_file_that_goes_while_old_ones_are_looked_for_is_no_harm(store: EvidenceStore) -> None:
    gone = store.stage(io.BytesIO(PDF), "a.pdf")
    gone.path.unlink()
    gone.path.symlink_to("nowhere")
    assert list(store.abandoned(time.time() + 1)) == []


def test_a_file_that_waited_long_counts_as_new_from_when_it_is_wanted(store: EvidenceStore) -> None:
    staged = store.stage(io.BytesIO(PDF), "a.pdf")
    long_ago = time.time() - 1000
    os.utime(staged.path, (long_ago, long_ago))
    assert list(store.abandoned(long_ago + 1)) == [staged.path]
    assert store.staged(staged.path.name, *("a.pdf", staged.media_type, staged.size, staged.sha256)) == staged
    assert list(store.abandoned(long_ago + 1)) == []
    os.utime(staged.path, (long_ago, long_ago))
    store.keep(staged)
    assert list(store.kept(long_ago + 1)) == []
    assert list(store.kept(time.time() + 1)) == [staged.sha256]


@pytest.mark.parametrize(
    ("given", "kept"),
    [
        ("C:\\Users\\me\\отчёт.pdf", "отчёт.pdf"),
        ("../../etc/passwd.pdf", "passwd.pdf"),
        ("report\u202efdp.exe.pdf", "reportfdp.exe.pdf"),
        ("line\nbreak\0.pdf", "linebreak.pdf"),
        ("и\u0306.pdf", "й.pdf"),
        ("д" * 300 + ".pdf", "д" * 196 + ".pdf"),
        ("a." + "b" * 300, ("a." + "b" * 300)[:200]),
    ],
)
def test_a_name_is_cleaned_of_what_others_cannot_see(given: str, kept: str) -> None:
    assert clean_name(given) == kept


def test_only_a_hash_is_a_path(store: EvidenceStore) -> None:
    with pytest.raises(ValueError, match="not a SHA-256"):
        store.path("../../../etc/passwd")
