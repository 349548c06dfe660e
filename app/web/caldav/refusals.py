"""What a program is told when it does not get what it asked for: a status, the condition, and words."""

from __future__ import annotations

from collections.abc import Mapping
from http import HTTPStatus
from xml.etree.ElementTree import Element

from flask_babel import LazyString


class DavError(Exception):
    """A request that is refused, with the reason in the reader's language.

    `conditions` are the elements of DAV:error by which programs tell one refusal from another
    (RFC 4918, 16); without one the words are sent as plain text.
    """

    def __init__(
        self,
        status: HTTPStatus,
        words: LazyString | str,
        *conditions: Element,
        headers: Mapping[str, str] | None = None,
    ) -> None:
        super().__init__(f"{status.value} {status.phrase}")
        self.status = status
        self.words = words
        self.conditions = conditions
        self.headers = dict(headers or {})
