"""The web side: features as packages, each a table of routes over the services."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask import Flask
from flask_babel import Babel
from flask_bootstrap import Bootstrap5
from flask_wtf import CSRFProtect
from werkzeug.middleware.proxy_fix import ProxyFix

from app.web import access, addresses, bodies, context, doubts, errors, once, remembered, security, state
from app.web.hosts import TrustedHosts
from app.web.observed import OBSERVED, Observed
from app.web.security import SecureAnswers
from config import Config

if TYPE_CHECKING:
    from _typeshed.wsgi import WSGIApplication


def register(app: Flask) -> None:
    """Hang everything that answers HTTP onto the application."""
    from app.web.auth.session import login_manager

    Bootstrap5(app)
    # Who may not come in, and what may not be sent, is refused before the token of a form is looked for:
    # that reads the whole body.
    app.request_class = bodies.NamedParts
    app.before_request(access.enforce)
    app.before_request(bodies.limit)
    forms = CSRFProtect(app)
    once.register(app)
    Babel(app, locale_selector=context.language)
    login_manager.init_app(app)
    app.session_interface = security.CookieSessions()
    app.after_request(security.keep_from_caches)
    app.teardown_request(state.stop_reading)
    app.url_defaults(security.version_static)
    app.add_template_global(security.asset)
    addresses.register(app)
    remembered.register(app)
    context.register(app)
    doubts.register(app)
    errors.register(app)
    for blueprint in _blueprints():
        app.register_blueprint(blueprint)
    for view in access.views_for_programs(app):
        forms.exempt(view)


def stand_before(app: Flask, config: Config) -> None:
    """Put before the application what meets every request first: proxies, headers, names of hosts."""
    inner: WSGIApplication = SecureAnswers(TrustedHosts(app, config.trusted_hosts), config.hsts)
    inner = app.extensions[OBSERVED] = Observed(inner, believes_id=config.proxies > 0)
    if hops := config.proxies:
        # Each proxy adds one value; whatever stands before the last `hops` came from who knows whom.
        inner = ProxyFix(inner, x_for=hops, x_proto=hops, x_host=hops)
    app.wsgi_app = inner  # type: ignore[method-assign]


def _blueprints() -> list:  # type: ignore[type-arg]
    from app.web import icons
    from app.web.account import routes as account
    from app.web.admin import routes as admin
    from app.web.auth import routes as auth
    from app.web.bulk import routes as bulk
    from app.web.caldav import routes as caldav
    from app.web.calendar import routes as calendar
    from app.web.comments import routes as comments
    from app.web.dashboard import routes as dashboard
    from app.web.deputies import routes as deputies
    from app.web.discipline import routes as discipline
    from app.web.evidence import routes as evidence
    from app.web.extensions import routes as extensions
    from app.web.feeds import routes as feeds
    from app.web.figures import routes as figures
    from app.web.filters import routes as filters
    from app.web.health import routes as health
    from app.web.indicators import routes as indicators
    from app.web.journal import routes as journal
    from app.web.notices import routes as notices
    from app.web.overdue import routes as overdue
    from app.web.plan import routes as plan
    from app.web.public import robots
    from app.web.public import routes as public
    from app.web.publishing import routes as publishing
    from app.web.reports import card_routes as cards
    from app.web.reports import routes as reports
    from app.web.requests import routes as requests
    from app.web.resets import routes as resets
    from app.web.review import routes as review
    from app.web.search import routes as search
    from app.web.second_factor import routes as second_factor
    from app.web.tasklist import routes as tasklist
    from app.web.tasks import routes as tasks
    from app.web.timeline import routes as timeline

    return [
        icons.icons_bp,
        account.blueprint,
        admin.blueprint,
        auth.blueprint,
        bulk.blueprint,
        caldav.blueprint,
        calendar.blueprint,
        cards.blueprint,
        comments.blueprint,
        dashboard.blueprint,
        discipline.blueprint,
        deputies.blueprint,
        evidence.blueprint,
        extensions.blueprint,
        feeds.blueprint,
        figures.blueprint,
        filters.blueprint,
        health.blueprint,
        indicators.blueprint,
        journal.blueprint,
        notices.blueprint,
        overdue.blueprint,
        plan.blueprint,
        public.blueprint,
        robots.blueprint,
        publishing.blueprint,
        reports.blueprint,
        requests.blueprint,
        resets.blueprint,
        review.blueprint,
        search.blueprint,
        second_factor.blueprint,
        tasklist.blueprint,
        tasks.blueprint,
        timeline.blueprint,
    ]
