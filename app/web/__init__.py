"""The web side: features as packages, each a table of routes over the services."""

from __future__ import annotations

from flask import Flask
from flask_babel import Babel
from flask_bootstrap import Bootstrap5
from flask_wtf import CSRFProtect

from app.web import access, context, errors, security, state


def register(app: Flask) -> None:
    """Hang everything that answers HTTP onto the application."""
    from app.web.auth.session import login_manager

    Bootstrap5(app)
    CSRFProtect(app)
    Babel(app, locale_selector=context.language)
    login_manager.init_app(app)
    app.before_request(access.enforce)
    app.after_request(security.set_headers)
    app.teardown_request(state.stop_reading)
    app.url_defaults(security.version_static)
    context.register(app)
    errors.register(app)
    for blueprint in _blueprints():
        app.register_blueprint(blueprint)


def _blueprints() -> list:  # type: ignore[type-arg]
    from app.web import icons
    from app.web.account import routes as account
    from app.web.admin import routes as admin
    from app.web.auth import routes as auth
    from app.web.health import routes as health

    return [icons.icons_bp, account.blueprint, admin.blueprint, auth.blueprint, health.blueprint]
