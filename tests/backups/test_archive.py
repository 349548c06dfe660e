"""An archive is found to be whole, or the first thing that is wrong with it is named."""

from __future__ import annotations

import gzip
import hashlib
import io
import json
import random
import subprocess
from collections.abc import Callable, Iterator
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest

from app.backups import rows, verifying
from app.backups.archive import ABOUT, MANIFEST, Reader, Writer
from app.backups.errors import BackupError, BrokenBackupError
from app.backups.rows import Sum, TableSum, digest_of, line_of
from app.domain.canonical import canonical
from app.models import JournalEntry
from app.services.journal import GENESIS, entry_hash

FILES = {hashlib.sha256(content).hexdigest(): content for content in (b"one", b"another" * 400)}
Tables = dict[str, list[dict[str, Any]]]


def journal(length: int) -> list[dict[str, Any]]:
    """A chain of entries as rows."""
    found: list[dict[str, Any]] = []
    for position in range(1, length + 1):
        row = {
            **{"id": position, "plan_id": 1, "position": position, "at": "2022-06-15T09:00:00+00:00"},
            **{"person_id": None, "subject": "task", "subject_id": 5, "activity_id": None, "task_id": None},
            **{"action": "submit", "state_before": "planned", "state_after": "submitted", "note": "Готово"},
            **{"details": {"b": 1, "a": [2]}, "previous_hash": found[-1]["hash"] if found else GENESIS},
        }
        found.append(seal(row))
    return found


def seal(row: dict[str, Any]) -> dict[str, Any]:
    entry = JournalEntry(**{**row, "at": datetime.fromisoformat(row["at"])})
    return {**row, "hash": entry_hash(entry)}


def tables() -> Tables:
    """A plan with a journal, and evidence."""
    entries = journal(4)
    return {
        "plan": [{"id": 1, "code": "2022"}],
        "evidence": [{"id": number, "sha256": name} for number, name in enumerate(FILES)],
        "journal_entry": entries,
        "journal_head": [{"plan_id": 1, "position": 4, "hash": entries[-1]["hash"]}],
        "search_text": [],
    }


def write(content: Tables, files: dict[str, bytes], **told: Any) -> bytes:
    """An archive as whoever can compute every sum would write it."""
    out = io.BytesIO()
    writer = Writer(out, 1_700_000_000)
    head = content["journal_head"][0]
    about = {"format": 1, "product": "0.1.0", "level": "0016", "made_at": "2026-03-01T03:40:07+00:00"}
    writer.add(
        ABOUT, canonical({**about, "heads": [["2022", head["position"], head["hash"]]], **told}).encode()
    )
    sums, named = {}, Sum()
    for table, lines in content.items():
        sum_ = Sum()
        for row in lines:
            sum_.add(digest_of(table, line_of([row[name] for name in sorted(row)])))
        sums[table] = TableSum(sum_.number, sum_.text)
        names = sorted(lines[0]) if lines else []
        packed = rows.pack(names, ([row[name] for name in names] for row in lines), lambda _row, _line: None)
        for part in packed:
            writer.add(f"tables/{table}/{part.number:06}.jsonl.gz", part.content)
    for row in content["evidence"]:
        named.add(hashlib.sha256(row["sha256"].encode()).digest())
    for name, bytes_ in files.items():
        writer.add(f"evidence/{name}", bytes_)
    digest = hashlib.sha256(
        canonical({"tables": sums, "files": [named.number, named.text]}).encode()
    ).hexdigest()
    writer.end({"tables": sums, "digest": digest, "lost": []})
    return out.getvalue()


def verify(content: bytes) -> verifying.Verified:
    return verifying.verify_open(io.BytesIO(content))


def test_a_whole_archive_is_told_of(tmp_path: Path) -> None:
    found = verify(write(tables(), FILES))
    assert (found.level, found.product, found.files, found.rows, found.lost) == ("0016", "0.1.0", 2, 8, [])
    assert found.heads == [("2022", 4, tables()["journal_head"][0]["hash"])]


def test_tar_opens_it_and_rows_can_be_read_without_this_program(tmp_path: Path) -> None:
    archive = tmp_path / "backup.tar"
    archive.write_bytes(write(tables(), FILES))
    subprocess.run(["tar", "xf", archive], cwd=tmp_path, check=True)
    names, *lines = gzip.decompress((tmp_path / "tables/plan/000000.jsonl.gz").read_bytes()).splitlines()
    assert [dict(zip(json.loads(names), json.loads(line), strict=True)) for line in lines] == tables()["plan"]
    assert {path.name: path.read_bytes() for path in (tmp_path / "evidence").iterdir()} == FILES


def test_an_archive_that_differs_in_any_byte_is_found() -> None:
    whole = write(tables(), FILES)
    chance = random.Random(2022)
    # Every header, every end of a member, and bytes in between.
    edges = {edge + near for edge in range(0, len(whole), 512) for near in (-1, 0, 1)} - {-1}
    places = sorted(edges | {chance.randrange(len(whole)) for _ in range(400)})
    assert len(places) > 400
    for place in places:
        changed = bytearray(whole)
        changed[place] ^= 1 << chance.randrange(8)
        # A format that became another one is refused as such.
        with pytest.raises(BackupError):
            verify(bytes(changed))


def test_an_archive_that_ends_too_early_or_goes_on_is_found() -> None:
    whole = write(tables(), FILES)
    for length in (*range(0, len(whole), 97), *range(0, len(whole), 512), len(whole) - 1):
        with pytest.raises(BrokenBackupError):
            verify(whole[:length])
    with pytest.raises(BrokenBackupError, match="does not end where it should"):
        verify(whole + b"\0")


def changed_note(content: Tables, _files: dict[str, bytes]) -> None:
    content["journal_entry"][1]["note"] = "Отклонено"


def sealed_anew(content: Tables, _files: dict[str, bytes]) -> None:
    content["journal_entry"][1] = seal(content["journal_entry"][1] | {"note": "Отклонено"})


def left_out(content: Tables, _files: dict[str, bytes]) -> None:
    del content["journal_entry"][2]


def truncated(content: Tables, _files: dict[str, bytes]) -> None:
    del content["journal_entry"][3]


def swapped(content: Tables, _files: dict[str, bytes]) -> None:
    entries = content["journal_entry"]
    entries[1], entries[2] = entries[2], entries[1]


def without_file(_content: Tables, files: dict[str, bytes]) -> None:
    del files[min(files)]


def other_bytes(_content: Tables, files: dict[str, bytes]) -> None:
    files[min(files)] = b"forged"


@pytest.mark.parametrize(
    ("change", "place", "reason"),
    [
        (changed_note, "tables/journal_entry/000000.jsonl.gz", "the journal breaks at position 2"),
        (sealed_anew, "tables/journal_entry/000000.jsonl.gz", "the journal breaks at position 3"),
        (left_out, "tables/journal_entry/000000.jsonl.gz", "the journal breaks at position 3"),
        (truncated, "tables/journal_entry", "the journal of 2022 ends at position 3, not 4"),
        (swapped, "tables/journal_entry/000000.jsonl.gz", "the journal breaks at position 2"),
        (without_file, f"evidence/{min(FILES)}", "a row names it, and it is missing"),
        (other_bytes, f"evidence/{min(FILES)}", "its bytes are not those that its name says"),
    ],
)
def test_what_was_changed_with_every_sum_computed_anew_is_named(
    change: Callable[[Tables, dict[str, bytes]], None], place: str, reason: str
) -> None:
    content, files = tables(), dict(FILES)
    change(content, files)
    with pytest.raises(BrokenBackupError) as caught:
        verify(write(content, files))
    assert (caught.value.place, caught.value.reason) == (place, reason)


def test_heads_that_are_not_those_of_the_tables_are_found() -> None:
    with pytest.raises(BrokenBackupError, match=r"backup\.json: it tells of other ends"):
        verify(write(tables(), FILES, heads=[["2022", 3, "f" * 64]]))


def test_a_format_of_a_later_program_is_refused_by_its_number() -> None:
    with pytest.raises(BackupError, match="has format 2; this program reads 1"):
        verify(write(tables(), FILES, format=2))


@pytest.mark.parametrize("told", [{"heads": "none"}, {"made_at": "yesterday"}])
def test_an_archive_of_somebody_elses_making_is_no_crash(told: dict[str, Any]) -> None:
    with pytest.raises(BrokenBackupError, match="does not say what it should"):
        verify(write(tables(), FILES, **told))


def members(content: bytes) -> Iterator[tuple[str, bytes]]:
    for stream in Reader(io.BytesIO(content)):
        yield stream.name, stream.read()


@pytest.mark.parametrize(
    ("kept", "place"),
    [
        (
            lambda names: [name for name in names if "search" not in name and "plan/" not in name],
            "tables/plan",
        ),
        (lambda names: [*names, "evidence/../../etc/passwd"], "evidence/../../etc/passwd"),
        (lambda names: [*names, "settings.toml"], "settings.toml"),
        (lambda names: [*names, names[-1]], f"evidence/{list(FILES)[-1]}"),
        (lambda names: names[1:], "tables/plan/000000.jsonl.gz"),
    ],
    ids=["a table is missing", "a path", "a stranger", "a member twice", "no beginning"],
)
def test_members_that_are_missing_strange_or_too_many_are_named(
    kept: Callable[[list[str]], list[str]], place: str
) -> None:
    whole = write(tables(), FILES)
    content, out = dict(members(whole)), io.BytesIO()
    writer = Writer(out, 1_700_000_000)
    for name in kept(list(content)):
        writer.add(name, content.get(name, b"?"))
    reader = Reader(io.BytesIO(whole))
    for _stream in reader:
        pass
    writer.end({name: value for name, value in reader.manifest.items() if name != "members"})
    with pytest.raises(BrokenBackupError) as caught:
        verify(out.getvalue())
    assert caught.value.place == place


def test_the_manifest_is_the_last_member_and_canonical() -> None:
    whole = write(tables(), FILES)
    at = whole.rindex(b'{"digest"')
    assert MANIFEST.encode() in whole[at - 512 : at]
    spaced = whole.replace(b'"lost":[]', b'"lost" :[]')
    with pytest.raises(BrokenBackupError):
        verify(spaced)
