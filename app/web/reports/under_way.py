"""Reports that are under way: made beside requests where somebody works there, and how far they have come."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from flask import flash
from flask_babel import gettext

from app.services.reports import asked, kept
from app.services.reports.kept import ReportLine
from app.web.state import reading, vekha


def make_beside(report_id: int) -> None:
    """Have a report made from now on, and say so; the list shows how far it has come."""
    if not vekha().background.make_report(report_id):
        flash(
            gettext("The report is being made. It will stand below, even if you close this page."), "success"
        )
    elif kept.state_of(reading(), report_id) == asked.READY:
        flash(gettext("The report is ready."), "success")
    else:
        flash(gettext("The report could not be made."), "error")


def progress_of(lines: Iterable[ReportLine]) -> list[dict[str, Any]]:
    """What the script of the page asks for."""
    return [
        {"id": line.id, "state": line.state, "done": line.steps_done, "of": line.steps}
        for line in lines
        if line.state in asked.UNDER_WAY
    ]
