"""Whether a request is for a public address, where nobody is known and nothing depends on who asks."""

from __future__ import annotations

from flask import request


def is_public() -> bool:
    """Whether the address is one of those that everybody may read, be there something or not."""
    return request.path.startswith("/public/")


def asked_language() -> str:
    """What the address names as a language, be it one or not; "" when it names none."""
    return request.args.get("lang", "")
