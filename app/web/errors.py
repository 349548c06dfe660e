"""Errors as pages: the product's own tree and HTTP's, translated in one place."""

from __future__ import annotations

from flask import Flask, Response, current_app, g, make_response, render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext
from flask_wtf.csrf import CSRFError
from sqlalchemy.exc import OperationalError, SQLAlchemyError, TimeoutError
from werkzeug.exceptions import HTTPException, MethodNotAllowed

from app.domain.errors import (
    CannotBePublishedError,
    ConflictError,
    DatabaseBusyError,
    DoubtfulFiguresError,
    FeedRevokedError,
    GuardRefusedError,
    InvalidInputError,
    LinkSpentError,
    NoRoomError,
    NotAllowedError,
    NotFoundError,
    OutageError,
    StorageError,
    TooManyAttemptsError,
    UploadRefusedError,
    VekhaError,
    WithheldError,
    WrongStateError,
)
from app.outages import of_file
from app.web.observed import request_id
from app.web.public.error import public_error
from app.web.public.place import is_public
from app.web.state import stop_reading

STATUS: dict[type[VekhaError], int] = {
    NotFoundError: 404,
    NotAllowedError: 403,
    ConflictError: 409,
    WrongStateError: 409,
    GuardRefusedError: 422,
    InvalidInputError: 422,
    DoubtfulFiguresError: 422,
    UploadRefusedError: 422,
    CannotBePublishedError: 422,
    FeedRevokedError: 410,
    LinkSpentError: 410,
    WithheldError: 409,
    TooManyAttemptsError: 429,
    StorageError: 503,
    OutageError: 503,
    NoRoomError: 507,
}


def status_of(error: VekhaError) -> int:
    """The HTTP status that an error becomes."""
    return next((STATUS[kind] for kind in type(error).__mro__ if kind in STATUS), 500)


def words_of(error: VekhaError) -> str:
    """The error's message in the reader's language."""
    words: str = gettext(error.message, **error.params)
    return words


def register(app: Flask) -> None:
    """Let every error end as a page that says what happened and where to go."""
    app.register_error_handler(VekhaError, _product_error)
    app.register_error_handler(CSRFError, _csrf_error)
    app.register_error_handler(HTTPException, _http_error)
    app.register_error_handler(OutageError, _outage)
    # A file that is missing says nothing of the database.
    app.register_error_handler(StorageError, _product_error)
    app.register_error_handler(OperationalError, _outage)
    app.register_error_handler(TimeoutError, _outage)
    app.register_error_handler(SQLAlchemyError, _database_error)
    app.register_error_handler(OSError, _file_error)
    app.after_request(_say_when_to_ask_again)


def page(status: int, message: str) -> ResponseReturnValue:
    """An error page; at a public address one that knows nobody, whoever is signed in."""
    # Only where somebody has to be told: other answers are the same for everybody.
    called = request_id() if status >= 500 else ""
    if is_public():
        return public_error(status, message, called), status
    return render_template("error.html", status=status, message=message, request_id=called), status


def _product_error(error: VekhaError) -> ResponseReturnValue:
    return page(status_of(error), words_of(error))


def _csrf_error(_error: CSRFError) -> ResponseReturnValue:
    return page(400, gettext("This form belongs to another session. Please reload and send it again."))


def _http_error(error: HTTPException) -> ResponseReturnValue:
    status = error.code or 500
    if status < 400:
        return error.get_response()
    messages = {
        404: gettext("There is nothing here."),
        405: gettext("This address does not take that kind of request."),
        413: gettext(
            "What you sent is too large: at most %(limit)s MB are taken at once. "
            "Go back and send less, or fewer files at a time.",
            limit=(request.max_content_length or 0) // (1024 * 1024),
        ),
        500: gettext("Something went wrong on our side. Nothing was changed."),
    }
    if status == 405 and request.path.startswith("/feeds/"):
        from app.web.feeds.answer import refuse_method

        response = refuse_method()
    else:
        words = messages.get(status, gettext("This request cannot be answered."))
        response = make_response(page(status, words))
    if isinstance(error, MethodNotAllowed) and error.valid_methods:
        response.headers["Allow"] = ", ".join(error.valid_methods)
    return response


def outage_of(error: Exception) -> OutageError:
    """The outage that an error tells of, noted in the log and for the headers of the answer.

    What no driver explains, and a pool whose connections are all in use, counts as a busy database.
    """
    outage = error if isinstance(error, OutageError) else DatabaseBusyError()
    current_app.logger.error("%s: %s", type(outage).__name__, error.__cause__ or error)
    return outage


def outage_headers(outage: OutageError) -> dict[str, str]:
    """When to ask again, where that can be said."""
    return {"Retry-After": str(outage.retry_after)} if outage.retry_after else {}


def _outage(error: Exception) -> ResponseReturnValue:
    g.outage = outage = outage_of(error)
    _ask_database_nothing()
    return page(status_of(outage), words_of(outage))


def _say_when_to_ask_again(response: Response) -> Response:
    """Also on a form that comes back because nothing could be saved."""
    outage = g.get("outage")
    if outage is not None and response.status_code == status_of(outage):
        response.headers.update(outage_headers(outage))
    return response


def _database_error(_error: SQLAlchemyError) -> ResponseReturnValue:
    current_app.logger.exception("the database was asked something that it cannot answer")
    _ask_database_nothing()
    return page(500, gettext("Something went wrong on our side. Nothing was changed."))


def _file_error(error: OSError) -> ResponseReturnValue:
    """What came along could not be put down: larger forms wait in a file until they are read."""
    outage = of_file(error)
    if isinstance(outage, StorageError):
        raise error
    current_app.logger.error("a file could not be written: %s", error)
    return page(status_of(outage), words_of(outage))


def _ask_database_nothing() -> None:
    """Who is signed in, which plan, how many are overdue: the page must do without."""
    from app.web.auth.session import forget_person

    stop_reading()
    forget_person()
