"""What every request leaves behind: an id, a line in the log, and a count where somebody counts."""

from __future__ import annotations

import logging
import re
import secrets
import time
from collections.abc import Callable, Iterable
from functools import cache
from typing import TYPE_CHECKING, Any

from flask import has_request_context, request

from app import logs

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

#: takes method, rule of the route, status and seconds
Count = Callable[[str, str, int, float], None]

#: where an application keeps its own
OBSERVED = "vekha.observed"
_ID = "vekha.request"
#: what a proxy may call a request
_CALLED = re.compile(r"[A-Za-z0-9._-]{8,64}")
_CONVERTER = re.compile(r"<(?:[^<>]*:)?(\w+)>")
_METHODS = frozenset({"GET", "HEAD", "POST", "OPTIONS", "PUT", "DELETE", "PROPFIND", "REPORT"})
#: asked every few seconds by whoever watches: worth a line only when the answer is not good
_WATCHED = frozenset({"/healthz", "/readyz"})

_log = logging.getLogger(__name__)


def request_id() -> str:
    """The id of the request at hand; "" outside of one."""
    return str(request.environ.get(_ID, "")) if has_request_context() else ""


class Observed:
    """Stands around an application and tells of each request once it is answered."""

    def __init__(self, inner: WSGIApplication, *, believes_id: bool) -> None:
        self._inner = inner
        self._believes_id = believes_id
        #: set by whoever counts (see `app.metrics`)
        self.count: Count | None = None

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        begun = time.perf_counter()
        called = self._called(environ)
        environ[_ID] = called
        logs.begin(request=called)
        status, length, route = 500, 0, "none"

        def start(line: str, headers: list[tuple[str, str]], exc_info: Any = None) -> Any:
            nonlocal status, length, route
            # Flask forgets the request before it hands the answer over.
            status, route = int(line[:3]), _route(environ)
            length = next((int(value) for name, value in headers if name == "Content-Length"), 0)
            headers.append(("X-Request-ID", called))
            return start_response(line, headers, exc_info)

        try:
            return self._inner(environ, start)
        finally:
            self._tell(environ["REQUEST_METHOD"], route, status, length, time.perf_counter() - begun)

    def _called(self, environ: WSGIEnvironment) -> str:
        given = environ.get("HTTP_X_REQUEST_ID", "") if self._believes_id else ""
        return given if _CALLED.fullmatch(given) else secrets.token_hex(8)

    def _tell(self, method: str, route: str, status: int, length: int, seconds: float) -> None:
        method = method if method in _METHODS else "other"
        if self.count is not None:
            self.count(method, route, status, seconds)
        level = logging.INFO if status < 500 else logging.ERROR
        if status < 400 and route in _WATCHED:
            level = logging.DEBUG
        if _log.isEnabledFor(level):
            fields = logs.told(
                method=method, route=route, status=status, ms=round(seconds * 1000, 1), bytes=length
            )
            _log.log(level, "answered", extra=fields)


def _route(environ: WSGIEnvironment) -> str:
    """The rule of the route that was found, e.g. /tasks/<task_id>; never the address."""
    asked = environ.get("werkzeug.request")
    rule = getattr(asked, "url_rule", None)
    return _plain(rule.rule) if rule is not None else "none"


@cache
def _plain(rule: str) -> str:
    return _CONVERTER.sub(r"<\1>", rule)
