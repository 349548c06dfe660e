"""Secrets that must be read again are kept sealed: encrypted and authenticated by the installation's key.

The standard library has HMAC and no cipher: HMAC-SHA-256 over a nonce in counter mode is the key stream, a
second key authenticates (encrypt, then MAC). Nonces are random and of 128 bits.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import secrets

_NONCE, _TAG = 16, 32


class SealBrokenError(ValueError):
    """It was sealed by another key, for another purpose, or was changed."""


def seal(key: str, purpose: str, secret: bytes) -> str:
    """The secret as text that says nothing without the key; `purpose` binds it to its place."""
    nonce = secrets.token_bytes(_NONCE)
    hidden = _mixed(key, purpose, nonce, secret)
    return base64.urlsafe_b64encode(nonce + _tag(key, purpose, nonce + hidden) + hidden).decode()


def unseal(key: str, purpose: str, sealed: str) -> bytes:
    """What was sealed. Raises SealBrokenError."""
    try:
        raw = base64.urlsafe_b64decode(sealed.encode())
    except ValueError as error:
        raise SealBrokenError from error
    nonce, tag, hidden = raw[:_NONCE], raw[_NONCE : _NONCE + _TAG], raw[_NONCE + _TAG :]
    if not hmac.compare_digest(tag, _tag(key, purpose, nonce + hidden)):
        raise SealBrokenError
    return _mixed(key, purpose, nonce, hidden)


def _mixed(key: str, purpose: str, nonce: bytes, text: bytes) -> bytes:
    own = _own(key, purpose, "hide")
    stream = b"".join(
        hmac.digest(own, nonce + block.to_bytes(4, "big"), hashlib.sha256)
        for block in range(-(-len(text) // 32))
    )
    return bytes(one ^ other for one, other in zip(text, stream, strict=False))


def _tag(key: str, purpose: str, what: bytes) -> bytes:
    return hmac.digest(_own(key, purpose, "prove"), what, hashlib.sha256)


def _own(key: str, purpose: str, use: str) -> bytes:
    """A key of its own for each purpose and use."""
    return hmac.digest(key.encode(), f"sealed:{use}:{purpose}".encode(), hashlib.sha256)
