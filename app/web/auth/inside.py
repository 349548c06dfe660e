"""Where a redirect may lead: within this site only; an open redirect helps nobody but a thief."""

from __future__ import annotations

import unicodedata
from urllib.parse import unquote, urlsplit

#: longer ones are nobody's page
_LONGEST = 2000


def inside(address: str | None) -> str | None:
    """The address when it is a path of this site, else None.

    Browsers drop control characters, read a backslash as a slash and two slashes as another host; proxies
    decode, and take dots and doubled slashes out. So each of them is refused, written out or encoded.
    """
    if not address or len(address) > _LONGEST or not _is_path(address) or not _is_path(unquote(address)):
        return None
    try:
        parts = urlsplit(address)
    except ValueError:
        return None
    return None if parts.scheme or parts.netloc else address


def _is_path(address: str) -> bool:
    path = address.partition("#")[0].partition("?")[0]
    return (
        path.startswith("/")
        and "//" not in path
        and "\\" not in path
        and not {".", ".."} & set(path.split("/"))
        and not any(unicodedata.category(char) in {"Cc", "Cf", "Zl", "Zp"} for char in address)
    )
