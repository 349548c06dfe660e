"""`/account/second-factor`: a program on a telephone whose codes signing in asks for."""

from __future__ import annotations

from typing import NamedTuple

from flask import Blueprint, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext
from flask_login import current_user

from app.domain.errors import VekhaError
from app.exports import qr
from app.services import second_factor
from app.services.people import person_by_id
from app.web import access
from app.web.auth.forms import CodeForm, EnrolForm
from app.web.auth.known_browsers import visitor
from app.web.auth.present import prove
from app.web.errors import status_of
from app.web.once import fresh_nonce, random_of, sent_nonce
from app.web.refusals import mark
from app.web.state import actor, changing, now, reading, stop_reading, vekha

blueprint = Blueprint("second_factor", __name__, url_prefix="/account/second-factor")


class _Offer(NamedTuple):
    """A new secret as a telephone takes it; the form's nonce is what it follows from."""

    nonce: str
    secret: str
    code: qr.Drawing


@blueprint.get("")
@access.signed_in
def show() -> ResponseReturnValue:
    return _page(EnrolForm(formdata=None))


@blueprint.post("")
@access.signed_in
def enrol() -> ResponseReturnValue:
    form, config = EnrolForm(), vekha().config
    if not form.validate() or not sent_nonce():
        return _page(form), 422
    try:
        prove(form.present.data)
        with changing() as session:
            codes = second_factor.enrol(
                session,
                actor(),
                _secret(sent_nonce()),
                form.code.data,
                secret_key=config.secret_key,
                now=now(),
                machine=config.clock.machine(),
                this_session=current_user.session_id,
            )
    except VekhaError as error:
        mark(form, error)
        return _page(form), status_of(error)
    return render_template("second_factor/codes.html", codes=codes), 201


@blueprint.post("/off")
@access.signed_in
def switch_off() -> ResponseReturnValue:
    form, config = CodeForm(), vekha().config
    if not form.validate():
        return _page(form), 422
    stop_reading()
    try:
        second_factor.switch_off(
            vekha().database,
            actor(),
            form.code.data,
            visitor=visitor(),
            secret_keys=(config.secret_key, *config.old_keys),
            now=now(),
            machine=config.clock.machine(),
        )
    except VekhaError as error:
        mark(form, error)
        return _page(form), status_of(error)
    flash(gettext("The second factor is switched off."), "success")
    return redirect(url_for("second_factor.show"), code=303)


def _page(form: CodeForm) -> str:
    person = person_by_id(reading(), actor().person_id)
    standing = second_factor.standing(reading(), person.id)
    if standing is None and not isinstance(form, EnrolForm):
        # Switched off meanwhile, in another window: what can be done now is to switch it on.
        form, sent = EnrolForm(formdata=None), form
        form.code.errors = sent.code.errors
    return render_template(
        "second_factor/show.html",
        form=form,
        standing=standing,
        offer=_offer(person.username),
        must_enrol=current_user.must_enrol,
        needed=actor().role in vekha().config.second_factor,
    )


def _offer(username: str) -> _Offer:
    # After a slip the telephone's program goes on with the secret that it has taken.
    nonce = sent_nonce() or fresh_nonce()
    secret = _secret(nonce)
    address = second_factor.address_of(secret, username, gettext("Vekha"))
    return _Offer(nonce, " ".join(secret[at : at + 4] for at in range(0, len(secret), 4)), qr.draw(address))


def _secret(nonce: str) -> str:
    return second_factor.secret_of(random_of(nonce, "second factor"))
