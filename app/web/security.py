"""Headers that every answer carries, and addresses of static files that change with their content."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from flask import Flask, Response, current_app, request, url_for
from flask.sessions import SecureCookieSessionInterface
from itsdangerous import URLSafeTimedSerializer

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

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
#: what a page of this product never asks a browser for, by the names that browsers know
_REFUSED_FEATURES = (
    *("accelerometer", "autoplay", "browsing-topics", "camera", "clipboard-read"),
    *("cross-origin-isolated", "display-capture", "encrypted-media", "fullscreen", "gamepad", "geolocation"),
    *("gyroscope", "hid", "identity-credentials-get", "idle-detection", "local-fonts", "magnetometer"),
    *("microphone", "midi", "otp-credentials", "payment", "picture-in-picture"),
    *("publickey-credentials-create", "publickey-credentials-get", "screen-wake-lock", "serial"),
    *("storage-access", "usb", "window-management", "xr-spatial-tracking"),
)
_HEADERS = (
    ("Content-Security-Policy", _POLICY),
    ("X-Content-Type-Options", "nosniff"),
    ("X-Frame-Options", "DENY"),
    ("Referrer-Policy", "same-origin"),
    ("Permissions-Policy", ", ".join(f"{feature}=()" for feature in _REFUSED_FEATURES)),
    ("Cross-Origin-Opener-Policy", "same-origin"),
)


class SecureAnswers:
    """Gives every answer the strict policies that it does not bring itself, whoever made it."""

    def __init__(self, inner: WSGIApplication, hsts: str) -> None:
        self._inner = inner
        self._hsts = hsts

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        # What the public may read, pages of others may show.
        is_public = environ.get("PATH_INFO", "").startswith("/public/")
        policies = [
            *_HEADERS,
            ("Cross-Origin-Resource-Policy", "cross-origin" if is_public else "same-origin"),
        ]
        if self._hsts and environ["wsgi.url_scheme"] == "https":
            policies.append(("Strict-Transport-Security", self._hsts))

        def start(status: str, headers: list[tuple[str, str]], exc_info: Any = None) -> Any:
            present = {name.lower() for name, _value in headers}
            headers += [policy for policy in policies if policy[0].lower() not in present]
            return start_response(status, headers, exc_info)

        return self._inner(environ, start)


class CookieSessions(SecureCookieSessionInterface):
    """Flask's own sessions; the serializer is made once an application, not once a request."""

    _made: URLSafeTimedSerializer | None = None

    def get_signing_serializer(self, app: Flask) -> URLSafeTimedSerializer | None:
        if self._made is None:
            self._made = super().get_signing_serializer(app)
        return self._made


def keep_from_caches(response: Response) -> Response:
    """Pages are kept by no cache; static files and calendars say themselves how long they are."""
    if request.endpoint not in {"static", "bootstrap.static", "feeds.calendar"}:
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
