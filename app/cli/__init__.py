"""The command line, `flask --app wsgi …`: helpful errors, exit codes, `--json` where a machine reads.

Exit codes: 0 done, 1 refused (the message says why), 2 wrong usage.
"""

from __future__ import annotations

from flask import Flask

from app.cli import backup, database, demo, feeds, jobs, journal, overdue, people, plan, setup, work


def register(app: Flask) -> None:
    """Hang the commands onto the application."""
    for command in (
        backup.group,
        database.group,
        demo.group,
        feeds.group,
        jobs.group,
        journal.group,
        overdue.command,
        people.group,
        plan.group,
        setup.command,
        work.command,
    ):
        app.cli.add_command(command)
