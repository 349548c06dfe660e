"""Whether data is what a JSON Schema says: the part of the standard that the public schema uses, and no more.

A keyword that is not known here fails, so that the schema cannot say something that nobody checks.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime
from typing import Any
from urllib.parse import urlsplit

_ANNOTATIONS = {"$schema", "$id", "title", "description"}
_TYPES: dict[str, Any] = {
    "object": dict,
    "array": list,
    "string": str,
    "integer": int,
    "number": (int, float),
    "boolean": bool,
    "null": type(None),
}


def faults(value: Any, schema: dict[str, Any], where: str = "$") -> Iterator[str]:
    """What of the value is not as the schema says."""
    known = {"type", "enum", "format", "minimum", "items", "properties", "required", "additionalProperties"}
    if strange := set(schema) - known - _ANNOTATIONS:
        yield f"{where}: the schema says {strange}"
    types = schema["type"] if isinstance(schema["type"], list) else [schema["type"]]
    if not any(_is(value, each) for each in types):
        yield f"{where}: {value!r} is no {types}"
        return
    if value is None:
        return
    if "enum" in schema and value not in schema["enum"]:
        yield f"{where}: {value!r} is none of {schema['enum']}"
    if "minimum" in schema and value < schema["minimum"]:
        yield f"{where}: {value!r} is too small"
    if "format" in schema and not _has_form(value, schema["format"]):
        yield f"{where}: {value!r} is no {schema['format']}"
    if isinstance(value, list):
        for place, each in enumerate(value):
            yield from faults(each, schema["items"], f"{where}[{place}]")
    if isinstance(value, dict):
        yield from (f"{where}.{name} is missing" for name in schema["required"] if name not in value)
        if schema["additionalProperties"] is not False:
            yield f"{where} lets anything in"
        for name, each in value.items():
            if name not in schema["properties"]:
                yield f"{where}.{name} is not known"
            else:
                yield from faults(each, schema["properties"][name], f"{where}.{name}")


def _is(value: Any, kind: str) -> bool:
    return isinstance(value, _TYPES[kind]) and (kind == "boolean" or not isinstance(value, bool))


def _has_form(value: str, form: str) -> bool:
    try:
        if form == "date":
            return date.fromisoformat(value).isoformat() == value
        if form == "date-time":
            return datetime.fromisoformat(value).tzinfo is not None
    except ValueError:
        return False
    return form == "uri" and bool(urlsplit(value).scheme and urlsplit(value).netloc)
