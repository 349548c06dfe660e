"""Vekha: makes an official plan run."""

from __future__ import annotations

from typing import TYPE_CHECKING

from app.version import __version__ as __version__

if TYPE_CHECKING:
    from flask import Flask

    from config import Config


def create_app(config: Config) -> Flask:
    """The application on one installation. Makes no connection and writes nothing."""
    # Imported here, so that `import app.db` does not pull in the web, nor a look at a file the database.
    from app import cli, web
    from app.background import Background
    from app.db import Database
    from app.scanning import Clamd
    from app.storage import EvidenceStore
    from app.web import bodies
    from app.web.application import Application
    from app.web.background import opened
    from app.web.state import EXTENSION, Vekha

    app = Application(__name__, instance_path=str(config.instance))
    app.config.update(
        SECRET_KEY=config.secret_key,
        SECRET_KEY_FALLBACKS=list(config.old_keys),
        TESTING=config.testing,
        MAX_CONTENT_LENGTH=bodies.LITTLE,
        MAX_FORM_PARTS=200,
        MAX_FORM_MEMORY_SIZE=bodies.LITTLE,
        SEND_FILE_MAX_AGE_DEFAULT=365 * 24 * 3600,
        SESSION_COOKIE_NAME="__Host-vekha" if config.secure_cookies else "vekha",
        SESSION_COOKIE_SECURE=config.secure_cookies,
        SESSION_COOKIE_HTTPONLY=True,
        SESSION_COOKIE_SAMESITE="Lax",
        WTF_CSRF_TIME_LIMIT=None,
        BOOTSTRAP_SERVE_LOCAL=True,
        BABEL_DEFAULT_LOCALE="ru",
        BABEL_DEFAULT_TIMEZONE="Europe/Moscow",
    )
    app.jinja_env.trim_blocks = app.jinja_env.lstrip_blocks = True
    database = Database(config.database_url)
    store = EvidenceStore(config.evidence, config.max_file, Clamd(config.clamav) if config.clamav else None)
    app.extensions[EXTENSION] = Vekha(config, database, store, Background(config.queue, opened(app)))
    web.register(app)
    web.stand_before(app, config)
    cli.register(app)
    return app
