"""The world that the matrix is walked in, made once a module."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

import pytest
from flask.testing import FlaskClient

from app import create_app
from app.storage import EvidenceStore
from config import Clock, Config
from tests.infrastructure import signing_in
from tests.infrastructure.html_forms import form_to
from tests.infrastructure.signing_in import csrf_token
from tests.infrastructure.templates import SECRET_KEY, TODAY, Templates
from tests.web.matrix import objects
from tests.web.matrix.making import make_objects
from tests.web.matrix.objects import ACCOUNTS
from tests.web.matrix.walking import World


@pytest.fixture(scope="module")
def world(templates: Templates, tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    with templates.copy("story", tmp_path_factory.mktemp("matrix")) as installation:
        config = Config(
            instance=installation.instance,
            database_url=installation.url,
            secret_key=SECRET_KEY,
            evidence=installation.evidence,
            anchor=installation.instance / "anchor",
            demo=True,
            clock=Clock(date.fromisoformat(TODAY)),
            testing=True,
        )
        app = create_app(config)
        database = app.extensions["vekha"].database
        now, today = config.clock.now(), date.fromisoformat(TODAY)
        made = make_objects(database, EvidenceStore(config.evidence, config.max_file), now, today)

        def sign_in(account: str) -> FlaskClient:
            return signing_in.sign_in(app.test_client(), account)

        clients = objects.sign_everybody_in(database, sign_in, app.test_client(), now)
        tokens = {
            name: csrf_token(client.get("/account" if name in ACCOUNTS else "/login").text)
            for name, client in clients.items()
        }
        page = "/admin/plans/2022/activities/4.1"
        made.extra["words"] = form_to(clients["administrator"].get(page).text, page).values
        yield World(app, clients, tokens, made)
        database.dispose()
