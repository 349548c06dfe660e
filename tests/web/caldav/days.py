"""Other days: an application on another one from now on."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

from flask import Flask

from config import Clock


def travel(app: Flask, day: date) -> None:
    """Let it be that day for the application."""
    parts = app.extensions["vekha"]
    app.extensions["vekha"] = replace(parts, config=replace(parts.config, clock=Clock(day)))
