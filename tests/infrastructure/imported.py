"""What a server of a test imports, imported once for all of them."""

import gunicorn.app.wsgiapp
import gunicorn.workers.gthread

import app.cli
import app.web

__all__ = ["app", "gunicorn"]

# Blueprints are imported by the function that names them.
app.web._blueprints()
