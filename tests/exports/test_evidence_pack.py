"""A pack of evidence: proofs under names that any system can hold, and a script that misses what is gone."""

from __future__ import annotations

import csv
import hashlib
import io
import json
import shutil
import subprocess
import sys
import zipfile
from collections.abc import Callable
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest

from app.exports.evidence_pack import EvidencePack, PackedProof, write_evidence_pack
from app.exports.file_names import FreeNames, safe_name

_MOMENT = datetime(2022, 6, 15, 12, 30, tzinfo=UTC)
_PLAN = b"%PDF-1.4 plan"


def proof(number: int, kind: str = "file", content: bytes = _PLAN, **more: Any) -> PackedProof:
    of_file = {"name": "План.pdf", "size": len(content), "sha256": hashlib.sha256(content).hexdigest()}
    values: dict[str, Any] = {
        **{"id": number, "task": 7, "activity": "2.3", "activity_title": "Планы содействия занятости"},
        **{"organization": "college01", "organization_name": "Колледж № 1", "occurrence": ""},
        **{
            "requirement": "План",
            "kind": kind,
            "version": 1,
            "url": "",
            "note": "",
            "attached_by": "Колледж",
        },
        **{"name": "", "size": 0, "sha256": "", "attached_at": _MOMENT, "accepted_at": _MOMENT},
        **(of_file if kind == "file" else {}),
    }
    return PackedProof(**(values | more))


@pytest.fixture
def store(tmp_path: Path) -> Callable[[bytes], bytes]:
    """Puts bytes where the pack finds them."""
    folder = tmp_path / "store"
    folder.mkdir()

    def put(content: bytes) -> bytes:
        (folder / hashlib.sha256(content).hexdigest()).write_bytes(content)
        return content

    put(_PLAN)
    return put


@pytest.fixture
def packed(tmp_path: Path, store: Callable[[bytes], bytes]) -> Callable[..., Path]:
    def pack(*proofs: PackedProof) -> Path:
        path = tmp_path / "Подтверждения.zip"
        told = EvidencePack(
            **{"plan": "2022", "title": "План", "activity": "", "as_of": date(2022, 6, 15)},
            **{"made_at": _MOMENT, "made_by": "Контроль", "proofs": proofs, "readme": "Пакет\nпроверка"},
            **{"columns": [f"колонка {number}" for number in range(16)], "link_name": "Ссылка"},
            **{"note_name": "Записка", "words": {"missing": "НЕТ ФАЙЛА", "changed": "ИЗМЕНЁН"}},
        )
        with path.open("w+b") as out:
            write_evidence_pack(out, told, lambda sha256: tmp_path / "store" / sha256)
        return path

    return pack


def verify(place: Path, script: Path | None = None) -> tuple[int, str]:
    """What the script of a pack says, run by a Python that has nothing of ours."""
    if script is None:
        script = place / "verify.py"
    done = subprocess.run(
        [shutil.which("python3", path="/usr/bin:/usr/local/bin") or sys.executable, "-I", script, place],
        capture_output=True,
        encoding="utf-8",
        env={"PYTHONIOENCODING": "utf-8"},
        cwd=place.parent,
    )
    assert "Traceback" not in done.stderr, done.stderr
    return done.returncode, done.stdout


def unpacked(archive: Path) -> Path:
    folder = archive.with_suffix("")
    with zipfile.ZipFile(archive) as opened:
        opened.extractall(folder)
    return folder


def test_every_proof_is_in_the_pack_and_in_both_manifests(packed: Callable[..., Path]) -> None:
    archive = packed(
        proof(1),
        proof(2, version=2),
        proof(3, "link", url="https://example.org/план"),
        proof(4, "note", note="=1+1", occurrence="июнь"),
    )
    folder = "2.3 Планы содействия занятости/Колледж № 1"
    with zipfile.ZipFile(archive) as opened:
        assert opened.testzip() is None
        names = opened.namelist()
        assert names == [
            *(f"{folder}/План.pdf", f"{folder}/План (2).pdf", f"{folder}/Ссылка.txt"),
            *(f"{folder}/июнь Записка.txt", "manifest.json", "manifest.csv", "readme.txt", "verify.py"),
        ]
        assert all(info.flag_bits & 0x800 for info in opened.infolist() if not info.filename.isascii())
        assert opened.read(names[2]).decode() == "https://example.org/план"
        manifest = json.loads(opened.read("manifest.json"))
        rows = list(csv.reader(io.StringIO(opened.read("manifest.csv").decode("utf-8-sig")), delimiter=";"))
    assert [each["path"] for each in manifest["files"]] == names[:4] == [row[0] for row in rows[1:]]
    first = manifest["files"][0]
    assert (first["sha256"], first["size"]) == (hashlib.sha256(_PLAN).hexdigest(), len(_PLAN))
    told = [
        first[name] for name in ("task", "activity", "organization", "name", "attached_by", "attached_at")
    ]
    assert told == [7, "2.3", "college01", "План.pdf", "Колледж", "2022-06-15T12:30:00+00:00"]
    assert rows[1][1] == first["sha256"]


def test_what_somebody_called_a_file_is_no_formula_of_a_table(
    packed: Callable[..., Path],
) -> None:
    archive = packed(proof(1, name="=1+1.pdf"))
    with zipfile.ZipFile(archive) as opened:
        table = opened.read("manifest.csv").decode("utf-8-sig")
    assert ";'=1+1.pdf;" in table


def test_an_intact_pack_is_found_whole_unpacked_and_as_it_was_downloaded(packed: Callable[..., Path]) -> None:
    archive = packed(proof(1), proof(2, "note", note="сделано"))
    folder = unpacked(archive)
    code, said = verify(folder)
    assert (code, said) == (0, "Everything is as it was packed. Files: 2\n")
    code, said = verify(archive, folder / "verify.py")
    assert code == 0
    assert hashlib.sha256(archive.read_bytes()).hexdigest() in said


def test_what_is_missing_or_edited_is_named(packed: Callable[..., Path]) -> None:
    folder = unpacked(packed(proof(1), proof(2), proof(3)))
    files = folder / "2.3 Планы содействия занятости" / "Колледж № 1"
    (files / "План.pdf").write_bytes(_PLAN + b"!")
    (files / "План (2).pdf").unlink()
    (files / "чужой.pdf").write_bytes(b"")
    code, said = verify(folder)
    assert code == 1
    assert "ИЗМЕНЁН: 2.3 Планы содействия занятости/Колледж № 1/План.pdf" in said
    assert "НЕТ ФАЙЛА: 2.3 Планы содействия занятости/Колледж № 1/План (2).pdf" in said
    assert "not in the manifest: 2.3 Планы содействия занятости/Колледж № 1/чужой.pdf" in said
    assert "Faults: 2, files: 3" in said


def test_a_pack_that_was_cut_off_or_edited_inside_fails(packed: Callable[..., Path]) -> None:
    archive = packed(proof(1, content=_PLAN * 1))
    script = unpacked(archive) / "verify.py"
    whole = archive.read_bytes()
    archive.write_bytes(whole[: len(whole) // 2])
    code, said = verify(archive, script)
    assert (code, "cannot be read" in said) == (1, True)
    # PDF is stored as it is: the letters of its content stand in the archive.
    archive.write_bytes(whole.replace(b"1.4 plan", b"1.4 plam"))
    code, said = verify(archive, script)
    assert (code, "ИЗМЕНЁН: " in said) == (1, True)
    assert verify(archive.with_name("нет.zip"), script)[0] == 2


def test_what_the_store_has_lost_is_told_in_the_pack_and_by_the_script(
    packed: Callable[..., Path], tmp_path: Path
) -> None:
    (tmp_path / "store" / hashlib.sha256(_PLAN).hexdigest()).unlink()
    folder = unpacked(packed(proof(1)))
    (entry,) = json.loads((folder / "manifest.json").read_text(encoding="utf-8"))["files"]
    assert entry["fault"] == "missing"
    code, said = verify(folder)
    assert code == 1
    assert "WAS NOT WHOLE" in said


@pytest.mark.parametrize(
    ("text", "longest", "name"),
    [
        # what Windows reserves becomes a line; the rest stays, Cyrillic too
        ("План: «2022»?.docx", 80, "План_ «2022»_.docx"),
        ("a/b\\c<d>|e*\x07.pdf", 80, "a_b_c_d__e__.pdf"),
        # names of devices, with an extension too
        ("CON", 80, "_CON"),
        ("nul.txt", 80, "_nul.txt"),
        ("com1.отчёт.pdf", 80, "_com1.отчёт.pdf"),
        ("console.txt", 80, "console.txt"),
        # no dot and no blank at the end, and never nothing
        ("Отчёт. . ", 80, "Отчёт"),
        ("...", 80, "_"),
        # cut before the extension
        ("Очень длинное название.docx", 15, "Очень длин.docx"),
        # letters that are written in two parts are composed
        ("Й.txt", 80, "Й.txt"),
    ],
)
def test_a_name_fits_every_system(text: str, longest: int, name: str) -> None:
    assert safe_name(text, longest) == name


def test_names_that_differ_in_case_alone_are_the_same_name() -> None:
    names = FreeNames()
    assert [names.take("а", name) for name in ("План.pdf", "план.PDF", "План.pdf", "План")] == [
        *("а/План.pdf", "а/план (2).PDF", "а/План (3).pdf", "а/План"),
    ]


def test_no_path_is_too_long_for_windows(packed: Callable[..., Path]) -> None:
    long = "Щ" * 400
    archive = packed(
        proof(1, activity_title=long, organization_name=long, name=f"{long}.pdf", occurrence=long)
    )
    with zipfile.ZipFile(archive) as opened:
        (path, *_) = opened.namelist()
    assert len(path) <= 170
    assert path.endswith(".pdf")
    assert all(len(part.encode()) <= 255 for part in path.split("/"))
