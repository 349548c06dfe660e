"""No log line carries an address that opens a calendar."""

from __future__ import annotations

import logging
import re

#: where requests are logged: by the development server, and by gunicorn (what is no request among its errors)
_REQUEST_LOGS = ("werkzeug", "gunicorn.access", "gunicorn.error")
#: what follows /feeds/, and whatever is as long as a token, however the address around it was mistyped
_TOKEN = re.compile(r"(/feeds/+)[^\s\"?]+|[A-Za-z0-9_-]{43,}", re.IGNORECASE)


class HideTokens(logging.Filter):
    """Puts an ellipsis in the place of every token."""

    def filter(self, record: logging.LogRecord) -> bool:
        message = record.getMessage()
        hidden = _TOKEN.sub(lambda match: f"{match[1] or ''}…", message)
        if hidden != message:
            record.msg, record.args = hidden, ()
        return True


_HIDE = HideTokens()


def hide_tokens() -> None:
    """Watch the logs of requests; a second time changes nothing."""
    for name in _REQUEST_LOGS:
        logging.getLogger(name).addFilter(_HIDE)
