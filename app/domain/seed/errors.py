"""What is wrong with a seed, and where."""

from __future__ import annotations

from app.domain.errors import VekhaError


class SeedError(VekhaError):
    """A seed that cannot be loaded. Names the file, the row in it, the field and the reason.

    `row` is what a person searches for in the file ("activity 2.3"); `row` and `field` are empty where
    the fault is the whole file's or the whole row's.
    """

    message = "The seed cannot be read."

    def __init__(self, file: str, row: str, field: str, reason: str) -> None:
        self.file, self.row, self.field, self.reason = file, row, field, reason
        parts = (file, row, f"field {field}" if field else "", reason)
        super().__init__("%(fault)s", fault=": ".join(part for part in parts if part))
