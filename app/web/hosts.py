"""By which names an installation is reached: a request that names another is refused before anything else.

Links, letters and what is kept of public pages are made from the host that a request names, so it must not be
anybody's to choose.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable
from typing import TYPE_CHECKING

from flask import Flask
from flask_babel import force_locale, gettext

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

#: asked by whoever watches the server, who knows its address and perhaps no name; no link is made there
_WATCHED = frozenset({"/healthz", "/readyz"})
#: RFC 9112, 3.2: a name or an address, and perhaps a port
_HOST = re.compile(r"(\[[0-9a-f:.]{2,45}\]|[a-z0-9._-]{1,253})(?::([0-9]{1,5}))?")
_USUAL_PORTS = frozenset({"", "80", "443"})


def is_trusted(host: str, served_port: str, trusted: Collection[str]) -> bool:
    """Whether a Host header names one of the trusted hosts.

    `name` is trusted without a port, with a usual one and with the one that is served; `name:8080` with that
    one alone, `name:*` with any.
    """
    found = _HOST.fullmatch(host.lower())
    if found is None:
        return False
    name, port = found[1], found[2] or ""
    if f"{name}:*" in trusted or f"{name}:{port}" in trusted:
        return True
    return name in trusted and (port in _USUAL_PORTS or port == served_port)


class TrustedHosts:
    """Lets through what names a trusted host; the rest is answered with 400 and reaches nothing."""

    def __init__(self, app: Flask, trusted: Collection[str]) -> None:
        self._app = app
        self._inner: WSGIApplication = app.wsgi_app
        self._trusted = frozenset(trusted)

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        if environ.get("PATH_INFO") in _WATCHED or is_trusted(
            environ.get("HTTP_HOST", ""), environ.get("SERVER_PORT", ""), self._trusted
        ):
            return self._inner(environ, start_response)
        start_response("400 Bad Request", [("Content-Type", "text/plain; charset=utf-8")])
        return [self._words()]

    def _words(self) -> bytes:
        lines = []
        with self._app.app_context():
            for language in ("ru", "en"):
                with force_locale(language):
                    lines.append(gettext("This name leads nowhere here. VEKHA_HOSTS says which names do."))
        return "".join(f"{line}\n" for line in lines).encode()
