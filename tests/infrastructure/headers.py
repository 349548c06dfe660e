"""What two answers may be compared by."""

from __future__ import annotations

from collections.abc import Iterable

#: of the exchange, not of what is told
_OF_THE_EXCHANGE = {"Date", "Connection", "X-Request-ID"}


def told(headers: Iterable[tuple[str, str]]) -> dict[str, str]:
    """The headers of an answer that would be the same in another exchange."""
    return {name: value for name, value in headers if name not in _OF_THE_EXCHANGE}
