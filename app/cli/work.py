"""`flask work`: do in the background what is due, and make the reports that are asked for."""

from __future__ import annotations

import click

from app import logs
from app.cli.running import refuse, told
from app.production import demand
from app.web.state import vekha


@click.command("work")
@told
def command() -> None:
    """Work until the process is told to stop: begin the jobs that are due, make reports.

    Any number of these may run, on any number of machines: a job is begun by one of them. Where the server
    is started with gunicorn.conf.py and VEKHA_BACKGROUND is not 0 there is one already.
    """
    logs.write(vekha().config.log)
    demand(vekha().config, vekha().database)
    background = vekha().background
    if not background.is_beside:
        refuse("there is no queue to work on: VEKHA_QUEUE is none")
    background.consume()
