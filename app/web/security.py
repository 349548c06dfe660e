"""Headers that every answer carries, and addresses of static files that change with their content."""

from __future__ import annotations

import hashlib
from functools import cache
from pathlib import Path
from typing import Any

from flask import Flask, Response, current_app, request, url_for
from flask.sessions import SecureCookieSessionInterface
from itsdangerous import URLSafeTimedSerializer

_POLICY = "; ".join(
    (
        "default-src 'none'",
        "style-src 'self'",
        "script-src 'self'",
        # Bootstrap's stylesheet draws its arrows and ticks from data: images
        "img-src 'self' data:",
        "font-src 'self'",
        "connect-src 'self'",
        "form-action 'self'",
        "manifest-src 'self'",
        "frame-ancestors 'none'",
        "base-uri 'none'",
    )
)
_HEADERS = {
    "Content-Security-Policy": _POLICY,
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=()",
    "Cross-Origin-Opener-Policy": "same-origin",
}


class CookieSessions(SecureCookieSessionInterface):
    """Flask's own sessions; the serializer is made once an application, not once a request."""

    _made: URLSafeTimedSerializer | None = None

    def get_signing_serializer(self, app: Flask) -> URLSafeTimedSerializer | None:
        if self._made is None:
            self._made = super().get_signing_serializer(app)
        return self._made


def set_headers(response: Response) -> Response:
    """Strict policies on everything; pages are not kept by caches, static files are."""
    # A calendar is no document: programs fetch it all day, and no browser shows it as a page.
    if request.endpoint == "feeds.calendar":
        response.headers["X-Content-Type-Options"] = "nosniff"
        return response
    for name, value in _HEADERS.items():
        response.headers.setdefault(name, value)
    if request.is_secure:
        response.headers.setdefault("Strict-Transport-Security", "max-age=31536000")
    if request.endpoint not in {"static", "bootstrap.static"}:
        response.headers.setdefault("Cache-Control", "no-store")
    return response


def asset(filename: str, endpoint: str = "static") -> str:
    """The address of a static file; found once, for every page names ten of them."""
    known: dict[tuple[str, str, str], str] = current_app.extensions.setdefault("vekha.assets", {})
    key = (request.script_root, endpoint, filename)
    if key not in known:
        known[key] = url_for(endpoint, filename=filename)
    return known[key]


def version_static(endpoint: str, values: dict[str, Any]) -> None:
    """Add the content's hash to the address of a static file, so that it may be cached for ever."""
    if endpoint == "static" and "filename" in values and current_app.static_folder:
        values.setdefault("v", _fingerprint(Path(current_app.static_folder) / values["filename"]))


@cache
def _fingerprint(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()[:12] if path.is_file() else ""
