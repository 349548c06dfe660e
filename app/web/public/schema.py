"""The open data: every field of every table, and the JSON Schema that follows from them.

Fields are added, never renamed or given another meaning: programs of others rely on them.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from flask_babel import force_locale
from flask_babel import lazy_gettext as _l

from app.domain.figures import AT_LEAST, AT_MOST
from app.domain.indicators import STANDINGS
from app.domain.publicity import STATES
from app.services.public.published import PAST, UPCOMING

_DIALECT = "https://json-schema.org/draft/2020-12/schema"


@dataclass(frozen=True, slots=True)
class Field:
    """A field of a table. `kind` is a key of `_KINDS`; `values` are all that it can be."""

    name: str
    kind: str
    says: Any
    nullable: bool = False
    values: tuple[str, ...] = ()

    def schema(self) -> dict[str, Any]:
        """What a value of it looks like, in the language of the moment."""
        described = dict(_KINDS[self.kind])
        if self.nullable:
            described["type"] = [described["type"], "null"]
        if self.values:
            described["enum"] = list(self.values)
        return described | {"description": str(self.says)}


_KINDS: dict[str, dict[str, Any]] = {
    "text": {"type": "string"},
    "date": {"type": "string", "format": "date"},
    "instant": {"type": "string", "format": "date-time"},
    "address": {"type": "string", "format": "uri"},
    "whole": {"type": "integer", "minimum": 0},
    "number": {"type": "number"},
    "yes_no": {"type": "boolean"},
}

PLAN = (
    Field("code", "text", _l("Code of the plan, as in its addresses")),
    Field("title", "text", _l("Title, in the words of the order")),
    Field("title_en", "text", _l("Title in English")),
    Field("order_number", "text", _l("Number of the order")),
    Field("order_date", "date", _l("Date of the order")),
    Field("issuer", "text", _l("Who issued the order")),
    Field("period_start", "date", _l("First day of the plan")),
    Field("period_end", "date", _l("Last day of the plan")),
    Field("time_zone", "text", _l("Time zone in which the plan's days begin and end")),
    Field("as_of", "date", _l("Day that everything is as of")),
    Field("shows_lateness", "yes_no", _l("Whether rows are told as past their dates")),
)
SECTIONS = (
    Field("number", "whole", _l("Number of the section")),
    Field("title", "text", _l("Title, in the words of the order")),
)
_STATE = (
    Field("state", "text", _l("State of execution"), values=STATES),
    Field("state_ru", "text", _l("The state in Russian")),
    Field("state_en", "text", _l("The state in English")),
)
_DONE = (
    Field("done_on", "date", _l("When the last of it was handed in, of what is done"), nullable=True),
    Field("done", "whole", _l("How many times it was done: by executors and dates")),
    Field("wanted", "whole", _l("How many times it is to be done")),
)
ROWS = (
    Field("number", "text", _l("Number of the row in the order")),
    Field("section", "whole", _l("Number of the section")),
    Field("title", "text", _l("What is to be done, in the words of the order")),
    Field("deadline", "text", _l("Deadline, in the words of the order")),
    Field("executors", "text", _l("Executors, in the words of the order")),
    *_STATE,
    Field("on_request", "yes_no", _l("Whether it is done on request, without a deadline")),
    Field("due", "date", _l("Last of its due dates in force"), nullable=True),
    Field("next_due", "date", _l("First of its due dates that is not done"), nullable=True),
    *_DONE,
)
DATES = (
    Field("activity_ru", "text", _l("What is carried out")),
    Field("activity_en", "text", _l("The same in English")),
    Field("label_ru", "text", _l("Name of the date")),
    Field("label_en", "text", _l("Name of the date in English")),
    Field("start", "date", _l("First day"), nullable=True),
    Field("due", "date", _l("Due date in force"), nullable=True),
    *_STATE,
    *_DONE,
)
INDICATORS = (
    Field("number", "whole", _l("Number of the indicator")),
    Field("title", "text", _l("The indicator in the words of the order")),
    Field("short_title_ru", "text", _l("Short title")),
    Field("short_title_en", "text", _l("Short title in English")),
    Field("direction", "text", _l("Whether the target is a floor or a ceiling"), values=(AT_LEAST, AT_MOST)),
    Field("target", "number", _l("Target, in the unit")),
    Field("unit_ru", "text", _l("Unit")),
    Field("unit_en", "text", _l("Unit in English")),
    Field("as_of", "date", _l("Day for which the target is set"), nullable=True),
    Field("value", "number", _l("Value from accepted figures; none: no data"), nullable=True),
    Field("reported", "whole", _l("How many organisations, or events, have reported")),
    Field("expected", "whole", _l("How many are to report")),
    Field("standing", "text", _l("Where the indicator stands"), values=STANDINGS),
    Field("standing_ru", "text", _l("The standing in Russian")),
    Field("standing_en", "text", _l("The standing in English")),
)
_PLACE = (
    Field("row", "text", _l("Number of the row in the order")),
    Field("activity_ru", "text", _l("What is carried out")),
    Field("activity_en", "text", _l("The same in English")),
    Field("organization", "text", _l("Organisation")),
    Field("organization_en", "text", _l("Organisation in English")),
)
EVENTS = (
    Field("id", "whole", _l("Number of the event, never another's")),
    *_PLACE,
    Field("start", "date", _l("First day"), nullable=True),
    Field("due", "date", _l("Last day"), nullable=True),
    Field("status", "text", _l("Whether the event is still to come"), values=(UPCOMING, PAST)),
    Field("status_ru", "text", _l("The same in Russian")),
    Field("status_en", "text", _l("The same in English")),
    Field("announcement", "text", _l("What was announced"), nullable=True),
    Field("announcement_link", "address", _l("Where there is more about it"), nullable=True),
    Field("announcement_at", "instant", _l("When it was announced"), nullable=True),
    Field("report", "text", _l("What was told after the event"), nullable=True),
    Field("report_link", "address", _l("Where there is more about it"), nullable=True),
    Field("report_at", "instant", _l("When that was told"), nullable=True),
)
MATERIALS = (
    Field("id", "whole", _l("Number of the material, never another's")),
    Field("title", "text", _l("Title")),
    *_PLACE,
    Field("kind", "text", _l("Whether it is a file or a link"), values=("file", "link")),
    Field("format", "text", _l("Ending of the file's name"), nullable=True),
    Field("size", "whole", _l("Bytes of the file"), nullable=True),
    Field("sha256", "text", _l("SHA-256 of the file"), nullable=True),
    Field("address", "address", _l("Where it is")),
    Field("published_at", "instant", _l("When it was published")),
)
#: the tables that are there as CSV too, with what they are
TABLES: dict[str, tuple[Any, tuple[Field, ...]]] = {
    "rows": (_l("Rows of the plan"), ROWS),
    "indicators": (_l("Indicators"), INDICATORS),
    "events": (_l("Events"), EVENTS),
    "materials": (_l("Materials"), MATERIALS),
}

#: what stands in the JSON alone
MORE: dict[str, tuple[Any, tuple[Field, ...]]] = {
    "plan": (_l("The plan"), PLAN),
    "sections": (_l("Sections"), SECTIONS),
    "rows.dates": (_l("Dates of a row"), DATES),
}


def json_schema(address: str) -> dict[str, Any]:
    """What `data.json` looks like, by JSON Schema 2020-12, in English; `address` is the schema's own."""
    with force_locale("en"):
        return _schema(address)


def _schema(address: str) -> dict[str, Any]:
    row = _record(ROWS)
    row["properties"]["dates"] = {"type": "array", "items": _record(DATES)}
    row["required"].append("dates")
    tables = {name: {"type": "array", "items": _record(fields)} for name, (_says, fields) in TABLES.items()}
    properties = {
        "schema": {"type": "string", "format": "uri", "description": "Address of this schema"},
        "plan": _record(PLAN),
        "sections": {"type": "array", "items": _record(SECTIONS)},
        **tables,
        "rows": {"type": "array", "items": row},
    }
    return {
        "$schema": _DIALECT,
        "$id": address,
        "title": "Public data of a plan of activities",
        "type": "object",
        "properties": properties,
        "required": list(properties),
        "additionalProperties": False,
    }


def _record(fields: tuple[Field, ...]) -> dict[str, Any]:
    return {
        "type": "object",
        "properties": {field.name: field.schema() for field in fields},
        "required": [field.name for field in fields],
        "additionalProperties": False,
    }
