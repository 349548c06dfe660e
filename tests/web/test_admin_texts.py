"""Organisations and the plan's editorial text on screen."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from html import unescape

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select

from app.db import Database
from app.models import JournalEntry
from app.services.editing import activity_text
from app.services.organizations import edit_organization, find_organization
from app.services.plans import find_plan
from tests import factories
from tests.infrastructure.forms import in_english, words
from tests.web.filling_in import change, fields

pytestmark = pytest.mark.data("plan")


@pytest.fixture
def admin(database: Database, now: datetime, sign_in: Callable[..., FlaskClient]) -> FlaskClient:
    """An administrator's browser, in English."""
    with database.transaction() as session:
        factories.actor(session, "admin", now, role="administrator")
    return in_english(sign_in("admin"))


def test_a_placeholder_gets_its_name_on_every_page(admin: FlaskClient) -> None:
    page = "/admin/organizations/college07"
    answer = change(admin, page, name="Колледж связи № 54", short_name="Колледж связи", gloss_en="")
    assert answer.status_code == 303
    assert "Колледж связи № 54" in admin.get("/admin/organizations").text
    assert "Колледж связи" in admin.get("/plans/2022/activities/2.3").text


@pytest.mark.parametrize(
    ("field", "text"), [("name", ""), ("short_name", " "), ("short_name", "н" * 121), ("gloss_en", "n" * 401)]
)
def test_a_name_that_cannot_be_taken_is_refused_and_kept_on_screen(
    admin: FlaskClient, database: Database, field: str, text: str
) -> None:
    with database.read() as session:
        before = find_organization(session, "college07").name
    answer = change(admin, "/admin/organizations/college07", **({"name": "Другое имя"} | {field: text}))
    assert answer.status_code == 422
    assert f'id="{field}-error"' in answer.text
    if field != "name":
        assert 'value="Другое имя"' in answer.text
    with database.read() as session:
        assert find_organization(session, "college07").name == before


def test_an_organisation_that_somebody_else_renamed_is_not_renamed_unseen(
    admin: FlaskClient, database: Database, now: datetime
) -> None:
    page = "/admin/organizations/college07"
    typed = fields(admin.get(page).text) | {"name": "Typed here"}
    with database.transaction() as session:
        edit_organization(session, None, "college07", {"name": "Changed there"}, now=now)
    refused = admin.post(page, data=typed)
    assert refused.status_code == 409
    assert "Full name Changed there" in words(refused.text)
    assert admin.post(page, data=fields(refused.text)).status_code == 303


def test_an_activity_is_worded_anew_beside_the_orders_own_words(
    admin: FlaskClient, database: Database
) -> None:
    page = "/admin/plans/2022/activities/2.3"
    html = admin.get(page).text
    assert "с 21 января по 4 февраля" in html
    sent = fields(html)
    assert 'name="deadline"' not in html
    key = next(name.removesuffix(".label_ru") for name in sent if name.endswith(".label_ru"))
    sent.pop(f"{key}.required")
    sent |= {"short_title": "Планы колледжей", "coordinator": "", f"{key}.label_ru": "План"}
    assert admin.post(page, data=sent).status_code == 303
    with database.read() as session:
        text = activity_text(session, find_plan(session, "2022").id, "2.3")
    assert (text.short_title, text.coordinator) == ("Планы колледжей", None)
    assert (text.proofs[key].label_ru, text.proofs[key].required) == ("План", False)
    assert "Планы колледжей" in admin.get("/admin/plans/2022/activities").text


def test_a_form_sent_back_untouched_leaves_no_trace(admin: FlaskClient, database: Database) -> None:
    def entries() -> int:
        with database.read() as session:
            return len(session.scalars(select(JournalEntry.id)).all())

    before = entries()
    for page in (
        *(f"/admin/plans/2022/activities/{code}" for code in ("1.1", "2.3", "3.4-1", "4.2", "6.1")),
        "/admin/organizations/college07",
        "/admin/people/1",
    ):
        assert change(admin, page).status_code == 303, page
    assert entries() == before


@pytest.mark.parametrize(
    ("field", "text"),
    [
        ("short_title", " "),
        ("short_title", "н" * 201),
        ("note_ru", "н" * 4001),
        ("coordinator", "nobody"),
        ("indicator.1", "strong"),
    ],
)
def test_a_text_that_cannot_be_taken_names_its_field_and_stays_on_screen(
    admin: FlaskClient, field: str, text: str
) -> None:
    page = "/admin/plans/2022/activities/2.3"
    answer = change(admin, page, **({"gloss_en": "Typed here"} | {field: text}))
    assert answer.status_code == 422
    assert f'id="{field.replace(".", "-")}-error"' in answer.text
    assert 'value="Typed here"' in answer.text


@pytest.mark.parametrize("text", ["<script>alert(1)</script>", '"><img src=x>', "{{ 7*7 }}", "%(name)s 100%"])
def test_what_is_typed_is_shown_as_it_is(admin: FlaskClient, text: str) -> None:
    assert change(admin, "/admin/organizations/college07", name=text).status_code == 303
    page = admin.get("/admin/organizations").text
    assert text in unescape(page)
    assert "<script>alert" not in page
    assert "<img src=x" not in page


def test_what_is_asked_about_a_figure_is_set_with_the_texts_of_its_activity(
    admin: FlaskClient, database: Database
) -> None:
    page = "/admin/plans/2022/activities/4.1"
    bound = "figure.2021.employed"
    for typed in ("1001", "many"):
        answer = change(admin, page, **{f"{bound}.jump": typed})
        assert answer.status_code == 422
        assert f'value="{typed}"' in answer.text
    assert change(admin, page, **{f"{bound}.jump": "20", f"{bound}.steady": "y"}).status_code == 303
    with database.read() as session:
        bounds = activity_text(session, find_plan(session, "2022").id, "4.1").bounds
    assert (bounds[bound].jump, bounds[bound].steady) == (20, True)
    assert (bounds["figure.2021.at_risk"].jump, bounds["figure.2021.graduates"].steady) == (50, True)
