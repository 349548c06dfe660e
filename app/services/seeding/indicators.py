"""Loading the indicators of a seed: what they are, where their figures come from, what moves them."""

from __future__ import annotations

from collections.abc import Mapping

from app.domain.seed import Seed
from app.models import Activity, ActivityIndicator, FigureField, Indicator, IndicatorSource, Plan
from app.services.seeding.loader import Loader


def load_indicators(loader: Loader, seed: Seed, plan: Plan, activities: Mapping[str, Activity]) -> None:
    indicators = {}
    for each in seed.indicators:
        indicator = indicators[each.number] = loader.upsert(
            Indicator,
            {"plan_id": plan.id, "number": each.number},
            {
                "title": each.title,
                "short_title": each.short_title,
                "gloss_en": each.gloss_en,
                "kind": each.kind,
                "direction": each.direction,
                "target": each.target,
                "unit_ru": each.unit,
                "unit_en": each.unit_en,
                "as_of": each.as_of,
                "baseline_ru": each.baseline,
                "baseline_en": each.baseline_en,
                "numerator_ru": each.numerator_ru,
                "numerator_en": each.numerator_en,
                "denominator_ru": each.denominator_ru,
                "denominator_en": each.denominator_en,
                "inferred": list(each.inferred),
            },
        )
        for source in each.collected_in:
            loader.upsert(
                IndicatorSource,
                {
                    "indicator_id": indicator.id,
                    "activity_id": activities[source.activity].id,
                    "cohort": source.cohort,
                },
                {
                    "numerator": source.numerator,
                    "denominator": source.denominator,
                    "constant": source.constant,
                    "ours": source.ours,
                    "theirs": source.theirs,
                    "running_total": not source.cumulative,
                    "organizations": list(source.organizations),
                },
            )
    for link in seed.links:
        key = {"activity_id": activities[link.activity].id, "indicator_id": indicators[link.indicator].id}
        loader.upsert(ActivityIndicator, key, {"strength": link.strength})
    for position, figure in enumerate(seed.figures):
        loader.upsert(
            FigureField,
            {"activity_id": activities[figure.activity].id, "cohort": figure.cohort, "key": figure.key},
            {
                "position": position,
                "label_ru": figure.label_ru,
                "label_en": figure.label_en,
                "hint_ru": figure.hint_ru,
                "hint_en": figure.hint_en,
                "kind": figure.kind,
                "required": figure.required,
                "minimum": figure.minimum,
                "maximum": figure.maximum,
                "at_most": figure.at_most,
                "jump": figure.jump,
                "steady": figure.steady,
            },
        )
