"""No log line carries an address that opens a calendar."""

from __future__ import annotations

import logging
import re

#: where requests are logged: by the development server, and by gunicorn (what is no request among its errors)
_REQUEST_LOGS = ("werkzeug", "gunicorn.access", "gunicorn.error")
_TOKEN = re.compile(r"(/feeds/)[^/\s\"?]+?(\.ics)")


class HideTokens(logging.Filter):
    """Puts an ellipsis in the place of every token."""

    def filter(self, record: logging.LogRecord) -> bool:
        message = record.getMessage()
        if "/feeds/" in message:
            record.msg, record.args = _TOKEN.sub(r"\1…\2", message), ()
        return True


_HIDE = HideTokens()


def hide_tokens() -> None:
    """Watch the logs of requests; a second time changes nothing."""
    for name in _REQUEST_LOGS:
        logging.getLogger(name).addFilter(_HIDE)
