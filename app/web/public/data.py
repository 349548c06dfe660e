"""The open data of a plan: one JSON of everything, each table as CSV, the schema, and a page about them."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from functools import partial
from typing import Any

from flask import current_app

from app.exports.delimited import delimited
from app.services.indicators import IndicatorLine
from app.services.public.published import PublicEvent, PublicMaterial
from app.services.public.rows import PublicDate, PublicRow
from app.services.public.snapshot import Snapshot
from app.web.context import LANGUAGES
from app.web.feeds import links
from app.web.indicators.words import STANDINGS
from app.web.public import words
from app.web.public.answer import Kind
from app.web.public.frame import frame
from app.web.public.schema import MORE, TABLES, json_schema

_JSON = "application/json; charset=utf-8"


def everything() -> Kind:
    """All of it as JSON."""
    return Kind("data", _JSON, _everything, in_languages=False, file_name="data.json")


def table(name: str) -> Kind:
    """One of `schema.TABLES` as CSV."""
    return Kind(
        *(name, "text/csv; charset=utf-8", partial(_table, name)),
        in_languages=False,
        file_name=f"{name}.csv",
    )


def schema() -> Kind:
    """The JSON Schema of `everything`."""
    return Kind("schema", "application/schema+json", _schema, in_languages=False)


def about() -> Kind:
    """The page that says what there is, and what every field means."""
    return Kind("about", "text/html; charset=utf-8", _about)


def _everything(shown: Snapshot) -> str:
    found = _Records(shown)
    plan = shown.plan
    whole = {
        "schema": links.absolute("public.schema", plan_code=plan.code),
        "plan": {
            "code": plan.code,
            "title": plan.title,
            "title_en": plan.gloss_en,
            "order_number": shown.order.number,
            "order_date": shown.order.date,
            "issuer": shown.order.issuer,
            "period_start": plan.period_start,
            "period_end": plan.period_end,
            "time_zone": plan.zone.key,
            "as_of": shown.today,
            "shows_lateness": shown.shows_lateness,
        },
        "sections": [{"number": each.number, "title": each.title} for each in shown.sections],
        "rows": [found.row(row) | {"dates": list(found.dates(row))} for row in shown.rows],
        **{name: list(found.table(name)) for name in TABLES if name != "rows"},
    }
    return json.dumps(whole, ensure_ascii=False, default=_plain, separators=(",", ":"))


def _table(name: str, shown: Snapshot) -> bytes:
    columns = [field.name for field in TABLES[name][1]]
    records = _Records(shown).table(name)
    return delimited(columns, ([record[column] for column in columns] for record in records))


def _schema(shown: Snapshot) -> str:
    address = links.absolute("public.schema", plan_code=shown.plan.code)
    return json.dumps(json_schema(address), ensure_ascii=False, indent=1)


def _about(shown: Snapshot) -> str:
    return current_app.jinja_env.get_template("public/about.html").render(
        **frame("public.about", shown),
        tables=TABLES,
        more=MORE,
    )


@dataclass(frozen=True, slots=True)
class _Records:
    """The records of the tables, each with exactly the fields that the schema names."""

    shown: Snapshot

    def table(self, name: str) -> Iterable[dict[str, Any]]:
        makers: dict[str, tuple[Any, Sequence[Any]]] = {
            "rows": (self.row, self.shown.rows),
            "indicators": (self.indicator, self.shown.indicators),
            "events": (self.event, self.shown.events),
            "materials": (self.material, self.shown.materials),
        }
        make, things = makers[name]
        return map(make, things)

    def row(self, row: PublicRow) -> dict[str, Any]:
        return {
            "number": row.number,
            "section": row.section,
            "title": row.title,
            "deadline": row.deadline,
            "executors": row.executors,
            **_state(row.state),
            "on_request": all(activity.on_request for activity in row.activities),
            "due": row.due,
            "next_due": row.next_due,
            "done_on": row.done_on,
            "done": row.done,
            "wanted": row.wanted,
        }

    def dates(self, row: PublicRow) -> Iterable[dict[str, Any]]:
        for activity in row.activities:
            for each in activity.dates:
                yield {
                    "activity_ru": activity.short_title,
                    "activity_en": activity.gloss_en,
                    **_date(each),
                }

    def indicator(self, line: IndicatorLine) -> dict[str, Any]:
        return {
            "number": line.number,
            "title": line.title,
            "short_title_ru": line.short_title,
            "short_title_en": line.gloss_en,
            "direction": line.direction,
            "target": line.target,
            "unit_ru": line.unit_ru,
            "unit_en": line.unit_en,
            "as_of": line.as_of,
            "value": line.display,
            "reported": line.reported,
            "expected": line.expected,
            "standing": line.standing.code,
            **_both("standing", STANDINGS[line.standing.code].label),
        }

    def event(self, event: PublicEvent) -> dict[str, Any]:
        status = event.status(self.shown.today)
        told = {"announcement": event.announcement, "report": event.report}
        return {
            "id": event.id,
            **_place(event.where),
            "start": event.where.window_start,
            "due": event.where.due,
            "status": status,
            **_both("status", words.EVENT_STATES[status]),
            **{name: each.text if each else None for name, each in told.items()},
            **{f"{name}_link": (each.url or None) if each else None for name, each in told.items()},
            **{f"{name}_at": each.published_at if each else None for name, each in told.items()},
        }

    def material(self, material: PublicMaterial) -> dict[str, Any]:
        address = material.url or links.absolute(
            "public.material", plan_code=self.shown.plan.code, material_id=material.id
        )
        return {
            "id": material.id,
            "title": material.title,
            **_place(material.where),
            "kind": "link" if material.is_link else "file",
            "format": material.extension or None,
            "size": material.size or None,
            "sha256": material.sha256 or None,
            "address": address,
            "published_at": material.published_at,
        }


def _date(each: PublicDate) -> dict[str, Any]:
    return {
        "label_ru": each.label_ru,
        "label_en": each.label_en,
        "start": each.window_start,
        "due": each.due,
        **_state(each.state),
        "done_on": each.done_on,
        "done": each.done,
        "wanted": each.wanted,
    }


def _state(state: str) -> dict[str, str]:
    return {"state": state, **_both("state", words.STATES[state][1])}


def _place(where: Any) -> dict[str, str]:
    return {
        "row": where.row,
        "activity_ru": where.short_title,
        "activity_en": where.gloss_en,
        "organization": where.organization,
        "organization_en": where.organization_gloss,
    }


def _both(name: str, word: Any) -> dict[str, str]:
    """A word in both languages."""
    said: Mapping[str, str] = words.in_each_language(word)
    return {f"{name}_{language}": said[language] for language in LANGUAGES}


def _plain(value: object) -> object:
    if isinstance(value, Decimal):
        return int(value) if value == value.to_integral_value() else float(value)
    if isinstance(value, date):
        return value.isoformat()
    raise TypeError(f"{value!r} has no place in JSON")
