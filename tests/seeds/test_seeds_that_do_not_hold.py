"""A seed whose parts contradict each other is refused, and the refusal names where."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.seeds.breaking import break_seed, fault_of

FAULTS = [
    # A code that stands twice.
    (
        "organizations.toml",
        "",
        'key = "college02"',
        'key = "college01"',
        "organizations.toml: organization college01: field key: stands twice",
    ),
    (
        "plan.toml",
        "",
        'number = "2.4"',
        'number = "2.3"',
        "plan.toml: row 2.3: field number: stands twice",
    ),
    (
        "plan.toml",
        "",
        'code = "3.4-2"',
        'code = "3.4-1"',
        "plan.toml: activity 3.4-1: field code: stands twice",
    ),
    (
        "plan.toml",
        'code = "2.2"\n',
        '{ key = "2"',
        '{ key = "1"',
        "plan.toml: activity 2.2, occurrence 1: field key: stands twice",
    ),
    (
        "plan.toml",
        'code = "2.2"\n',
        'organization = "bpoo"',
        'organization = "centre"',
        "plan.toml: activity 2.2, participant centre: field organization: stands twice",
    ),
    (
        "indicators.toml",
        "",
        "number = 11\n",
        "number = 10\n",
        "indicators.toml: indicator 10: field number: stands twice",
    ),
    (
        "indicators.toml",
        "[[figure]]",
        'key = "employed"',
        'key = "graduates"',
        "indicators.toml: figure 4.1 (2021) graduates: field key: stands twice",
    ),
    (
        "indicators.toml",
        "",
        '"3.7", indicator = 8',
        '"3.7", indicator = 7',
        "indicators.toml: link 3.7 7: field indicator: stands twice",
    ),
    # A reference to nothing.
    (
        "plan.toml",
        'number = "2.3"\n',
        "section = 2",
        "section = 7",
        "plan.toml: row 2.3: field section: “7” is not in the seed",
    ),
    (
        "plan.toml",
        'code = "2.3"\n',
        'row = "2.3"',
        'row = "2.9"',
        "plan.toml: activity 2.3: field row: “2.9” is not in the seed",
    ),
    (
        "plan.toml",
        'code = "2.3"\n',
        'coordinator = "centre"',
        'coordinator = "center"',
        "plan.toml: activity 2.3: field coordinator: “center” is not in the seed",
    ),
    (
        "plan.toml",
        'code = "6.2"\n',
        'organization = "pfr"',
        'organization = "sfr"',
        "plan.toml: activity 6.2, participant отделение Пенсионного фонда Российской Федерации по Смоленской "
        "области: field organization: “sfr” is not in the seed",
    ),
    (
        "plan.toml",
        'code = "1.2"\n',
        'class = "clusters"',
        'class = "unions"',
        "plan.toml: activity 1.2, participant образовательно-производственные кластеры: "
        "field class: “unions” is not in the seed",
    ),
    (
        "plan.toml",
        'code = "2.3"\n',
        'tasks_for = "institutions"',
        'tasks_for = "colleges"',
        "plan.toml: activity 2.3: field tasks_for: “colleges” is not in the seed",
    ),
    (
        "plan.toml",
        'code = "2.4"\n',
        'activity = "2.3"',
        'activity = "2.9"',
        "plan.toml: activity 2.4: field after: “2.9” is not in the seed",
    ),
    (
        "plan.toml",
        'code = "2.3"\n',
        'occurrence = "1"',
        'occurrence = "3"',
        "plan.toml: activity 2.3, after 2.2: field occurrence: “3” is not in the seed",
    ),
    (
        "indicators.toml",
        "",
        '"2.5", indicator = 4',
        '"2.5", indicator = 44',
        "indicators.toml: link 2.5 44: field indicator: “44” is not in the seed",
    ),
    (
        "indicators.toml",
        "number = 3\n",
        'numerator = "taking_part"',
        'numerator = "participants"',
        "indicators.toml: indicator 3, collected_in 1.2: field numerator: "
        "“participants” is not a figure of 1.2",
    ),
    (
        "indicators.toml",
        "number = 1\n",
        'cohort = "2021"',
        'cohort = "2020"',
        "indicators.toml: indicator 1, collected_in 4.1: field cohort: “2020” is not in the seed",
    ),
    (
        "indicators.toml",
        "number = 9\n",
        '"bpoo"',
        '"bpo"',
        "indicators.toml: indicator 9, collected_in 4.3: field organizations: “bpo” is not in the seed",
    ),
    (
        "indicators.toml",
        "[[figure]]",
        'at_most = "graduates"',
        'at_most = "alumni"',
        "indicators.toml: figure 4.1 (2021) employed: field at_most: “alumni” is not a figure of 4.1 (2021)",
    ),
    # Dates in the wrong order or outside the plan.
    (
        "plan.toml",
        'code = "2.3"\n',
        "due = 2022-02-04",
        "due = 2022-01-04",
        "plan.toml: activity 2.3, occurrence 1: field due: 2022-01-04 is before 2022-01-21",
    ),
    (
        "plan.toml",
        'code = "2.3"\n',
        "due = 2022-02-04",
        "due = 2023-02-04",
        "plan.toml: activity 2.3, occurrence 1: field due: "
        "2023-02-04 is outside the plan's period, 2022-01-01 to 2022-12-31",
    ),
    (
        "plan.toml",
        'code = "2.2"\n',
        "window_start = 2022-06-10",
        "window_start = 2022-06-09",
        "plan.toml: activity 2.2, occurrence 2: field window_start: is not the day itself, 2022-06-10",
    ),
    (
        "order.toml",
        "[plan]",
        "period_end = 2022-12-31",
        "period_end = 2021-12-31",
        "order.toml: plan: field period_end: 2021-12-31 is before 2022-01-01",
    ),
    # What does not hold together.
    (
        "plan.toml",
        'code = "2.1"\n',
        'role = "lead"',
        'role = "co_executor"',
        "plan.toml: activity 2.1: field participant: no lead, and the tasks are for the lead",
    ),
    (
        "plan.toml",
        'code = "2.1"\n',
        'role = "co_executor"',
        'role = "lead"',
        "plan.toml: activity 2.1: field participant: 2 leads: at most one can lead",
    ),
    (
        "plan.toml",
        'code = "2.1"\n',
        'tasks_for = "lead"',
        'tasks_for = "clusters"',
        "plan.toml: activity 2.1: field tasks_for: “clusters” does not take part in this activity",
    ),
    (
        "plan.toml",
        'code = "2.1"\n',
        'tasks_for = "lead"',
        'tasks_for = "request"',
        "plan.toml: activity 2.1: field tasks_for: "
        "“request” goes with the workflow “request”, and only with it",
    ),
    (
        "plan.toml",
        'code = "2.3"\n',
        "required = true",
        "required = false",
        "plan.toml: activity 2.3: field evidence: nothing is required, so nothing would prove the work",
    ),
    (
        "plan.toml",
        'code = "2.2"\n',
        'after = [{ activity = "2.1" }]',
        'after = [{ activity = "2.4" }]',
        "plan.toml: activity 2.2: field after: waits for itself",
    ),
    (
        "plan.toml",
        'code = "5.1"\n',
        'row = "5.1"',
        'row = "1.1"',
        "plan.toml: row 5.1: no activity carries it out",
    ),
    (
        "indicators.toml",
        "number = 10\n",
        'numerator = "contracts"',
        'numerator = "contracts", constant = 11',
        "indicators.toml: indicator 10, collected_in 3.8: field denominator: a count has none",
    ),
    (
        "indicators.toml",
        "number = 7\n",
        "constant = 35, ",
        "",
        "indicators.toml: indicator 7, collected_in 3.7: field denominator: give either this or constant",
    ),
    (
        "indicators.toml",
        "number = 11\n",
        'theirs = "employed_theirs", ',
        "",
        "indicators.toml: indicator 11, collected_in 4.2: field theirs: give both totals or neither",
    ),
    (
        "indicators.toml",
        "number = 11\n",
        'ours = "employed_ours"',
        'ours = "employed"',
        "indicators.toml: indicator 11, collected_in 4.2: field ours: “employed” is not a figure of 4.2",
    ),
    (
        "indicators.toml",
        "number = 3\n",
        'denominator = "enterprises"',
        'denominator = "enterprises", ours = "taking_part", theirs = "enterprises"',
        "indicators.toml: indicator 3, collected_in 1.2: field ours: only a divergence has totals",
    ),
    (
        "indicators.toml",
        "",
        '"2.5", indicator = 4, strength = "direct"',
        '"2.5", indicator = 4, strength = "context"',
        "indicators.toml: indicator 4, collected_in 2.5: field activity: "
        "has no direct link to this indicator",
    ),
    (
        "indicators.toml",
        'key = "assessed"\n',
        "maximum = 35",
        "maximum = 0",
        "indicators.toml: figure 2.5 assessed: field maximum: 0 is less than 1",
    ),
]


@pytest.mark.parametrize(("file", "after", "old", "new", "fault"), FAULTS, ids=[each[-1] for each in FAULTS])
def test_what_does_not_hold_together_is_named_by_file_row_field_and_reason(
    folder: Path, file: str, after: str, old: str, new: str, fault: str
) -> None:
    break_seed(folder, file, old, new, after)
    assert fault_of(folder) == fault
