"""The entry of a WSGI server and of `flask --app wsgi`."""

import click

from app import create_app
from app.production import demand
from app.web.state import EXTENSION
from config import Config

app = create_app(Config.from_env())

# The command line mends what a server must not be started with.
if click.get_current_context(silent=True) is None:
    demand(app.extensions[EXTENSION].config, app.extensions[EXTENSION].database)
