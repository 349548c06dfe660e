"""`/plans/<code>/calendar/subscribe`: making and withdrawing addresses. `/feeds/<token>.ics`: the answers."""

from __future__ import annotations

from flask import Blueprint, flash, redirect, url_for
from flask.blueprints import BlueprintSetupState
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from app.domain.errors import VekhaError
from app.services import feeds
from app.services.feed_scopes import Scope, parts
from app.web import access
from app.web.errors import status_of
from app.web.feeds import pages
from app.web.feeds.answer import answer, occurrence_file, prepare
from app.web.feeds.forms import FeedForm
from app.web.feeds.logs import hide_tokens
from app.web.formats import lang
from app.web.once import random_of_form
from app.web.state import actor, changing, now, plan, reading

blueprint = Blueprint("feeds", __name__)


@blueprint.record_once
def _prepare(state: BlueprintSetupState) -> None:
    prepare(state.app.extensions)
    hide_tokens()


@blueprint.get("/feeds/<token>.ics")
@access.public
def calendar(token: str) -> ResponseReturnValue:
    return answer(token)


@blueprint.get("/plans/<plan_code>/calendar/subscribe")
@access.signed_in
def subscriptions(plan_code: str) -> ResponseReturnValue:
    return pages.page(FeedForm(formdata=None))


@blueprint.post("/plans/<plan_code>/calendar/subscribe")
@access.signed_in
def make(plan_code: str) -> ResponseReturnValue:
    form = FeedForm()
    form.scope.choices = pages.choices(parts(reading(), plan().id), actor())
    if not form.validate():
        return pages.page(form), 422
    plan_id, scope, options = plan().id, Scope.parse(form.scope.data), form.query()
    token = feeds.token_of(random_of_form("calendar address", plan_id, str(scope), options))
    try:
        with changing() as session:
            made = feeds.make(
                *(session, actor(), plan_id, scope), language=lang(), now=now(), options=options, token=token
            )
    except VekhaError as error:
        pages.mark(form, error)
        return pages.page(form), status_of(error)
    return pages.page(form, made), 201


@blueprint.post("/plans/<plan_code>/calendar/subscribe/<int(max=2147483647):feed_id>/rotate")
@access.signed_in
def rotate(plan_code: str, feed_id: int) -> ResponseReturnValue:
    plan_id = plan().id
    token = feeds.token_of(random_of_form("replaced calendar address", feed_id))
    with changing() as session:
        made = feeds.rotate(session, actor(), plan_id, feed_id, now=now(), token=token)
    return pages.page(FeedForm(formdata=None), made), 201


@blueprint.post("/plans/<plan_code>/calendar/subscribe/<int(max=2147483647):feed_id>/revoke")
@access.signed_in
def revoke(plan_code: str, feed_id: int) -> ResponseReturnValue:
    plan_id = plan().id
    with changing() as session:
        feeds.revoke(session, plan_id, feed_id, now=now(), owner=actor())
    flash(gettext("The calendar address was withdrawn. It opens nothing any more."), "success")
    return redirect(url_for("feeds.subscriptions"), code=303)


@blueprint.get("/plans/<plan_code>/calendar/subscribe/<int(max=2147483647):feed_id>/rotate")
@blueprint.get("/plans/<plan_code>/calendar/subscribe/<int(max=2147483647):feed_id>/revoke")
@access.signed_in
def reopened(plan_code: str, feed_id: int) -> ResponseReturnValue:
    # A tab that the browser opens again asks for the form's address without the form.
    return redirect(url_for("feeds.subscriptions"), code=303)


@blueprint.get("/plans/<plan_code>/occurrences/<int(max=2147483647):occurrence_id>.ics")
@access.signed_in
def occurrence(plan_code: str, occurrence_id: int) -> ResponseReturnValue:
    return occurrence_file(plan().code, pages.occurrence_event(occurrence_id))
