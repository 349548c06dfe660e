"""What a calendar-query asks of an item, read once and then held against each (RFC 4791, 9.7).

What cannot be asked here is refused by name: an answer to half a question would be a wrong one.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from http import HTTPStatus
from typing import Any
from xml.etree.ElementTree import Element
from zoneinfo import ZoneInfo

from flask_babel import LazyString
from flask_babel import lazy_gettext as _l
from icalendar import Calendar, Component

from app.web.caldav.elements import C, element
from app.web.caldav.ranges import Range, todo_overlaps
from app.web.caldav.refusals import DavError

#: components that a range of time says something about; of these, only tasks stand in the list
_IN_TIME = frozenset({"VTODO", "VEVENT", "VJOURNAL", "VFREEBUSY"})
#: calendar, task, alarm
_DEEPEST = 3
_ASCII_LOWER = {ord(char): ord(char.lower()) for char in "ABCDEFGHIJKLMNOPQRSTUVWXYZ"}
_FOLDED: dict[str, Callable[[str], str]] = {
    "i;octet": lambda text: text,
    "i;ascii-casemap": lambda text: text.translate(_ASCII_LOWER),
    "i;unicode-casemap": str.casefold,
}
#: RFC 4791, 7.5.1: how texts can be compared
COLLATIONS = tuple(_FOLDED)


@dataclass(frozen=True, slots=True)
class _Text:
    """A part of a text that a value has, or has not."""

    part: str
    fold: Callable[[str], str]
    negated: bool

    def fits(self, value: str) -> bool:
        return (self.fold(self.part) in self.fold(value)) is not self.negated


@dataclass(frozen=True, slots=True)
class _Property:
    name: str
    absent: bool
    range: Range | None
    text: _Text | None

    def fits(self, component: Component) -> bool:
        if self.absent or self.name not in component:
            return self.absent and self.name not in component
        value = component[self.name]
        if self.range is not None and not self.range.contains(getattr(value, "dt", None)):
            return False
        return self.text is None or any(map(self.text.fits, _texts(value)))


@dataclass(frozen=True, slots=True)
class _Component:
    name: str
    absent: bool
    range: Range | None
    properties: tuple[_Property, ...]
    components: tuple[_Component, ...]

    def fits(self, siblings: Iterable[Component]) -> bool:
        """Whether one of them is what is asked for; or none, where none is."""
        found = [each for each in siblings if each.name == self.name]
        return not found if self.absent else any(map(self._fits, found))

    def _fits(self, component: Component) -> bool:
        if self.range is not None and not todo_overlaps(component, self.range):
            return False
        return all(each.fits(component) for each in self.properties) and all(
            each.fits(component.subcomponents) for each in self.components
        )


class Filter:
    """A question that each item answers."""

    def __init__(self, calendar: _Component) -> None:
        self._calendar = calendar

    @classmethod
    def in_request(cls, root: Element, zone: ZoneInfo) -> Filter:
        """What stands in a query; days begin and end in that zone. Raises DavError (403)."""
        filters = root.findall(f"{C}filter")
        if len(filters) != 1 or [each.tag for each in filters[0]] != [f"{C}comp-filter"]:
            raise _invalid()
        return cls(_component(filters[0][0], zone, 1))

    def takes(self, content: bytes) -> bool:
        """Whether an item is asked for."""
        return self._calendar.fits([Calendar.from_ical(content)])


def _component(asked: Element, zone: ZoneInfo, depth: int) -> _Component:
    name = _name(asked)
    if depth > _DEEPEST or (asked.find(f"{C}time-range") is not None and name not in _IN_TIME):
        raise _unsupported()
    absent = _absent(asked)
    range_, properties, components = None, [], []
    for child in asked:
        if child.tag == f"{C}time-range":
            range_ = _range(child, zone)
        elif child.tag == f"{C}prop-filter":
            properties.append(_property(child, zone))
        elif child.tag == f"{C}comp-filter":
            components.append(_component(child, zone, depth + 1))
        elif child.tag != f"{C}is-not-defined":
            raise _unsupported()
    return _Component(name, absent, range_, tuple(properties), tuple(components))


def _property(asked: Element, zone: ZoneInfo) -> _Property:
    name, absent, range_, text = _name(asked), _absent(asked), None, None
    for child in asked:
        if child.tag == f"{C}time-range":
            range_ = _range(child, zone)
        elif child.tag == f"{C}text-match":
            text = _text(child)
        elif child.tag != f"{C}is-not-defined":
            # param-filter among them: nothing here has a parameter that anybody asks for
            raise _unsupported()
    return _Property(name, absent, range_, text)


def _name(asked: Element) -> str:
    name = asked.get("name", "").strip().upper()
    if not name:
        raise _invalid()
    return name


def _absent(asked: Element) -> bool:
    absent = asked.find(f"{C}is-not-defined") is not None
    if absent and len(asked) > 1:
        raise _invalid()
    return absent


def _range(asked: Element, zone: ZoneInfo) -> Range:
    made = Range.parse(asked.get("start", ""), asked.get("end", ""), zone)
    if made is None:
        raise _invalid()
    return made


def _text(asked: Element) -> _Text:
    collation = asked.get("collation", "default")
    fold = _FOLDED.get("i;ascii-casemap" if collation == "default" else collation)
    if fold is None:
        words = _l("Texts cannot be compared in this way here.")
        raise DavError(HTTPStatus.FORBIDDEN, words, element(f"{C}supported-collation"))
    return _Text(asked.text or "", fold, asked.get("negate-condition", "no") == "yes")


def _texts(value: Any) -> list[str]:
    """What a property says, each of its values as a text."""
    if isinstance(value, list):
        return [text for each in value for text in _texts(each)]
    if hasattr(value, "cats"):
        return [str(each) for each in value.cats]
    return [str(value) if isinstance(value, str) else value.to_ical().decode()]


def _invalid() -> DavError:
    return _refused("valid-filter", _l("The filter of this request is not well formed."))


def _unsupported() -> DavError:
    return _refused("supported-filter", _l("This cannot be searched for here."))


def _refused(condition: str, words: LazyString) -> DavError:
    return DavError(HTTPStatus.FORBIDDEN, words, element(f"{C}{condition}"))
