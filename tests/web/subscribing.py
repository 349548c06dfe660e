"""Reading the page where calendar addresses are made."""

from __future__ import annotations

import re

from sqlalchemy import select

from app.db import Database
from app.models import Feed

PAGE = "/plans/2022/calendar/subscribe"


def addresses(page: str) -> list[str]:
    """The new address in both schemes; nothing on a page that shows none."""
    return re.findall(r">((?:https?|webcal)://[^<]+\.ics[^<]*)<", page)


def path_of(address: str) -> str:
    """What a client asks this application for."""
    return "/feeds/" + address.partition("/feeds/")[2]


def only_feed(database: Database) -> int:
    """The id of the one address that holds."""
    with database.read() as session:
        return session.scalars(select(Feed.id).where(Feed.revoked_at.is_(None))).one()


def nonce_of(page: str) -> str:
    """The one that all forms of a page carry."""
    (nonce,) = set(re.findall(r'name="nonce" value="([^"]+)"', page))
    return nonce
