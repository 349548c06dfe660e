"""That indicators, figures and links hold together and fit the activities."""

from __future__ import annotations

from app.domain.seed.errors import SeedError
from app.domain.seed.records import CollectedIn, Figure, Indicator, Seed
from app.domain.seed.refuse import known, once

INDICATORS = "indicators.toml"


def check_indicators(seed: Seed) -> None:
    """Raise SeedError at the first fault in indicators.toml."""
    cohorts = {each.code: {slot.cohort for slot in each.occurrences} for each in seed.activities}
    figures = {(each.activity, each.cohort, each.key) for each in seed.figures}
    organizations = {each.key for each in seed.organizations}
    once(INDICATORS, "indicator", "number", (each.number for each in seed.indicators))
    once(
        INDICATORS,
        "figure",
        "key",
        (_named(each) for each in seed.figures),
    )
    for figure in seed.figures:
        _check_figure(figure, cohorts, figures)
    for indicator in seed.indicators:
        for source in indicator.collected_in:
            row = f"indicator {indicator.number}, collected_in {source.activity}"
            _check_source(row, source, cohorts, figures)
            _check_denominator(row, indicator, source)
            _check_totals(row, indicator, source, figures)
            for key in source.organizations:
                known(INDICATORS, row, "organizations", key, organizations)
        _check_labels(indicator)
    _check_links(seed)


def _named(figure: Figure) -> str:
    return f"{_whose(figure.activity, figure.cohort)} {figure.key}"


def _whose(activity: str, cohort: str) -> str:
    return f"{activity} ({cohort})" if cohort else activity


def _check_cohort(row: str, activity: str, cohort: str, cohorts: dict[str, set[str]]) -> None:
    known(INDICATORS, row, "activity", activity, cohorts)
    if cohort:
        known(INDICATORS, row, "cohort", cohort, cohorts[activity])


def _check_figure(figure: Figure, cohorts: dict[str, set[str]], figures: set[tuple[str, str, str]]) -> None:
    row = f"figure {_named(figure)}"
    _check_cohort(row, figure.activity, figure.cohort, cohorts)
    if figure.maximum is not None and figure.maximum < figure.minimum:
        raise SeedError(INDICATORS, row, "maximum", f"{figure.maximum} is less than {figure.minimum}")
    if figure.kind == "yes_no" and (figure.minimum, figure.maximum) != (0, 1):
        raise SeedError(INDICATORS, row, "maximum", "a yes or no lies between 0 and 1")
    if figure.at_most:
        _check_key(row, "at_most", (figure.activity, figure.cohort, figure.at_most), figures)
        if figure.at_most == figure.key:
            raise SeedError(INDICATORS, row, "at_most", "is the figure itself")


def _check_source(
    row: str, source: CollectedIn, cohorts: dict[str, set[str]], figures: set[tuple[str, str, str]]
) -> None:
    _check_cohort(row, source.activity, source.cohort, cohorts)
    _check_key(row, "numerator", (source.activity, source.cohort, source.numerator), figures)
    if source.denominator:
        _check_key(row, "denominator", (source.activity, source.cohort, source.denominator), figures)


def _check_key(
    row: str, field: str, figure: tuple[str, str, str], figures: set[tuple[str, str, str]]
) -> None:
    activity, cohort, key = figure
    if figure not in figures:
        reason = f"“{key}” is not a figure of {_whose(activity, cohort)}"
        raise SeedError(INDICATORS, row, field, reason)


def _check_denominator(row: str, indicator: Indicator, source: CollectedIn) -> None:
    if indicator.kind == "count":
        if source.denominator or source.constant is not None:
            raise SeedError(INDICATORS, row, "denominator", "a count has none")
    elif bool(source.denominator) == (source.constant is not None):
        raise SeedError(INDICATORS, row, "denominator", "give either this or constant")


def _check_totals(
    row: str, indicator: Indicator, source: CollectedIn, figures: set[tuple[str, str, str]]
) -> None:
    if bool(source.ours) != bool(source.theirs):
        raise SeedError(INDICATORS, row, "theirs", "give both totals or neither")
    if source.ours and indicator.kind != "divergence":
        raise SeedError(INDICATORS, row, "ours", "only a divergence has totals")
    for field, key in (("ours", source.ours), ("theirs", source.theirs)):
        if key:
            _check_key(row, field, (source.activity, source.cohort, key), figures)


def _check_labels(indicator: Indicator) -> None:
    row = f"indicator {indicator.number}"
    if not indicator.collected_in:
        raise SeedError(INDICATORS, row, "collected_in", "is missing: no task would bring a figure")
    if (indicator.kind == "count") == bool(indicator.denominator_ru):
        reason = "a count has none" if indicator.denominator_ru else "is missing"
        raise SeedError(INDICATORS, row, "denominator_ru", reason)
    if (indicator.kind == "growth") != bool(indicator.baseline):
        reason = "only growth has one" if indicator.baseline else "is missing"
        raise SeedError(INDICATORS, row, "baseline", reason)


def _check_links(seed: Seed) -> None:
    activities = {each.code for each in seed.activities}
    indicators = {each.number for each in seed.indicators}
    for link in seed.links:
        row = f"link {link.activity} {link.indicator}"
        known(INDICATORS, row, "activity", link.activity, activities)
        known(INDICATORS, row, "indicator", link.indicator, indicators)
    pairs = (f"{each.activity} {each.indicator}" for each in seed.links)
    once(INDICATORS, "link", "indicator", pairs)
    linked = {(each.activity, each.indicator) for each in seed.links if each.strength == "direct"}
    for indicator in seed.indicators:
        for source in indicator.collected_in:
            if (source.activity, indicator.number) not in linked:
                row = f"indicator {indicator.number}, collected_in {source.activity}"
                raise SeedError(INDICATORS, row, "activity", "has no direct link to this indicator")
