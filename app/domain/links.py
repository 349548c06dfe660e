"""Addresses that people enter: whether they lead anywhere, and whether anybody may be sent there."""

from __future__ import annotations

from urllib.parse import SplitResult, urlsplit

#: characters of an address
LONGEST_LINK = 2000


def leads_somewhere(url: str) -> bool:
    """Whether it is the address of a page: http or https, with a host, in printable characters."""
    return _split(url) is not None


def may_be_published(url: str) -> bool:
    """The same, and it carries no name and password of anybody."""
    address = _split(url)
    return address is not None and "@" not in address.netloc


def _split(url: str) -> SplitResult | None:
    if len(url) > LONGEST_LINK or not url.isprintable() or " " in url:
        return None
    try:
        address = urlsplit(url)
        host = address.hostname
    except ValueError:
        return None
    return address if address.scheme in {"http", "https"} and host else None
