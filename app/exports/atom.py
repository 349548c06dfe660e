"""News as Atom (RFC 4287): stable ids, and what a reader shows of each entry."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from xml.etree import ElementTree

from app.exports.packages import writable

_ATOM = "http://www.w3.org/2005/Atom"
_LANGUAGE = "{http://www.w3.org/XML/1998/namespace}lang"


@dataclass(frozen=True, slots=True)
class Entry:
    """Something that happened. Instants are aware; `id` never changes, and is no other entry's."""

    id: str
    title: str
    updated: datetime
    published: datetime
    #: page where it stands
    url: str
    text: str
    #: what kind of news it is
    category: str
    #: who it comes from: an organisation
    author: str
    #: an address that the text speaks of; "" for none
    related: str = ""


@dataclass(frozen=True, slots=True)
class News:
    """A feed. `url` is the page that it tells of, `self_url` its own address."""

    id: str
    title: str
    updated: datetime
    url: str
    self_url: str
    author: str
    language: str
    entries: Sequence[Entry]


def atom_bytes(news: News) -> bytes:
    """The feed as XML."""
    feed = ElementTree.Element("feed", {"xmlns": _ATOM, _LANGUAGE: news.language})
    _text(feed, "id", news.id)
    _text(feed, "title", news.title)
    _text(feed, "updated", _instant(news.updated))
    _author(feed, news.author)
    _link(feed, "self", news.self_url, "application/atom+xml")
    _link(feed, "alternate", news.url, "text/html")
    for each in news.entries:
        entry = ElementTree.SubElement(feed, "entry")
        _text(entry, "id", each.id)
        _text(entry, "title", each.title)
        _text(entry, "published", _instant(each.published))
        _text(entry, "updated", _instant(each.updated))
        _author(entry, each.author)
        ElementTree.SubElement(entry, "category", {"term": each.category})
        _link(entry, "alternate", each.url, "text/html")
        if each.related:
            _link(entry, "related", each.related)
        _text(entry, "content", each.text).set("type", "text")
    written: bytes = ElementTree.tostring(feed, encoding="utf-8", xml_declaration=True)
    return written


def _text(parent: ElementTree.Element, name: str, text: str) -> ElementTree.Element:
    element = ElementTree.SubElement(parent, name)
    element.text = writable(text)
    return element


def _author(parent: ElementTree.Element, name: str) -> None:
    _text(ElementTree.SubElement(parent, "author"), "name", name)


def _link(parent: ElementTree.Element, relation: str, address: str, kind: str = "") -> None:
    attributes = {"rel": relation, "href": writable(address)} | ({"type": kind} if kind else {})
    ElementTree.SubElement(parent, "link", attributes)


def _instant(moment: datetime) -> str:
    return f"{moment.astimezone(UTC).replace(microsecond=0):%Y-%m-%dT%H:%M:%S}Z"
