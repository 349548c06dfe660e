"""Browsers in words: what a User-Agent header says to a person who looks for the own telephone in a list."""

from __future__ import annotations

from flask_babel import gettext

#: what stands in the header of each, the most particular first: all of them claim to be others too
_BROWSERS = {
    "YaBrowser/": "Yandex Browser",
    "Edg/": "Edge",
    "OPR/": "Opera",
    "Firefox/": "Firefox",
    "Chrome/": "Chrome",
    "Safari/": "Safari",
}
_SYSTEMS = {
    "Android": "Android",
    "iPhone": "iPhone",
    "iPad": "iPad",
    "Windows": "Windows",
    "Mac OS X": "macOS",
    "Linux": "Linux",
}


def browser(agent: str) -> str:
    """“Firefox, Windows”; the beginning of the header when neither is known."""
    found = [
        next((name for mark, name in known.items() if mark in agent), "") for known in (_BROWSERS, _SYSTEMS)
    ]
    return ", ".join(part for part in found if part) or agent[:60] or str(gettext("Unknown browser"))
