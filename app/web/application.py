"""Flask's application, but for what it says of errors."""

from __future__ import annotations

from typing import Any

from flask import Flask


class Application(Flask):
    """Tells of an error where it came from, but not at which address: tokens stand there."""

    def log_exception(self, exc_info: Any) -> None:
        self.logger.error("an error that nobody expected", exc_info=exc_info)
