"""XML of WebDAV: names, what a request says, what an answer is made of."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from http import HTTPStatus
from xml.etree.ElementTree import Element, ParseError, register_namespace, tostring

from defusedxml.ElementTree import fromstring
from flask import Response, request
from flask_babel import lazy_gettext as _l

from app.web.caldav.refusals import DavError

D = "{DAV:}"
C = "{urn:ietf:params:xml:ns:caldav}"
CS = "{http://calendarserver.org/ns/}"
APPLE = "{http://apple.com/ns/ical/}"
#: our own
V = "{urn:x-vekha}"

CONTENT_TYPE = "application/xml; charset=utf-8"
#: octets of a request; what programs send has some hundreds
LARGEST_REQUEST = 1024 * 1024
#: different properties that a request may name; programs name some thirty
MOST_NAMES = 200
_LONGEST_NAME = 200

_NOT_IN_XML = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")

for _prefix, _namespace in (("D", D), ("C", C), ("CS", CS), ("A", APPLE), ("V", V)):
    register_namespace(_prefix, _namespace.strip("{}"))


def read_request(*, required: bool = True) -> Element | None:
    """The request's XML; None when there is none and none is required.

    Raises DavError (400) for what is no XML, and for what declares a document type: entities could make
    a little into a lot, or read files. Raises RequestEntityTooLarge.
    """
    request.max_content_length = LARGEST_REQUEST
    body = request.get_data(cache=False)
    if not body.strip():
        if required:
            raise DavError(HTTPStatus.BAD_REQUEST, _l("The request says nothing."))
        return None
    try:
        root: Element = fromstring(body, forbid_dtd=True)
    except (ParseError, ValueError, LookupError) as error:
        raise DavError(HTTPStatus.BAD_REQUEST, _l("The request is not well-formed XML.")) from error
    return root


def names_in(element: Element | None) -> list[str]:
    """The names of the elements in it, each once, in their order. Raises DavError (400)."""
    names = list(dict.fromkeys(child.tag for child in element)) if element is not None else []
    if len(names) > MOST_NAMES or any(len(name) > _LONGEST_NAME for name in names):
        raise DavError(HTTPStatus.BAD_REQUEST, _l("The request asks for too much at once."))
    return names


def text_of(element: Element | None) -> str:
    """The text of an element without the blanks around it; "" when there is none."""
    return (element.text or "").strip() if element is not None else ""


def element(name: str, content: str | Iterable[Element] = ()) -> Element:
    """An element with a text or with children. What XML cannot hold is left out of the text."""
    made = Element(name)
    if isinstance(content, str):
        made.text = _NOT_IN_XML.sub("", content)
    else:
        made.extend(content)
    return made


def href(path: str) -> Element:
    """The address of a resource."""
    return element(f"{D}href", path)


def found(path: str, properties: Sequence[Element], missing: Iterable[str] = ()) -> Element:
    """A resource with the properties that it has, and the names of those that it has not."""
    answer = element(f"{D}response", [href(path)])
    absent = [Element(name) for name in missing]
    if properties or not absent:
        answer.append(propstat(properties, HTTPStatus.OK))
    if absent:
        answer.append(propstat(absent, HTTPStatus.NOT_FOUND))
    return answer


def gone(path: str) -> Element:
    """An address at which there is nothing."""
    return element(f"{D}response", [href(path), _status(HTTPStatus.NOT_FOUND)])


def propstat(properties: Iterable[Element], status: HTTPStatus, *more: Element) -> Element:
    """Properties that share a status."""
    return element(f"{D}propstat", [element(f"{D}prop", properties), _status(status), *more])


def multistatus(responses: Iterable[Element], *more: Element) -> Response:
    """The answer 207 about several resources or properties."""
    return respond(element(f"{D}multistatus", [*responses, *more]), HTTPStatus.MULTI_STATUS)


def respond(root: Element, status: HTTPStatus) -> Response:
    """XML as an answer."""
    return Response(_written(root), status=status, headers={"Content-Type": CONTENT_TYPE})


def _written(root: Element) -> bytes:
    written: bytes = tostring(root, encoding="utf-8", xml_declaration=True)
    # A reader of XML takes a plain carriage return away, and with it the line ends of an iCalendar text.
    return written.replace(b"\r", b"&#13;")


def _status(status: HTTPStatus) -> Element:
    return element(f"{D}status", f"HTTP/1.1 {status.value} {status.phrase}")
