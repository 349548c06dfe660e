"""Fixtures for every test: a database of its own, the application on it, a server, a browser.

`@pytest.mark.data("story")` on a test or `pytestmark` in a module says what the database holds.
"""

from __future__ import annotations

import gc
import os
from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime
from functools import cache, partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import settings

from tests.infrastructure import signing_in
from tests.infrastructure.availability import unavailable
from tests.infrastructure.compiled import CompiledRoutes, CompiledStatements, CompiledTemplates
from tests.infrastructure.postgresql import Cluster, PostgresqlMissingError, start_cluster
from tests.infrastructure.templates import SECRET_KEY, TODAY, Installation, Templates

if TYPE_CHECKING:
    from flask import Flask
    from flask.testing import FlaskClient
    from playwright.sync_api import Browser, BrowserContext, Page

    from app.db import Database
    from config import Config
    from tests.infrastructure.mail_server import Inbox
    from tests.infrastructure.server import LiveServer

settings.register_profile("everyday", deadline=None)
settings.register_profile("ci", deadline=None, derandomize=True, print_blob=True)
settings.register_profile("torture", deadline=None, max_examples=2000, print_blob=True)
settings.load_profile("ci" if os.environ.get("CI") else "everyday")

#: a test that asks for none of these touches no database, and need not run on the second one
_DATABASE_FIXTURES = {"installation", "live_server", "world"}

_cluster = pytest.StashKey[Cluster]()
#: what the workers must know of it: its url, the prefix of its databases, or why it is missing
_known = pytest.StashKey[dict[str, str]]()


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption(
        "--database",
        choices=["sqlite", "postgresql"],
        default="sqlite",
        help="run on SQLite (every test) or on PostgreSQL (those that touch a database)",
    )


def pytest_configure(config: pytest.Config) -> None:
    """Start PostgreSQL once for all workers, in the process that controls them."""
    # Tests make much and keep little: looking for cycles as often as usual takes a tenth of their time.
    gc.set_threshold(100_000, 50, 100)
    if config.getoption("database") != "postgresql" or config.getoption("collectonly"):
        return
    if hasattr(config, "workerinput"):
        config.stash[_known] = config.workerinput["vekha_cluster"]
        return
    try:
        config.stash[_cluster] = cluster = start_cluster()
        config.stash[_known] = {"url": cluster.url, "prefix": cluster.prefix}
    except PostgresqlMissingError as error:
        config.stash[_known] = {"missing": str(error)}


@pytest.hookimpl(optionalhook=True)
def pytest_configure_node(node: Any) -> None:
    """Tell a worker of pytest-xdist where the controller started PostgreSQL."""
    node.workerinput["vekha_cluster"] = node.config.stash.get(_known, {})


def pytest_unconfigure(config: pytest.Config) -> None:
    if cluster := config.stash.get(_cluster, None):
        cluster.stop()


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Leave out what claims something about the other database, or touches none and has run before."""
    on_postgresql = config.getoption("database") == "postgresql"
    kept: list[pytest.Item] = []
    left_out: list[pytest.Item] = []
    for item in items:
        if on_postgresql:
            touches = _DATABASE_FIXTURES & set(getattr(item, "fixturenames", ()))
            runs = (touches or item.get_closest_marker("postgresql")) and not any(
                map(item.get_closest_marker, ("sqlite", "looks", "one_database"))
            )
        else:
            runs = not item.get_closest_marker("postgresql")
        (kept if runs else left_out).append(item)
    if left_out:
        config.hook.pytest_deselected(items=left_out)
        items[:] = kept


@pytest.fixture(scope="session")
def templates(
    pytestconfig: pytest.Config, tmp_path_factory: pytest.TempPathFactory, worker_id: str
) -> Templates:
    """The databases of this run that tests get copies of."""
    known = pytestconfig.stash.get(_known, {})
    if "missing" in known:
        unavailable(known["missing"])
    base = tmp_path_factory.getbasetemp()
    run = base if worker_id == "master" else base.parent
    return Templates(run / "templates", known.get("url"), known.get("prefix", ""))


@pytest.fixture(scope="session", autouse=True)
def _compiled_templates() -> None:
    """Compile a template once a process: that took half the time of the tests of pages."""
    from flask import Flask

    Flask.jinja_options["bytecode_cache"] = CompiledTemplates()


@pytest.fixture(scope="session", autouse=True)
def _compiled_statements() -> Iterator[None]:
    """Compile a statement once a process, not once a test."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("app.db.create_engine", CompiledStatements().create_engine)
        yield


@pytest.fixture(scope="session", autouse=True)
def _compiled_routes() -> Iterator[None]:
    """Compile a route once a process, not once an application."""
    with pytest.MonkeyPatch.context() as patch:
        CompiledRoutes().patch(patch)
        yield


@pytest.fixture(scope="session", autouse=True)
def _passwords_proven_once() -> Iterator[None]:
    """Argon2 is slow on purpose; that a password fits a hash is found out once a process."""
    from argon2 import PasswordHasher

    verify = PasswordHasher.verify
    # What does not fit raises, and is not kept.
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(PasswordHasher, "verify", cache(verify))
        yield


@pytest.fixture(scope="session", autouse=True)
def _files_looked_at_here() -> Iterator[None]:
    """Look at what is uploaded in this process: to begin another takes a tenth of a second each time.

    Servers do it as they do in life, and so do the tests of it (`tests/inspection`).
    """
    from app.inspection.looking import look

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("app.inspection.child.inspect", look)
        yield


@pytest.fixture
def installation(
    request: pytest.FixtureRequest, templates: Templates, tmp_path: Path
) -> Iterator[Installation]:
    """A database and an instance folder of the test's own, holding what its `data` mark says."""
    mark = request.node.get_closest_marker("data")
    with templates.copy(mark.args[0] if mark else "empty", tmp_path) as installation:
        yield installation


@pytest.fixture
def database_url(installation: Installation) -> str:
    """The address of the test's own database."""
    return installation.url


@pytest.fixture
def database(installation: Installation) -> Iterator[Database]:
    """The test's own database: `read()` and `transaction()`."""
    from app.db import Database

    database = Database(installation.url)
    yield database
    database.dispose()


@pytest.fixture
def inbox() -> Iterator[Inbox]:
    """A real mail server, and what it has taken."""
    from tests.infrastructure.mail_server import serve_mail

    with serve_mail() as inbox:
        yield inbox


@pytest.fixture
def today() -> date:
    """The day of the demonstration."""
    return date.fromisoformat(TODAY)


@pytest.fixture
def now(today: date) -> datetime:
    """Noon in Moscow of that day, as UTC."""
    return datetime(today.year, today.month, today.day, 9, tzinfo=UTC)


@pytest.fixture
def app_config(installation: Installation, today: date) -> Config:
    """The application's settings: the demonstration, on its day."""
    from config import Clock, Config

    return Config(
        instance=installation.instance,
        database_url=installation.url,
        secret_key=SECRET_KEY,
        evidence=installation.evidence,
        anchor=installation.instance / "anchor",
        demo=True,
        clock=Clock(today),
        testing=True,
    )


@pytest.fixture
def app(app_config: Config) -> Iterator[Flask]:
    """The application on the test's own database. Forms are protected as they are in life."""
    from app import create_app

    app = create_app(app_config)
    yield app
    app.extensions["vekha"].database.dispose()


@pytest.fixture
def client(app: Flask) -> FlaskClient:
    """A browser without a screen, nobody signed in."""
    return app.test_client()


@pytest.fixture
def sign_in(app: Flask) -> Callable[..., FlaskClient]:
    """`sign_in("deputy")`: a client of its own, signed in through the form."""

    def sign_in(username: str, password: str = signing_in.PASSWORD) -> FlaskClient:
        return signing_in.sign_in(app.test_client(), username, password)

    return sign_in


@pytest.fixture(scope="session")
def _story_server(templates: Templates, tmp_path_factory: pytest.TempPathFactory) -> Iterator[LiveServer]:
    from tests.infrastructure.server import serve

    folder = tmp_path_factory.mktemp("story")
    with templates.copy("story", folder) as installation, serve(installation, folder / "log") as server:
        yield server


@pytest.fixture
def live_server(request: pytest.FixtureRequest, templates: Templates, tmp_path: Path) -> Iterator[LiveServer]:
    """A real server. It serves the story, unless a `data` mark says otherwise.

    It is the test's own, with its own data; tests marked `looks` share one.
    """
    if request.node.get_closest_marker("looks"):
        yield request.getfixturevalue("_story_server")
        return
    from tests.infrastructure.server import serve

    mark = request.node.get_closest_marker("data")
    level = mark.args[0] if mark else "story"
    with templates.copy(level, tmp_path) as installation, serve(installation, tmp_path / "log") as server:
        yield server


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """Chromium, started once a worker."""
    from playwright.sync_api import sync_playwright

    from tests.infrastructure.browser import FLAGS, find_chromium

    path = find_chromium()
    if path is None:
        unavailable("no Chromium is installed")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=FLAGS)
        yield browser
        browser.close()


@pytest.fixture
def browser_context(
    request: pytest.FixtureRequest, browser: Browser, live_server: LiveServer
) -> Iterator[BrowserContext]:
    """A browser session on `live_server`. Parametrise it indirectly with options of `new_context`.

    Fails the test when a page asks anything of another host, breaks its policy or raises in a script.
    """
    from tests.infrastructure.browser import watched_context

    with watched_context(browser, live_server.url, **getattr(request, "param", {})) as (context, faults):
        yield context
    assert not faults, "\n".join(faults)


@pytest.fixture
def page(browser_context: BrowserContext) -> Page:
    """A page of that session; `page.goto("/login")` is enough."""
    return browser_context.new_page()


@pytest.fixture
def sign_in_page(page: Page) -> Callable[..., Page]:
    """`sign_in_page("college01")`: the page, signed in through the form."""
    return partial(signing_in.sign_in_page, page)
