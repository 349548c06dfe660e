"""The entry of a WSGI server and of `flask --app wsgi`."""

import os

import click

from app import create_app
from app.production import demand
from app.web.state import EXTENSION
from config import Config

# What it makes, databases, evidence, the anchor, is for the user alone that it runs as.
os.umask(0o077)

app = create_app(Config.from_env())

# The command line mends what a server must not be started with.
if click.get_current_context(silent=True) is None:
    demand(app.extensions[EXTENSION].config, app.extensions[EXTENSION].database)
