"""The two refusals that every check of a seed makes."""

from __future__ import annotations

from collections.abc import Collection, Hashable, Iterable

from app.domain.seed.errors import SeedError


def once(file: str, name: str, field: str, values: Iterable[Hashable]) -> None:
    """Refuse a value that stands twice; `name` says what it is the code of."""
    seen = set()
    for value in values:
        if value in seen:
            raise SeedError(file, f"{name} {value}", field, "stands twice")
        seen.add(value)


def known(file: str, row: str, field: str, value: Hashable, among: Collection[Hashable]) -> None:
    """Refuse a reference to something that the seed does not hold."""
    if value not in among:
        raise SeedError(file, row, field, f"“{value}” is not in the seed")
