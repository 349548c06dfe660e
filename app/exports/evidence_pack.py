"""A pack of evidence: a ZIP of the files with a manifest (JSON, CSV) and a script that checks it.

It is written file by file to wherever it goes, so that its size does not matter.
"""

from __future__ import annotations

import csv
import hashlib
import io
import json
import zipfile
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import Any, BinaryIO, NamedTuple

from app.exports.file_names import FreeNames, safe_name

MEDIA_TYPE = "application/zip"

_SCRIPT = Path(__file__).parent / "pages" / "verify.py"
#: characters of a folder and of a file; two folders, a name and the way to the pack stay below 260
_FOLDER, _NAME = 40, 80
_CHUNK = 1024 * 1024
#: what is compressed already
_PACKED = frozenset({"docx", "xlsx", "odt", "ods", "pdf", "jpg", "jpeg", "png", "zip"})
#: what a spreadsheet would take for a formula
_FORMULA = ("=", "+", "-", "@", "\t", "\r")


class PackedProof(NamedTuple):
    """A piece of evidence of an accepted task; a link and a note have their words for content."""

    id: int
    task: int
    activity: str
    activity_title: str
    organization: str
    organization_name: str
    occurrence: str
    #: what was asked for
    requirement: str
    #: file | link | note
    kind: str
    version: int
    name: str
    #: bytes
    size: int
    sha256: str
    url: str
    note: str
    attached_at: datetime
    attached_by: str
    accepted_at: datetime | None
    #: not to be packed: it is harmful, or nobody knows yet
    withheld: bool = False


@dataclass(frozen=True, slots=True)
class EvidencePack:
    """What is packed, and the words about it."""

    plan: str
    title: str
    #: code of the activity; "" for the whole plan
    activity: str
    as_of: date
    made_at: datetime
    made_by: str
    proofs: Sequence[PackedProof]
    readme: str
    #: names of the columns of the CSV, in the order of `_COLUMNS`
    columns: Sequence[str]
    #: names of the files that hold a link or a note
    link_name: str
    note_name: str
    #: what the script says, by its own keys
    words: Mapping[str, str]


#: the keys of a file in the manifest that a table shows
_COLUMNS = (
    "path",
    "sha256",
    "size",
    "kind",
    "activity",
    "activity_title",
    "organization_name",
    "occurrence",
    "requirement",
    "task",
    "name",
    "version",
    "attached_at",
    "attached_by",
    "accepted_at",
    "fault",
)


def write_evidence_pack(
    out: BinaryIO,
    pack: EvidencePack,
    path_of: Callable[[str], Path],
    progress: Callable[[int, int], None] = lambda _done, _of: None,
) -> list[str]:
    """Write the pack; the paths of the files that the store has lost or that are not what they were.

    `path_of` finds the bytes of a hash. `progress` is told how many of all proofs are in.
    """
    names, entries = FreeNames(), []
    with zipfile.ZipFile(out, "w") as archive:
        for number, proof in enumerate(pack.proofs, start=1):
            entries.append(_add(archive, proof, _path(proof, pack, names), path_of))
            progress(number, len(pack.proofs))
        manifest = {
            **{"plan": pack.plan, "title": pack.title, "activity": pack.activity},
            **{"as_of": pack.as_of.isoformat(), "made_at": _instant(pack.made_at), "made_by": pack.made_by},
            "files": entries,
            "words": dict(pack.words),
        }
        _put(archive, "manifest.json", json.dumps(manifest, ensure_ascii=False, indent=1), pack.made_at)
        _put(archive, "manifest.csv", _table(pack.columns, entries), pack.made_at)
        _put(archive, "readme.txt", "\ufeff" + pack.readme.replace("\n", "\r\n"), pack.made_at)
        _put(archive, "verify.py", _SCRIPT.read_text(encoding="utf-8"), pack.made_at)
    return [entry["path"] for entry in entries if entry["fault"] in {"missing", "changed"}]


def packed_hashes(path: Path) -> set[str]:
    """The hashes of the files that a pack holds. Raises OSError and BadZipFile."""
    with zipfile.ZipFile(path) as archive:
        entries = json.loads(archive.read("manifest.json"))["files"]
    return {entry["sha256"] for entry in entries if entry["fault"] not in {"withheld", "missing"}}


def _path(proof: PackedProof, pack: EvidencePack, names: FreeNames) -> str:
    folder = safe_name(f"{proof.activity} {proof.activity_title}", _FOLDER)
    within = safe_name(proof.organization_name, _FOLDER)
    name = {"link": f"{pack.link_name}.txt", "note": f"{pack.note_name}.txt"}.get(proof.kind, proof.name)
    if proof.occurrence:
        name = f"{proof.occurrence} {name}"
    return names.take(f"{folder}/{within}", safe_name(name, _NAME))


def _add(
    archive: zipfile.ZipFile, proof: PackedProof, path: str, path_of: Callable[[str], Path]
) -> dict[str, Any]:
    """Pack a proof; its entry in the manifest."""
    fault = ""
    if proof.kind == "file":
        size, sha256 = proof.size, proof.sha256
        fault = "withheld" if proof.withheld else _copy(archive, path, proof, path_of(proof.sha256))
    else:
        content = "\n".join(part for part in (proof.url, proof.note) if part).encode()
        size, sha256 = len(content), hashlib.sha256(content).hexdigest()
        with _member(archive, path, proof.attached_at, size) as member:
            member.write(content)
    told = proof._asdict()
    del told["withheld"]
    told |= {"attached_at": _instant(proof.attached_at), "size": size, "sha256": sha256}
    told["accepted_at"] = _instant(proof.accepted_at) if proof.accepted_at else None
    return {"path": path, **told, "fault": fault}


def _copy(archive: zipfile.ZipFile, path: str, proof: PackedProof, source: Path) -> str:
    """Copy the bytes from the store; "missing" or "changed" when they are not what they were."""
    digest = hashlib.sha256()
    try:
        stream = source.open("rb")
    except OSError:
        return "missing"
    with stream, _member(archive, path, proof.attached_at, proof.size) as member:
        while chunk := stream.read(_CHUNK):
            digest.update(chunk)
            member.write(chunk)
    return "" if digest.hexdigest() == proof.sha256 else "changed"


def _put(archive: zipfile.ZipFile, path: str, text: str, at: datetime) -> None:
    content = text.encode()
    with _member(archive, path, at, len(content)) as member:
        member.write(content)


@contextmanager
def _member(archive: zipfile.ZipFile, path: str, at: datetime, size: int) -> Iterator[Any]:
    """A file of the archive to write to; a name that is not Latin is marked as UTF-8."""
    info = zipfile.ZipInfo(path, at.timetuple()[:6])
    info.external_attr = 0o644 << 16
    packed = path.rpartition(".")[2].lower() in _PACKED
    info.compress_type = zipfile.ZIP_STORED if packed else zipfile.ZIP_DEFLATED
    info.file_size = size
    with archive.open(info, "w") as member:
        yield member


def _table(columns: Sequence[str], entries: Iterable[Mapping[str, Any]]) -> str:
    """The manifest as a table that a Russian Excel opens: marked as UTF-8, with semicolons."""
    written = io.StringIO()
    rows = csv.writer(written, delimiter=";", lineterminator="\r\n")
    rows.writerow(columns)
    for entry in entries:
        rows.writerow([_cell(entry[name]) for name in _COLUMNS])
    return "\ufeff" + written.getvalue()


def _cell(value: Any) -> Any:
    """A text that begins like a formula is marked as a text."""
    return f"'{value}" if isinstance(value, str) and value.startswith(_FORMULA) else value


def _instant(value: datetime) -> str:
    return value.isoformat(timespec="seconds")
