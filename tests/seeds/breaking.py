"""Ways to break a copy of a seed, and what reading it answers."""

from __future__ import annotations

from pathlib import Path

import pytest

from app.domain.seed import SeedError, read_seed


def break_seed(folder: Path, file: str, old: str, new: str, after: str = "") -> None:
    """Replace the first `old` that follows `after`."""
    text = folder.joinpath(file).read_text(encoding="utf-8")
    place = text.index(old, text.index(after))
    folder.joinpath(file).write_text(text[:place] + new + text[place + len(old) :], encoding="utf-8")


def fault_of(folder: Path) -> str:
    with pytest.raises(SeedError) as caught:
        read_seed(folder)
    return str(caught.value)
