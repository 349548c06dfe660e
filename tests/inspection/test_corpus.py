"""The corpus, before the real child process: taken, refused with a reason, or made harmless."""

from __future__ import annotations

import hashlib
import io
from functools import cache
from pathlib import Path

import pytest
from babel.messages.pofile import read_po

from app.domain.errors import UploadRefusedError
from app.inspection.child import inspect
from app.storage import EvidenceStore
from tests.infrastructure.corpus import LIMIT, NEUTRALISED, REFUSED, TAKEN, Specimen, content_of
from tests.infrastructure.templates import ROOT


def named(specimen: Specimen) -> str:
    return specimen.what


@pytest.fixture
def store(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> EvidenceStore:
    monkeypatch.setattr("app.inspection.child.inspect", inspect)
    return EvidenceStore(tmp_path / "evidence", LIMIT)


@cache
def russian() -> dict[str, str]:
    with (ROOT / "app/translations/ru/LC_MESSAGES/messages.po").open("rb") as file:
        return {str(message.id): str(message.string) for message in read_po(file, locale="ru") if message.id}


@pytest.mark.parametrize("specimen", TAKEN + NEUTRALISED, ids=named)
def test_what_may_be_taken_is_kept_as_it_came_under_a_harmless_name(
    store: EvidenceStore, specimen: Specimen
) -> None:
    content = content_of(specimen.make)
    staged = store.stage(io.BytesIO(content), specimen.name)
    store.keep(staged)
    assert (staged.name, staged.size) == (specimen.kept, len(content))
    kept = [path for path in store.root.rglob("*") if path.is_file()]
    assert [path.name for path in kept] == [hashlib.sha256(content).hexdigest()]
    assert kept[0].read_bytes() == content


@pytest.mark.parametrize("specimen", REFUSED, ids=named)
def test_what_is_refused_leaves_nothing_and_says_what_is_wrong_and_what_to_do(
    store: EvidenceStore, specimen: Specimen
) -> None:
    with pytest.raises(UploadRefusedError) as caught:
        store.stage(io.BytesIO(content_of(specimen.make)), specimen.name)
    error = caught.value
    assert f"“{specimen.name}”" in str(error)
    assert specimen.told in str(error)
    in_russian = russian()[error.message] % error.params
    assert in_russian.startswith(f"«{specimen.name}»")
    # What is wrong, and then what to do.
    assert in_russian.count(". ") + in_russian.count(": ") >= 1
    assert [path for path in store.root.rglob("*") if path.is_file()] == []


def test_the_corpus_is_as_large_as_promised() -> None:
    everything = [*TAKEN, *NEUTRALISED, *REFUSED]
    assert len({specimen.what for specimen in everything}) == len(everything) >= 60
